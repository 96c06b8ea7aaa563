// How does an executable run: all at once, or a part a tick?
#include "host/runtime/runner.h"

#include "host/graph/error.h"

namespace gouache {

Runner::~Runner() {
  if (PacedRun* run = paced()) pacer_->abandon(*run);
}

void Runner::begin(Pacer* pacer) {
  if (!pacer) {
    executable_.submit();
  } else {
    if (!paced_) throw Error(ErrorCode::internal, "begin: a paced run of an executable that was not cut");
    paced_->begin();
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

}  // namespace gouache
