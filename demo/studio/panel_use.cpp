// What does the page "Use" do?  It shows the current picture as a game would use it.
#include "demo/studio/panel_use.h"

#include <algorithm>
#include <utility>

#include "demo/studio/ground.h"
#include "demo/studio/widgets.h"

namespace gouache::studio {
namespace {

constexpr const char* kViewNames[] = {"Tiling", "Cube", "Sphere", "Scene", "Mips"};
constexpr const char* kFilterNames[] = {"Nearest", "Linear"};
constexpr float kControls = 256;       ///< units
constexpr float kLongestStep = 0.1f;   ///< seconds: after a pause nothing jumps
constexpr std::uint32_t kColumns = 4;  ///< of the walkers' atlas

}  // namespace

UsePanel::UsePanel(Workspace& space)
    : space_(space), picture_(space.renderer), light_(space.renderer), crowd_(space.renderer), scene_(space.renderer) {
  Settings& kept = space.settings;
  view_ = std::clamp(kept.get("use", "view", view_), 0, kViews - 1);
  filter_ = std::clamp(kept.get("use", "filter", filter_), 0, 1);
  body_.turn = Turn::about({0, 1, 0}, 0.6f);
}

/// The current picture of the Explore page first, then those that are pinned, then those of its grid.
PaintingWish UsePanel::wish(std::uint32_t count) const {
  const Explorer& explorer = space_.explorer;
  std::vector<Specimen> chosen{explorer.current()};
  if (count > 1)
    for (const auto& more : {explorer.pinned(), explorer.grid()})
      for (const Specimen& one : more)
        if (chosen.size() < count && std::ranges::find(chosen, one) == chosen.end()) chosen.push_back(one);
  PaintingWish made;
  made.count = static_cast<std::uint32_t>(chosen.size());
  made.columns = kColumns;
  for (const Specimen& one : chosen) {
    made.latents.insert(made.latents.end(), one.latent.begin(), one.latent.end());
    if (shape().classes > 0) made.labels.push_back(one.label);
  }
  return made;
}

void UsePanel::update() {
  // The Explore page is updated before this one: its specimens are of the workspace's model.
  if (space_.model && (space_.model != model_ || space_.explorer.revision() != revision_)) {
    model_ = space_.model;
    revision_ = space_.explorer.revision();
    ++version_;
  }
  if (space_.page == Page::use && model_) refresh();
  picture_.update();
  light_.update();
  crowd_.update();
  if (edges_.update()) seam_ = measure_seam(edges_.picture(0), edges_.width(), edges_.height());
  if (outlines_.update()) {
    feet_.clear();
    for (std::uint32_t i = 0; i < outlines_.count(); ++i)
      feet_.push_back(static_cast<float>(foot_row(outlines_.picture(i), outlines_.width(), outlines_.height())) /
                      static_cast<float>(outlines_.height()));
  }
}

void UsePanel::refresh() {
  const auto stale = [&](std::uint64_t& of) { return std::exchange(of, version_) != version_; };
  if (stale(picture_of_)) {
    PaintingWish one = wish(1);
    one.mips = true;
    picture_.paint(model_, one);
  }
  if (view_ != tiling && view_ != walk && stale(light_of_)) {
    PaintingWish one = wish(1);
    one.mips = one.light = true;
    light_.paint(model_, one);
  }
  if (view_ == tiling && stale(edges_of_)) edges_.ask(model_, wish(1));
  if (view_ == walk && stale(crowd_of_)) crowd_.paint(model_, wish(kWalkers));
  if (view_ == walk && stale(feet_of_)) outlines_.ask(model_, wish(kWalkers));
}

void UsePanel::record(const Frame& frame) { scene_.record(frame); }

float UsePanel::seconds() const { return std::min(ImGui::GetIO().DeltaTime, kLongestStep); }

void UsePanel::draw() {
  ui::publish("use.view", kViewNames[view_]);
  ui::publish("use.filter", kFilterNames[filter_]);
  ui::publish("use.painted", static_cast<double>(picture_.painted()));
  ui::publish("use.lit", static_cast<double>(light_.painted()));
  ui::publish("use.seam", seam_ ? static_cast<double>(seam_->worst()) : -1.0);
  ui::label_width(0);
  if (ui::choice("use/view", "", &view_, kViewNames)) space_.settings.set("use", "view", view_);
  ImGui::Dummy(ImVec2(0, ui::scaled(2)));
  if (!model_) {
    ui::hint(space_.opening.empty() ? "Open a model or train one: its pictures are shown here as textures and sprites."
                                    : ("Opening " + space_.opening + " ...").c_str());
    return;
  }
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float controls = ui::scaled(kControls), gap = ui::scaled(12);
  const ImVec2 from = ImGui::GetCursorScreenPos();
  const ImVec2 size{std::max(room.x - controls - gap, 64.0f), std::max(room.y, 64.0f)};
  if (shown())
    draw_view(size);
  else
    ui::hint("Painting ...");
  ImGui::SetCursorScreenPos({from.x + size.x + gap, from.y});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui::scaled(12), ui::scaled(8)));
  ImGui::BeginChild("controls", ImVec2(controls, size.y), false, ImGuiWindowFlags_AlwaysUseWindowPadding);
  ImGui::PopStyleVar();
  draw_picture_controls();
  switch (view_) {
    case tiling: tiling_controls(); break;
    case cube:
    case sphere: body_controls(); break;
    case walk: walk_controls(); break;
    default: mips_controls(); break;
  }
  ImGui::EndChild();
}

