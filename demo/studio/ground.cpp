// What do pictures stand on?  Grounds and shadows, and whole pixels of the display.
#include "demo/studio/ground.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "demo/studio/widgets.h"

namespace gouache::studio::ground {

float pixel() { return 1 / std::max(ImGui::GetIO().DisplayFramebufferScale.x, 0.01f); }

ImVec2 on_pixel(ImVec2 at) {
  const float one = pixel();
  return {std::round(at.x / one) * one, std::round(at.y / one) * one};
}

ImVec2 fitted(ImVec2 room, unsigned width, unsigned height) {
  const float w = static_cast<float>(width) * pixel(), h = static_cast<float>(height) * pixel();
  const float times = std::min(room.x / w, room.y / h);
  const float whole = times >= 1 ? std::floor(times) : times;
  return {w * whole, h * whole};
}

void checkerboard(ImDrawList& list, ImVec2 from, ImVec2 to) {
  constexpr ImU32 kDark = IM_COL32(34, 37, 43, 255), kLight = IM_COL32(44, 48, 55, 255);
  const float side = std::max(ui::scaled(10), (to.x - from.x) / 64);
  list.AddRectFilled(from, to, kDark);
  for (int row = 0; from.y + static_cast<float>(row) * side < to.y; ++row)
    for (int column = row % 2; from.x + static_cast<float>(column) * side < to.x; column += 2) {
      const ImVec2 at{from.x + static_cast<float>(column) * side, from.y + static_cast<float>(row) * side};
      list.AddRectFilled(at, {std::min(at.x + side, to.x), std::min(at.y + side, to.y)}, kLight);
    }
}

void soft_ellipse(ImDrawList& list, ImVec2 middle, ImVec2 radius, ImU32 colour) {
  constexpr unsigned kCorners = 32;
  const ImVec2 white = ImGui::GetFontTexUvWhitePixel();
  const ImU32 nothing = colour & ~IM_COL32_A_MASK;
  list.PrimReserve(static_cast<int>(kCorners * 3), static_cast<int>(kCorners + 1));
  const unsigned first = list._VtxCurrentIdx;
  for (unsigned i = 0; i < kCorners; ++i) {
    list.PrimWriteIdx(static_cast<ImDrawIdx>(first));
    list.PrimWriteIdx(static_cast<ImDrawIdx>(first + 1 + i));
    list.PrimWriteIdx(static_cast<ImDrawIdx>(first + 1 + (i + 1) % kCorners));
  }
  list.PrimWriteVtx(middle, white, colour);
  for (unsigned i = 0; i < kCorners; ++i) {
    const float angle = static_cast<float>(i) * 2 * std::numbers::pi_v<float> / static_cast<float>(kCorners);
    list.PrimWriteVtx({middle.x + radius.x * std::cos(angle), middle.y + radius.y * std::sin(angle)}, white, nothing);
  }
}

}  // namespace gouache::studio::ground
