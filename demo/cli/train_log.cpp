// What is kept of a run's figures?  log.csv, a row a step, and losses.png drawn from it.
#include "demo/cli/train_log.h"

#include <charconv>
#include <limits>
#include <ostream>
#include <stdexcept>

#include "demo/data/picture.h"
#include "demo/data/plot.h"

namespace gouache::cli {
namespace {

std::string number(double value) {
  char text[40];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::general, 7);
  return {text, end.ptr};
}

std::string header(const std::vector<std::string>& names) {
  std::string line = "step";
  for (const std::string& name : names) line += "," + name;
  return line + ",images/s";
}

std::string line_of(const std::vector<double>& row) {
  std::string line;
  for (double value : row) line += (line.empty() ? "" : ",") + number(value);
  return line;
}

/// Empty if the line is not `columns` numbers: the last one may have been cut off.
std::vector<double> row_of(const std::string& line, std::size_t columns) {
  std::vector<double> row;
  const char* at = line.data();
  const char* const end = at + line.size();
  while (row.size() < columns) {
    double value = 0;
    const auto read = std::from_chars(at, end, value);
    if (read.ec != std::errc()) return {};
    row.push_back(value);
    at = read.ptr;
    if (row.size() == columns) break;
    if (at == end || *at++ != ',') return {};
  }
  return at == end ? row : std::vector<double>{};
}

}  // namespace

Figure figure_of(std::string_view name) {
  if (name.starts_with("D(")) return Figure::probability;
  return name.find("gradient") != name.npos || name.find("norm") != name.npos ? Figure::norm : Figure::loss;
}

TrainLog::TrainLog(std::string path, std::vector<std::string> names, std::uint64_t restored_steps)
    : path_(std::move(path)), names_(std::move(names)) {
  if (restored_steps) read_old(restored_steps);
  write_all();
  file_.open(path_, std::ios::app | std::ios::binary);
  flush();
}

void TrainLog::read_old(std::uint64_t restored_steps) {
  std::ifstream old(path_, std::ios::binary);
  std::string line;
  if (!old || !std::getline(old, line)) return;  // the checkpoint alone was kept: a log of the rest is better than none
  if (line != header(names_)) throw std::runtime_error(path_ + ": its columns are '" + line + "', expected '" + header(names_) + "'");
  while (std::getline(old, line)) {
    std::vector<double> row = row_of(line, names_.size() + 2);
    if (row.empty() || row[0] > static_cast<double>(restored_steps)) break;
    rows_.push_back(std::move(row));
  }
}

void TrainLog::write_all() const {
  data::write_atomically(path_, [&](std::ostream& out) {
    out << header(names_) << "\n";
    for (const auto& row : rows_) out << line_of(row) << "\n";
  });
}

void TrainLog::add(std::uint64_t step, std::span<const float> values, double images_per_second) {
  std::vector<double> row{static_cast<double>(step)};
  row.insert(row.end(), values.begin(), values.end());
  row.push_back(images_per_second);
  file_ << line_of(row) << "\n";
  rows_.push_back(std::move(row));
  if (std::chrono::steady_clock::now() - flushed_ > std::chrono::seconds(1)) flush();
}

void TrainLog::flush() {
  flushed_ = std::chrono::steady_clock::now();
  file_.flush();
  if (!file_) throw std::runtime_error(path_ + ": the log cannot be written (is the disk full?)");
}

void TrainLog::plot(const std::string& path) const {
  struct Panel {
    Figure figure;
    const char* title;
    bool log_y;
  };
  constexpr Panel kPanels[] = {
      {Figure::loss, "Losses", false}, {Figure::probability, "Mean D(real) and D(fake)", false}, {Figure::norm, "Gradient norms", true}};
  data::Picture stacked;
  for (const Panel& panel : kPanels) {
    std::vector<data::Series> curves;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (figure_of(names_[i]) != panel.figure) continue;
      data::Series curve{.name = names_[i], .colour = data::kInks[curves.size() % 6], .x = {}, .y = {}};
      for (const auto& row : rows_) {
        curve.x.push_back(row[0]);
        curve.y.push_back(row[i + 1]);
      }
      curves.push_back(std::move(curve));
    }
    if (curves.empty()) continue;
    const data::Picture drawn =
        data::plot(panel.title, "step", curves, {.width = 960, .height = 360, .smoothing = 0.04, .log_y = panel.log_y});
    stacked.width = drawn.width;
    stacked.channels = drawn.channels;
    stacked.height += drawn.height;
    stacked.pixels.insert(stacked.pixels.end(), drawn.pixels.begin(), drawn.pixels.end());
  }
  if (stacked.height) data::write_png(path, stacked);
}

}  // namespace gouache::cli
