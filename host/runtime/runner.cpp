// How does an executable run: all at once, or a part a tick?
#include "host/runtime/runner.h"

#include <algorithm>

#include "host/graph/error.h"
#include "host/runtime/buffers.h"
#include "host/runtime/guess.h"

namespace gouache {

Runner::Runner(Device& device, State& state, const Plan& plan, bool keeps_outputs)
    : executable_(device, state, plan), guess_(guess_profile(device.facts(), plan)) {
  if (keeps_outputs) room_ = Buffer(device, kept_outputs_buffer(plan, PacedRun::kAhead));
}

Runner::~Runner() {
  if (PacedRun* run = paced()) pacer_->abandon(*run);
}

std::vector<std::optional<double>> Runner::expected(Pacer* pacer) const {
  return expected_times(pacer && paced_ ? pacer->parts(*paced_) : std::vector<Part>{}, executable_.command_count());
}

void Runner::begin(Pacer* pacer, Companion* companion, std::uint64_t count) {
  if (!pacer) {
    if (companion) throw Error(ErrorCode::internal, "begin: a companion needs a pacer");
    executable_.submit();
  } else {
    if (!paced_) cut_by_guess();
    paced_->begin(count, companion);
  }
  pacer_ = pacer;
  ++begun_;
}

void Runner::ask_for_warmup(Device& device) {
  warmup_cancelled_ = false;
  if (measured_ || warmup_) return;
  warmup_ = std::make_unique<Warmup>(device, executable_, guess_);
  warmup_begun_ = begun_;
  warmup_frames_.clear();
  warmup_frames_.reserve(kWarmupFrames);
}

void Runner::collect_warmup(std::uint64_t safe) {
  if (!warmup_) return;
  const auto first = std::ranges::find_if(warmup_frames_, [safe](const WarmupFrame& one) { return one.frame > safe; });
  if (first != warmup_frames_.begin()) warmup_->finished((first - 1)->recorded);
  warmup_frames_.erase(warmup_frames_.begin(), first);
  if (warmup_->at_work()) return;
  if (warmup_cancelled_) {
    warmup_.reset();
  } else if (warmup_->over() && !executable_.under_way()) {
    cut_measured(warmup_->profile());
    warmup_.reset();
  }
}

Warmup::Report Runner::record_warmup(VkCommandBuffer commands, std::uint64_t frame, double microseconds, std::uint32_t most) {
  if (!warmup_ || warmup_cancelled_ || executable_.under_way()) return {};
  if (warmup_begun_ != begun_) {
    if (warmup_->at_work()) return {};
    warmup_->restart();
    warmup_begun_ = begun_;
  }
  const Warmup::Report report = warmup_->record(commands, microseconds, most);
  if (report.parts == 0) return report;
  if (warmup_frames_.size() < kWarmupFrames) warmup_frames_.push_back({});
  warmup_frames_.back() = {frame, warmup_->recorded()};
  return report;
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
