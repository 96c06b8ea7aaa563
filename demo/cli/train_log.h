// What is kept of a run's figures?  log.csv, a row a step, and losses.png drawn from it.
#pragma once

#include <chrono>
#include <cstdint>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gouache::cli {

/// Which figures belong together, told by their names: "D(real)" is a probability, "gradient norm G" a norm, the rest are losses.
enum class Figure { loss, probability, norm };
Figure figure_of(std::string_view name);

/// log.csv: step, every metric, images/s.
class TrainLog {
 public:
  /// A new log, or where `restored_steps` is not 0 the old one cut after that step. Throws std::runtime_error naming the file.
  TrainLog(std::string path, std::vector<std::string> names, std::uint64_t restored_steps);

  void add(std::uint64_t step, std::span<const float> values, double images_per_second);
  /// Makes sure that the rows so far are in the file; happens by itself every second.
  void flush();
  /// Draws losses, D(real) and D(fake), and gradient norms below one another.
  void plot(const std::string& path) const;

 private:
  void read_old(std::uint64_t restored_steps);
  void write_all() const;

  std::string path_;
  std::vector<std::string> names_;
  std::vector<std::vector<double>> rows_;  ///< step, metrics, images/s
  std::ofstream file_;
  std::chrono::steady_clock::time_point flushed_;
};

}  // namespace gouache::cli
