// What does the page "Use" do?  It shows the current picture as a game would use it.
#pragma once

#include <cstdint>
#include <optional>

#include "demo/studio/readback.h"
#include "demo/studio/scene.h"
#include "demo/studio/seam.h"
#include "demo/studio/walkers.h"
#include "demo/studio/workspace.h"

namespace gouache::studio {

class UsePanel {
 public:
  explicit UsePanel(Workspace& space);
  /// Once a frame, whether or not the page is shown; before the library's tick.
  void update();
  /// Records what is drawn apart from the window, before its render pass.
  void record(const Frame& frame);
  /// In the page's window.
  void draw();
  Scene& scene() { return scene_; }

 private:
  enum View { tiling, cube, sphere, walk, mips, kViews };
  static constexpr std::uint32_t kWalkers = 12;

  /// Asks for what the view needs and has not got for the current picture.
  void refresh();
  PaintingWish wish(std::uint32_t count) const;
  bool shown() const { return picture_.shown() != nullptr; }
  const GouShape& shape() const { return model_->shape; }
  Sampling sampling(bool repeat, float level = -1) const { return {.nearest = filter_ == 0, .repeat = repeat, .level = level}; }
  float seconds() const;  ///< since the frame before

  void draw_view(ImVec2 size);
  void draw_picture_controls();
  // Each view: what it shows, and its own controls.
  void draw_tiling(ImVec2 size);
  void draw_seam(ImVec2 from, ImVec2 room);
  void tiling_controls();
  void draw_body(ImVec2 size, Body body);
  void handle_body(Body body);
  void body_controls();
  void draw_walk(ImVec2 size);
  void draw_walker(ImDrawList& list, const Walker& one, ImVec2 feet, float times);
  void walk_controls();
  void draw_mips(ImVec2 size);
  void draw_floor(ImVec2 from, ImVec2 to);
  float draw_levels(ImVec2 corner, float width);
  void mips_controls();
  /// The texture in a rectangle, at the cursor of the window's draw list alone.
  void draw_texture(ImVec2 from, ImVec2 to, const Sampling& how, ImVec2 uv0 = {0, 0}, ImVec2 uv1 = {1, 1}) const;
  /// The lit scene in a rectangle.
  void draw_scene(ImVec2 from, ImVec2 to, const SceneView& view);

  Workspace& space_;
  std::shared_ptr<OpenModel> model_;                                                         ///< of what is shown or asked for
  std::uint64_t revision_ = 0;                                                               ///< of the explorer, that version_ is for
  std::uint64_t version_ = 0;                                                                ///< grows with each picture and each model
  std::uint64_t picture_of_ = 0, light_of_ = 0, crowd_of_ = 0, edges_of_ = 0, feet_of_ = 0;  ///< versions last asked for
  Painting picture_, light_, crowd_;  ///< with mip levels; the same for linear light; an atlas for the walkers
  Readback edges_, outlines_;         ///< pixels of the picture, and of the walkers
  std::optional<Seam> seam_;
  std::vector<float> feet_;  ///< [walkers]: share of a sprite's height that is above the ground it stands on
  Scene scene_;
  Walkers walkers_;

  int view_ = tiling, filter_ = 0;
  bool cross_ = true;
  SceneView body_;
  float spin_ = 24;  ///< degrees a second
  bool still_ = false;
  int crowd_count_ = 8, scale_ = 0;
  float pace_ = 1, camera_ = 0, time_ = 0;  ///< camera: 0..1 along the world
  bool left_ = false;                       ///< where the camera goes
  int level_ = 0;
  bool floor_mips_ = true;
  float floor_way_ = 0;
};

}  // namespace gouache::studio
