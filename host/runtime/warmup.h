// What must happen before an executable's first run is as fast as any other?  Each dispatch runs once, as some drivers compile only then,
// and once more between timestamps, so that runs can be cut into parts by its time.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "host/runtime/executable.h"
#include "host/runtime/parts.h"

namespace gouache {

class Runner;

/// Two passes over an executable's commands, in the order of a run, cut into parts by guessed times. What a part writes to the State is put
/// back right after it, so nothing changes but the arena and the outputs. No run may be under way while parts are recorded.
class Warmup {
 public:
  /// Makes all it needs: recording makes nothing. `executable` must outlive it.
  Warmup(Device& device, Executable& executable, const Profile& guess);

  /// Parts of both passes, and those of them that are over.
  std::uint32_t total() const { return std::uint32_t(2 * parts_.size()); }
  std::uint32_t recorded() const { return next_; }
  std::uint32_t done() const { return done_; }
  /// Whether parts are left to record.
  bool pending() const { return next_ < total(); }
  bool over() const { return done_ == total(); }
  /// Recorded parts are not over.
  bool at_work() const { return done_ < next_; }

  struct Report {
    std::uint32_t parts = 0;
    double microseconds = 0;  ///< expected
  };
  /// Records the next parts, at least one, at most `most` (0: no limit), until about `microseconds`; outside a render pass.
  Report record(VkCommandBuffer commands, double microseconds, std::uint32_t most);
  /// The first `parts` recorded parts are over: reads their times.
  void finished(std::uint32_t parts);
  /// A run came in between and used the arena: the pass at hand begins again. Nothing recorded may be at work.
  void restart();

  /// The times of a warm-up that is over; the guess where the queue has no timestamps and nobody set times.
  Profile profile() const { return profile_; }
  bool has_timestamps() const { return queries_.get() != VK_NULL_HANDLE; }
  /// The time of the one part that was recorded last, by another clock.
  void set_time(double microseconds) { times_[(next_ - 1) % parts_.size()] = microseconds; }

 private:
  void sum_up();

  Device& device_;
  Executable& executable_;
  std::vector<Part> parts_;
  std::vector<double> times_;  ///< measured, one a part
  Profile profile_;
  Buffer kept_;  ///< what a part's command is about to overwrite in the State; empty where none does
  OwnedQueryPool queries_;
  std::uint32_t next_ = 0, done_ = 0;
};

/// Called with parts that are over, and all; throws to stop the warm-up. May be empty.
using WarmupProgress = std::function<void(std::uint32_t done, std::uint32_t total)>;

/// What runs once beside executables, to be compiled; records it.
using WarmupPass = std::function<void(VkCommandBuffer commands)>;

/// Warms up and cuts those runners that were not measured yet, then runs `passes`: submits a little at a time and waits. Nothing of them
/// may be under way. After an exception the runners are as they were.
void warm_up(Device& device, std::span<Runner* const> runners, std::span<const WarmupPass> passes, const WarmupProgress& progress);

}  // namespace gouache
