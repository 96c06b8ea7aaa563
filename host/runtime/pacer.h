// How does work advance within a frame's budget?  Each tick submits the next parts of the runs under way, and never waits.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "host/runtime/executable.h"
#include "host/runtime/parts.h"
#include "host/runtime/slice_times.h"

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

/// One executable's runs in parts: a series of runs at a time, one after another. Begun runs advance in Pacer::tick() alone.
class PacedRun {
 public:
  /// So many runs of a series may be submitted before the first one's outputs are taken.
  static constexpr std::size_t kAhead = 8;

  /// Cuts the executable's commands by their measured times into parts of at most about `longest` microseconds. `room`, a
  /// kept_outputs_buffer() of kAhead copies that must outlive it, keeps each run's outputs for Pacer::take(); null: none are kept.
  PacedRun(Executable& executable, const Profile& profile, const Buffer* room = nullptr, double longest = kLongestPart);

  /// Begins a series of `count` runs. `companion` must outlive it. Throws Error when one is under way.
  void begin(std::uint64_t count = 1, Companion* companion = nullptr);
  /// Drops the runs of the series of which no part was submitted.
  void drop_unbegun() { at_.left = at_.begun ? 1 : 0; }
  /// While held, the series stops after the run at hand.
  void hold(bool held) { held_ = held; }
  bool under_way() const { return under_way_; }
  /// Whether command `command` of the run at hand was submitted, wholly or in part.
  bool reached(std::uint32_t command) const {
    return under_way_ && at_.begun && at_.next > at_.first && parts_[at_.next - 1].command >= command;
  }
  /// Whether any part or item of the series was recorded.
  bool started() const { return under_way_ && at_.way != Way::open; }
  /// Whether parts were recorded into frames of the host.
  bool in_frames() const { return under_way_ && at_.way == Way::frames; }
  /// Whether parts are left to submit.
  bool pending() const { return under_way_ && at_.left > 0; }
  /// An output of the run that Pacer::take() gave, until the next tick.
  std::span<const std::byte> kept(std::size_t copy, std::string_view output) const { return executable_.output_in(*room_, copy, output); }
  /// With what each is expected to take by now; Pacer::parts() where another thread may tick.
  const std::vector<Part>& parts() const { return parts_; }

  static constexpr double kLongestPart = 1000;

 private:
  friend class Pacer;
  enum class Way : std::uint8_t { open, ticks, frames };  ///< decided by the series' first part
  /// How far the series is submitted.
  struct Progress {
    std::size_t first = 0, next = 0;           ///< parts of the run at hand: its first, and the next to submit
    std::uint32_t item = 0;                    ///< the companion's next item for it
    std::uint64_t left = 0;                    ///< runs that are not submitted whole
    std::uint64_t submitted = 0;               ///< runs that are
    std::uint64_t last = 0;                    ///< the newest slice, or frame of the host, that holds parts of the series
    std::array<std::uint64_t, kAhead> ends{};  ///< the slice or frame with the last part of run i, at i % kAhead
    Way way = Way::open;
    bool begun = false;  ///< some part of the run at hand was submitted
  };
  bool takes(Way way) const {
    return pending() && (at_.way == Way::open || at_.way == way) && at_.submitted - taken_ < kAhead && (at_.begun || !held_);
  }
  void prepare();
  std::uint32_t items_before() const { return companion_ ? companion_->before() : 0; }
  std::uint32_t items() const { return companion_ ? companion_->before() + companion_->after() : 0; }
  /// Whether the run at hand is recorded whole.
  bool whole() const { return at_.next == parts_.size() && at_.item == items(); }
  void run_submitted(VkCommandBuffer commands);
  void take_back();

  Executable& executable_;
  std::vector<Part> parts_;
  const Buffer* room_;  ///< for kAhead copies of the outputs; null: none are kept
  Companion* companion_ = nullptr;
  std::size_t setup_parts_ = 0;  ///< of the setup commands
  Progress at_, before_;         ///< before the tick at hand
  std::uint64_t taken_ = 0;      ///< runs whose outputs were taken
  bool under_way_ = false;
  std::atomic<bool> held_ = false;
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

/// Makes its command buffers, queries and its timeline semaphore (fences where the device has that feature not enabled) once; ticks make
/// nothing and wait for nothing. Threads may share it, where each run is with one of them at a time: only the moments between waits are
/// taken in turns.
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
  /// Signalled with each slice's number when the GPU has finished it; null without timeline semaphores.
  VkSemaphore semaphore() const { return semaphore_.get(); }
  /// Number of the newest submitted slice; 0 before there is one.
  std::uint64_t submitted();
  /// GPU microseconds of the newest finished slice or frame; 0 before there is one, or without timestamps.
  double measured();

