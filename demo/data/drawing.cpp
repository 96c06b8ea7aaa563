// How much of each pixel does a line, a rectangle or a letter cover?
#include "demo/data/drawing.h"

#include <stb/stb_easy_font.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace gouache::data {
namespace {

void blend(Picture& p, int x, int y, Ink ink, double opacity) {
  uint8_t* out = &p.pixels[(static_cast<size_t>(y) * p.width + static_cast<size_t>(x)) * 3];
  const uint8_t over[3] = {ink.r, ink.g, ink.b};
  for (size_t k = 0; k < 3; k++) out[k] = static_cast<uint8_t>(std::lround(out[k] + opacity * (over[k] - out[k])));
}

// The text as the font's rectangles, 16 bytes a corner, four corners each.
std::vector<char> letters(const std::string& text) {
  std::vector<char> line(text.begin(), text.end());
  for (char& c : line)
    if (c < ' ' || c > '~') c = '?';
  line.push_back('\0');
  std::vector<char> quads(text.size() * 512 + 64);
  const int count = stb_easy_font_print(0.0f, 0.0f, line.data(), nullptr, quads.data(), static_cast<int>(quads.size()));
  quads.resize(static_cast<size_t>(count) * 64);
  return quads;
}

std::array<float, 2> corner(const std::vector<char>& quads, size_t quad, size_t index) {
  std::array<float, 2> xy;
  std::copy_n(&quads[quad * 64 + index * 16], sizeof xy, reinterpret_cast<char*>(xy.data()));
  return xy;
}

}  // namespace

void draw_box(Picture& p, Box b, Ink ink, double opacity) {
  const int x0 = std::max(0, static_cast<int>(std::floor(b.x0))),
            x1 = std::min(static_cast<int>(p.width), static_cast<int>(std::ceil(b.x1)));
  const int y0 = std::max(0, static_cast<int>(std::floor(b.y0))),
            y1 = std::min(static_cast<int>(p.height), static_cast<int>(std::ceil(b.y1)));
  for (int y = y0; y < y1; y++)
    for (int x = x0; x < x1; x++) {
      const double wide = std::min(b.x1, x + 1.0) - std::max(b.x0, double(x)), high = std::min(b.y1, y + 1.0) - std::max(b.y0, double(y));
      if (wide > 0.0 && high > 0.0) blend(p, x, y, ink, opacity * wide * high);
    }
}

void draw_path(Picture& p, const std::vector<Vertex>& path, Box clip, Ink ink, double thickness, double opacity) {
  const int left = std::max(0, static_cast<int>(clip.x0)), right = std::min(static_cast<int>(p.width), static_cast<int>(clip.x1));
  const int top = std::max(0, static_cast<int>(clip.y0)), bottom = std::min(static_cast<int>(p.height), static_cast<int>(clip.y1));
  if (path.empty() || right <= left || bottom <= top) return;
  const size_t width = static_cast<size_t>(right - left), height = static_cast<size_t>(bottom - top);
  std::vector<float> cover(width * height, 0.0f);  // the most that any segment covers
  const double reach = 0.5 * thickness + 0.5;      // a pixel further away than this from the centre line is not covered
  for (size_t i = 0; i < path.size(); i++) {
    const Vertex a = path[i], b = path[std::min(i + 1, path.size() - 1)];
    const double dx = b.x - a.x, dy = b.y - a.y, length2 = std::max(dx * dx + dy * dy, 1e-12);
    const auto from = [&](double low, int least, int most) {
      return std::clamp(static_cast<int>(std::floor(std::clamp(low, -1e6, 1e6))), least, most);
    };
    const int x0 = from(std::min(a.x, b.x) - reach, left, right), x1 = from(std::max(a.x, b.x) + reach + 1.0, left, right);
    const int y0 = from(std::min(a.y, b.y) - reach, top, bottom), y1 = from(std::max(a.y, b.y) + reach + 1.0, top, bottom);
    for (int y = y0; y < y1; y++)
      for (int x = x0; x < x1; x++) {
        const double px = x + 0.5 - a.x, py = y + 0.5 - a.y, t = std::clamp((px * dx + py * dy) / length2, 0.0, 1.0);
        const double distance = std::hypot(px - t * dx, py - t * dy);
        float& most = cover[static_cast<size_t>(y - top) * width + static_cast<size_t>(x - left)];
        most = std::max(most, static_cast<float>(std::clamp(reach - distance, 0.0, 1.0)));
      }
  }
  for (size_t y = 0; y < height; y++)
    for (size_t x = 0; x < width; x++)
      if (const float c = cover[y * width + x]; c > 0.0f) blend(p, left + static_cast<int>(x), top + static_cast<int>(y), ink, opacity * c);
}

void draw_text(Picture& p, double x, double y, const std::string& text, Ink ink, double scale) {
  const std::vector<char> quads = letters(text);
  for (size_t quad = 0; quad * 64 < quads.size(); quad++) {
    const auto [x0, y0] = corner(quads, quad, 0);
    const auto [x1, y1] = corner(quads, quad, 2);
    draw_box(p, {x + x0 * scale, y + y0 * scale, x + x1 * scale, y + y1 * scale}, ink);
  }
}

double text_width(const std::string& text, double scale) {
  const std::vector<char> quads = letters(text);
  double right = 0.0;
  for (size_t quad = 0; quad * 64 < quads.size(); quad++) right = std::max(right, static_cast<double>(corner(quads, quad, 2)[0]));
  return right * scale;
}

}  // namespace gouache::data
