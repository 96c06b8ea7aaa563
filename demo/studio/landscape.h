// Where do the sprites walk?  Sky, hills and grass, drawn as shapes.
#pragma once

#include <imgui.h>

namespace gouache::studio {

/// What is seen of it. Units are ImGui's.
struct Landscape {
  ImVec2 from, to;   ///< on the screen
  float camera = 0;  ///< how far the view is from the world's left end
  float wind = 0;    ///< seconds, for what sways

  float height() const { return to.y - from.y; }
  float horizon() const { return from.y + 0.54f * height(); }
  /// Where something at a depth of 0, the back, to 1 stands.
  float ground(float depth) const;

  /// Sky, sun, hills and meadow: behind everything.
  void draw_back(ImDrawList& list) const;
  /// A tuft of grass, or a flower; the same one for the same number.
  void draw_tuft(ImDrawList& list, unsigned which, ImVec2 foot) const;
};

}  // namespace gouache::studio
