// How do the pictures look as sprites that walk about?
#include <algorithm>
#include <cmath>

#include "demo/studio/ground.h"
#include "demo/studio/landscape.h"
#include "demo/studio/panel_use.h"
#include "demo/studio/widgets.h"

namespace gouache::studio {
namespace {

constexpr float kWorld = 1.7f;         ///< its width, of the view's
constexpr float kSpriteHeight = 0.3f;  ///< about so much of the view, where its pixels are shown in the size that fits
constexpr float kCameraPace = 0.02f;   ///< of its way a second
constexpr float kHop = 0.05f;          ///< of a sprite's height
constexpr unsigned kTufts = 170;
constexpr ImU32 kShadow = IM_COL32(16, 30, 18, 150);
constexpr ImU32 kWood = IM_COL32(134, 96, 62, 255), kDarkWood = IM_COL32(88, 61, 40, 255), kIron = IM_COL32(58, 60, 66, 255);

/// A wheel that has rolled so far.
void draw_wheel(ImDrawList& list, ImVec2 middle, float radius, float way) {
  list.AddCircleFilled(middle, radius, kIron);
  list.AddCircleFilled(middle, radius * 0.72f, kWood);
  for (int spoke = 0; spoke < 3; ++spoke) {
    const float angle = way / radius + static_cast<float>(spoke) * 1.0472f;
    const ImVec2 along{std::cos(angle) * radius * 0.7f, std::sin(angle) * radius * 0.7f};
    list.AddLine({middle.x - along.x, middle.y - along.y}, {middle.x + along.x, middle.y + along.y}, kDarkWood, radius * 0.18f);
  }
}

}  // namespace

void UsePanel::draw_walk(ImVec2 size) {
  const ImVec2 from = ground::on_pixel(ImGui::GetCursorScreenPos());
  const ImVec2 to = ground::on_pixel({from.x + size.x, from.y + size.y});
  ImGui::InvisibleButton("walk", {to.x - from.x, to.y - from.y});
  ui::mark("use/picture");
  const float high = static_cast<float>(shape().height) * ground::pixel();
  const float times = scale_ > 0 ? static_cast<float>(scale_) : std::max(std::floor(kSpriteHeight * size.y / high), 1.0f);
  const float sprite = static_cast<float>(shape().width) * ground::pixel() * times;
  const float world = kWorld * size.x;
  const std::uint32_t painted = crowd_.shown() ? crowd_.wish().count : kWalkers;
  walkers_.settle(world / sprite, std::min(static_cast<std::uint32_t>(crowd_count_), painted));
  if (ImGui::IsItemActive()) camera_ = std::clamp(camera_ - ImGui::GetIO().MouseDelta.x / (world - size.x), 0.0f, 1.0f);
  if (!still_) {
    walkers_.advance(seconds(), pace_);
    time_ += seconds();
    if (!ImGui::IsItemActive()) camera_ += (left_ ? -kCameraPace : kCameraPace) * seconds();
    if (camera_ < 0 || camera_ > 1) left_ = camera_ > 1;
    space_.animating = true;
  }
  const float eased = camera_ * camera_ * (3 - 2 * camera_);  // it slows down before it turns round
  const Landscape view{from, to, eased * (world - size.x), time_};
  ImDrawList& list = *ImGui::GetWindowDrawList();
  ImGui::PushClipRect(from, to, true);
  view.draw_back(list);
  ui::publish("use.walkers", crowd_.shown() ? static_cast<double>(walkers_.all().size()) : 0.0);
  unsigned tuft = 0;
  const auto depth_of = [](unsigned which) { return 1.2f * static_cast<float>(which) / kTufts - 0.14f; };
  const auto draw_tufts = [&](float depth) {  // those behind it that are not drawn yet
    for (; tuft < kTufts && depth_of(tuft) <= depth; ++tuft)
      view.draw_tuft(list, tuft, {from.x - view.camera + lot(tuft, 10) * world, view.ground(depth_of(tuft))});
  };
  for (const Walker& one : walkers_.all()) {
    draw_tufts(one.depth);
    if (crowd_.shown()) draw_walker(list, one, ground::on_pixel({from.x - view.camera + one.x * sprite, view.ground(one.depth)}), times);
  }
  draw_tufts(2);
  ImGui::PopClipRect();
}

void UsePanel::draw_walker(ImDrawList& list, const Walker& one, ImVec2 feet, float times) {
  const float one_pixel = ground::pixel() * times;
  const ImVec2 size{static_cast<float>(shape().width) * one_pixel, static_cast<float>(shape().height) * one_pixel};
  Painting::Cell cell = crowd_.cell(one.sprite);
  const bool cart = !has_alpha(shape());
  const float hop = cart ? 0 : one.hop(), shadow = size.x * (cart ? 0.62f : 0.40f - 0.08f * hop);
  ground::soft_ellipse(list, feet, {shadow, shadow * 0.28f}, kShadow);
  const float wheel = 0.09f * size.y, edge = std::max(0.03f * size.y, 2.0f);
  const float foot = cart || one.sprite >= feet_.size() ? 1 : feet_[one.sprite];
  const float lift = cart ? 1.9f * wheel + edge : kHop * size.y * hop;
  ImVec2 from = ground::on_pixel({feet.x - size.x / 2, feet.y - size.y * foot - lift});
  ImVec2 to{from.x + size.x, from.y + size.y};
  if (cart) {
    for (const float side : {0.24f, 0.76f}) draw_wheel(list, {from.x + size.x * side, feet.y - wheel}, wheel, one.x * size.x);
    list.AddRectFilled({from.x - edge, from.y - edge}, {to.x + edge, to.y + edge}, kWood, edge);
    list.AddRect({from.x - edge, from.y - edge}, {to.x + edge, to.y + edge}, kDarkWood, edge, 0, std::max(edge * 0.3f, 1.0f));
  }
  if (filter_ != 0) {  // the neighbours in the atlas stay out of it
    const float u = 0.5f / static_cast<float>(crowd_.shown()->width()), v = 0.5f / static_cast<float>(crowd_.shown()->height());
    cell = {{cell.from.x + u, cell.from.y + v}, {cell.to.x - u, cell.to.y - v}};
    if (!cart) {
      from = {from.x + one_pixel / 2, from.y + one_pixel / 2};
      to = {to.x - one_pixel / 2, to.y - one_pixel / 2};
    }
  }
  if (one.left && !cart) std::swap(cell.from.x, cell.to.x);
  list.AddImage(crowd_.shown()->id(sampling(false)), from, to, cell.from, cell.to);
}

void UsePanel::walk_controls() {
  ui::heading("Walkers");
  const char* kind = has_alpha(shape()) ? "Pictures with alpha walk as sprites, the current one among them."
                                        : "Pictures without alpha are driven about on carts, the current one among them.";
  ui::hint(kind);
  ui::slider("use/walkers", "How many", "1 to 12 pictures, each another one", &crowd_count_, 1, static_cast<int>(kWalkers));
  ui::slider("use/pace", "Pace", "How fast they walk, 0 to 3 times as fast as usual", &pace_, 0, 3, "%.1f x");
  ui::slider("use/scale", "Size of a pixel",
             "Pixels of the display for each pixel of a sprite, along each side: 1 to 12, or 0 for what fits the scene", &scale_, 0, 12,
             scale_ == 0 ? "as fits" : "%d x");
  ui::checkbox("use/pause", "Hold still", "Stops everything in the scene", &still_);
  ImGui::Dummy(ImVec2(0, ui::scaled(4)));
  ui::hint("Drag the scene to look around.");
}

}  // namespace gouache::studio
