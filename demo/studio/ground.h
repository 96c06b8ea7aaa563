// What do pictures stand on?  Grounds and shadows, and whole pixels of the display.
#pragma once

#include <imgui.h>

namespace gouache::studio::ground {

/// One pixel of the display, in ImGui's units.
float pixel();
/// The nearest corner of a pixel.
ImVec2 on_pixel(ImVec2 at);
/// The largest size of the shape width x height within `room` (units, 1 or more): where its pixels can be whole ones of the display,
/// each as large as the other.
ImVec2 fitted(ImVec2 room, unsigned width, unsigned height);

/// A dark checkerboard, for pictures that are transparent in places.
void checkerboard(ImDrawList& list, ImVec2 from, ImVec2 to);
/// An ellipse of one colour that fades to nothing at its border.
void soft_ellipse(ImDrawList& list, ImVec2 middle, ImVec2 radius, ImU32 colour);

}  // namespace gouache::studio::ground
