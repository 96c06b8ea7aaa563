// How does an executable run: all at once, or a part a tick?
#include "host/runtime/runner.h"

#include "host/graph/error.h"

namespace gouache {

Runner::~Runner() {
  if (PacedRun* run = paced()) pacer_->abandon(*run);
}

void Runner::cut(const Profile& profile) {
  paced_ = std::make_unique<PacedRun>(executable_, profile);
  cut_ = true;
}

void Runner::begin(Pacer* pacer, Companion* companion) {
  if (!pacer) {
    if (companion) throw Error(ErrorCode::internal, "begin: a companion needs a pacer");
    executable_.submit();
  } else {
    if (!paced_) paced_ = std::make_unique<PacedRun>(executable_, Profile{std::vector<double>(executable_.command_count()), false});
    paced_->begin(companion);
  }
  pacer_ = pacer;
}

bool Runner::done() { return pacer_ ? pacer_->done(*paced_) : executable_.done(); }

void Runner::wait() {
  if (pacer_)
    pacer_->finish(*paced_);
  else
    executable_.wait();
}

bool Runner::in_flight() { return pacer_ ? pacer_->in_flight(*paced_) : !executable_.done(); }

void Runner::abandon() {
  if (PacedRun* run = paced())
    pacer_->abandon(*run);
  else
    wait();
}

}  // namespace gouache
