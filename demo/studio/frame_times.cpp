// How smooth is the window?  Times of the last frames.
#include "demo/studio/frame_times.h"

#include <algorithm>
#include <chrono>
#include <ctime>

namespace gouache::studio {

double thread_seconds() {
#ifdef CLOCK_THREAD_CPUTIME_ID
  timespec now{};
  if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0) return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
#endif
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void FrameTimes::add(Times times) {
  ring_[next_] = times;
  next_ = (next_ + 1) % kKept;
  count_ = std::min(count_ + 1, kKept);
  longest_ = std::max(longest_, times.whole);
}

float FrameTimes::quantile(float Times::*which, float share) const {
  if (count_ == 0) return 0;
  std::vector<float> values;
  values.reserve(count_);
  for (std::size_t i = 0; i < count_; ++i) values.push_back(newest(i).*which);
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<float>(count_ - 1));
  std::ranges::nth_element(values, at);
  return *at;
}

float FrameTimes::longest() const { return longest_; }

void FrameTimes::reset() {
  count_ = 0;
  longest_ = 0;
}

}  // namespace gouache::studio
