// What is in the smaller copies of the texture, and what are they good for?
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "demo/studio/ground.h"
#include "demo/studio/panel_use.h"
#include "demo/studio/widgets.h"

namespace gouache::studio {
namespace {

constexpr float kFloorPace = 0.6f;  ///< repeats a second that the floor moves
constexpr ImU32 kTop = IM_COL32(66, 74, 88, 255), kBottom = IM_COL32(40, 45, 53, 255);

unsigned level_size(unsigned size, unsigned level) { return std::max(size >> level, 1u); }

}  // namespace

void UsePanel::draw_mips(ImVec2 size) {
  const Texture& texture = *picture_.shown();
  level_ = std::clamp(level_, 0, static_cast<int>(texture.mips()) - 1);
  const ImVec2 start = ImGui::GetCursorScreenPos();
  const float line = ImGui::GetTextLineHeightWithSpacing(), gap = ui::scaled(12);
  const float strip = draw_levels({start.x, start.y + size.y}, size.x);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImU32 quiet = ImGui::GetColorU32(ui::colour(ui::Ink::quiet));

  // One level, large; beside it a floor on which the device chooses.
  const float high = size.y - strip - gap - line;
  const ImVec2 shown = ground::fitted({size.x * 0.5f, high}, texture.width(), texture.height());
  const ImVec2 from = ground::on_pixel({start.x, start.y + line}), to{from.x + shown.x, from.y + shown.y};
  const auto level = static_cast<unsigned>(level_);
  char text[96];
  std::snprintf(text, sizeof text, "Level %u: %u x %u", level, level_size(texture.width(), level), level_size(texture.height(), level));
  list.AddText(start, quiet, text);
  if (has_alpha(shape())) ground::checkerboard(list, from, to);
  draw_texture(from, to, sampling(false, static_cast<float>(level)));
  ImGui::SetCursorScreenPos(from);
  ImGui::Dummy(shown);
  ui::mark("use/picture");
  const ImVec2 floor_from = ground::on_pixel({to.x + ui::scaled(20), from.y});
  draw_floor(floor_from, ground::on_pixel({start.x + size.x, to.y}));
  list.AddText({floor_from.x, start.y}, quiet, floor_mips_ ? "Floor, with the level that fits" : "Floor, with level 0 everywhere");
}

void UsePanel::draw_floor(ImVec2 from, ImVec2 to) {
  ImGui::GetWindowDrawList()->AddRectFilledMultiColor(from, to, kTop, kTop, kBottom, kBottom);
  if (!still_) {
    floor_way_ = std::fmod(floor_way_ + kFloorPace * seconds(), 1.0f);
    space_.animating = true;
  }
  if (light_.shown()) {
    SceneView view;
    view.body = Body::floor;
    view.shine = 0;
    view.way = floor_way_;
    view.sampling = sampling(true, floor_mips_ ? -1.0f : 0.0f);
    draw_scene(from, to, view);
  }
  ImGui::SetCursorScreenPos(from);
  ImGui::Dummy({to.x - from.x, to.y - from.y});
  ui::mark("use/floor");
}

/// All levels side by side, upwards from a lower left corner: as large as one another, below at their own size. How high that is.
float UsePanel::draw_levels(ImVec2 corner, float width) {
  const Texture& texture = *picture_.shown();
  const float count = static_cast<float>(texture.mips()), gap = ui::scaled(12), line = ImGui::GetTextLineHeightWithSpacing();
  const float cell = std::min((width - gap * (count - 1)) / count, ui::scaled(112));
  const ImVec2 size = ground::fitted({cell, cell}, texture.width(), texture.height());
  const float one = ground::pixel(), largest = std::min(static_cast<float>(texture.height()) * one, ui::scaled(128));
  const float high = size.y + largest + 3 * line + gap;
  const ImVec2 from = ground::on_pixel({corner.x, corner.y - high});
  const float own_top = from.y + size.y + 3 * line + gap;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImU32 quiet = ImGui::GetColorU32(ui::colour(ui::Ink::quiet)), accent = ImGui::GetColorU32(ui::colour(ui::Ink::accent));
  list.AddText(from, quiet, "All levels as large as one another");
  list.AddText({from.x, own_top - line}, quiet, "At their own size");
  for (unsigned level = 0; level < texture.mips(); ++level) {
    const ImVec2 at = ground::on_pixel({from.x + static_cast<float>(level) * (cell + gap), from.y + line});
    const ImVec2 end{at.x + size.x, at.y + size.y};
    ImGui::SetCursorScreenPos(at);
    ImGui::PushID(static_cast<int>(level));
    if (ImGui::InvisibleButton("level", size)) level_ = static_cast<int>(level);
    ImGui::PopID();
    ui::mark("use/level/" + std::to_string(level));
    ui::tip("Click to see this level large");
    const Sampling how = sampling(false, static_cast<float>(level));
    if (has_alpha(shape())) ground::checkerboard(list, at, end);
    draw_texture(at, end, how);
    const bool chosen = static_cast<int>(level) == level_;
    if (chosen) list.AddRect({at.x - 2, at.y - 2}, {end.x + 2, end.y + 2}, accent, 0, 0, 2);
    const unsigned across = level_size(texture.width(), level), down = level_size(texture.height(), level);
    char text[48];
    std::snprintf(text, sizeof text, "%u x %u", across, down);
    list.AddText({at.x, end.y + ui::scaled(3)}, chosen ? accent : quiet, text);
    const ImVec2 own = ground::on_pixel({at.x, own_top});
    const ImVec2 own_end{own.x + static_cast<float>(across) * one, own.y + static_cast<float>(down) * one};
    ImGui::PushClipRect(own, {own.x + cell, own.y + largest}, true);  // it may be larger than there is room for
    if (has_alpha(shape())) list.AddRectFilled(own, own_end, IM_COL32(44, 48, 55, 255));
    draw_texture(own, own_end, how);
    ImGui::PopClipRect();
  }
  return high;
}

void UsePanel::mips_controls() {
  ui::heading("Mip levels");
  const int last = static_cast<int>(shown() ? picture_.shown()->mips() : 1) - 1;
  char tip[128];
  std::snprintf(tip, sizeof tip, "Which smaller copy of the texture is shown large: 0, the full size, to %d, a single pixel", last);
  ui::slider("use/mip", "Level shown large", tip, &level_, 0, last);
  ui::hint("Games draw far surfaces from smaller copies of the texture. In the strip: every copy at the same size, and below at its own.");
  ui::heading("Floor");
  ui::checkbox("use/floor_mips", "Use the mip levels", "Off: the full size at every distance, which flickers far away", &floor_mips_);
  ui::checkbox("use/pause", "Hold still", "Stops the floor", &still_);
}

}  // namespace gouache::studio
