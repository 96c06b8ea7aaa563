// How long did the parts of a slice take on the GPU?
#include "host/runtime/slice_times.h"

#include <algorithm>

#include "host/vulkan/result.h"

namespace gouache {
namespace {

constexpr std::uint32_t kQueries = SliceTimes::kGroups + 1;  ///< a slot: before the first group and after each

/// How far an expectation goes towards what was measured, and how far off a measurement counts at most: a part that was held up by other
/// work once should not be taken for a long one.
constexpr double kFollow = 0.25, kMostOff = 3;

}  // namespace

SliceQueries::SliceQueries(Device& device, std::uint32_t slots) : device_(device) {
  if (device.facts().queue_families.at(device.queue_family()).timestampValidBits == 0) return;
  VkQueryPoolCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO;
  info.queryType = VK_QUERY_TYPE_TIMESTAMP;
  info.queryCount = slots * kQueries;
  pool_ = make_owned<OwnedQueryPool>(device, &DeviceTable::vkCreateQueryPool, "vkCreateQueryPool", info);
}

double SliceQueries::microseconds(std::uint64_t from, std::uint64_t to) const {
  const std::uint32_t bits = device_.facts().queue_families[device_.queue_family()].timestampValidBits;
  const std::uint64_t mask = bits >= 64 ? ~0ull : (1ull << bits) - 1;
  return static_cast<double>((to - from) & mask) * static_cast<double>(device_.facts().limits.timestampPeriod) / 1000.0;
}

void SliceTimes::begin(const SliceQueries& queries, std::uint32_t slot, VkCommandBuffer commands) {
  queries_ = &queries;
  first_query_ = slot * kQueries;
  count_ = 0;
  expected_ = 0;
  if (!queries.pool()) return;
  const DeviceTable& table = queries.device().table();
  table.vkCmdResetQueryPool(commands, queries.pool(), first_query_, kQueries);
  table.vkCmdWriteTimestamp(commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, queries.pool(), first_query_);
}

void SliceTimes::begin_untimed() {
  queries_ = nullptr;
  count_ = 0;
  expected_ = 0;
}

void SliceTimes::mark(VkCommandBuffer commands, double expected, double& scale) {
  groups_[count_++] = {{}, &scale, expected};
  expected_ += expected;
  if (!queries_ || !queries_->pool()) return;
  queries_->device().table().vkCmdWriteTimestamp(commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, queries_->pool(), first_query_ + count_);
}

void SliceTimes::record(const Executable& executable, VkCommandBuffer commands, std::span<Part> parts, double grain) {
  std::array<std::uint32_t, kGroups> ends;
  const std::uint32_t before = count_;
  double expected = 0;
  std::uint32_t first = 0;
  for (std::uint32_t i = 0; i < parts.size(); ++i) {
    expected += parts[i].microseconds;
    const bool last = i + 1 == parts.size(), room = count_ + 2 < kGroups;  // one for items after the parts
    if (!last && !(room && expected >= grain)) continue;
    groups_[count_] = {parts.subspan(first, i + 1 - first), nullptr, expected};
    ends[count_ - before] = first = i + 1;
    ++count_;
    expected_ += expected;
    expected = 0;
  }
  PartMarks marks;
  if (queries_ && queries_->pool()) marks = {queries_->pool(), first_query_ + 1 + before, std::span(ends).first(count_ - before)};
  executable.record(commands, parts, marks);
}

double SliceTimes::read() {
  if (!queries_ || !queries_->pool() || count_ == 0) return 0;
  const Device& device = queries_->device();
  std::array<std::uint64_t, kQueries> ticks{};
  const VkResult result = device.table().vkGetQueryPoolResults(device.handle(), queries_->pool(), first_query_, count_ + 1, sizeof ticks,
                                                               ticks.data(), sizeof(std::uint64_t), VK_QUERY_RESULT_64_BIT);
  if (result == VK_NOT_READY) return 0;  // a frame of the host that was never submitted
  check(result, "vkGetQueryPoolResults");
  for (std::uint32_t i = 0; i < count_; ++i) {
    const double measured = queries_->microseconds(ticks[i], ticks[i + 1]);
    if (groups_[i].expected <= 0 || measured <= 0) continue;
    const double off = std::clamp(measured / groups_[i].expected, 1 / kMostOff, kMostOff);
    for (Part& part : groups_[i].parts) {
      part.microseconds *= 1 + kFollow * (off - 1);
      part.measured = true;
    }
    if (groups_[i].scale) *groups_[i].scale *= 1 + kFollow * (off - 1);
  }
  return queries_->microseconds(ticks[0], ticks[count_]);
}

void SliceTimes::forget(std::span<const Part> parts) {
  for (Group& group : std::span(groups_).first(count_))
    if (!group.parts.empty() && group.parts.data() >= parts.data() && group.parts.data() < parts.data() + parts.size()) group.parts = {};
}

}  // namespace gouache
