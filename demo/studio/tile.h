// How is a picture shown that can be clicked?
#pragma once

#include <imgui.h>

#include <cstdint>
#include <string>

#include "demo/studio/specimen_sheet.h"

namespace gouache::studio {

/// While it lives, the grounds of the window's tiles are drawn first, then their pictures, then what is above them: three draws however
/// many tiles there are, where one after the other would take two each. Nothing but tiles may be drawn meanwhile.
class TileLayers {
 public:
  TileLayers();
  ~TileLayers();
  TileLayers(const TileLayers&) = delete;
  TileLayers& operator=(const TileLayers&) = delete;

 private:
  ImDrawList& list_;
};

/// A square with a ground for what is transparent, and what the mouse did to it.
struct Tile {
  ImVec2 from, to;
  bool pressed, twice, right, hovered;  ///< the left button just now; twice in a row; the right one; the mouse is above

  /// At the cursor, like any item of ImGui's; `name` is for scripts. Within TileLayers.
  Tile(const std::string& name, float side);
  /// What a sheet has at `place`, see SpecimenSheet::draw.
  void show(const SpecimenSheet& sheet, std::uint32_t place, bool smooth) const;
  /// An outline for the chosen one, or under the mouse; over what was drawn into the square.
  void outline(bool chosen) const;
  /// Small words in the lower left corner.
  void letter(const std::string& words) const;
};

/// The side of a square in `room` for pictures of `pixels`: a whole multiple, so that their pixels are equally large, unless that would
/// leave more than a quarter of the room empty.
float fitting_side(float room, std::uint32_t pixels);

}  // namespace gouache::studio
