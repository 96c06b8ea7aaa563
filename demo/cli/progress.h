// How does a long run tell how far it is?  One line on stderr that is rewritten on a terminal; elsewhere a line every 5 %.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace gouache::cli {

class Progress {
 public:
  /// Counts steps `done`..`total`, of `batch` images each.
  Progress(std::uint64_t done, std::uint64_t total, std::uint32_t batch);
  ~Progress() { end(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// One more step is done; images/s of it. `figures` is what to show beside, "G 1.24  D 0.61".
  double step(std::uint64_t done, const std::string& figures);
  /// What happens between steps (samples, checkpoints) does not count as the next step's time.
  void resume_clock() { last_ = Clock::now(); }
  /// Leaves the line, so that others can write.
  void end();

 private:
  using Clock = std::chrono::steady_clock;
  void show(std::uint64_t done, const std::string& figures);

  std::uint64_t total_, first_;
  std::uint32_t batch_;
  bool terminal_, line_open_ = false;
  Clock::time_point last_, shown_;
  double seconds_per_step_ = 0;  ///< running mean
  int shown_twentieth_ = 0;
};

}  // namespace gouache::cli
