// What does the page "Explore" do?
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "demo/studio/inline_row.h"
#include "demo/studio/specimen_sheet.h"
#include "demo/studio/tile.h"
#include "demo/studio/workspace.h"

namespace gouache::studio {

/// Finding the pictures that one wants: a grid to choose from, sliders that change the chosen one, pins, and what is made of pins.
class ExplorePanel {
 public:
  explicit ExplorePanel(Workspace& space);
  /// Once a frame, whether or not the page is shown; before the library's tick. Tells the explorer of another model.
  void update();
  /// In the page's window.
  void draw();

 private:
  void follow_model();
  void remember();
  void shortcuts();
  void publish() const;
  void draw_bar();
  void draw_grid_choices();
  void draw_steps();
  void draw_grid(ImVec2 room);
  void draw_pins();
  void draw_pin(std::uint32_t index);
  void draw_sum();
  void draw_blend();
  void draw_strip();
  void draw_side();
  void draw_preview(float side);
  void draw_sliders();
  void draw_slider(InlineRow& row, std::uint32_t direction);
  void toggle_play();
  void play();
  std::uint32_t play_frame() const;
  bool pin_combo(const char* name, const char* tip, std::int32_t* id);
  /// Acts on a tile of the page: chosen, or pinned where it is clicked twice.
  void act(const Tile& tile, Choice choice);
  void pin_current();
  std::string class_name(const Specimen& specimen) const;
  std::array<SpecimenSheet*, 5> sheets() { return {&current_, &sum_, &grid_, &pins_, &blend_}; }

  Workspace& space_;
  Explorer& explorer_;
  SpecimenSheet grid_, current_, pins_, blend_, sum_;
  std::shared_ptr<OpenModel> model_;
  std::uint64_t seen_ = 0, grid_seen_ = 0;
  std::vector<Pin> remembered_;
  std::vector<std::string> classes_, pin_names_;  ///< choices of combos
  std::uint64_t typed_seed_ = 0;
  float small_ = 64;  ///< pixels: the side of pictures in rows
  bool smooth_ = false, playing_ = false;
  int speed_ = 12;              ///< frames a second
  double played_ = 0;           ///< frames since it began to play
  ExplorerState played_state_;  ///< and what was chosen then
};

}  // namespace gouache::studio
