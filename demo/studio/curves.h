// Which points does a plot of a training's figures draw, and over which range?
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "demo/studio/metrics.h"

namespace gouache::studio {

struct CurvePoint {
  double step;
  float least, most, mean;  ///< of the steps around; NaN: a gap
  float smooth;             ///< running mean over a fiftieth of the run
};
using Curve = std::vector<CurvePoint>;

/// A figure in at most so many points.
Curve curve_of(const Metrics& metrics, std::size_t figure, std::size_t most_points);

struct Span {
  double low, high;
};
/// What an axis should show of curves: the smooth lines wholly, and of single values all but the outermost ones. With `logarithmic` both
/// ends are logarithms to base 10, and values of 0 and below do not count. Never empty.
Span span_of(std::span<const Curve> curves, bool logarithmic);

/// Ticks within a span: round numbers, or of a logarithmic axis powers of ten and their multiples.
std::vector<double> ticks_of(const Span& span, bool logarithmic, int wanted);
/// "0.25", "1.5k", "3e-05": short enough for an axis.
std::string short_number(double value);

}  // namespace gouache::studio
