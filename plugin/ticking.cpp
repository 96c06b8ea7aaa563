// How does all ticked work of a context advance?
#include "plugin/ticking.h"

#include <algorithm>

#include "plugin/checks.h"

namespace gouache {
namespace {

/// What is under way, in the order in which it takes from the budget.
std::span<PacedRun* const> runs_of(GouContext_T& context) {
  context.runs.clear();
  for (GouModel model : context.models)
    if (PacedRun* run = model->painting.paced()) context.runs.push_back(run);
  for (GouTraining training : context.trainings)
    if (PacedRun* run = training->trainer.paced()) context.runs.push_back(run);
  return context.runs;
}

}  // namespace

Pacer* pacer_of(GouContext_T& context, std::uint32_t pace, const char* name) {
  check_range(pace, GOU_PACE_AT_ONCE, GOU_PACE_TICKED, name);
  if (pace == GOU_PACE_AT_ONCE) return nullptr;
  if (!context.pacer) context.pacer = std::make_unique<Pacer>(*context.device);
  return context.pacer.get();
}

void advance(GouContext_T& context, const GouFrame* frame, const GouBudget& budget, GouTick& tick) {
  tick.state = GOU_TICK_IDLE;
  tick.parts = 0;
  tick.expected_microseconds = tick.measured_microseconds = 0;
  const std::span<PacedRun* const> runs = runs_of(context);
  if (runs.empty()) return;
  const TickBudget most{static_cast<double>(budget.gpu_microseconds), budget.dispatches};
  const TickReport report =
      frame ? context.pacer->record(frame->commands, runs, most, frame->frame, frame->safe) : context.pacer->tick(runs, most);
  tick.parts = report.parts;
  tick.expected_microseconds = static_cast<float>(report.expected);
  tick.measured_microseconds = static_cast<float>(report.measured);
  for (GouModel model : context.models)
    if (model->painting.paced()) model->painting.poll();  // takes a finished batch and begins the next
  const std::span<PacedRun* const> left = runs_of(context);
  if (left.empty()) return;
  tick.state = std::ranges::any_of(left, [](const PacedRun* run) { return run->pending(); }) ? GOU_TICK_PENDING : GOU_TICK_WAITING;
}

void refuse_while_in_frames(PacedRun* run) {
  if (run && run->in_frames()) throw Refusal(GOU_ERROR_WRONG_STATE, "frames that hold its work are not known to be safe yet");
}

}  // namespace gouache
