// How smooth is the window?  Times of the last frames.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace gouache::studio {

/// Seconds of processor time that the calling thread has used; of wall time where the system does not tell.
double thread_seconds();

/// Milliseconds of the newest frames. `own`: processor time of the UI thread. `busy`: from a frame's beginning to its end, without waiting
/// for the GPU or the display; a software driver's threads take the processor meanwhile. `whole`: from one frame to the next. `gpu`: of the
/// library's tick.
class FrameTimes {
 public:
  static constexpr std::size_t kKept = 600;
  struct Times {
    float own = 0, busy = 0, whole = 0, gpu = 0;
  };
  void add(Times times);
  std::size_t size() const { return count_; }
  /// The i-th newest, from 0.
  const Times& newest(std::size_t i) const { return ring_[(next_ + kKept - 1 - i) % kKept]; }
  /// The value that a share (0..1) of the kept frames stays below.
  float quantile(float Times::*which, float share) const;
  float longest() const;  ///< of `whole`, since reset()
  void reset();

 private:
  std::array<Times, kKept> ring_{};
  std::size_t next_ = 0, count_ = 0;
  float longest_ = 0;
};

}  // namespace gouache::studio
