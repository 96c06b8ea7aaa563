// How smooth is the window?  Times of the last frames.
#include "demo/studio/frame_times.h"

#include <algorithm>

namespace gouache::studio {

void FrameTimes::add(Times times) {
  ring_[next_] = times;
  next_ = (next_ + 1) % kKept;
  count_ = std::min(count_ + 1, kKept);
  longest_ = std::max(longest_, times.whole);
}

float FrameTimes::quantile(float Times::*which, float share) const {
  if (count_ == 0) return 0;
  std::vector<float> all;
  all.reserve(count_);
  for (std::size_t i = 0; i < count_; ++i) all.push_back(newest(i).*which);
  const auto at = all.begin() + static_cast<std::ptrdiff_t>(share * static_cast<float>(count_ - 1));
  std::ranges::nth_element(all, at);
  return *at;
}

float FrameTimes::longest() const { return longest_; }

void FrameTimes::reset() {
  count_ = 0;
  longest_ = 0;
}

}  // namespace gouache::studio
