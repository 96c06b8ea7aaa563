// What did a training's figures do, step after step, in memory and drawing time that do not grow with the steps?
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gouache::studio {

/// Which figures belong on one plot.
enum class Figure { loss, probability, norm, speed };
Figure figure_of(std::string_view name);

/// One figure over some steps in a row.
struct Summary {
  float least = 0, most = 0, mean = 0;  ///< of the finite values; NaN where there is none
  std::uint32_t count = 0;              ///< finite values
  void add(float value);
  void add(const Summary& other);
};

/// Rows of figures, one a step at first. When there are too many, each two neighbours become one. Not thread-safe.
class Metrics {
 public:
  static constexpr std::size_t kMostRows = 2048;

  explicit Metrics(std::vector<std::string> names = {}) : names_(std::move(names)) {}

  const std::vector<std::string>& names() const { return names_; }
  std::size_t rows() const { return steps_.size(); }
  struct Steps {
    std::uint64_t first, last;
  };
  const Steps& steps(std::size_t row) const { return steps_[row]; }
  const Summary& at(std::size_t row, std::size_t figure) const { return values_[row * names_.size() + figure]; }
  /// The means of a figure, and the middle step of each row.
  std::vector<double> means(std::size_t figure) const;
  std::vector<double> middles() const;
  /// The values of the newest step; empty: none.
  std::span<const float> newest() const { return newest_; }
  std::uint64_t last_step() const { return steps_.empty() ? 0 : steps_.back().last; }
  /// Grows with every change: for caches of drawings.
  std::uint64_t version() const { return version_; }

  /// Values of one step, in the order of the names; NaN and Inf are gaps. Steps grow, not always by one; others throw
  /// std::invalid_argument.
  void add(std::uint64_t step, std::span<const float> values);
  /// Forgets what came after a step. A row of merged steps that begins before it and ends after stays, as what it is up to there.
  void cut(std::uint64_t step);

  /// As a table that spreadsheets read: from, to, then mean, least, most and count of each figure.
  void write(std::ostream& out) const;
  /// Throws std::runtime_error naming the line and what was expected.
  static Metrics read(std::istream& in);

 private:
  void halve();

  std::vector<std::string> names_;
  std::vector<Steps> steps_;
  std::vector<Summary> values_;  ///< [rows, names]
  std::uint64_t steps_a_row_ = 1;
  std::vector<float> newest_;
  std::uint64_t version_ = 0;
};

/// How many a second lately? Over the last few seconds in which there was work.
class Rate {
 public:
  /// `seconds`: a clock's; `amount`: done since the last call. The first call, and one after pause(), only starts the clock.
  void add(double seconds, double amount);
  void pause() { running_ = false; }
  double per_second() const;

 private:
  struct Stretch {
    double seconds, amount;
  };
  std::deque<Stretch> stretches_;
  double last_ = 0;
  bool running_ = false;
};

}  // namespace gouache::studio
