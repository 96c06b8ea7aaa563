// How does work advance within a frame's budget?
#include "host/runtime/pacer.h"

#include <algorithm>
#include <string>

#include "host/graph/error.h"
#include "host/vulkan/result.h"

namespace gouache {
namespace {

/// A tick's parts are timed in so many groups at least, where they are long enough.
constexpr double kGroupsPerBudget = 64;

/// What slices take above expectation is followed by this much a slice; up to kSpare above is let pass, so that nine ticks in ten take at
/// most 1.25 times the budget, what was not foreseen included.
constexpr double kOverStep = 0.05, kMostOver = 3, kSpare = 1.15;

}  // namespace

PacedRun::PacedRun(Executable& executable, const Profile& profile, const Buffer* room, double longest)
    : executable_(executable), room_(room) {
  std::vector<Grid> grids;
  for (std::uint32_t i = 0; i < executable.command_count(); ++i) grids.push_back(executable.grid(i));
  parts_ = cut(grids, profile.microseconds, longest);
  for (Part& part : parts_) part.measured = !profile.guessed;
  setup_parts_ =
      static_cast<std::size_t>(std::ranges::count_if(parts_, [&](const Part& part) { return part.command < executable.setup_count(); }));
}

void PacedRun::begin(std::uint64_t count, Companion* companion) {
  if (under_way_) throw Error("begin: the run before is still under way");
  executable_.begin_run();
  companion_ = companion;
  at_ = {};
  at_.left = count;
  taken_ = 0;
  held_ = false;
  under_way_ = true;
}

/// The next run of the series is at hand, where none is.
void PacedRun::prepare() {
  if (at_.begun) return;
  at_.first = at_.next = executable_.needs_setup() ? 0 : setup_parts_;
  at_.item = 0;
}

/// The run at hand is submitted whole.
void PacedRun::run_submitted(VkCommandBuffer commands) {
  const std::size_t copy = at_.submitted % kAhead;
  if (room_) executable_.record_outputs(commands, *room_, copy);
  executable_.run_submitted();
  at_.ends[copy] = at_.last;
  ++at_.submitted;
  --at_.left;
  at_.begun = false;
}

/// What the tick at hand recorded does not reach the queue.
void PacedRun::take_back() {
  at_ = before_;
  executable_.state_changed();  // setup commands may have been recorded and lost
}

Pacer::Pacer(Device& device) : device_(device), queries_(device, 2 * kSlices) {
  VkCommandPoolCreateInfo pool{};
  pool.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
  pool.flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT;
  pool.queueFamilyIndex = device_.queue_family();
  pool_ = make_owned<OwnedCommandPool>(device_, &DeviceTable::vkCreateCommandPool, "vkCreateCommandPool", pool);
  std::array<VkCommandBuffer, kSlices> commands{};
  VkCommandBufferAllocateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
  info.commandPool = pool_.get();
  info.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
  info.commandBufferCount = kSlices;
  device_.created(device_.table().vkAllocateCommandBuffers(device_.handle(), &info, commands.data()), "vkAllocateCommandBuffers", kSlices);
  for (std::size_t i = 0; i < kSlices; ++i) slices_[i].commands = commands[i];
  if (device_.enabled().timeline_semaphore) {
    VkSemaphoreTypeCreateInfo timeline{};
    timeline.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO;
    timeline.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE;
    VkSemaphoreCreateInfo semaphore{};
    semaphore.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO;
    semaphore.pNext = &timeline;
    semaphore_ = make_owned<OwnedSemaphore>(device_, &DeviceTable::vkCreateSemaphore, "vkCreateSemaphore", semaphore);
    return;
  }
  VkFenceCreateInfo fence{};
  fence.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
  for (Slice& slice : slices_) slice.fence = make_owned<OwnedFence>(device_, &DeviceTable::vkCreateFence, "vkCreateFence", fence);
}

Pacer::~Pacer() {
  Lock turn(turn_);
  for (std::uint64_t number = finished_; number < submitted_; ++number) wait_for(number + 1, turn);  // a lost device returns too
}

/// Lets others have their turn while it waits for slice `number`.
VkResult Pacer::wait_for(std::uint64_t number, Lock& turn) {
  Slice& slice = slot_of(number - 1);
  slice.waiting++;
  turn.unlock();
  VkResult result;
  if (const VkSemaphore semaphore = semaphore_.get()) {
    VkSemaphoreWaitInfo info{};
    info.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO;
    info.semaphoreCount = 1;
    info.pSemaphores = &semaphore;
    info.pValues = &number;
    result = device_.table().vkWaitSemaphores(device_.handle(), &info, UINT64_MAX);
  } else {
    const VkFence fence = slice.fence.get();
    result = device_.table().vkWaitForFences(device_.handle(), 1, &fence, VK_TRUE, UINT64_MAX);
  }
  turn.lock();
  slice.waiting--;
  return result;
}

void Pacer::check_waited(VkResult result) { device_.check_work(result, semaphore_.get() ? "vkWaitSemaphores" : "vkWaitForFences"); }

std::uint64_t Pacer::submitted() {
  const Lock turn(turn_);
  return submitted_;
}

double Pacer::measured() {
  const Lock turn(turn_);
  return measured_;
}

/// Takes the times of finished work and lets expectations follow.
void Pacer::learn(SliceTimes& times) {
  const double measured = times.read();
  if (measured <= 0 || times.expected() <= 0) return;
  measured_ = measured;
  const bool more = measured > times.expected() * over_;
  over_ = std::clamp(over_ + kOverStep * (more ? 0.9 : -0.1), 1.0, kMostOver);
}

void Pacer::poll() {
  if (finished_ == submitted_) return;
  std::uint64_t signalled = submitted_;
  if (semaphore_.get())
    device_.check_work(device_.table().vkGetSemaphoreCounterValue(device_.handle(), semaphore_.get(), &signalled),
                       "vkGetSemaphoreCounterValue");
  while (finished_ < std::min(signalled, submitted_)) {
    Slice& next = slot_of(finished_);
    if (!semaphore_.get()) {
      const VkResult result = device_.table().vkGetFenceStatus(device_.handle(), next.fence.get());
      if (result == VK_NOT_READY) return;
      device_.check_work(result, "vkGetFenceStatus");
    }
    ++finished_;
    learn(next.times);
  }
}

bool Pacer::any_takes(std::span<PacedRun* const> runs, PacedRun::Way way) {
  return std::ranges::any_of(runs, [&](const PacedRun* run) { return run->takes(way); });
}

Pacer::Recording Pacer::recording(VkCommandBuffer commands, SliceTimes& times, const TickBudget& budget, TickReport& report) const {
  const TickBudget allowed{budget.microseconds / std::max(1.0, over_ / kSpare), budget.dispatches};
  return {commands, times, allowed, budget.microseconds / kGroupsPerBudget, report};
}

/// Whether a part of `microseconds` may follow what the tick has; takes it if so.
bool Pacer::Recording::fits(double microseconds) {
  const bool inside =
      report.expected + microseconds <= allowed.microseconds && (allowed.dispatches == 0 || report.parts < allowed.dispatches);
  if (report.parts > 0 && !inside) return false;
  report.expected += microseconds;
  ++report.parts;
  return true;
}

/// Records the companion's items up to `end` while the budget lasts.
void Pacer::record_items(PacedRun& run, std::uint32_t end, Recording& into) {
  double expected = 0;
  while (run.at_.item < end) {
    const double item = run.companion_->microseconds(run.at_.item) * item_scale_;
    if (!into.fits(item)) break;
    run.at_.begun = true;
    run.companion_->record(into.commands, run.at_.item++);
    expected += item;
    if (expected < into.grain || into.times.full()) continue;
    into.times.mark(into.commands, expected, item_scale_);
    expected = 0;
  }
  if (expected > 0) into.times.mark(into.commands, expected, item_scale_);
}

/// Records parts of the run at hand, and what its companion adds, while the budget lasts.
void Pacer::record_run(PacedRun& run, Recording& into) {
  run.prepare();
  record_items(run, run.items_before(), into);
  if (run.at_.item < run.items_before() || into.times.full()) return;
  const std::size_t first = run.at_.next;
  while (run.at_.next < run.parts_.size() && into.fits(run.parts_[run.at_.next].microseconds)) ++run.at_.next;
  if (run.at_.next > first) {
    run.at_.begun = true;
    into.times.record(run.executable_, into.commands, std::span(run.parts_).subspan(first, run.at_.next - first), into.grain);
  }
  if (run.at_.next == run.parts_.size()) record_items(run, run.items(), into);
}

/// At the end of one run the next one of its series goes on.
void Pacer::record_runs(std::span<PacedRun* const> runs, PacedRun::Way way, std::uint64_t number, Recording into) {
  for (PacedRun* run : runs) {
    while (run->takes(way) && !into.times.full()) {
      const std::uint32_t before = into.report.parts;
      record_run(*run, into);
      if (into.report.parts == before && !run->whole()) break;
      run->at_.way = way;
      run->at_.last = number;
      if (!run->whole()) break;
      run->run_submitted(into.commands);
    }
  }
}

void Pacer::submit(Slice& slice) {
  const std::uint64_t number = submitted_ + 1;
  const VkSemaphore semaphore = semaphore_.get();
  VkTimelineSemaphoreSubmitInfo timeline{};
  timeline.sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO;
  timeline.signalSemaphoreValueCount = 1;
  timeline.pSignalSemaphoreValues = &number;
  VkSubmitInfo batch{};
  batch.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
  batch.commandBufferCount = 1;
  batch.pCommandBuffers = &slice.commands;
  if (semaphore) {
    batch.pNext = &timeline;
    batch.signalSemaphoreCount = 1;
    batch.pSignalSemaphores = &semaphore;
  } else {
    const VkFence fence = slice.fence.get();
    check(device_.table().vkResetFences(device_.handle(), 1, &fence), "vkResetFences");
  }
  device_.submit(batch, slice.fence.get());
  submitted_ = number;
}

TickReport Pacer::tick(std::span<PacedRun* const> runs, const TickBudget& budget) {
  const Lock turn(turn_);
  return tick_in_turn(runs, budget);
}

TickReport Pacer::tick_in_turn(std::span<PacedRun* const> runs, const TickBudget& budget) {
  device_.require_alive();
  poll();
  TickReport report;
  if (any_takes(runs, PacedRun::Way::ticks) && has_room()) {
    const auto slot = static_cast<std::uint32_t>(submitted_ % kSlices);
    Slice& slice = slices_[slot];
    VkCommandBufferBeginInfo begin{};
    begin.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
    begin.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
    check(device_.table().vkBeginCommandBuffer(slice.commands, &begin), "vkBeginCommandBuffer");
    slice.times.begin(queries_, slot, slice.commands);
    for (PacedRun* run : runs) run->before_ = run->at_;
    record_runs(runs, PacedRun::Way::ticks, submitted_ + 1, recording(slice.commands, slice.times, budget, report));
    try {
      check(device_.table().vkEndCommandBuffer(slice.commands), "vkEndCommandBuffer");
      submit(slice);
    } catch (...) {
      for (PacedRun* run : runs) run->take_back();
      throw;
    }
  }
  report.measured = measured_;
  report.slice = submitted_;
  report.finished = finished_;
  report.more = any_takes(runs, PacedRun::Way::ticks);
  return report;
}

/// Frames up to `safe` are finished.
void Pacer::settle(std::uint64_t safe) {
  safe_frame_ = std::max(safe_frame_, safe);
  for (Frame& frame : frames_)
    if (frame.number != 0 && frame.number <= safe_frame_) {
      frame.number = 0;
      learn(frame.times);
    }
}

/// A place for the times of a frame, where one is free.
SliceTimes& Pacer::times_of_frame(std::uint64_t frame, VkCommandBuffer commands) {
  const auto free = std::ranges::find_if(frames_, [](const Frame& one) { return one.number == 0; });
  if (free == frames_.end()) {
    untimed_.begin_untimed();
    return untimed_;
  }
  free->number = frame;
  free->times.begin(queries_, static_cast<std::uint32_t>(kSlices + static_cast<std::size_t>(free - frames_.begin())), commands);
  return free->times;
}

TickReport Pacer::record(VkCommandBuffer commands, std::span<PacedRun* const> runs, const TickBudget& budget, std::uint64_t frame,
                         std::uint64_t safe) {
  const Lock turn(turn_);
  device_.require_alive();
  settle(safe);
  TickReport report;
  if (any_takes(runs, PacedRun::Way::frames))
    record_runs(runs, PacedRun::Way::frames, frame, recording(commands, times_of_frame(frame, commands), budget, report));
  report.measured = measured_;
  report.more = any_takes(runs, PacedRun::Way::frames);
  return report;
}

bool Pacer::is_over(const PacedRun& run, std::uint64_t end) const {
  return end <= (run.at_.way == PacedRun::Way::frames ? safe_frame_ : finished_);
}

std::optional<std::size_t> Pacer::take(PacedRun& run) {
  const Lock turn(turn_);
  return take_in_turn(run);
}

std::optional<std::size_t> Pacer::take_in_turn(PacedRun& run) {
  device_.require_alive();
  poll();
  const std::size_t copy = run.taken_ % PacedRun::kAhead;
  if (run.taken_ == run.at_.submitted || !is_over(run, run.at_.ends[copy])) return std::nullopt;
  if (run.room_) run.room_->invalidate();
  ++run.taken_;
  return copy;
}

bool Pacer::done(PacedRun& run) {
  const Lock turn(turn_);
  return done_in_turn(run);
}

bool Pacer::done_in_turn(PacedRun& run) {
  if (!run.under_way_) return true;
  device_.require_alive();
  poll();
  while (!run.room_ && take_in_turn(run)) {}
  if (run.pending() || run.taken_ != run.at_.submitted || !is_over(run, run.at_.last)) return false;
  run.under_way_ = false;
  run.executable_.end_run();
  return true;
}

void Pacer::push(PacedRun& run) {
  Lock turn(turn_);
  push_in_turn(run, turn);
}

void Pacer::push_in_turn(PacedRun& run, Lock& turn) {
  if (run.in_frames() || !device_.queue())
    throw Error(ErrorCode::wrong_state, "the work was recorded up to frame " + std::to_string(run.at_.last) +
                                            (run.pending() ? " and is not recorded whole" : "") + ", the newest safe frame is " +
                                            std::to_string(safe_frame_));
  PacedRun* const runs[] = {&run};
  if (run.takes(PacedRun::Way::ticks) && tick_in_turn(runs, {1e12, 0}).parts > 0) return;
  if (finished_ == submitted_) return;  // outputs are to be taken
  check_waited(wait_for(finished_ + 1, turn));
}

void Pacer::finish(PacedRun& run) {
  Lock turn(turn_);
  while (!done_in_turn(run)) push_in_turn(run, turn);
}

bool Pacer::in_flight(PacedRun& run) {
  const Lock turn(turn_);
  if (!run.under_way_) return false;
  poll();
  return !is_over(run, run.at_.last);
}

void Pacer::wait() {
  Lock turn(turn_);
  while (finished_ < submitted_) {
    check_waited(wait_for(submitted_, turn));
    poll();
  }
}

void Pacer::abandon(PacedRun& run) noexcept {
  Lock turn(turn_);
  if (run.at_.way == PacedRun::Way::ticks)
    for (std::uint64_t number = finished_; number < run.at_.last; number = std::max(number + 1, finished_)) wait_for(number + 1, turn);
  for (Slice& slice : slices_) slice.times.forget(run.parts_);
  for (Frame& frame : frames_) frame.times.forget(run.parts_);
  run.under_way_ = false;
  run.executable_.end_run();
}

}  // namespace gouache
