// How long did the parts of a slice take on the GPU?  Timestamps among them, and expectations that follow what was measured.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "host/runtime/executable.h"

namespace gouache {

/// The timestamps of several slices, a slot each; made once. Without timestamps on the queue nothing is measured.
class SliceQueries {
 public:
  SliceQueries(Device& device, std::uint32_t slots);

  Device& device() const { return device_; }
  VkQueryPool pool() const { return pool_.get(); }  ///< null: the queue has no timestamps
  /// Microseconds between two timestamps.
  double microseconds(std::uint64_t from, std::uint64_t to) const;

 private:
  Device& device_;
  OwnedQueryPool pool_;
};

/// The times of one slice: recorded with it, read when the GPU has finished it. Allocates nothing.
class SliceTimes {
 public:
  /// So many groups of parts are timed; a slice holds no more.
  static constexpr std::uint32_t kGroups = 128;

  void begin(const SliceQueries& queries, std::uint32_t slot, VkCommandBuffer commands);
  /// For a slice that is not timed.
  void begin_untimed();
  /// Whether a run's next parts, and items on both sides of them, may not find room any more.
  bool full() const { return count_ + 3 > kGroups; }
  /// Records parts of `executable`, timed in groups that are expected to take at least `grain` microseconds; `parts` must stay where
  /// they are until read() or forget().
  void record(const Executable& executable, VkCommandBuffer commands, std::span<Part> parts, double grain);
  /// Times what was recorded since the last group, expected to take so long; `scale`, which must outlive the slice, follows.
  void mark(VkCommandBuffer commands, double expected, double& scale);
  double expected() const { return expected_; }
  /// Microseconds of the whole slice, 0 where it was not measured; what its parts are expected to take follows.
  double read();
  /// These parts are about to vanish.
  void forget(std::span<const Part> parts);

 private:
  struct Group {
    std::span<Part> parts;
    double* scale = nullptr;  ///< of what is no part
    double expected = 0;
  };
  const SliceQueries* queries_ = nullptr;
  std::uint32_t first_query_ = 0, count_ = 0;
  std::array<Group, kGroups> groups_;
  double expected_ = 0;
};

}  // namespace gouache
