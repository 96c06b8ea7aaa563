// How is a picture shown that can be clicked?
#include "demo/studio/tile.h"

#include <algorithm>
#include <cmath>

#include "demo/studio/widgets.h"

namespace gouache::studio {
namespace {

/// Dark, and chequered where it is large, as picture editors show what is transparent.
void draw_ground(ImDrawList& list, ImVec2 from, ImVec2 to) {
  constexpr ImU32 kDark = IM_COL32(39, 43, 49, 255), kLight = IM_COL32(46, 50, 57, 255);
  list.AddRectFilled(from, to, kDark);
  if (to.x - from.x < ui::scaled(140)) return;
  const float square = ui::scaled(16);
  for (int row = 0; from.y + static_cast<float>(row) * square < to.y; ++row)
    for (int column = row % 2; from.x + static_cast<float>(column) * square < to.x; column += 2) {
      const ImVec2 corner(from.x + static_cast<float>(column) * square, from.y + static_cast<float>(row) * square);
      list.AddRectFilled(corner, {std::min(corner.x + square, to.x), std::min(corner.y + square, to.y)}, kLight);
    }
}

enum Layer { kGround, kPicture, kAbove, kLayers };

}  // namespace

TileLayers::TileLayers() : list_(*ImGui::GetWindowDrawList()) { list_.ChannelsSplit(kLayers); }
TileLayers::~TileLayers() { list_.ChannelsMerge(); }

Tile::Tile(const std::string& name, float side) {
  ImGui::InvisibleButton(name.c_str(), ImVec2(side, side), ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonRight);
  ui::mark(name);
  from = ImGui::GetItemRectMin();
  to = ImGui::GetItemRectMax();
  hovered = ImGui::IsItemHovered();
  pressed = ImGui::IsItemClicked(ImGuiMouseButton_Left);
  twice = hovered && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left);
  right = ImGui::IsItemClicked(ImGuiMouseButton_Right);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.ChannelsSetCurrent(kGround);
  draw_ground(list, from, to);
  list.ChannelsSetCurrent(kAbove);
}

void Tile::show(const SpecimenSheet& sheet, std::uint32_t place, bool smooth) const {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.ChannelsSetCurrent(kPicture);
  sheet.draw(list, place, from, to, smooth);
  list.ChannelsSetCurrent(kAbove);
}

void Tile::outline(bool chosen) const {
  if (!chosen && !hovered) return;
  const ImU32 colour = chosen ? ImGui::GetColorU32(ui::colour(ui::Ink::accent)) : IM_COL32(255, 255, 255, 110);
  const float thick = ui::scaled(chosen ? 3 : 2), half = thick / 2;
  ImGui::GetWindowDrawList()->AddRect({from.x - half, from.y - half}, {to.x + half, to.y + half}, colour, ui::scaled(3), 0, thick);
}

void Tile::letter(const std::string& words) const {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 size = ImGui::CalcTextSize(words.c_str());
  const float margin = ui::scaled(3);
  const ImVec2 corner(from.x, to.y - size.y - margin);
  list.AddRectFilled(corner, {from.x + size.x + 3 * margin, to.y}, IM_COL32(16, 18, 22, 210), margin, ImDrawFlags_RoundCornersTopRight);
  list.AddText({corner.x + 1.5f * margin, corner.y + 0.5f * margin}, ImGui::GetColorU32(ImGuiCol_Text), words.c_str());
}

float fitting_side(float room, std::uint32_t pixels) {
  const float whole = std::floor(room / static_cast<float>(pixels)) * static_cast<float>(pixels);
  return std::max(1.0f, whole >= 0.75f * room ? whole : std::floor(room));
}

}  // namespace gouache::studio