  /// A copy of the run's parts, with what each is expected to take by now.
  std::vector<Part> parts(const PacedRun& run) {
    const Lock turn(turn_);
    return run.parts();
  }

  /// The oldest finished run of the series whose outputs were not taken yet: its copy, for PacedRun::kept(). Never waits.
  std::optional<std::size_t> take(PacedRun& run);
  /// Whether the series under way is over; the last run's outputs can be read then. Never waits.
  bool done(PacedRun& run);
  /// Submits what is left of the series, as far as outputs are taken; waits for the oldest slice where nothing may be submitted.
  /// Throws Error(wrong_state) when frames of the host are still at work on it.
  void push(PacedRun& run);
  /// push() until it is done, for series whose outputs are not kept.
  void finish(PacedRun& run);
  /// Whether the GPU may be at work on the series under way.
  bool in_flight(PacedRun& run);
  /// Waits for what was submitted of the series and drops the rest.
  void abandon(PacedRun& run) noexcept;
  /// Waits for every slice in flight.
  void wait();

  static constexpr std::size_t kSlices = 8;

 private:
  struct Slice {
    VkCommandBuffer commands = VK_NULL_HANDLE;
    OwnedFence fence;  ///< without timeline semaphores
    int waiting = 0;   ///< threads that wait for its fence, which is not reset meanwhile
    SliceTimes times;
  };
  struct Frame {
    std::uint64_t number = 0;  ///< 0: not under way
    SliceTimes times;
  };
  using Lock = std::unique_lock<std::mutex>;
  TickReport tick_in_turn(std::span<PacedRun* const> runs, const TickBudget& budget);
  std::optional<std::size_t> take_in_turn(PacedRun& run);
  bool done_in_turn(PacedRun& run);
  void push_in_turn(PacedRun& run, Lock& turn);
  VkResult wait_for(std::uint64_t number, Lock& turn);
  void check_waited(VkResult result);
  bool has_room() { return submitted_ - finished_ < kSlices && slot_of(submitted_).waiting == 0; }
  void poll();
  void learn(SliceTimes& times);
  Slice& slot_of(std::uint64_t number) { return slices_[number % kSlices]; }
  void submit(Slice& slice);
  void settle(std::uint64_t safe);
  SliceTimes& times_of_frame(std::uint64_t frame, VkCommandBuffer commands);
  bool is_over(const PacedRun& run, std::uint64_t end) const;
  /// What a tick records into, and what it may.
  struct Recording {
    VkCommandBuffer commands;
    SliceTimes& times;
    TickBudget allowed;
    double grain;  ///< microseconds that are timed together, at least
    TickReport& report;
    bool fits(double microseconds);
  };
  Recording recording(VkCommandBuffer commands, SliceTimes& times, const TickBudget& budget, TickReport& report) const;
  void record_runs(std::span<PacedRun* const> runs, PacedRun::Way way, std::uint64_t number, Recording recording);
  void record_run(PacedRun& run, Recording& into);
  void record_items(PacedRun& run, std::uint32_t end, Recording& into);
  static bool any_takes(std::span<PacedRun* const> runs, PacedRun::Way way);

  Device& device_;
  std::mutex turn_;  ///< of all below and of the runs' progress
  OwnedCommandPool pool_;
  OwnedSemaphore semaphore_;
  SliceQueries queries_;
  std::array<Slice, kSlices> slices_;
  std::array<Frame, kSlices> frames_;
  SliceTimes untimed_;  ///< of frames beyond those
  std::uint64_t submitted_ = 0, finished_ = 0, safe_frame_ = 0;
  double over_ = 1;        ///< nine slices in ten took at most this many times what was expected, of late
  double item_scale_ = 1;  ///< what companions' items took over what was expected, of late
  double measured_ = 0;
};

}  // namespace gouache