void UsePanel::draw_view(ImVec2 size) {
  switch (view_) {
    case tiling: draw_tiling(size); break;
    case cube: draw_body(size, Body::cube); break;
    case sphere: draw_body(size, Body::sphere); break;
    case walk: draw_walk(size); break;
    default: draw_mips(size); break;
  }
}

void UsePanel::draw_picture_controls() {
  constexpr const char* kKinds[] = {"", "grey", "grey with alpha", "colour", "colour with alpha"};
  ui::heading("Picture");
  const float side = ui::scaled(64);
  const ImVec2 at = ground::on_pixel(ImGui::GetCursorScreenPos());
  ImDrawList& list = *ImGui::GetWindowDrawList();
  if (shown()) {
    ground::checkerboard(list, at, {at.x + side, at.y + side});
    const ImVec2 size = ground::fitted({side, side}, shape().width, shape().height);
    const ImVec2 corner = ground::on_pixel({at.x + (side - size.x) / 2, at.y + (side - size.y) / 2});
    draw_texture(corner, {corner.x + size.x, corner.y + size.y}, sampling(false));
  }
  ImGui::Dummy(ImVec2(side, side));
  ui::mark("use/thumbnail");
  ImGui::SameLine(0, ui::scaled(12));
  ImGui::BeginGroup();
  ImGui::TextUnformatted(space_.explorer.name().c_str());
  ImGui::Text("%u x %u pixels", shape().width, shape().height);
  ui::hint(kKinds[std::min(shape().channels, 4u)]);
  ImGui::EndGroup();
  ui::heading("Filtering");
  if (ui::choice("use/filter",
                 "How the texture is read between its pixels. Nearest: hard pixels, for pixel art. Linear: smooth, for surfaces.", &filter_,
                 kFilterNames))
    space_.settings.set("use", "filter", filter_);
}

void UsePanel::draw_texture(ImVec2 from, ImVec2 to, const Sampling& how, ImVec2 uv0, ImVec2 uv1) const {
  ImGui::GetWindowDrawList()->AddImage(picture_.shown()->id(how), from, to, uv0, uv1);
}

void UsePanel::draw_scene(ImVec2 from, ImVec2 to, const SceneView& view) {
  const float one = ground::pixel();
  scene_.show(*light_.shown(), view, static_cast<std::uint32_t>((to.x - from.x) / one), static_cast<std::uint32_t>((to.y - from.y) / one));
  ImGui::GetWindowDrawList()->AddImage(scene_.picture(), from, to, {0, 0}, scene_.far_corner());
}

}  // namespace gouache::studio
