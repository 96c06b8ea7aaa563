// How does an executable run: all at once, or a part a tick?
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "host/runtime/pacer.h"
#include "host/runtime/warmup.h"

namespace gouache {

/// One run at a time. `pacer` of a run must outlive it.
class Runner {
 public:
  /// With `keeps_outputs` each paced run's outputs are kept for Pacer::take().
  Runner(Device& device, State& state, const Plan& plan, bool keeps_outputs = false);
  ~Runner();  ///< waits for what was submitted

  Executable& executable() { return executable_; }
  /// Cuts the executable into parts by these times; not while a run is under way.
  void cut(const Profile& profile) { paced_ = std::make_unique<PacedRun>(executable_, profile, room_.bytes() ? &room_ : nullptr); }
  /// The same by times that nobody measured.
  void cut_by_guess() { cut(guess_); }
  const Profile& guess() const { return guess_; }
  /// The same by those of a warm-up.
  void cut_measured(const Profile& profile) {
    cut(profile);
    measured_ = true;
  }
  bool is_measured() const { return measured_; }
  /// GPU microseconds that each command is expected to take by now, as `pacer`'s ticks follow it; nothing where nobody measured it.
  std::vector<std::optional<double>> expected(Pacer* pacer) const;

  /// Asks for a warm-up in frames of the host; record_warmup() advances it.
  void ask_for_warmup(Device& device);
  /// The warm-up asked for; null when there is none, or it is over and was used.
  const Warmup* warmup() const { return warmup_.get(); }
  /// Stops it; what frames are at work on lives until collect_warmup().
  void cancel_warmup() { warmup_cancelled_ = true; }
  /// The newest frame that was at work on the warm-up when it was last collected; 0: none.
  std::uint64_t warmup_frame() const { return warmup_ && warmup_->at_work() ? warmup_frames_.back().frame : 0; }
  /// Frames up to `safe` are finished: takes their times, and cuts the executable when it has all and no run is under way.
  void collect_warmup(std::uint64_t safe);
  /// Records the next parts of the warm-up, but none while a run is under way.
  Warmup::Report record_warmup(VkCommandBuffer commands, std::uint64_t frame, double microseconds, std::uint32_t most);

  /// Submits everything, or with a pacer only marks a series of `count` runs as begun, in parts, by a guess where it was not cut.
  /// `companion`, with a pacer only, must outlive the series. Throws Error when a run is under way.
  void begin(Pacer* pacer = nullptr, Companion* companion = nullptr, std::uint64_t count = 1);
  bool done();
  /// A paced run's remaining parts are submitted first; not for a series whose outputs are kept.
  void wait();
  /// What a tick advances; null when no paced run is under way.
  PacedRun* paced() { return pacer_ && paced_->under_way() ? paced_.get() : nullptr; }
  /// Whether the GPU may be at work on a run.
  bool in_flight();
  /// Ends a run under way: waits for what was submitted and drops the rest.
  void abandon();

 private:
  Executable executable_;
  Buffer room_;  ///< for kept outputs; empty: none are
  Profile guess_;
  bool measured_ = false;
  std::unique_ptr<PacedRun> paced_;
  std::uint64_t begun_ = 0;  ///< runs
  std::unique_ptr<Warmup> warmup_;
  std::uint64_t warmup_begun_ = 0;  ///< begun_ when its pass began
  /// Frames at work on it and the parts recorded up to each, the oldest first; where there are more, the last stands for several.
  struct WarmupFrame {
    std::uint64_t frame = 0;
    std::uint32_t recorded = 0;
  };
  static constexpr std::size_t kWarmupFrames = 8;
  std::vector<WarmupFrame> warmup_frames_;
  bool warmup_cancelled_ = false;
  Pacer* pacer_ = nullptr;  ///< of the run under way
};

}  // namespace gouache
