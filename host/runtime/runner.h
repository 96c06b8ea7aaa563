// How does an executable run: all at once, or a part a tick?
#pragma once

#include <memory>

#include "host/runtime/pacer.h"

namespace gouache {

/// One run at a time. `pacer` of a run must outlive it.
class Runner {
 public:
  Runner(Device& device, State& state, const Plan& plan) : executable_(device, state, plan) {}
  ~Runner();  ///< waits for what was submitted

  Executable& executable() { return executable_; }
  /// Cuts the executable into parts by these times; not while a run is under way.
  void cut(const Profile& profile);
  bool is_cut() const { return cut_; }

  /// Submits everything, or with a pacer only marks the run as begun, in parts where it is cut, else in whole commands.
  /// `companion`, with a pacer only, must outlive the run. Throws Error when a run is under way.
  void begin(Pacer* pacer = nullptr, Companion* companion = nullptr);
  bool done();
  /// A paced run's remaining parts are submitted first.
  void wait();
  /// What a tick advances; null when no paced run is under way.
  PacedRun* paced() { return pacer_ && paced_->under_way() ? paced_.get() : nullptr; }
  /// Whether the GPU may be at work on a run.
  bool in_flight();
  /// Ends a run under way: waits for what was submitted and drops the rest.
  void abandon();

 private:
  Executable executable_;
  std::unique_ptr<PacedRun> paced_;
  bool cut_ = false;        ///< by measured times
  Pacer* pacer_ = nullptr;  ///< of the newest run
};

}  // namespace gouache
