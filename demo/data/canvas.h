// What are our sprites drawn on, and with which shapes, colour ramps and light?
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace gouache::data {

inline constexpr int kCell = 32;  ///< width and height of a sprite, pixels; (x, y) is the centre of a pixel, y points down

struct Point {
  float x, y;
};

/// A set of pixels of the cell: bit x of rows[y].
struct Mask {
  std::array<uint32_t, kCell> rows{};

  bool at(int x, int y) const { return x >= 0 && x < kCell && y >= 0 && y < kCell && ((rows[static_cast<size_t>(y)] >> x) & 1u) != 0; }
  void set(int x, int y) {
    if (x >= 0 && x < kCell && y >= 0 && y < kCell) rows[static_cast<size_t>(y)] |= 1u << x;
  }
  bool empty() const;
  Mask mirrored() const;  ///< left and right exchanged: the axis is x = 15.5
  Mask shifted(int dx, int dy) const;
  Mask grown() const;  ///< with its four neighbours
};
Mask operator|(Mask a, const Mask& b);
Mask operator&(Mask a, const Mask& b);
Mask operator-(Mask a, const Mask& b);

/// Pixels whose centre lies in the shape; the corners of box and round_box are included.
Mask box(int x0, int y0, int x1, int y1);
Mask round_box(int x0, int y0, int x1, int y1, float radius);
Mask ellipse(float cx, float cy, float rx, float ry);
Mask ring(float cx, float cy, float rx, float ry, float thickness);
Mask line(Point from, Point to, float thickness);
Mask polygon(std::initializer_list<Point> corners);
/// A part drawn by hand: every character other than a space is a pixel, the first one at (x, y).
Mask stencil(int x, int y, std::initializer_list<const char*> rows);
/// The shape and its mirror image.
Mask both(const Mask& half);

/// sRGB bytes with straight (not premultiplied) alpha.
struct Colour {
  uint8_t r = 0, g = 0, b = 0, a = 0;
};

/// Hue in degrees, saturation and value in [0, 1].
struct Hsv {
  float h, s, v;
};

/// Five tones of one material; shadows turn towards blue violet, lights towards yellow.
struct Ramp {
  Colour edge, dark, mid, light, shine;
};
Ramp ramp(Hsv base);
Ramp with_alpha(Ramp tones, uint8_t alpha);

/// How a part catches the light, which comes from the upper left.
enum class Light {
  flat,    ///< the middle tone everywhere
  ball,    ///< a sphere filling the part's bounding box
  column,  ///< an upright cylinder: light left, dark right
  bevel,   ///< a thin plate: light upper left rim, dark lower right rim
  slope,   ///< light above, dark below
};

class Canvas {
 public:
  /// Paints a part over what is there; where it meets paint, a line in its edge colour sets it off.
  void paint(const Mask& part, const Ramp& tones, Light light);
  /// Paints without a dividing line: parts that grow into each other, and surface detail.
  void blend(const Mask& part, const Ramp& tones, Light light);
  /// One colour, no light, no line; the pixel keeps its own edge colour if it has one.
  void fill(const Mask& part, Colour colour);
  void erase(const Mask& part);
  /// The same pixels one tone darker: the shadow that one part casts on another.
  void shade(const Mask& part);
  /// Draws the dark line around the silhouette, each pixel in the edge colour of the part that it borders.
  void outline();

  Mask painted() const;
  const Colour& at(int x, int y) const { return pixels_[index(x, y)].colour; }

 private:
  struct Pixel {
    Colour colour;
    Colour edge;
  };
  static size_t index(int x, int y) { return static_cast<size_t>(y) * kCell + static_cast<size_t>(x); }
  std::array<Pixel, kCell * kCell> pixels_{};
};

}  // namespace gouache::data
