// What did a training's figures do, step after step, in memory and drawing time that do not grow with the steps?
#include "demo/studio/metrics.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <istream>
#include <limits>
#include <ostream>
#include <stdexcept>

namespace gouache::studio {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
constexpr double kRateSeconds = 3;  ///< long enough to be calm, short enough to follow a changed budget

Summary of(float value) {
  if (!std::isfinite(value)) return {kNone, kNone, kNone, 0};
  return {value, value, value, 1};
}

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> all;
  std::size_t from = 0;
  for (std::size_t at = line.find(','); at != line.npos; at = line.find(',', from)) {
    all.push_back(line.substr(from, at - from));
    from = at + 1;
  }
  all.push_back(line.substr(from));
  return all;
}

template <class Number>
Number number(const std::string& cell, std::size_t line) {
  Number value{};
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc() || end != cell.data() + cell.size())
    throw std::runtime_error("line " + std::to_string(line) + ": '" + cell + "' is not a number");
  return value;
}

void put(std::ostream& out, float value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value);
  out << ',' << std::string_view(text, end.ptr);
}

constexpr const char* kParts[] = {"", " least", " most", " count"};  ///< columns of a figure

}  // namespace

Figure figure_of(std::string_view name) {
  if (name.starts_with("D(")) return Figure::probability;
  if (name == "images/s") return Figure::speed;
  return name.find("gradient") != name.npos || name.find("norm") != name.npos ? Figure::norm : Figure::loss;
}

void Summary::add(float value) { add(of(value)); }

void Summary::add(const Summary& other) {
  if (other.count == 0) return;
  if (count == 0) {
    *this = other;
    return;
  }
  least = std::min(least, other.least);
  most = std::max(most, other.most);
  const double total = double{mean} * count + double{other.mean} * other.count;
  count += other.count;
  mean = static_cast<float>(total / count);
}

std::vector<double> Metrics::means(std::size_t figure) const {
  std::vector<double> all(rows());
  for (std::size_t row = 0; row < rows(); ++row) all[row] = double{at(row, figure).mean};
  return all;
}

std::vector<double> Metrics::middles() const {
  std::vector<double> all(rows());
  for (std::size_t row = 0; row < rows(); ++row) all[row] = static_cast<double>(steps_[row].first + steps_[row].last) / 2;
  return all;
}

void Metrics::add(std::uint64_t step, std::span<const float> values) {
  if (values.size() != names_.size())
    throw std::invalid_argument(std::to_string(values.size()) + " figures, expected " + std::to_string(names_.size()));
  if (!steps_.empty() && step <= steps_.back().last)
    throw std::invalid_argument("step " + std::to_string(step) + " follows step " + std::to_string(steps_.back().last));
  const bool same_row = !steps_.empty() && steps_.back().first / steps_a_row_ == step / steps_a_row_;
  if (same_row) {
    steps_.back().last = step;
    for (std::size_t i = 0; i < values.size(); ++i) values_[values_.size() - values.size() + i].add(values[i]);
  } else {
    if (rows() == kMostRows) {
      halve();
      return add(step, values);
    }
    steps_.push_back({step, step});
    for (float value : values) values_.push_back(of(value));
  }
  newest_.assign(values.begin(), values.end());
  ++version_;
}

void Metrics::halve() {
  do steps_a_row_ *= 2;
  while (steps_a_row_ < (std::uint64_t{1} << 62) &&
         steps_.back().last / steps_a_row_ - steps_.front().first / steps_a_row_ + 1 > kMostRows / 2 + 1);
  const std::size_t columns = names_.size();
  std::size_t kept = 0;
  for (std::size_t row = 1; row < rows(); ++row) {
    if (steps_[kept].first / steps_a_row_ == steps_[row].first / steps_a_row_) {
      steps_[kept].last = steps_[row].last;
      for (std::size_t i = 0; i < columns; ++i) values_[kept * columns + i].add(values_[row * columns + i]);
      continue;
    }
    ++kept;
    steps_[kept] = steps_[row];
    for (std::size_t i = 0; i < columns; ++i) values_[kept * columns + i] = values_[row * columns + i];
  }
  steps_.resize(kept + 1);
  values_.resize((kept + 1) * columns);
}

void Metrics::cut(std::uint64_t step) {
  while (!steps_.empty() && steps_.back().first > step) {
    steps_.pop_back();
    values_.resize(values_.size() - names_.size());
  }
  if (!steps_.empty()) steps_.back().last = std::min(steps_.back().last, step);
  newest_.clear();
  if (!steps_.empty())
    for (std::size_t i = 0; i < names_.size(); ++i) newest_.push_back(at(rows() - 1, i).mean);
  ++version_;
}

void Metrics::write(std::ostream& out) const {
  out << "from,to";
  for (const std::string& name : names_)
    for (const char* part : kParts) out << ',' << name << part;
  out << '\n';
  for (std::size_t row = 0; row < rows(); ++row) {
    out << steps_[row].first << ',' << steps_[row].last;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const Summary& s = at(row, i);
      for (float value : {s.mean, s.least, s.most}) put(out, value);
      out << ',' << s.count;
    }
    out << '\n';
  }
}

Metrics Metrics::read(std::istream& in) {
  std::string line;
  std::getline(in, line);
  const std::vector<std::string> header = cells(line);
  constexpr std::size_t kColumns = std::size(kParts);
  if (header.size() < 2 || header[0] != "from" || (header.size() - 2) % kColumns != 0)
    throw std::runtime_error("line 1: expected the columns of a table of figures, \"from,to,...\"");
  Metrics metrics;
  for (std::size_t i = 2; i < header.size(); i += kColumns) metrics.names_.push_back(header[i]);
  for (std::size_t at = 2; std::getline(in, line); ++at) {
    const std::vector<std::string> row = cells(line);
    if (row.size() != header.size())
      throw std::runtime_error("line " + std::to_string(at) + ": " + std::to_string(row.size()) + " columns, expected " +
                               std::to_string(header.size()));
    const Steps steps{number<std::uint64_t>(row[0], at), number<std::uint64_t>(row[1], at)};
    if (steps.first > steps.last || (metrics.rows() && steps.first <= metrics.last_step()) || metrics.rows() == kMostRows)
      throw std::runtime_error("line " + std::to_string(at) + ": steps that do not follow those before");
    metrics.steps_.push_back(steps);
    while (steps.last / metrics.steps_a_row_ != steps.first / metrics.steps_a_row_) metrics.steps_a_row_ *= 2;
    for (std::size_t i = 2; i < row.size(); i += kColumns)
      metrics.values_.push_back(
          {number<float>(row[i + 1], at), number<float>(row[i + 2], at), number<float>(row[i], at), number<std::uint32_t>(row[i + 3], at)});
  }
  metrics.cut(metrics.last_step());
  return metrics;
}

void Rate::add(double seconds, double amount) {
  if (running_) {
    stretches_.push_back({seconds - last_, amount});
    double sum = 0;
    for (const Stretch& stretch : stretches_) sum += stretch.seconds;
    while (stretches_.size() > 1 && sum - stretches_.front().seconds > kRateSeconds) {
      sum -= stretches_.front().seconds;
      stretches_.pop_front();
    }
  }
  running_ = true;
  last_ = seconds;
}

double Rate::per_second() const {
  double seconds = 0, amount = 0;
  for (const Stretch& stretch : stretches_) {
    seconds += stretch.seconds;
    amount += stretch.amount;
  }
  return seconds > 0 ? amount / seconds : 0;
}

}  // namespace gouache::studio
