// How does work advance within a frame's budget?
#include "host/runtime/pacer.h"

#include <algorithm>
#include <string>

#include "host/graph/error.h"
#include "host/vulkan/result.h"

namespace gouache {

PacedRun::PacedRun(Executable& executable, const Profile& profile, double longest) : executable_(executable) {
  std::vector<Grid> grids;
  for (std::uint32_t i = 0; i < executable.command_count(); ++i) grids.push_back(executable.grid(i));
  parts_ = cut(grids, profile.microseconds, longest);
  setup_parts_ =
      static_cast<std::size_t>(std::ranges::count_if(parts_, [&](const Part& part) { return part.command < executable.setup_count(); }));
}

void PacedRun::begin(Companion* companion) {
  if (under_way_) throw Error("begin: the run before is still under way");
  executable_.begin_run();
  companion_ = companion;
  item_ = 0;
  next_ = begun_at_ = executable_.needs_setup() ? 0 : setup_parts_;
  last_slice_ = last_frame_ = 0;
  way_ = Way::open;
  under_way_ = true;
}

Pacer::Pacer(Device& device) : device_(device) {
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
  VkFenceCreateInfo fence{};
  fence.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
  for (std::size_t i = 0; i < kSlices; ++i) {
    slices_[i].commands = commands[i];
    slices_[i].fence = make_owned<OwnedFence>(device_, &DeviceTable::vkCreateFence, "vkCreateFence", fence);
  }
  if (device_.facts().queue_families.at(device_.queue_family()).timestampValidBits != 0) {
    VkQueryPoolCreateInfo queries{};
    queries.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO;
    queries.queryType = VK_QUERY_TYPE_TIMESTAMP;
    queries.queryCount = 2 * kSlices;
    queries_ = make_owned<OwnedQueryPool>(device_, &DeviceTable::vkCreateQueryPool, "vkCreateQueryPool", queries);
  }
}

Pacer::~Pacer() {
  for (const Slice& slice : slices_) {
    const VkFence fence = slice.fence.get();
    if (slice.in_flight) device_.table().vkWaitForFences(device_.handle(), 1, &fence, VK_TRUE, UINT64_MAX);  // a lost device returns too
  }
}

/// Takes a finished slice's time and lets expectations follow it.
void Pacer::retire(std::size_t slot) {
  slices_[slot].in_flight = false;
  ++finished_;
  if (!queries_.get()) return;
  std::array<std::uint64_t, 2> ticks{};
  check(device_.table().vkGetQueryPoolResults(device_.handle(), queries_.get(), static_cast<std::uint32_t>(2 * slot), 2, sizeof ticks,
                                              ticks.data(), sizeof(std::uint64_t), VK_QUERY_RESULT_64_BIT),
        "vkGetQueryPoolResults");
  const std::uint32_t bits = device_.facts().queue_families[device_.queue_family()].timestampValidBits;
  const std::uint64_t mask = bits >= 64 ? ~0ull : (1ull << bits) - 1;
  measured_ = static_cast<double>((ticks[1] - ticks[0]) & mask) * static_cast<double>(device_.facts().limits.timestampPeriod) / 1000.0;
  if (slices_[slot].expected > 0 && measured_ > 0)
    scale_ = std::clamp(0.75 * scale_ + 0.25 * scale_ * measured_ / slices_[slot].expected, 0.05, 20.0);
}

void Pacer::poll() {
  while (finished_ < submitted_) {
    Slice& next = slot_of(finished_);
    const VkResult result = device_.table().vkGetFenceStatus(device_.handle(), next.fence.get());
    if (result == VK_NOT_READY) return;
    device_.check_work(result, "vkGetFenceStatus");
    retire(finished_ % kSlices);
  }
}

bool Pacer::any_takes(std::span<PacedRun* const> runs, PacedRun::Way way) {
  return std::ranges::any_of(runs, [&](const PacedRun* run) { return run->takes(way); });
}

namespace {

/// Whether a part of `microseconds` may follow what the tick has; takes it if so.
bool take(double microseconds, const TickBudget& budget, TickReport& report) {
  const bool fits = report.expected + microseconds <= budget.microseconds && (budget.dispatches == 0 || report.parts < budget.dispatches);
  if (report.parts > 0 && !fits) return false;
  report.expected += microseconds;
  ++report.parts;
  return true;
}

}  // namespace

/// Records the companion's items up to `end` while the budget lasts; whether none is left.
bool Pacer::record_items(PacedRun& run, std::uint32_t end, VkCommandBuffer commands, const TickBudget& budget, TickReport& report) {
  while (run.item_ < end) {
    if (!take(run.companion_->microseconds(run.item_) * scale_, budget, report)) return false;
    run.companion_->record(commands, run.item_++);
  }
  return true;
}

/// Records parts of `run`, and what its companion adds, while the budget lasts.
void Pacer::record_parts(PacedRun& run, VkCommandBuffer commands, const TickBudget& budget, TickReport& report) {
  if (!record_items(run, run.items_before(), commands, budget, report)) return;
  const std::size_t first = run.next_;
  while (run.next_ < run.parts_.size() && take(run.parts_[run.next_].microseconds * scale_, budget, report)) ++run.next_;
  if (run.next_ > first) run.executable_.record(commands, std::span(run.parts_).subspan(first, run.next_ - first));
  if (run.next_ < run.parts_.size() || !record_items(run, run.items(), commands, budget, report)) return;
  run.executable_.run_submitted();
}

TickReport Pacer::tick(std::span<PacedRun* const> runs, const TickBudget& budget) {
  device_.require_alive();
  poll();
  TickReport report;
  if (any_takes(runs, PacedRun::Way::ticks) && submitted_ - finished_ < kSlices) {
    const DeviceTable& table = device_.table();
    const auto slot = static_cast<std::uint32_t>(submitted_ % kSlices);
    Slice& slice = slices_[slot];
    VkCommandBufferBeginInfo begin{};
    begin.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
    begin.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
    check(table.vkBeginCommandBuffer(slice.commands, &begin), "vkBeginCommandBuffer");
    if (queries_.get()) {
      table.vkCmdResetQueryPool(slice.commands, queries_.get(), 2 * slot, 2);
      table.vkCmdWriteTimestamp(slice.commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, queries_.get(), 2 * slot);
    }
    for (PacedRun* run : runs) {
      if (!run->takes(PacedRun::Way::ticks) || (report.parts > 0 && report.expected >= budget.microseconds)) continue;
      const std::uint32_t before = report.parts;
      record_parts(*run, slice.commands, budget, report);
      if (report.parts == before) continue;
      run->way_ = PacedRun::Way::ticks;
      run->last_slice_ = submitted_ + 1;
    }
    if (queries_.get()) table.vkCmdWriteTimestamp(slice.commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, queries_.get(), 2 * slot + 1);
    check(table.vkEndCommandBuffer(slice.commands), "vkEndCommandBuffer");
    const VkFence fence = slice.fence.get();
    check(table.vkResetFences(device_.handle(), 1, &fence), "vkResetFences");
    VkSubmitInfo batch{};
    batch.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
    batch.commandBufferCount = 1;
    batch.pCommandBuffers = &slice.commands;
    device_.submit(batch, fence);
    slice.expected = report.expected;
    slice.in_flight = true;
    ++submitted_;
  }
  report.measured = measured_;
  report.slice = submitted_;
  report.finished = finished_;
  report.more = any_takes(runs, PacedRun::Way::ticks);
  return report;
}

TickReport Pacer::record(VkCommandBuffer commands, std::span<PacedRun* const> runs, const TickBudget& budget, std::uint64_t frame,
                         std::uint64_t safe) {
  device_.require_alive();
  safe_frame_ = std::max(safe_frame_, safe);
  TickReport report;
  for (PacedRun* run : runs) {
    if (!run->takes(PacedRun::Way::frames) || (report.parts > 0 && report.expected >= budget.microseconds)) continue;
    const std::uint32_t before = report.parts;
    record_parts(*run, commands, budget, report);
    if (report.parts == before) continue;
    run->way_ = PacedRun::Way::frames;
    run->last_frame_ = frame;
  }
  report.more = any_takes(runs, PacedRun::Way::frames);
  return report;
}

bool Pacer::done(PacedRun& run) {
  if (!run.under_way_) return true;
  device_.require_alive();
  poll();
  if (run.pending() || finished_ < run.last_slice_ || safe_frame_ < run.last_frame_) return false;
  run.under_way_ = false;
  run.executable_.end_run();
  return true;
}

void Pacer::finish(PacedRun& run) {
  PacedRun* const runs[] = {&run};
  while (!done(run)) {
    if (run.in_frames())
      throw Error(ErrorCode::wrong_state, "the work was recorded up to frame " + std::to_string(run.last_frame_) +
                                              (run.pending() ? " and is not recorded whole" : "") + ", the newest safe frame is " +
                                              std::to_string(safe_frame_));
    if (submitted_ - finished_ < kSlices && run.pending()) {
      tick(runs, {1e12, 0});
      continue;
    }
    const VkFence fence = slot_of(finished_).fence.get();
    device_.check_work(device_.table().vkWaitForFences(device_.handle(), 1, &fence, VK_TRUE, UINT64_MAX), "vkWaitForFences");
  }
}

bool Pacer::in_flight(PacedRun& run) {
  if (!run.under_way_) return false;
  poll();
  return finished_ < run.last_slice_ || safe_frame_ < run.last_frame_;
}

void Pacer::abandon(PacedRun& run) noexcept {
  for (std::uint64_t number = finished_; number < run.last_slice_; ++number) {
    const VkFence fence = slot_of(number).fence.get();
    device_.table().vkWaitForFences(device_.handle(), 1, &fence, VK_TRUE, UINT64_MAX);  // a lost device returns too
  }
  run.under_way_ = false;
  run.executable_.end_run();
}

}  // namespace gouache
