// How do shapes become pixels, and how is light put on them?
#include "demo/data/canvas.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

namespace gouache::data {
namespace {

template <class Inside>
Mask where(Inside inside) {
  Mask mask;
  for (int y = 0; y < kCell; y++)
    for (int x = 0; x < kCell; x++)
      if (inside(x, y)) mask.set(x, y);
  return mask;
}

struct Bounds {
  int x0 = kCell, y0 = kCell, x1 = -1, y1 = -1;
};

Bounds bounds(const Mask& mask) {
  Bounds b;
  for (int y = 0; y < kCell; y++)
    for (int x = 0; x < kCell; x++)
      if (mask.at(x, y)) b = {std::min(b.x0, x), std::min(b.y0, y), std::max(b.x1, x), std::max(b.y1, y)};
  return b;
}

Colour rgb(Hsv c) {
  const float h = c.h - 360.0f * std::floor(c.h / 360.0f);
  auto channel = [&](float n) {
    const float k = std::fmod(n + h / 60.0f, 6.0f);
    const float value = c.v - c.v * c.s * std::clamp(std::min(k, 4.0f - k), 0.0f, 1.0f);
    return static_cast<uint8_t>(std::lround(255.0f * std::clamp(value, 0.0f, 1.0f)));
  };
  return {channel(5.0f), channel(3.0f), channel(1.0f), 255};
}

// Turns a hue towards another by at most `degrees`, the shorter way round.
float turned(float hue, float towards, float degrees) {
  const float way = std::remainder(towards - hue, 360.0f);
  return hue + std::clamp(way, -degrees, degrees);
}

const Colour& tone(const Mask& part, const Bounds& b, const Ramp& tones, Light light, int x, int y) {
  const float rx = 0.5f * static_cast<float>(b.x1 - b.x0 + 1), ry = 0.5f * static_cast<float>(b.y1 - b.y0 + 1);
  const float u = (static_cast<float>(x) - 0.5f * static_cast<float>(b.x0 + b.x1)) / rx;  // -1 left, 1 right
  const float v = (static_cast<float>(y) - 0.5f * static_cast<float>(b.y0 + b.y1)) / ry;  // -1 top, 1 bottom
  switch (light) {
    case Light::flat: return tones.mid;
    case Light::ball: {
      const float distance = std::hypot(u + 0.42f, v + 0.46f);
      return distance < 0.62f ? tones.light : distance < 1.16f ? tones.mid : tones.dark;
    }
    case Light::column: return u < -0.34f ? tones.light : u > 0.40f ? tones.dark : tones.mid;
    case Light::slope: return v < -0.4f ? tones.light : v > 0.45f ? tones.dark : tones.mid;
    case Light::bevel: {
      const bool lit = !part.at(x, y - 1) || !part.at(x - 1, y), dim = !part.at(x, y + 1) || !part.at(x + 1, y);
      return lit == dim ? tones.mid : lit ? tones.light : tones.dark;
    }
  }
  return tones.mid;
}

}  // namespace

bool Mask::empty() const {
  return std::all_of(rows.begin(), rows.end(), [](uint32_t row) { return row == 0; });
}

Mask Mask::mirrored() const {
  return where([&](int x, int y) { return at(kCell - 1 - x, y); });
}

Mask Mask::shifted(int dx, int dy) const {
  return where([&](int x, int y) { return at(x - dx, y - dy); });
}

Mask Mask::grown() const {
  return where([&](int x, int y) { return at(x, y) || at(x - 1, y) || at(x + 1, y) || at(x, y - 1) || at(x, y + 1); });
}

Mask operator|(Mask a, const Mask& b) {
  for (size_t y = 0; y < kCell; y++) a.rows[y] |= b.rows[y];
  return a;
}

Mask operator&(Mask a, const Mask& b) {
  for (size_t y = 0; y < kCell; y++) a.rows[y] &= b.rows[y];
  return a;
}

Mask operator-(Mask a, const Mask& b) {
  for (size_t y = 0; y < kCell; y++) a.rows[y] &= ~b.rows[y];
  return a;
}

Mask box(int x0, int y0, int x1, int y1) {
  return where([=](int x, int y) { return x >= x0 && x <= x1 && y >= y0 && y <= y1; });
}

Mask round_box(int x0, int y0, int x1, int y1, float radius) {
  return where([=](int x, int y) {
    if (x < x0 || x > x1 || y < y0 || y > y1) return false;
    const float dx =
        std::max({static_cast<float>(x0) - 0.5f + radius - static_cast<float>(x), static_cast<float>(x - x1) - 0.5f + radius, 0.0f});
    const float dy =
        std::max({static_cast<float>(y0) - 0.5f + radius - static_cast<float>(y), static_cast<float>(y - y1) - 0.5f + radius, 0.0f});
    return dx * dx + dy * dy <= radius * radius;
  });
}

Mask ellipse(float cx, float cy, float rx, float ry) {
  return where([=](int x, int y) {
    const float u = (static_cast<float>(x) - cx) / rx, v = (static_cast<float>(y) - cy) / ry;
    return u * u + v * v <= 1.0f;
  });
}

Mask ring(float cx, float cy, float rx, float ry, float thickness) {
  return ellipse(cx, cy, rx, ry) - ellipse(cx, cy, rx - thickness, ry - thickness);
}

Mask line(Point from, Point to, float thickness) {
  const float dx = to.x - from.x, dy = to.y - from.y, length2 = std::max(dx * dx + dy * dy, 1e-6f);
  return where([=](int x, int y) {
    const float px = static_cast<float>(x) - from.x, py = static_cast<float>(y) - from.y;
    const float t = std::clamp((px * dx + py * dy) / length2, 0.0f, 1.0f);
    return std::hypot(px - t * dx, py - t * dy) <= 0.5f * thickness;
  });
}

Mask polygon(std::initializer_list<Point> corners) {
  const std::vector<Point> p(corners);
  return where([&](int x, int y) {  // even-odd rule; a hair's breadth off the grid, so that corners on pixel centres are decided alike
    const float px = static_cast<float>(x) + 0.001f, py = static_cast<float>(y) + 0.001f;
    bool inside = false;
    for (size_t i = 0, j = p.size() - 1; i < p.size(); j = i++)
      if ((p[i].y > py) != (p[j].y > py) && px < (p[j].x - p[i].x) * (py - p[i].y) / (p[j].y - p[i].y) + p[i].x) inside = !inside;
    return inside;
  });
}

Mask stencil(int x, int y, std::initializer_list<const char*> rows) {
  Mask mask;
  for (const std::string_view row : rows) {
    for (size_t i = 0; i < row.size(); i++)
      if (row[i] != ' ') mask.set(x + static_cast<int>(i), y);
    y++;
  }
  return mask;
}

Mask both(const Mask& half) { return half | half.mirrored(); }

Ramp ramp(Hsv c) {
  const float cool = 255.0f, warm = 52.0f;
  return {
      rgb({turned(c.h, cool, 34.0f), std::min(1.0f, c.s * 0.85f + 0.22f), 0.13f + 0.10f * c.v}),
      rgb({turned(c.h, cool, 18.0f), std::min(1.0f, c.s * 1.08f + 0.06f), c.v * 0.66f}),
      rgb(c),
      rgb({turned(c.h, warm, 12.0f), c.s * 0.78f, std::min(1.0f, c.v * 1.16f + 0.07f)}),
      rgb({turned(c.h, warm, 20.0f), c.s * 0.34f, std::min(1.0f, c.v * 1.3f + 0.2f)}),
  };
}

Ramp with_alpha(Ramp tones, uint8_t alpha) {
  for (Colour* c : {&tones.dark, &tones.mid, &tones.light, &tones.shine}) c->a = alpha;
  return tones;
}

void Canvas::paint(const Mask& part, const Ramp& tones, Light light) {
  fill((part.grown() - part) & painted(), tones.edge);
  blend(part, tones, light);
}

void Canvas::blend(const Mask& part, const Ramp& tones, Light light) {
  const Bounds b = bounds(part);
  for (int y = b.y0; y <= b.y1; y++)
    for (int x = b.x0; x <= b.x1; x++)
      if (part.at(x, y)) pixels_[index(x, y)] = {tone(part, b, tones, light, x, y), tones.edge};
}

void Canvas::fill(const Mask& part, Colour colour) {
  for (int y = 0; y < kCell; y++)
    for (int x = 0; x < kCell; x++) {
      if (!part.at(x, y)) continue;
      Pixel& pixel = pixels_[index(x, y)];
      pixel.colour = colour;
      if (pixel.edge.a == 0)
        pixel.edge = {static_cast<uint8_t>(colour.r / 4), static_cast<uint8_t>(colour.g / 4), static_cast<uint8_t>(colour.b / 3), 255};
    }
}

void Canvas::erase(const Mask& part) {
  for (int y = 0; y < kCell; y++)
    for (int x = 0; x < kCell; x++)
      if (part.at(x, y)) pixels_[index(x, y)] = {};
}

void Canvas::shade(const Mask& part) {
  for (int y = 0; y < kCell; y++)
    for (int x = 0; x < kCell; x++) {
      if (!part.at(x, y)) continue;
      Colour& c = pixels_[index(x, y)].colour;
      c = {static_cast<uint8_t>(c.r * 11 / 16), static_cast<uint8_t>(c.g * 11 / 16), static_cast<uint8_t>(c.b * 3 / 4), c.a};
    }
}

void Canvas::outline() {
  const Mask inside = painted();
  const std::array<Pixel, kCell* kCell> before = pixels_;
  for (int y = 0; y < kCell; y++)
    for (int x = 0; x < kCell; x++) {
      if (inside.at(x, y)) continue;
      constexpr int kNear[4][2] = {{0, -1}, {-1, 0}, {1, 0}, {0, 1}};
      for (const auto& step : kNear)
        if (inside.at(x + step[0], y + step[1])) {
          pixels_[index(x, y)].colour = before[index(x + step[0], y + step[1])].edge;
          break;
        }
    }
}

Mask Canvas::painted() const {
  return where([&](int x, int y) { return pixels_[index(x, y)].colour.a != 0; });
}

}  // namespace gouache::data
