// How is a picture shown that can be clicked?
#pragma once

#include <imgui.h>

#include <cstdint>
#include <string>

namespace gouache::studio {

/// A square with a ground for what is transparent, and what the mouse did to it.
struct Tile {
  ImVec2 from, to;
  bool pressed, twice, right, hovered;  ///< the left button just now; twice in a row; the right one; the mouse is above

  /// At the cursor, like any item of ImGui's; `name` is for scripts.
  Tile(const std::string& name, float side);
  /// An outline for the chosen one, or under the mouse; over what was drawn into the square.
  void outline(bool chosen) const;
  /// Small words in the lower left corner.
  void letter(const std::string& words) const;
};

/// The side of a square in `room` for pictures of `pixels`: a whole multiple, so that their pixels are equally large, unless that would
/// leave more than a quarter of the room empty.
float fitting_side(float room, std::uint32_t pixels);

}  // namespace gouache::studio
