// Where do axes, ticks, curves and the legend of a plot go?
#include "demo/data/plot.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "demo/data/drawing.h"
#include "host/graph/error.h"

namespace gouache::data {
namespace {

constexpr Ink kText{52, 58, 66}, kQuiet{120, 128, 138}, kGrid{232, 235, 239}, kAxis{150, 158, 168};
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Range {
  double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();
  void include(double value) {
    if (std::isfinite(value)) low = std::min(low, value), high = std::max(high, value);
  }
  // Something to divide by, even if there is no value or only one.
  void open() {
    if (low > high) low = 0.0, high = 1.0;
    if (high - low < 1e-9 * std::max(1.0, std::abs(high))) {
      const double half = high == 0.0 ? 0.5 : 0.1 * std::abs(high);
      low -= half, high += half;
    }
  }
};

std::string significant(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

// With as many digits after the point as ticks `step` apart need.
std::string number(double value, double step) {
  if (std::abs(value) < 1e-9 * step) return "0";
  if (std::abs(value) >= 1e6 || std::abs(value) < 1e-4) return significant(value);
  char text[40];
  std::snprintf(text, sizeof text, "%.*f", std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 6), value);
  return text;
}

// Logarithms of 1, 2 and 5 times the powers of ten in [low, high]; of the powers alone, or of fewer of them, when there are many.
std::vector<double> decade_ticks(double low, double high) {
  const double decades = high - low;
  const std::vector<double> digits = decades > 3.0   ? std::vector<double>{1}
                                     : decades > 0.8 ? std::vector<double>{1, 2, 5}
                                                     : std::vector<double>{1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9};
  const int stride = std::max(1, static_cast<int>(std::ceil(decades / 10.0)));
  std::vector<double> ticks;
  for (int power = static_cast<int>(std::floor(low)); power <= high; power += stride)
    for (const double digit : digits)
      if (const double tick = power + std::log10(digit); tick >= low && tick <= high) ticks.push_back(tick);
  return ticks;
}

// Many more points than pixels say no more than their least and greatest value in each column of pixels.
std::vector<std::vector<Vertex>> thinned(const std::vector<Vertex>& points) {
  std::vector<std::vector<Vertex>> runs(1);
  for (size_t i = 0; i < points.size();) {
    if (!std::isfinite(points[i].x) || !std::isfinite(points[i].y)) {
      if (!runs.back().empty()) runs.emplace_back();
      i++;
      continue;
    }
    const double column = std::floor(points[i].x);
    size_t least = i, most = i, end = i;
    for (; end < points.size() && std::floor(points[end].x) == column && std::isfinite(points[end].y); end++) {
      if (points[end].y < points[least].y) least = end;
      if (points[end].y > points[most].y) most = end;
    }
    std::vector<size_t> kept = {i, least, most, end - 1};
    std::sort(kept.begin(), kept.end());
    kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
    for (const size_t k : kept) runs.back().push_back(points[k]);
    i = end;
  }
  return runs;
}

}  // namespace

std::vector<double> smoothed(const std::vector<double>& values, size_t reach) {
  std::vector<double> result = values;
  for (const size_t span : {reach / 2, reach - reach / 2}) {  // two running means make a triangular window
    std::vector<double> sums(values.size() + 1, 0.0), counts(values.size() + 1, 0.0);
    for (size_t i = 0; i < values.size(); i++) {
      const bool finite = std::isfinite(result[i]);
      sums[i + 1] = sums[i] + (finite ? result[i] : 0.0);
      counts[i + 1] = counts[i] + (finite ? 1.0 : 0.0);
    }
    for (size_t i = 0; i < values.size(); i++) {
      const size_t first = i - std::min(i, span), end = std::min(values.size(), i + span + 1);
      result[i] = std::isfinite(result[i]) ? (sums[end] - sums[first]) / (counts[end] - counts[first]) : kNone;
    }
  }
  return result;
}

std::vector<double> round_ticks(double low, double high, int wanted) {
  const double rough = (high - low) / std::max(1, wanted), power = std::pow(10.0, std::floor(std::log10(rough)));
  const double step = power * (rough / power <= 1.0 ? 1.0 : rough / power <= 2.0 ? 2.0 : rough / power <= 5.0 ? 5.0 : 10.0);
  std::vector<double> ticks;
  const double first = std::ceil(low / step - 1e-9);
  for (int i = 0; (first + i) * step <= high + 1e-9 * step && i < 1000; i++) ticks.push_back((first + i) * step);
  return ticks;
}

Picture plot(const std::string& title, const std::string& x_label, const std::vector<Series>& series, const PlotLayout& layout) {
  if (layout.width < 320 || layout.height < 200 || layout.width > kLargestSide || layout.height > kLargestSide)
    throw Error("plot '" + title + "': " + std::to_string(layout.width) + " x " + std::to_string(layout.height) +
                " pixels; expected 320 x 200 to " + std::to_string(kLargestSide) + " a side");
  std::vector<std::vector<double>> values, means;
  Range across, up, bulk;
  for (const Series& s : series) {
    if (s.x.size() != s.y.size())
      throw Error("plot '" + title + "': series '" + s.name + "' has " + std::to_string(s.x.size()) + " x and " +
                  std::to_string(s.y.size()) + " y values; expected as many");
    std::vector<double> y = s.y;
    if (layout.log_y)
      for (double& v : y) v = v > 0.0 ? std::log10(v) : kNone;
    const size_t reach = static_cast<size_t>(std::clamp(layout.smoothing, 0.0, 1.0) * 0.5 * static_cast<double>(y.size()));
    means.push_back(reach > 0 ? smoothed(y, reach) : y);
    values.push_back(std::move(y));
    for (size_t i = 0; i < s.x.size(); i++) across.include(std::isfinite(values.back()[i]) ? s.x[i] : kNone);
    for (const double v : means.back()) bulk.include(v);
    for (const double v : values.back()) up.include(v);
  }
  across.open();
  bulk.open();
  up.open();
  // A lone spike must not flatten everything else: the axis reaches at most 60 % of the bold curves' range beyond them.
  const double beyond = 0.6 * (bulk.high - bulk.low);
  up = {std::max(up.low, bulk.low - beyond), std::min(up.high, bulk.high + beyond)};
  up.open();
  const double margin = 0.04 * (up.high - up.low);
  up = {!layout.log_y && up.low >= 0.0 && up.low < margin ? 0.0 : up.low - margin, up.high + margin};

  Picture p{layout.width, layout.height, 3, std::vector<uint8_t>(size_t{layout.width} * layout.height * 3, 255)};
  const double width = layout.width, height = layout.height;
  const std::vector<double> rows =
      layout.log_y ? decade_ticks(up.low, up.high) : round_ticks(up.low, up.high, static_cast<int>(height / 80));
  const std::vector<double> columns = round_ticks(across.low, across.high, static_cast<int>(width / 130));
  const double row_step = rows.size() > 1 ? rows[1] - rows[0] : 1.0, column_step = columns.size() > 1 ? columns[1] - columns[0] : 1.0;
  const auto row_text = [&](double v) { return layout.log_y ? significant(std::pow(10.0, v)) : number(v, row_step); };
  double label_width = 0.0;
  for (const double v : rows) label_width = std::max(label_width, text_width(row_text(v), 1.5));
  const Box area{std::ceil(label_width) + 34.0, 62.0, width - 28.0, height - 58.0};
  const auto x_of = [&](double x) { return area.x0 + (x - across.low) / (across.high - across.low) * (area.x1 - area.x0); };
  const auto y_of = [&](double y) { return area.y1 - (y - up.low) / (up.high - up.low) * (area.y1 - area.y0); };

  for (const double v : rows) {
    const double y = std::floor(y_of(v));
    draw_box(p, {area.x0, y, area.x1, y + 1.0}, v == 0.0 && up.low < 0.0 && !layout.log_y ? kAxis : kGrid);
    draw_text(p, std::round(area.x0 - 10.0 - text_width(row_text(v), 1.5)), y - 5.0, row_text(v), kQuiet, 1.5);
  }
  for (const double v : columns) {
    const double x = std::floor(x_of(v));
    draw_box(p, {x, area.y0, x + 1.0, area.y1}, kGrid);
    draw_box(p, {x, area.y1, x + 1.0, area.y1 + 5.0}, kAxis);
    draw_text(p, std::round(x - 0.5 * text_width(number(v, column_step), 1.5)), area.y1 + 11.0, number(v, column_step), kQuiet, 1.5);
  }
  draw_box(p, {area.x0, area.y1, area.x1, area.y1 + 1.0}, kAxis);
  draw_box(p, {area.x0 - 1.0, area.y0, area.x0, area.y1 + 1.0}, kAxis);
  draw_text(p, std::round(0.5 * (area.x0 + area.x1 - text_width(x_label, 1.5))), height - 22.0, x_label, kText, 1.5);
  draw_text(p, area.x0 - 1.0, 22.0, title, kText, 2.0);

  const Box clip{area.x0 + 1.0, area.y0 - 1.0, area.x1 + 1.0, area.y1};
  for (const bool bold : {false, true})  // all faint curves lie behind all bold ones
    for (size_t i = 0; i < series.size(); i++) {
      if (!bold && values[i].size() == means[i].size() && layout.smoothing <= 0.0) continue;
      std::vector<Vertex> points;
      for (size_t k = 0; k < series[i].x.size(); k++) points.push_back({x_of(series[i].x[k]), y_of(bold ? means[i][k] : values[i][k])});
      for (const std::vector<Vertex>& run : thinned(points)) draw_path(p, run, clip, series[i].colour, bold ? 2.4 : 1.0, bold ? 1.0 : 0.26);
    }

  double x = area.x1;  // the legend, right-aligned on the title's line
  for (size_t i = series.size(); i-- > 0;) {
    x -= text_width(series[i].name, 1.5);
    draw_text(p, std::round(x), 24.0, series[i].name, kText, 1.5);
    draw_box(p, {std::round(x) - 26.0, 27.0, std::round(x) - 8.0, 31.0}, series[i].colour);
    x -= 48.0;
  }
  return p;
}

void plot(const std::string& path, const std::string& title, const std::string& x_label, const std::vector<Series>& series,
          const PlotLayout& layout) {
  write_png(path, plot(title, x_label, series, layout));
}

}  // namespace gouache::data
