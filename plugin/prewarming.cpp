// How do objects get everything ready before their first request?
#include "plugin/prewarming.h"

#include <algorithm>

#include "host/runtime/runner.h"
#include "plugin/checks.h"
#include "plugin/ticking.h"

namespace gouache {
namespace {

/// Parts that are over, and all, of warm-ups that frames advance.
struct Progress {
  std::uint32_t done = 0, total = 0;
};

Progress progress_of(std::span<Runner* const> runners, const TargetWriters* writers) {
  Progress sum;
  for (const Runner* runner : runners)
    if (const Warmup* warmup = runner->warmup()) {
      sum.done += warmup->done();
      sum.total += warmup->total();
    }
  if (writers) {
    sum.done += writers->warmed_count();
    sum.total += writers->warming_count();
  }
  return sum;
}

/// Tells the host; throws when it wants no more.
void tell(const GouPrewarm& wish, const Progress& progress) {
  if (wish.progress && wish.progress(wish.user, progress.done, progress.total) != 0)
    throw Refusal(GOU_ERROR_CANCELLED,
                  "cancelled after " + std::to_string(progress.done) + " of " + std::to_string(progress.total) + " parts");
}

GouResult prewarm_in_frames(GouContext_T& context, std::span<Runner* const> runners, TargetWriters* writers, const GouPrewarm& wish) {
  std::uint64_t safe = 0;
  {
    const std::lock_guard held(context.turn);
    safe = context.safe_frame;
  }
  for (Runner* runner : runners) {
    runner->ask_for_warmup(*context.device);
    runner->collect_warmup(safe);
  }
  if (writers) {
    writers->ask_for_warmup();
    writers->collect_warmup(safe);
  }
  try {
    tell(wish, progress_of(runners, writers));
  } catch (...) {
    for (Runner* runner : runners) {
      runner->cancel_warmup();
      runner->collect_warmup(safe);
    }
    if (writers) writers->cancel_warmup();
    throw;
  }
  return std::ranges::all_of(runners, &Runner::is_measured) && (!writers || writers->is_warm()) ? GOU_SUCCESS : GOU_NOT_READY;
}

/// Records the next parts of a runner's or a model's writers' warm-up, unless the budget is spent.
template <typename Warming>
void record_next(Warming& warming, const GouFrame& frame, TickBudget& budget, GouTick& tick) {
  if (tick.parts > 0 && (budget.microseconds <= 0 || (budget.dispatches && tick.parts >= budget.dispatches))) return;
  const std::uint32_t most = budget.dispatches ? budget.dispatches - tick.parts : 0;
  const Warmup::Report report = warming.record_warmup(frame.commands, frame.frame, budget.microseconds, most);
  tick.parts += report.parts;
  tick.expected_microseconds += static_cast<float>(report.microseconds);
  budget.microseconds -= report.microseconds;
}

/// What is left: parts to record, or frames to wait for.
void note_left(bool pending, bool at_work, GouTick& tick) {
  if (pending)
    tick.state = GOU_TICK_PENDING;
  else if (at_work && tick.state == GOU_TICK_IDLE)
    tick.state = GOU_TICK_WAITING;
}

/// Advances the warm-ups of one object. Whether it has any left, and whether they can go on.
void record_object(std::span<Runner* const> warming, TargetWriters* writers, const GouFrame& frame, TickBudget& budget, GouTick& tick) {
  for (Runner* runner : warming) {
    runner->collect_warmup(frame.safe);
    record_next(*runner, frame, budget, tick);
    if (const Warmup* left = runner->warmup()) note_left(left->pending(), true, tick);
  }
  if (!writers) return;
  writers->collect_warmup(frame.safe);
  record_next(*writers, frame, budget, tick);
  note_left(writers->warms_up(), writers->warmup_frame() > 0, tick);
}

}  // namespace

GouResult prewarm(GouContext_T& context, std::span<Runner* const> runners, TargetWriters* writers, const GouPrewarm& wish) {
  const bool in_frames = is_ticked(context, wish.pace, "GouPrewarm: pace");
  pacer_of(context);
  if (in_frames) return prewarm_in_frames(context, runners, writers, wish);
  const std::span<const WarmupPass> passes = writers ? writers->cold() : std::span<const WarmupPass>();
  warm_up(*context.device, runners, passes, [&](std::uint32_t done, std::uint32_t total) { tell(wish, {done, total}); });
  if (writers) writers->warmed();
  return GOU_SUCCESS;
}

void record_prewarm(GouContext_T& context, const GouFrame& frame, const GouBudget& budget, GouTick& tick) {
  tick.state = GOU_TICK_IDLE;
  tick.parts = 0;
  tick.expected_microseconds = tick.measured_microseconds = 0;
  tick.semaphore = VK_NULL_HANDLE;
  tick.value = 0;
  const std::lock_guard held(context.turn);
  context.device->require_alive();
  context.safe_frame = std::max(context.safe_frame, frame.safe);
  TickBudget left{static_cast<double>(budget.gpu_microseconds), budget.dispatches};
  if (record_copies(context, frame, left, tick)) return;  // of what the dispatches read
  left.dispatches = budget.dispatches;                    // tick.parts counts what was taken of them
  for (GouModel model : context.models)
    if (!model->away) record_object(model->warming, &model->writers, frame, left, tick);
  for (GouTraining training : context.trainings)
    if (!training->away) record_object(training->warming, nullptr, frame, left, tick);
}

void refuse_while_warming(const GouContext_T& context, std::span<Runner* const> warming, const TargetWriters* writers) {
  std::uint64_t newest = writers ? writers->warmup_frame() : 0;
  for (const Runner* runner : warming) newest = std::max(newest, runner->warmup_frame());
  if (newest > context.safe_frame)
    throw Refusal(GOU_ERROR_BUSY, "frame " + std::to_string(newest) + ", which prewarms it, is not known to be safe yet");
}

}  // namespace gouache
