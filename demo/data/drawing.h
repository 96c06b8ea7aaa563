// How are anti-aliased lines, rectangles and text put on an RGB picture?
#pragma once

#include <string>

#include "demo/data/picture.h"
#include "demo/data/plot.h"

namespace gouache::data {

struct Box {
  double x0, y0, x1, y1;  // pixels; edges, so that a pixel is one unit wide
};

/// Blends a rectangle by the area it covers of each pixel.
void draw_box(Picture& picture, Box box, Ink ink, double opacity = 1.0);

/// Blends a path with round joins, clipped to a box.  Overlapping segments do not darken each other.
struct Vertex {
  double x, y;
};
void draw_path(Picture& picture, const std::vector<Vertex>& path, Box clip, Ink ink, double thickness, double opacity);

/// Text of printable ASCII, its upper left corner at (x, y); capitals are 7 * scale pixels high.
void draw_text(Picture& picture, double x, double y, const std::string& text, Ink ink, double scale);
double text_width(const std::string& text, double scale);

}  // namespace gouache::data
