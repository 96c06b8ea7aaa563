// What must happen before an executable's first run is as fast as any other?
#include "host/runtime/warmup.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>

#include "host/runtime/runner.h"
#include "host/vulkan/result.h"

namespace gouache {

namespace {

constexpr double kLongestPart = 1000, kAtOnce = 2000;  ///< microseconds, guessed: nothing else waits for longer

/// A command buffer that is recorded, submitted and waited for, over and over.
class Submission {
 public:
  explicit Submission(Device& device) : device_(device) {
    VkCommandPoolCreateInfo pool{};
    pool.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
    pool.flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT;
    pool.queueFamilyIndex = device.queue_family();
    pool_ = make_owned<OwnedCommandPool>(device, &DeviceTable::vkCreateCommandPool, "vkCreateCommandPool", pool);
    VkCommandBufferAllocateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
    info.commandPool = pool_.get();
    info.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
    info.commandBufferCount = 1;
    device.created(device.table().vkAllocateCommandBuffers(device.handle(), &info, &commands_), "vkAllocateCommandBuffers");
    VkFenceCreateInfo fence{};
    fence.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
    fence_ = make_owned<OwnedFence>(device, &DeviceTable::vkCreateFence, "vkCreateFence", fence);
  }

  VkCommandBuffer begin() {
    VkCommandBufferBeginInfo begin{};
    begin.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
    begin.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
    check(device_.table().vkBeginCommandBuffer(commands_, &begin), "vkBeginCommandBuffer");
    return commands_;
  }
  void run() {
    const DeviceTable& table = device_.table();
    check(table.vkEndCommandBuffer(commands_), "vkEndCommandBuffer");
    const VkFence fence = fence_.get();
    check(table.vkResetFences(device_.handle(), 1, &fence), "vkResetFences");
    VkSubmitInfo batch{};
    batch.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
    batch.commandBufferCount = 1;
    batch.pCommandBuffers = &commands_;
    device_.submit(batch, fence);
    device_.check_work(table.vkWaitForFences(device_.handle(), 1, &fence, VK_TRUE, UINT64_MAX), "vkWaitForFences");
  }

 private:
  Device& device_;
  OwnedCommandPool pool_;
  VkCommandBuffer commands_ = VK_NULL_HANDLE;
  OwnedFence fence_;
};

}  // namespace

Warmup::Warmup(Device& device, Executable& executable, const Profile& guess) : device_(device), executable_(executable), profile_(guess) {
  std::vector<Grid> grids;
  for (std::uint32_t i = 0; i < executable.command_count(); i++) grids.push_back(executable.grid(i));
  parts_ = cut(grids, guess.microseconds, kLongestPart);
  times_.resize(parts_.size());
  if (const std::int64_t bytes = executable.most_state_written())
    kept_ = Buffer(device, bytes, BufferPlace::device, MemoryPurpose::staging, "variables during a warm-up");
  if (parts_.empty() || device.facts().queue_families.at(device.queue_family()).timestampValidBits == 0) return;
  VkQueryPoolCreateInfo queries{};
  queries.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO;
  queries.queryType = VK_QUERY_TYPE_TIMESTAMP;
  queries.queryCount = std::uint32_t(2 * parts_.size());
  queries_ = make_owned<OwnedQueryPool>(device, &DeviceTable::vkCreateQueryPool, "vkCreateQueryPool", queries);
}

Warmup::Report Warmup::record(VkCommandBuffer commands, double microseconds, std::uint32_t most) {
  const std::uint32_t count = std::uint32_t(parts_.size());
  Report report;
  while (pending()) {
    const Part& part = parts_[next_ % count];
    const bool fits = report.microseconds + part.microseconds <= microseconds && (most == 0 || report.parts < most);
    if (report.parts > 0 && !fits) break;
    const bool timed = next_ >= count && queries_.get();
    executable_.record_alone(commands, part, kept_.handle(), timed ? queries_.get() : VK_NULL_HANDLE, 2 * (next_ % count));
    report.parts++;
    report.microseconds += part.microseconds;
    next_++;
  }
  return report;
}

void Warmup::finished(std::uint32_t parts) {
  const std::uint32_t count = std::uint32_t(parts_.size()),
                      bits = device_.facts().queue_families[device_.queue_family()].timestampValidBits;
  const std::uint64_t mask = bits >= 64 ? ~0ull : (1ull << bits) - 1;
  for (; done_ < parts; done_++) {
    if (done_ < count || !queries_.get()) continue;
    std::array<std::uint64_t, 2> ticks{};
    check(device_.table().vkGetQueryPoolResults(device_.handle(), queries_.get(), 2 * (done_ - count), 2, sizeof ticks, ticks.data(),
                                                sizeof(std::uint64_t), VK_QUERY_RESULT_64_BIT),
          "vkGetQueryPoolResults");
    times_[done_ - count] = double((ticks[1] - ticks[0]) & mask) * double(device_.facts().limits.timestampPeriod) / 1000.0;
  }
  if (over()) sum_up();
}

void Warmup::sum_up() {
  profile_.by_timestamps = has_timestamps();
  profile_.guessed = std::ranges::none_of(times_, [](double time) { return time > 0; });
  std::vector<double> sums(profile_.microseconds.size());
  for (std::size_t i = 0; i < parts_.size(); i++) sums[parts_[i].command] += times_[i];
  for (std::size_t i = 0; i < sums.size(); i++)
    if (sums[i] > 0) profile_.microseconds[i] = sums[i];
}

void Warmup::restart() {
  const std::uint32_t count = std::uint32_t(parts_.size());
  if (!over()) next_ = done_ = next_ < count ? 0 : count;
}

void warm_up(Device& device, std::span<Runner* const> runners, std::span<const WarmupPass> passes, const WarmupProgress& progress) {
  using Clock = std::chrono::steady_clock;
  std::vector<std::pair<Runner*, std::unique_ptr<Warmup>>> warmups;
  auto total = static_cast<std::uint32_t>(passes.size());
  std::uint32_t before = 0;
  for (Runner* runner : runners) {
    if (runner->is_measured()) continue;
    warmups.emplace_back(runner, std::make_unique<Warmup>(device, runner->executable(), runner->guess()));
    total += warmups.back().second->total();
  }
  if (total == 0) return;
  Submission submission(device);
  if (progress) progress(0, total);
  for (const auto& [runner, warmup] : warmups) {
    while (warmup->pending()) {
      warmup->record(submission.begin(), kAtOnce, warmup->has_timestamps() ? 0 : 1);
      const Clock::time_point start = Clock::now();
      submission.run();
      if (!warmup->has_timestamps()) warmup->set_time(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
      warmup->finished(warmup->recorded());
      if (progress) progress(before + warmup->done(), total);
    }
    before += warmup->total();
  }
  for (const WarmupPass& pass : passes) {
    pass(submission.begin());
    submission.run();
    if (progress) progress(++before, total);
  }
  for (const auto& [runner, warmup] : warmups) runner->cut_measured(warmup->profile());
}

}  // namespace gouache
