// When does a driver compile what the pages draw with?
#include "demo/studio/first_draws.h"

#include <cstdint>
#include <iterator>
#include <span>

namespace gouache::studio {
namespace {

struct Size {
  std::uint32_t width, height;
};
/// Drivers tell powers of two from other sizes.
constexpr Size kSheets[] = {{4, 4}, {4, 6}, {6, 4}, {6, 6}}, kPicture = {4, 4};
constexpr Sampling kSheetWays[] = {{.nearest = true}, {.nearest = false}};
constexpr Sampling kPictureWays[] = {{.nearest = true, .repeat = false},
                                     {.nearest = false, .repeat = false},
                                     {.nearest = true, .repeat = true},
                                     {.nearest = false, .repeat = true},
                                     {.nearest = true, .repeat = true, .level = 0},
                                     {.nearest = false, .repeat = true, .level = 0},
                                     {.nearest = true, .repeat = false, .level = 0},
                                     {.nearest = false, .repeat = false, .level = 0},
                                     {.nearest = true, .repeat = false, .level = 1},
                                     {.nearest = false, .repeat = false, .level = 1}};
constexpr Size kScenes[] = {{64, 64}, {64, 192}, {192, 64}, {192, 192}};
constexpr ImU32 kFaint = IM_COL32(255, 255, 255, 1);  ///< ImGui leaves out what is wholly transparent

void draw_pixel(ImTextureID texture) { ImGui::GetBackgroundDrawList()->AddImage(texture, {0, 0}, {1, 1}, {0, 0}, {1, 1}, kFaint); }

}  // namespace

FirstDraws::FirstDraws(Renderer& renderer, Scene& scene) : scene_(scene) {
  const std::vector<std::uint8_t> zeros(std::size_t{6} * 6 * 4);
  const auto add = [&](const Size& size, std::uint32_t mips) {
    textures_.push_back(std::make_unique<Texture>(renderer, size.width, size.height, mips));
    textures_.back()->upload(std::span(zeros).first(std::size_t{size.width} * size.height * 4));
  };
  for (const Size& size : kSheets) add(size, 1);
  add(kPicture, 0);
}

bool FirstDraws::draw() {
  if (!seen_) {  // in this frame the driver has the interface itself to compile
    seen_ = true;
    return true;
  }
  if (next_ == std::size(kPictureWays)) return false;
  if (next_ < std::size(kSheets))
    for (const Sampling& way : kSheetWays) draw_pixel(textures_[next_]->id(way));
  const Sampling& way = kPictureWays[next_];
  const Size& scene = kScenes[next_++ % std::size(kScenes)];
  draw_pixel(textures_.back()->id(way));
  SceneView view;
  view.sampling = way;
  scene_.show(*textures_.back(), view, scene.width, scene.height);
  draw_pixel(scene_.picture());
  return true;
}

}  // namespace gouache::studio
