// How does work advance within a frame's budget?  Each tick submits the next parts of the runs under way, and never waits.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "host/runtime/executable.h"
#include "host/runtime/parts.h"

namespace gouache {

/// What a run records besides its parts; each item counts as a part. Recording allocates nothing and makes no Vulkan object.
class Companion {
 public:
  virtual std::uint32_t before() const { return 0; }  ///< items before the run's first part
  virtual std::uint32_t after() const { return 0; }   ///< items after its last part
  /// Items are numbered in the order in which they are recorded.
  virtual void record(VkCommandBuffer commands, std::uint32_t item) = 0;
  virtual double microseconds(std::uint32_t item) const = 0;  ///< expected GPU time

 protected:
  ~Companion() = default;
};

/// One executable's runs in parts. One run at a time; begun runs advance in Pacer::tick() alone.
class PacedRun {
 public:
  /// Cuts the executable's commands by their measured times into parts of at most about `longest` microseconds.
  PacedRun(Executable& executable, const Profile& profile, double longest = 1000.0);

  /// `companion` must outlive the run. Throws Error when a run is under way.
  void begin(Companion* companion = nullptr);
  bool under_way() const { return under_way_; }
  /// Whether command `command` of the run under way was submitted, wholly or in part.
  bool reached(std::uint32_t command) const { return under_way_ && next_ > begun_at_ && parts_[next_ - 1].command >= command; }
  /// Whether any part or item of the run under way was recorded.
  bool started() const { return under_way_ && way_ != Way::open; }
  /// Whether parts were recorded into frames of the host.
  bool in_frames() const { return under_way_ && way_ == Way::frames; }
  /// Whether parts are left to submit.
  bool pending() const { return under_way_ && (next_ < parts_.size() || item_ < items()); }
  const std::vector<Part>& parts() const { return parts_; }

 private:
  friend class Pacer;
  enum class Way : std::uint8_t { open, ticks, frames };  ///< decided by the run's first part
  bool takes(Way way) const { return pending() && (way_ == Way::open || way_ == way); }
  std::uint32_t items_before() const { return companion_ ? companion_->before() : 0; }
  std::uint32_t items() const { return companion_ ? companion_->before() + companion_->after() : 0; }

  Executable& executable_;
  Companion* companion_ = nullptr;
  std::vector<Part> parts_;
  std::size_t setup_parts_ = 0;          ///< of the setup commands
  std::size_t next_ = 0, begun_at_ = 0;  ///< the next part, and the run's first
  std::uint32_t item_ = 0;               ///< the companion's next item
  std::uint64_t last_slice_ = 0;         ///< that holds parts of this run
  std::uint64_t last_frame_ = 0;
  Way way_ = Way::open;
  bool under_way_ = false;
};

struct TickBudget {
  double microseconds = 0;       ///< of GPU time; at least one part is submitted whatever it takes
  std::uint32_t dispatches = 0;  ///< parts; 0: no limit
};

struct TickReport {
  std::uint32_t parts = 0;     ///< submitted by this tick
  double expected = 0;         ///< their microseconds
  double measured = 0;         ///< GPU microseconds of the newest finished slice; 0 before there is one, or without timestamps
  std::uint64_t slice = 0;     ///< number of the newest submitted slice
  std::uint64_t finished = 0;  ///< number of the newest finished slice
  bool more = false;           ///< parts are left
};

/// Makes its command buffers, fences and queries once; ticks make nothing and wait for nothing.
class Pacer {
 public:
  explicit Pacer(Device& device);
  ~Pacer();  ///< waits for the slices in flight
  Pacer(const Pacer&) = delete;
  Pacer& operator=(const Pacer&) = delete;

  /// Submits the next parts of `runs`, the first run first, as one slice. Nothing is submitted while kSlices slices are in flight.
  TickReport tick(std::span<PacedRun* const> runs, const TickBudget& budget);
  /// The same into the host's command buffer, outside a render pass: `frame` is what the host will submit it with, `safe` the newest
  /// frame that the GPU has finished. A run that began in frames goes on in frames, one that began in ticks in ticks.
  TickReport record(VkCommandBuffer commands, std::span<PacedRun* const> runs, const TickBudget& budget, std::uint64_t frame,
                    std::uint64_t safe);
  /// Whether the run under way is over; its outputs can be read then. Never waits.
  bool done(PacedRun& run);
  /// Submits what is left of the run and waits for it. Throws Error(wrong_state) when frames of the host are still at work on it.
  void finish(PacedRun& run);
  /// Whether the GPU may be at work on the run under way.
  bool in_flight(PacedRun& run);
  /// Waits for what was submitted of the run and drops the rest.
  void abandon(PacedRun& run) noexcept;

  static constexpr std::size_t kSlices = 8;

 private:
  struct Slice {
    VkCommandBuffer commands = VK_NULL_HANDLE;
    OwnedFence fence;
    double expected = 0;
    bool in_flight = false;
  };
  void poll();
  void retire(std::size_t slot);
  Slice& slot_of(std::uint64_t number) { return slices_[number % kSlices]; }
  void record_parts(PacedRun& run, VkCommandBuffer commands, const TickBudget& budget, TickReport& report);
  bool record_items(PacedRun& run, std::uint32_t end, VkCommandBuffer commands, const TickBudget& budget, TickReport& report);
  static bool any_takes(std::span<PacedRun* const> runs, PacedRun::Way way);

  Device& device_;
  OwnedCommandPool pool_;
  OwnedQueryPool queries_;  ///< two timestamps a slot
  std::array<Slice, kSlices> slices_;
  std::uint64_t submitted_ = 0, finished_ = 0, safe_frame_ = 0;
  double scale_ = 1;  ///< measured over expected time of late
  double measured_ = 0;
};

}  // namespace gouache
