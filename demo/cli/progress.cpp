// How does a long run tell how far it is?  One line on stderr that is rewritten on a terminal; elsewhere a line every 5 %.
#include "demo/cli/progress.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>

#include "demo/cli/terminal.h"

namespace gouache::cli {
namespace {

constexpr std::size_t kLineWidth = 79;

std::string duration(double seconds) {
  const auto whole = static_cast<long>(std::lround(seconds));
  char text[48];
  if (whole >= 3600)
    std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
  else
    std::snprintf(text, sizeof text, "%ld:%02ld", whole / 60, whole % 60);
  return text;
}

}  // namespace

Progress::Progress(std::uint64_t done, std::uint64_t total, std::uint32_t batch)
    : total_(std::max<std::uint64_t>(total, 1)),
      first_(done),
      batch_(batch),
      terminal_(stderr_is_terminal()),
      last_(Clock::now()),
      shown_twentieth_(static_cast<int>(done * 20 / total_)) {}

double Progress::step(std::uint64_t done, const std::string& figures) {
  const Clock::time_point now = Clock::now();
  const double seconds = std::max(std::chrono::duration<double>(now - last_).count(), 1e-9);
  last_ = now;
  // The first step warms up; afterwards each step counts for a tenth.
  seconds_per_step_ = done <= first_ + 2 ? seconds : 0.9 * seconds_per_step_ + 0.1 * seconds;
  const int twentieth = static_cast<int>(done * 20 / total_);
  const bool last = done >= total_;
  if (terminal_ ? last || now - shown_ >= std::chrono::milliseconds(100) : twentieth != shown_twentieth_ || last) {
    show(done, figures);
    shown_ = now;
    shown_twentieth_ = twentieth;
  }
  return batch_ / seconds;
}

void Progress::show(std::uint64_t done, const std::string& figures) {
  char rate[64];
  std::snprintf(rate, sizeof rate, "%.0f images/s", batch_ / seconds_per_step_);
  const double left = seconds_per_step_ * static_cast<double>(total_ - std::min(done, total_));
  const std::string line =
      "step " + std::to_string(done) + "/" + std::to_string(total_) + "  " + figures + "  " + rate + "  " + duration(left) + " left";
  if (!terminal_) {
    std::cerr << line << std::endl;
    return;
  }
  std::string bar;
  constexpr std::size_t kLeastBar = 8, kMostBar = 24;
  if (line.size() + kLeastBar + 3 <= kLineWidth) {
    const std::size_t width = std::min(kMostBar, kLineWidth - line.size() - 3);
    const auto filled =
        static_cast<std::size_t>(static_cast<double>(std::min(done, total_)) / static_cast<double>(total_) * static_cast<double>(width));
    bar = "[" + std::string(filled, '#') + std::string(width - filled, '-') + "] ";
  }
  std::cerr << "\r" << (bar + line).substr(0, kLineWidth) << "\x1b[K" << std::flush;
  line_open_ = true;
}

void Progress::end() {
  if (line_open_) std::cerr << std::endl;
  line_open_ = false;
}

}  // namespace gouache::cli
