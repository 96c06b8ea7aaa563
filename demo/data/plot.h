// How do the curves of a training run become a picture?
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "demo/data/picture.h"

namespace gouache::data {

/// sRGB bytes of a curve.
struct Ink {
  uint8_t r, g, b;
};

/// Colours that tell apart well on white, also for most colour-blind readers; series i takes kInks[i % 6].
inline constexpr Ink kInks[6] = {{31, 106, 192}, {217, 83, 35}, {28, 138, 94}, {142, 68, 173}, {196, 144, 16}, {84, 96, 112}};

/// One curve; x and y have the same length, x does not decrease.  Where y is NaN or infinite the curve has a gap.
struct Series {
  std::string name;
  Ink colour;
  std::vector<double> x, y;
};

struct PlotLayout {
  uint32_t width = 960, height = 540;  ///< pixels, at least 320 x 200
  /// Width of the running mean, as a fraction of the points (0: none).  With it the curve itself is drawn faint, its mean bold.
  double smoothing = 0.04;
  bool log_y = false;  ///< logarithmic y axis; values <= 0 are gaps
};

/// Draws line curves with axes, ticks at round numbers, title, x label and legend.  Throws Error when a series' lengths differ.
Picture plot(const std::string& title, const std::string& x_label, const std::vector<Series>& series, const PlotLayout& layout = {});

/// The same, written as a PNG, atomically.
void plot(const std::string& path, const std::string& title, const std::string& x_label, const std::vector<Series>& series,
          const PlotLayout& layout = {});

/// Mean of the finite values within `reach` points to each side, the nearer ones weighing more (a triangle); NaN where the value is not
/// finite.
std::vector<double> smoothed(const std::vector<double>& values, size_t reach);

/// Round numbers (1, 2 or 5 times a power of ten apart) that cover [low, high], about `wanted` of them.
std::vector<double> round_ticks(double low, double high, int wanted);

}  // namespace gouache::data
