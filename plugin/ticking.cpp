// How does all ticked work of a context advance?
#include "plugin/ticking.h"

#include <algorithm>

#include "plugin/checks.h"

namespace gouache {
namespace {

/// What is under way, in the order in which it takes from the budget; of frames that name an object, that one's work alone.
std::span<PacedRun* const> runs_of(GouContext_T& context, const GouFrame* frame) {
  const bool all = !frame || (!frame->job && !frame->training);
  context.runs.clear();
  for (GouModel model : context.models) {
    const GouJob job = model->at_work();
    if (!job || !job->painting.ticked() || !(all || job == frame->job)) continue;
    if (PacedRun* run = job->painting.paced()) context.runs.push_back(run);
  }
  for (GouTraining training : context.trainings) {
    if (!(all || training == frame->training)) continue;
    if (PacedRun* run = training->trainer.paced()) context.runs.push_back(run);
  }
  return context.runs;
}

/// Whether a ticked request is unfinished; one with live weights may have to wait for a training's step.
bool picture_waits(const GouContext_T& context, const GouFrame* frame) {
  return std::ranges::any_of(context.models, [&](GouModel model) {
    const GouJob job = model->at_work();
    return job && job->painting.ticked() && (!frame || !frame->job || job->model == frame->job->model) && !(frame && frame->training);
  });
}

/// Takes finished batches and begins the next; never what would be submitted whole.
void advance_pictures(GouContext_T& context) {
  for (GouModel model : context.models)
    for (GouJob job = model->at_work(); job && job->painting.ticked() && job->painting.advance(); job = model->at_work()) {}
}

}  // namespace

Pacer& pacer_of(GouContext_T& context) {
  if (!context.pacer) context.pacer = std::make_unique<Pacer>(*context.device);
  return *context.pacer;
}

bool is_ticked(std::uint32_t pace, const char* name) {
  check_range(pace, GOU_PACE_AT_ONCE, GOU_PACE_TICKED, name);
  return pace == GOU_PACE_TICKED;
}

void advance(GouContext_T& context, const GouFrame* frame, const GouBudget& budget, GouTick& tick) {
  tick.state = GOU_TICK_IDLE;
  tick.parts = 0;
  tick.expected_microseconds = tick.measured_microseconds = 0;
  advance_pictures(context);
  const std::span<PacedRun* const> runs = runs_of(context, frame);
  if (runs.empty()) {
    if (picture_waits(context, frame)) tick.state = GOU_TICK_PENDING;
    return;
  }
  const TickBudget most{static_cast<double>(budget.gpu_microseconds), budget.dispatches};
  const TickReport report =
      frame ? context.pacer->record(frame->commands, runs, most, frame->frame, frame->safe) : context.pacer->tick(runs, most);
  tick.parts = report.parts;
  tick.expected_microseconds = static_cast<float>(report.expected);
  tick.measured_microseconds = static_cast<float>(report.measured);
  advance_pictures(context);
  const std::span<PacedRun* const> left = runs_of(context, frame);
  if (left.empty()) {
    if (picture_waits(context, frame)) tick.state = GOU_TICK_PENDING;
    return;
  }
  tick.state = std::ranges::any_of(left, [](const PacedRun* run) { return run->pending(); }) ? GOU_TICK_PENDING : GOU_TICK_WAITING;
}

void refuse_while_busy(std::uint32_t when, bool in_flight, bool in_frames) {
  check_range(when, GOU_IF_IDLE, GOU_AFTER_WAITING, "when");
  if (!in_flight) return;
  if (in_frames) throw Refusal(GOU_ERROR_BUSY, "frames that hold its work are not known to be safe yet");
  if (when == GOU_IF_IDLE) throw Refusal(GOU_ERROR_BUSY, "the GPU is at work for it; GOU_AFTER_WAITING waits");
}

}  // namespace gouache
