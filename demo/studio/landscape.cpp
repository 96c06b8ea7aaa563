// Where do the sprites walk?  Sky, hills and grass, drawn as shapes.
#include "demo/studio/landscape.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "demo/studio/ground.h"
#include "demo/studio/walkers.h"
#include "demo/studio/widgets.h"

namespace gouache::studio {
namespace {

constexpr ImU32 kSkyTop = IM_COL32(86, 140, 196, 255), kSkyLow = IM_COL32(206, 226, 232, 255), kSun = IM_COL32(255, 244, 214, 150);
constexpr ImU32 kMeadowFar = IM_COL32(122, 163, 88, 255), kMeadowNear = IM_COL32(66, 108, 58, 255);
constexpr ImU32 kBlades[] = {IM_COL32(60, 104, 54, 255), IM_COL32(78, 124, 62, 255), IM_COL32(96, 142, 70, 255)};
constexpr ImU32 kPetals[] = {IM_COL32(236, 212, 104, 255), IM_COL32(232, 232, 240, 255), IM_COL32(214, 120, 132, 255)};

/// A range of hills: how much of the camera's way it moves, how high it is (of the view), how wide its waves are (of the view's height).
struct Hills {
  float follows, base, rise, width;
  ImU32 colour;
};
constexpr Hills kHills[] = {{0.10f, 0.150f, 0.075f, 0.95f, IM_COL32(150, 182, 200, 255)},
                            {0.25f, 0.085f, 0.060f, 0.62f, IM_COL32(126, 166, 160, 255)},
                            {0.50f, 0.030f, 0.040f, 0.42f, IM_COL32(112, 156, 112, 255)}};

void draw_hills(ImDrawList& list, const Landscape& view, const Hills& hills, float phase) {
  const float high = view.height(), step = ui::scaled(6);
  std::vector<ImVec2> ridge;
  for (float x = view.from.x; x < view.to.x + step; x += step) {
    const float at = (x - view.from.x + view.camera * hills.follows) / (hills.width * high) + phase;
    const float wave = 0.6f * std::sin(2.1f * at) + 0.3f * std::sin(4.7f * at + 1) + 0.1f * std::sin(11.3f * at + 2);
    ridge.push_back({std::min(x, view.to.x), view.horizon() - (hills.base + hills.rise * wave) * high});
  }
  const ImDrawListFlags flags = list.Flags;
  list.Flags &= ~ImDrawListFlags_AntiAliasedFill;  // columns that touch would show their soft borders
  for (std::size_t i = 0; i + 1 < ridge.size(); ++i)
    list.AddQuadFilled(ridge[i], ridge[i + 1], {ridge[i + 1].x, view.horizon()}, {ridge[i].x, view.horizon()}, hills.colour);
  list.Flags = flags;
  list.AddPolyline(ridge.data(), static_cast<int>(ridge.size()), hills.colour, ImDrawFlags_None, ui::scaled(1.5f));
}

}  // namespace

float Landscape::ground(float depth) const {
  const float back = horizon() + 0.16f * (to.y - horizon()), front = to.y - 0.08f * (to.y - horizon());
  return back + (front - back) * depth;
}

void Landscape::draw_back(ImDrawList& list) const {
  list.AddRectFilledMultiColor(from, {to.x, horizon()}, kSkyTop, kSkyTop, kSkyLow, kSkyLow);
  const float sun = 0.30f * height();
  ground::soft_ellipse(list, {to.x - 0.2f * (to.x - from.x), from.y + 0.2f * height()}, {sun, sun}, kSun);
  ground::soft_ellipse(list, {to.x - 0.2f * (to.x - from.x), from.y + 0.2f * height()}, {0.4f * sun, 0.4f * sun}, kSun);
  float phase = 0.4f;
  for (const Hills& hills : kHills) draw_hills(list, *this, hills, phase += 2.3f);
  list.AddRectFilledMultiColor({from.x, horizon()}, to, kMeadowFar, kMeadowFar, kMeadowNear, kMeadowNear);
}

void Landscape::draw_tuft(ImDrawList& list, unsigned which, ImVec2 foot) const {
  const float high = height() * (0.016f + 0.018f * lot(which, 11));
  const float sway = 0.25f * high * std::sin(wind * 1.7f + 6.3f * lot(which, 12));
  const float wide = ui::scaled(1.6f);
  for (int blade = -1; blade <= 1; ++blade) {
    const auto b = static_cast<float>(blade);
    const ImVec2 tip{foot.x + b * 0.55f * high + sway, foot.y - high * (blade == 0 ? 1 : 0.75f)};
    const float at = foot.x + b * 0.16f * high;
    list.AddTriangleFilled({at - wide, foot.y}, {at + wide, foot.y}, tip, kBlades[(which + static_cast<unsigned>(blade + 1)) % 3]);
  }
  if (lot(which, 13) < 0.22f) list.AddCircleFilled({foot.x + sway, foot.y - high}, std::max(0.16f * high, 1.5f), kPetals[which % 3]);
}

}  // namespace gouache::studio
