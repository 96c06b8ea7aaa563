// How smooth is the window?  Times of the last frames.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace gouache::studio {

/// Milliseconds of the newest frames. `own`: what the UI thread did itself, without waiting for the GPU or the display. `whole`: from one
/// frame to the next. `gpu`: of the library's tick.
class FrameTimes {
 public:
  static constexpr std::size_t kKept = 600;
  struct Times {
    float own = 0, whole = 0, gpu = 0;
  };
  void add(Times times);
  std::size_t size() const { return count_; }
  /// The i-th newest, from 0.
  const Times& newest(std::size_t i) const { return ring_[(next_ + kKept - 1 - i) % kKept]; }
  /// The value that a share (0..1) of the kept frames stays below.
  float quantile(float Times::*which, float share) const;
  float own_quantile(float share) const { return quantile(&Times::own, share); }
  float longest() const;  ///< of `whole`, since reset()
  void reset();

 private:
  std::array<Times, kKept> ring_{};
  std::size_t next_ = 0, count_ = 0;
  float longest_ = 0;
};

}  // namespace gouache::studio
