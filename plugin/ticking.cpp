// How does all ticked work of a context advance?
#include "plugin/ticking.h"

#include <algorithm>

#include "host/vulkan/transfer.h"
#include "plugin/checks.h"

namespace gouache {
namespace {

/// The model's request that may go on now: while no other call works on it, or on the training whose weights it takes.
GouJob at_work(const GouModel_T& model) { return model.away || (model.live && model.live->away) ? nullptr : model.at_work(); }

/// What is under way, in the order in which it takes from the budget; of frames that name an object, that one's work alone.
std::span<PacedRun* const> runs_of(GouContext_T& context, const GouFrame* frame) {
  const bool all = !frame || (!frame->job && !frame->training);
  context.runs.clear();
  for (GouModel model : context.models) {
    const GouJob job = at_work(*model);
    if (!job || !job->painting.ticked() || !(all || job == frame->job)) continue;
    if (PacedRun* run = job->painting.paced()) context.runs.push_back(run);
  }
  for (GouTraining training : context.trainings) {
    if (training->away || !(all || training == frame->training)) continue;
    if (PacedRun* run = training->trainer.paced()) context.runs.push_back(run);
  }
  return context.runs;
}

/// Whether a ticked request is unfinished; one with live weights may have to wait for a training's step.
bool picture_waits(const GouContext_T& context, const GouFrame* frame) {
  return std::ranges::any_of(context.models, [&](GouModel model) {
    const GouJob job = at_work(*model);
    return job && job->painting.ticked() && (!frame || !frame->job || job->model == frame->job->model) && !(frame && frame->training);
  });
}

/// Takes finished batches and begins the next; never what would be submitted whole.
void advance_pictures(GouContext_T& context) {
  for (GouModel model : context.models)
    for (GouJob job = at_work(*model); job && job->painting.ticked() && job->painting.advance(); job = at_work(*model)) {}
}

/// Takes the metrics of finished steps. Where pictures wait for a training's weights, it stops after the step at hand.
void advance_steps(GouContext_T& context, bool hold) {
  for (GouTraining training : context.trainings) {
    if (training->away || !training->trainer.paced()) continue;
    training->trainer.poll_steps();
    training->trainer.hold_steps(hold && std::ranges::any_of(context.models, [&](GouModel model) {
                                   const GouJob job = model->live == training ? at_work(*model) : nullptr;
                                   return job && job->painting.ticked() && job->painting.waits_for_weights();
                                 }));
  }
}

/// What of a tick tells a host's queue when its work is over.
void tell_end(GouContext_T& context, GouTick& tick) {
  if (!context.pacer || !context.pacer->semaphore()) return;
  tick.semaphore = context.pacer->semaphore();
  tick.value = context.pacer->submitted();
}

}  // namespace

Pacer& pacer_of(GouContext_T& context) {
  const std::lock_guard held(context.turn);
  if (!context.pacer) context.pacer = std::make_unique<Pacer>(*context.device);
  return *context.pacer;
}

bool is_ticked(const GouContext_T& context, std::uint32_t pace, const char* name) {
  check_range(pace, GOU_PACE_AT_ONCE, GOU_PACE_TICKED, name);
  if (pace == GOU_PACE_AT_ONCE && !context.device->queue())
    throw Refusal(GOU_ERROR_UNSUPPORTED,
                  std::string(name) + " is GOU_PACE_AT_ONCE, but the device was lent without a queue; expected GOU_PACE_TICKED");
  return pace == GOU_PACE_TICKED;
}

void require_queue(const GouContext_T& context) {
  if (!context.device->queue())
    throw Refusal(GOU_ERROR_UNSUPPORTED, "the device was lent without a queue: work can be recorded with gouRecord, not submitted");
}

void advance(GouContext_T& context, const GouFrame* frame, const GouBudget& budget, GouTick& tick) {
  tick.state = GOU_TICK_IDLE;
  tick.parts = 0;
  tick.expected_microseconds = tick.measured_microseconds = 0;
  tick.semaphore = VK_NULL_HANDLE;
  tick.value = 0;
  const std::lock_guard held(context.turn);
  tell_end(context, tick);
  if (frame) context.safe_frame = std::max(context.safe_frame, frame->safe);
  TickBudget most{static_cast<double>(budget.gpu_microseconds), budget.dispatches};
  const bool more_copies = frame && record_copies(context, *frame, most, tick);
  advance_pictures(context);
  advance_steps(context, !frame || (!frame->job && !frame->training));
  std::span<PacedRun* const> runs = runs_of(context, frame);
  if (runs.empty()) {
    if (picture_waits(context, frame)) tick.state = GOU_TICK_PENDING;
    return;
  }
  if (more_copies) runs = {};  // they may be what the runs read
  const TickReport report =
      frame ? context.pacer->record(frame->commands, runs, most, frame->frame, frame->safe) : context.pacer->tick(runs, most);
  tick.parts += report.parts;
  tick.expected_microseconds += static_cast<float>(report.expected);
  tick.measured_microseconds = static_cast<float>(report.measured);
  tell_end(context, tick);
  advance_pictures(context);
  advance_steps(context, false);
  const std::span<PacedRun* const> left = runs_of(context, frame);
  if (more_copies) return;
  if (left.empty()) {
    if (picture_waits(context, frame)) tick.state = GOU_TICK_PENDING;
    return;
  }
  tick.state = std::ranges::any_of(left, [](const PacedRun* run) { return run->pending(); }) ? GOU_TICK_PENDING : GOU_TICK_WAITING;
}

bool record_copies(GouContext_T& context, const GouFrame& frame, TickBudget& budget, GouTick& tick) {
  Deferred& copies = context.device->transfer().deferred();
  const Deferred::Report report = copies.record(frame.commands, frame.frame, frame.safe, budget.microseconds, budget.dispatches);
  tick.parts = report.pieces;
  tick.expected_microseconds = static_cast<float>(report.microseconds);
  const bool spent = report.pieces > 0 && (report.microseconds >= budget.microseconds || report.pieces == budget.dispatches);
  if (report.more || spent) {
    tick.state = GOU_TICK_PENDING;
    return true;
  }
  if (!copies.reached(copies.mark())) tick.state = GOU_TICK_WAITING;
  budget.microseconds -= report.microseconds;
  if (budget.dispatches) budget.dispatches -= report.pieces;
  return false;
}

const GouFrame& checked_frame(const GouFrame* frame) {
  const GouFrame& into = checked(frame);
  required(into.commands, "GouFrame: commands");
  if (into.frame <= into.safe)
    throw Refusal(GOU_ERROR_INVALID_ARGUMENT,
                  "GouFrame: frame is " + std::to_string(into.frame) + ", expected more than safe, " + std::to_string(into.safe));
  return into;
}

void refuse_while_busy(std::uint32_t when, bool in_flight, bool in_frames) {
  check_range(when, GOU_IF_IDLE, GOU_AFTER_WAITING, "when");
  if (!in_flight) return;
  if (in_frames) throw Refusal(GOU_ERROR_BUSY, "frames that hold its work are not known to be safe yet");
  if (when == GOU_IF_IDLE) throw Refusal(GOU_ERROR_BUSY, "the GPU is at work for it; GOU_AFTER_WAITING waits");
}

}  // namespace gouache
