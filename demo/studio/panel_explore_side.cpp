// What is shown of the chosen picture?  It, as large as there is room, and the sliders that change it.
#include <imgui_internal.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>

#include "demo/studio/panel_explore.h"
#include "demo/studio/widgets.h"

namespace gouache::studio {
namespace {

const ImVec2 kTightFrame(9, 2);  ///< units, of the sliders
constexpr float kTightCell = 1.5f;

}  // namespace

void ExplorePanel::draw_side() {
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float spacing = ImGui::GetStyle().ItemSpacing.y, text = ImGui::GetTextLineHeight();
  const float slider = text + 2 * (ui::scaled(kTightFrame.y) + ui::scaled(kTightCell));
  const float lines = 2 * (ImGui::GetFrameHeight() + 2 * ImGui::GetStyle().CellPadding.y);
  const float rest = text + lines + 4 * spacing + slider * static_cast<float>(std::max(explorer_.directions(), 2u));
  draw_preview(fitting_side(std::max(std::min(room.x, room.y - rest), ui::scaled(64)), model_->shape.width));
  {
    const float widths[] = {ui::scaled(92), InlineRow::kStretch, InlineRow::kText};
    InlineRow row("chosen", widths);
    row.next();
    if (ui::button("explore/pin", "Pin it", "Keeps this picture in the row of pins, as the sliders have made it (P).", true, true,
                   row.room()))
      pin_current();
    row.next();
    row.next();
    if (ui::checkbox("explore/smooth", "Smooth",
                     "Shows pictures with soft pixels (bilinear) instead of hard ones. It changes how they look here, "
                     "not what is exported.",
                     &smooth_))
      space_.settings.set("explore", "smooth", smooth_);
  }
  draw_sliders();
}

void ExplorePanel::draw_preview(float side) {
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() + std::floor((ImGui::GetContentRegionAvail().x - side) / 2));
  std::string caption;
  {
    const TileLayers layers;
    const Tile tile("explore/preview", side);
    tile.show(playing_ ? blend_ : current_, playing_ ? play_frame() : 0, smooth_);
  }
  if (playing_) {
    caption = pin_name(explorer_.state().from) + " to " + pin_name(explorer_.state().to) + ", frame " + std::to_string(play_frame() + 1) +
              " of " + std::to_string(explorer_.state().frames);
  } else {
    caption = explorer_.name();
    caption.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(caption.front())));
    const std::string kind = current_.specimens().empty() ? std::string() : class_name(current_.specimens().front());
    if (!kind.empty()) caption += " (" + kind + ")";
  }
  ImGui::TextUnformatted(caption.c_str());
}

void ExplorePanel::draw_sliders() {
  const std::uint32_t count = explorer_.directions();
  if (count == 0) {
    ui::hint("This model has no directions to change it by: its first layer is not linear in the numbers behind a picture.");
    return;
  }
  {
    const auto offsets = std::span(explorer_.state().offsets).first(count);
    const bool moved = std::ranges::any_of(offsets, [](float offset) { return offset != 0; });
    const float widths[] = {InlineRow::kText, InlineRow::kStretch, ui::scaled(92)};
    InlineRow row("directions", widths);
    row.text("What changes it most");
    row.next();
    row.next();
    if (ui::button("explore/reset", "Reset all", "Sets every slider back to 0.", moved, false, row.room())) explorer_.reset_offsets();
  }
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {ui::scaled(kTightFrame.x), ui::scaled(kTightFrame.y)});
  ImGui::PushStyleVar(ImGuiStyleVar_CellPadding, {ui::scaled(3), ui::scaled(kTightCell)});
  {
    const float widths[] = {ui::scaled(17), InlineRow::kStretch, ui::scaled(42)};
    InlineRow rows("sliders", widths);
    for (std::uint32_t k = 0; k < count; ++k) draw_slider(rows, k);
  }
  ImGui::PopStyleVar(2);
}

void ExplorePanel::draw_slider(InlineRow& row, std::uint32_t direction) {
  const std::string number = std::to_string(direction + 1), name = "explore/direction/" + number;
  float offset = explorer_.state().offsets[direction];
  row.text(number.c_str());
  row.next();
  if (ui::slider(name.c_str(), "",
                 ("Direction " + number + " of " + std::to_string(explorer_.directions()) +
                  ", the first changes pictures most: -3 to 3 standard deviations. A double click sets it back to 0.")
                     .c_str(),
                 &offset, -kFarthestOffset, kFarthestOffset, ""))
    explorer_.set_offset(direction, offset);
  if (ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) {
    ImGui::ClearActiveID();  // else the button that is still held would move it on
    explorer_.set_offset(direction, 0);
  }
  offset = explorer_.state().offsets[direction];
  char figures[16];
  std::snprintf(figures, sizeof figures, offset == 0 ? "0" : "%+.2f", static_cast<double>(offset));
  row.text(figures);
  ui::publish("explore.direction." + number, static_cast<double>(offset));
}

}  // namespace gouache::studio
