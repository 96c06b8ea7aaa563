// How well do the opposite edges of a texture meet where it is repeated?
#include "demo/studio/seam.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>

namespace gouache::studio {
namespace {

/// What the eye takes for as smooth as the rest, and what it may miss. A wave is steeper than on average by a factor of pi / 2 where it
/// crosses its middle, so up to 2 says nothing; a step four times the usual is a line.
constexpr float kSmooth = 2, kFaint = 4;
constexpr double kLeastDifference = 0.5;  ///< of 255: flat pictures have no difference inside, and one of half a step is none

constexpr std::uint8_t kSolid = 128;  ///< alpha
constexpr float kTile = 0.25f;        ///< of the edge, that is solid at least where something is to be tiled

struct Lines {
  std::span<const std::uint8_t> pixels;
  std::size_t lines, length, line_step, pixel_step;  ///< columns or rows; steps in bytes

  /// Mean absolute difference of two lines, over pixels and channels.
  double difference(std::size_t a, std::size_t b) const {
    double sum = 0;
    for (std::size_t i = 0; i < length; ++i)
      for (std::size_t c = 0; c < 4; ++c)
        sum += std::abs(pixels[a * line_step + i * pixel_step + c] - pixels[b * line_step + i * pixel_step + c]);
    return sum / static_cast<double>(length * 4);
  }
  float seam() const {
    double inside = 0;
    for (std::size_t i = 0; i + 1 < lines; ++i) inside += difference(i, i + 1);
    inside /= static_cast<double>(lines - 1);
    return static_cast<float>(difference(lines - 1, 0) / std::max(inside, kLeastDifference));
  }
  std::size_t solid(std::size_t line) const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < length; ++i) count += pixels[line * line_step + i * pixel_step + 3] >= kSolid;
    return count;
  }
};

}  // namespace

SeamKind Seam::kind() const {
  if (solid < kTile) return SeamKind::bare;
  return worst() <= kSmooth ? SeamKind::tiles : worst() <= kFaint ? SeamKind::faint : SeamKind::visible;
}

Seam measure_seam(std::span<const std::uint8_t> pixels, std::uint32_t width, std::uint32_t height) {
  const std::size_t row = std::size_t{width} * 4;
  const Lines columns{pixels, width, height, 4, row}, rows{pixels, height, width, row, 4};
  const std::size_t solid = columns.solid(0) + columns.solid(width - 1) + rows.solid(0) + rows.solid(height - 1);
  return {.sides = columns.seam(), .ends = rows.seam(), .solid = static_cast<float>(solid) / static_cast<float>(2 * (width + height))};
}

const char* words(SeamKind kind) {
  constexpr const char* kWords[] = {"No tile: it stands alone", "Tiles well", "Faint seam", "Visible seam"};
  return kWords[static_cast<std::size_t>(kind)];
}

}  // namespace gouache::studio
