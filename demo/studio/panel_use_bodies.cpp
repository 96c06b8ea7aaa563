// How does the picture look on a cube and on a sphere in the light?
#include <algorithm>
#include <cmath>
#include <numbers>

#include "demo/studio/ground.h"
#include "demo/studio/panel_use.h"
#include "demo/studio/widgets.h"

namespace gouache::studio {
namespace {

constexpr float kDegree = std::numbers::pi_v<float> / 180;
constexpr float kDragTurns = 0.008f;  ///< radians a unit that the mouse moves
constexpr float kNearest = 2.6f, kFarthest = 12;
constexpr ImU32 kTop = IM_COL32(66, 74, 88, 255), kBottom = IM_COL32(40, 45, 53, 255), kShadow = IM_COL32(0, 0, 0, 170);

}  // namespace

void UsePanel::draw_body(ImVec2 size, Body body) {
  const ImVec2 from = ground::on_pixel(ImGui::GetCursorScreenPos());
  const ImVec2 to = ground::on_pixel({from.x + size.x, from.y + size.y});
  ImGui::InvisibleButton("body", {to.x - from.x, to.y - from.y});
  ui::mark("use/picture");
  handle_body(body);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilledMultiColor(from, to, kTop, kTop, kBottom, kBottom);
  if (!light_.shown()) return;
  // The shadow lies where the ground would be under it; as large as the body is from there.
  const float unit = (to.y - from.y) / (2 * std::tan(0.36f) * body_.distance);
  const float reach = unit * (body == Body::cube ? 1.9f : 1.35f);
  ImGui::PushClipRect(from, to, true);
  ground::soft_ellipse(list, {(from.x + to.x) / 2, (from.y + to.y) / 2 + unit * (body == Body::cube ? 1.3f : 1.15f)},
                       {reach, reach * 0.36f}, kShadow);
  SceneView view = body_;
  view.body = body;
  view.sampling = sampling(body_.repeat > 1 || body == Body::sphere);
  draw_scene(from, to, view);
  ImGui::PopClipRect();
}

/// The mouse turns it and comes nearer; else it spins on.
void UsePanel::handle_body(Body body) {
  const ImGuiIO& io = ImGui::GetIO();
  if (ImGui::IsItemHovered() && io.MouseWheel != 0)
    body_.distance = std::clamp(body_.distance * std::pow(0.9f, io.MouseWheel), kNearest, kFarthest);
  if (ImGui::IsItemActive()) {
    const ImVec2 moved = io.MouseDelta;
    body_.turn = (Turn::about({0, 1, 0}, moved.x * kDragTurns) * Turn::about({1, 0, 0}, moved.y * kDragTurns) * body_.turn).normalized();
    space_.animating = true;
  } else if (!still_ && spin_ != 0) {
    body_.turn = (Turn::about({0, 1, 0}, spin_ * kDegree * seconds()) * body_.turn).normalized();
    space_.animating = true;
  }
  ui::publish("use.body", body == Body::cube ? "cube" : "sphere");
}

void UsePanel::body_controls() {
  ui::heading("Movement");
  ui::hint("Drag the picture to turn it, use the wheel to come nearer.");
  ui::slider("use/spin", "Spin", "How fast it turns by itself, in degrees a second, -180 to 180", &spin_, -180, 180,
             "%.0f degrees a second");
  ui::checkbox("use/pause", "Hold still", "Stops the spinning", &still_);
  ui::heading("Surface");
  int repeat = static_cast<int>(std::lround(body_.repeat));
  if (ui::slider("use/repeat", "Repeat", "How often the texture is shown along each side, 1 to 8 times", &repeat, 1, 8, "%d x"))
    body_.repeat = static_cast<float>(repeat);
  ui::slider("use/shine", "Shine", "From 0, dull, to 1, polished", &body_.shine, 0, 1);
  float light = body_.light / kDegree;
  if (ui::slider("use/light", "Light from", "Where the light comes from: degrees to the right of you, -180 to 180", &light, -180, 180,
                 "%.0f degrees"))
    body_.light = light * kDegree;
  ImGui::Dummy(ImVec2(0, ui::scaled(4)));
  if (ui::button("use/reset", "Set back", "The view, the surface and the light as they were at first")) {
    body_ = {};
    body_.turn = Turn::about({0, 1, 0}, 0.6f);
  }
}

}  // namespace gouache::studio
