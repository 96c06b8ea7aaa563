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
  /// Cuts the executable into parts by these times; paced runs need it once.
  void cut(const Profile& profile) { paced_ = std::make_unique<PacedRun>(executable_, profile); }
  bool is_cut() const { return paced_ != nullptr; }

  /// Submits everything, or with a pacer only marks the run as begun. Throws Error when a run is under way.
  void begin(Pacer* pacer = nullptr);
  bool done();
  /// A paced run's remaining parts are submitted first.
  void wait();
  /// What a tick advances; null when no paced run is under way.
  PacedRun* paced() { return pacer_ && paced_->under_way() ? paced_.get() : nullptr; }

 private:
  Executable executable_;
  std::unique_ptr<PacedRun> paced_;
  Pacer* pacer_ = nullptr;  ///< of the run under way
};

}  // namespace gouache
