// Which points does a plot of a training's figures draw, and over which range?
#include "demo/studio/curves.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "demo/data/plot.h"

namespace gouache::studio {
namespace {

constexpr std::size_t kSmoothing = 100;  ///< the running mean reaches this part of the run to each side
constexpr double kOutermost = 0.02;      ///< part of the values that an axis need not show, at each end

double placed(float value, bool logarithmic) {
  const double v = value;
  return !logarithmic ? v : v > 0 ? std::log10(v) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

Curve curve_of(const Metrics& metrics, std::size_t figure, std::size_t most_points) {
  Curve points;
  const std::size_t rows = metrics.rows();
  if (rows == 0 || most_points == 0) return points;
  const std::vector<double> smooth = data::smoothed(metrics.means(figure), rows / kSmoothing);
  const std::size_t stride = (rows + most_points - 1) / most_points;
  for (std::size_t from = 0; from < rows; from += stride) {
    const std::size_t to = std::min(from + stride, rows);
    Summary sum{std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::quiet_NaN(),
                0};
    Summary line = sum;
    for (std::size_t row = from; row < to; ++row) {
      sum.add(metrics.at(row, figure));
      line.add(static_cast<float>(smooth[row]));
    }
    const double middle = static_cast<double>(metrics.steps(from).first + metrics.steps(to - 1).last) / 2;
    points.push_back({middle, sum.least, sum.most, sum.mean, line.mean});
  }
  return points;
}

Span span_of(std::span<const Curve> curves, bool logarithmic) {
  std::vector<double> values;
  Span span{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  const auto include = [&](double value) {
    if (!std::isfinite(value)) return;
    span.low = std::min(span.low, value);
    span.high = std::max(span.high, value);
  };
  for (const Curve& curve : curves)
    for (const CurvePoint& point : curve) {
      include(placed(point.smooth, logarithmic));
      for (float value : {point.least, point.most})
        if (const double v = placed(value, logarithmic); std::isfinite(v)) values.push_back(v);
    }
  if (!values.empty()) {
    std::ranges::sort(values);
    const auto outermost = static_cast<std::size_t>(kOutermost * static_cast<double>(values.size()));
    include(values[outermost]);
    include(values[values.size() - 1 - outermost]);
  }
  if (span.low > span.high) return logarithmic ? Span{-1, 1} : Span{0, 1};
  const double room = span.high - span.low;
  if (room < 1e-9 * std::max(1.0, std::abs(span.high))) {
    const double half = span.high == 0 ? 0.5 : logarithmic ? 0.5 : 0.1 * std::abs(span.high);
    return {span.low - half, span.high + half};
  }
  return {span.low - 0.05 * room, span.high + 0.05 * room};
}

std::vector<double> ticks_of(const Span& span, bool logarithmic, int wanted) {
  const double decades = span.high - span.low;
  if (!logarithmic || decades > wanted) {
    std::vector<double> ticks = data::round_ticks(span.low, span.high, wanted);
    if (logarithmic) std::erase_if(ticks, [](double tick) { return tick != std::round(tick); });
    return ticks;
  }
  std::vector<double> ticks;
  const std::vector<double> digits = decades > 1.2 ? std::vector<double>{1} : std::vector<double>{1, 2, 5};
  for (double power = std::floor(span.low); power <= span.high; ++power)
    for (const double digit : digits)
      if (const double tick = power + std::log10(digit); tick >= span.low && tick <= span.high) ticks.push_back(tick);
  return ticks;
}

std::string short_number(double value) {
  char text[32];
  const double size = std::abs(value);
  if (size >= 1e6 || (size > 0 && size < 1e-3))
    std::snprintf(text, sizeof text, "%.1e", value);
  else if (size >= 1e4)
    std::snprintf(text, sizeof text, "%.3gk", value / 1e3);
  else
    std::snprintf(text, sizeof text, "%.3g", value);
  if (size >= 1e3 && size < 1e4) std::snprintf(text, sizeof text, "%.0f", value);
  return text;
}

}  // namespace gouache::studio
