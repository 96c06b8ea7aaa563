// How does a plan run?  Recording, submitting, waiting and timing; nothing here allocates once its slice is recorded.
#include <algorithm>
#include <chrono>
#include <cstring>

#include "host/graph/error.h"
#include "host/runtime/executable.h"
#include "host/runtime/median.h"
#include "host/vulkan/result.h"

namespace gouache {

namespace {

constexpr VkAccessFlags kShaderAccess = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_UNIFORM_READ_BIT;

void memory_barrier(const DeviceTable& table, VkCommandBuffer commands, VkPipelineStageFlags from, VkAccessFlags written,
                    VkPipelineStageFlags to, VkAccessFlags access) {
  const VkMemoryBarrier barrier{VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr, written, access};
  table.vkCmdPipelineBarrier(commands, from, to, 0, 1, &barrier, 0, nullptr, 0, nullptr);
}

/// After whatever was submitted before: other slices, copies, the host.
void opening_barrier(const DeviceTable& table, VkCommandBuffer commands) {
  memory_barrier(table, commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT | VK_PIPELINE_STAGE_HOST_BIT,
                 VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT | VK_ACCESS_HOST_WRITE_BIT, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                 kShaderAccess);
}

void compute_barrier(const DeviceTable& table, VkCommandBuffer commands) {
  memory_barrier(table, commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_ACCESS_SHADER_WRITE_BIT, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                 kShaderAccess);
}

void closing_barrier(const DeviceTable& table, VkCommandBuffer commands) {
  memory_barrier(table, commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_ACCESS_SHADER_WRITE_BIT,
                 VK_PIPELINE_STAGE_HOST_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_HOST_READ_BIT | VK_ACCESS_TRANSFER_READ_BIT);
}

void begin(const DeviceTable& table, VkCommandBuffer commands, VkCommandBufferUsageFlags usage) {
  VkCommandBufferBeginInfo info{};
  info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
  info.flags = usage;
  check(table.vkBeginCommandBuffer(commands, &info), "vkBeginCommandBuffer");
}

template <typename Ports>
auto& find_port(Ports& ports, std::string_view name, const char* kind) {
  for (auto& port : ports)
    if (port.name == name) return port;
  std::string names;
  for (auto& port : ports) names += (names.empty() ? "" : ", ") + port.name;
  throw Error("there is no " + std::string(kind) + " '" + std::string(name) + "'; there are: " + (names.empty() ? "none" : names));
}

}  // namespace

void Executable::require_idle(const char* call) const {
  if (under_way_) throw Error(std::string(call) + ": the run before is still under way; wait() first");
}

void Executable::set_input(std::string_view name, std::span<const std::byte> bytes) {
  require_idle("set_input");
  const Port& port = find_port(inputs_, name, "input");
  if (bytes.size() != std::size_t(port.bytes))
    throw Error("input '" + port.name + "' holds " + grouped(std::uint64_t(port.bytes)) + " bytes, got " + grouped(bytes.size()));
  std::memcpy(port.buffer.mapped().data() + port.offset, bytes.data(), bytes.size());
  port.buffer.flush();
}

std::span<const std::byte> Executable::output(std::string_view name) const {
  const Port& port = find_port(outputs_, name, "output");
  return port.buffer.mapped().subspan(std::size_t(port.offset), std::size_t(port.bytes));
}

Executable::Place Executable::output_place(std::string_view name) const {
  const Port& port = find_port(outputs_, name, "output");
  return {port.buffer.handle(), port.offset, port.bytes};
}

void Executable::record_command(VkCommandBuffer commands, const Recorded& command, const Grid& base, const Grid& groups) const {
  const DeviceTable& table = device_.table();
  if (!command.label.empty()) {
    VkDebugUtilsLabelEXT label{};
    label.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_LABEL_EXT;
    label.pLabelName = command.label.c_str();
    table.vkCmdBeginDebugUtilsLabelEXT(commands, &label);
  }
  table.vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, command.pipeline);
  table.vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_COMPUTE, command.layout, 0, 1, &command.set, 0, nullptr);
  if (command.push_words)
    table.vkCmdPushConstants(commands, command.layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, command.push_words * 4,
                             push_.data() + command.push_first);
  if (base == Grid{})
    table.vkCmdDispatch(commands, groups[0], groups[1], groups[2]);
  else
    table.vkCmdDispatchBase(commands, base[0], base[1], base[2], groups[0], groups[1], groups[2]);
  if (!command.label.empty()) table.vkCmdEndDebugUtilsLabelEXT(commands);
}

void Executable::record(VkCommandBuffer commands, std::uint32_t first, std::uint32_t last) const {
  if (first > last || last > command_count())
    throw Error("record: commands " + std::to_string(first) + ".." + std::to_string(last) + " of " + std::to_string(command_count()));
  const DeviceTable& table = device_.table();
  opening_barrier(table, commands);
  for (std::uint32_t i = first; i < last; i++) {
    if (commands_[i].barrier && i != first) compute_barrier(table, commands);
    record_command(commands, commands_[i], {}, commands_[i].grid);
  }
  if (last == command_count()) closing_barrier(table, commands);
}

void Executable::record(VkCommandBuffer commands, std::span<const Part> parts, const PartMarks& marks) const {
  const DeviceTable& table = device_.table();
  std::size_t mark = 0;
  opening_barrier(table, commands);
  for (std::size_t i = 0; i < parts.size(); i++) {
    const Recorded& command = commands_.at(parts[i].command);
    if (i != 0 && command.barrier && parts[i].command != parts[i - 1].command) compute_barrier(table, commands);
    record_command(commands, command, parts[i].base, parts[i].groups);
    if (mark == marks.ends.size() || i + 1 != marks.ends[mark]) continue;
    table.vkCmdWriteTimestamp(commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, marks.queries,
                              marks.first_query + static_cast<std::uint32_t>(mark));
    ++mark;
  }
  if (!parts.empty() && parts.back().command + 1 == command_count()) closing_barrier(table, commands);
}

std::int64_t Executable::most_state_written() const {
  std::int64_t most = 0, sum = 0;
  for (std::size_t i = 0; i < state_writes_.size(); i++) {
    const bool same = i > 0 && state_writes_[i].command == state_writes_[i - 1].command;
    sum = (same ? sum : 0) + std::int64_t(state_writes_[i].bytes);
    most = std::max(most, sum);
  }
  return most;
}

void Executable::record_alone(VkCommandBuffer commands, const Part& part, VkBuffer kept, VkQueryPool queries,
                              std::uint32_t first_query) const {
  constexpr VkPipelineStageFlags kCompute = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, kTransfer = VK_PIPELINE_STAGE_TRANSFER_BIT;
  constexpr VkAccessFlags kCopies = VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT;
  const DeviceTable& table = device_.table();
  bool writes = false;
  const auto copy_state = [&](bool back) {
    VkDeviceSize at = 0;
    for (const StateWrite& write : state_writes_) {
      if (write.command != part.command) continue;
      const VkBufferCopy there{write.offset, at, write.bytes}, here{at, write.offset, write.bytes};
      table.vkCmdCopyBuffer(commands, back ? kept : write.buffer, back ? write.buffer : kept, 1, back ? &here : &there);
      at += write.bytes;
      writes = true;
    }
  };
  if (queries) table.vkCmdResetQueryPool(commands, queries, first_query, 2);
  memory_barrier(table, commands, kCompute | kTransfer, VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT, kTransfer, kCopies);
  copy_state(false);
  opening_barrier(table, commands);
  if (queries) table.vkCmdWriteTimestamp(commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, queries, first_query);
  record_command(commands, commands_.at(part.command), part.base, part.groups);
  if (queries) table.vkCmdWriteTimestamp(commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, queries, first_query + 1);
  if (!writes) return;
  memory_barrier(table, commands, kCompute | kTransfer, VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT, kTransfer, kCopies);
  copy_state(true);
}

std::int64_t Executable::outputs_bytes() const {
  std::int64_t bytes = 0;
  for (const Port& port : outputs_) bytes += port.bytes;
  return bytes;
}

void Executable::record_outputs(VkCommandBuffer commands, const Buffer& room, std::size_t copy) const {
  const DeviceTable& table = device_.table();
  memory_barrier(table, commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT,
                 VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT, VK_PIPELINE_STAGE_TRANSFER_BIT,
                 VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT);
  std::int64_t at = outputs_bytes() * static_cast<std::int64_t>(copy);
  for (const Port& port : outputs_) {
    const VkBufferCopy region{VkDeviceSize(port.offset), VkDeviceSize(at), VkDeviceSize(port.bytes)};
    table.vkCmdCopyBuffer(commands, port.buffer.handle(), room.handle(), 1, &region);
    at += port.bytes;
  }
  memory_barrier(table, commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_WRITE_BIT, VK_PIPELINE_STAGE_HOST_BIT,
                 VK_ACCESS_HOST_READ_BIT);
}

std::span<const std::byte> Executable::output_in(const Buffer& room, std::size_t copy, std::string_view name) const {
  std::int64_t at = outputs_bytes() * static_cast<std::int64_t>(copy);
  const Port& wanted = find_port(outputs_, name, "output");
  for (const Port& port : outputs_) {
    if (&port == &wanted) break;
    at += port.bytes;
  }
  return room.mapped().subspan(std::size_t(at), std::size_t(wanted.bytes));
}

void Executable::begin_run() {
  require_idle("begin_run");
  under_way_ = paced_ = true;
}

void Executable::run_submitted() {
  setup_version_ = version_for_setup();
  changed_state();
}

void Executable::end_run() {
  under_way_ = paced_ = false;
  for (const Port& port : outputs_) port.buffer.invalidate();
}

VkCommandBuffer Executable::slice(std::uint32_t first, std::uint32_t last) {
  for (const Slice& made : slices_)
    if (made.first == first && made.last == last) return made.commands;
  const VkCommandBuffer commands = allocate_commands(command_pool_.get());
  begin(device_.table(), commands, VK_COMMAND_BUFFER_USAGE_SIMULTANEOUS_USE_BIT);
  record(commands, first, last);
  check(device_.table().vkEndCommandBuffer(commands), "vkEndCommandBuffer");
  slices_.push_back({first, last, commands});
  return commands;
}

void Executable::hand_over(std::span<const VkCommandBuffer> commands) {
  VkSubmitInfo batch{};
  batch.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
  batch.commandBufferCount = std::uint32_t(commands.size());
  batch.pCommandBuffers = commands.data();
  const VkFence fence = fence_.get();
  check(device_.table().vkResetFences(device_.handle(), 1, &fence), "vkResetFences");
  device_.submit(batch, fence);
  under_way_ = true;
}

void Executable::submit(std::uint32_t first, std::uint32_t last) {
  device_.require_alive();
  require_idle("submit");
  const VkCommandBuffer commands = slice(first, last);
  hand_over({&commands, 1});
  if (first == 0 && last >= setup_count_) setup_version_ = version_for_setup();
  changed_state();
}

/// Versions only grow, so their sum is the same only if each is.
std::uint64_t Executable::version_for_setup() const {
  std::uint64_t sum = 0;
  for (std::int32_t block : setup_reads_) sum += state_.version(block);
  return sum;
}

void Executable::changed_state() {
  for (const auto& [block, command] : writes_) state_.changed(block);
}

void Executable::submit() { submit(needs_setup() ? 0 : setup_count_, command_count()); }

void Executable::submit_runs(std::uint32_t runs) {
  if (runs == 0) throw Error("submit_runs: 0 runs, expected at least one");
  device_.require_alive();
  require_idle("submit_runs");
  // A run that changes what its own setup reads has the next one begin with setup too.
  const bool again = setup_count_ && std::ranges::any_of(setup_reads_, [&](std::int32_t block) { return writes_.count(block) != 0; });
  series_.assign(runs, slice(again ? 0 : setup_count_, command_count()));
  if (needs_setup()) series_.front() = slice(0, command_count());
  hand_over(series_);
  if (needs_setup()) setup_version_ = version_for_setup();
  changed_state();
}

bool Executable::done() {
  if (!under_way_) return true;
  device_.require_alive();
  const VkResult result = device_.table().vkGetFenceStatus(device_.handle(), fence_.get());
  if (result == VK_NOT_READY) return false;
  device_.check_work(result, "vkGetFenceStatus");
  under_way_ = false;
  for (const Port& port : outputs_) port.buffer.invalidate();
  return true;
}

void Executable::wait() {
  if (!under_way_) return;
  device_.require_alive();
  const VkFence fence = fence_.get();
  device_.check_work(device_.table().vkWaitForFences(device_.handle(), 1, &fence, VK_TRUE, UINT64_MAX), "vkWaitForFences");
  under_way_ = false;
  for (const Port& port : outputs_) port.buffer.invalidate();
}

void Executable::run() {
  submit();
  wait();
}

Profile Executable::profile(int repeats, std::uint32_t first, std::uint32_t last) {
  require_idle("profile");
  if (repeats < 1) throw Error("profile: " + std::to_string(repeats) + " repeats; at least one is needed");
  if (first > last || last > command_count())
    throw Error("profile: commands " + std::to_string(first) + ".." + std::to_string(last) + " of " + std::to_string(command_count()));
  const bool timestamps = device_.facts().queue_families.at(device_.queue_family()).timestampValidBits != 0;
  Profile result;
  if (first < last) result = timestamps ? profile_by_timestamps(repeats, first, last) : profile_by_submits(repeats, first, last);
  changed_state();
  return result;
}

/// One command buffer: a timestamp, then each command alone between barriers with a timestamp after it.
Profile Executable::profile_by_timestamps(int repeats, std::uint32_t first, std::uint32_t last) {
  const DeviceTable& table = device_.table();
  const std::uint32_t timed = last - first, count = timed + 1;
  const VkPhysicalDeviceLimits& limits = device_.facts().limits;
  const std::uint32_t bits = device_.facts().queue_families[device_.queue_family()].timestampValidBits;
  const std::uint64_t mask = bits >= 64 ? ~0ull : (1ull << bits) - 1;
  VkQueryPoolCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO;
  info.queryType = VK_QUERY_TYPE_TIMESTAMP;
  info.queryCount = count;
  const auto queries = make_owned<OwnedQueryPool>(device_, &DeviceTable::vkCreateQueryPool, "vkCreateQueryPool", info);
  VkCommandPoolCreateInfo pool_info{};
  pool_info.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
  pool_info.queueFamilyIndex = device_.queue_family();
  const auto pool = make_owned<OwnedCommandPool>(device_, &DeviceTable::vkCreateCommandPool, "vkCreateCommandPool", pool_info);
  const VkCommandBuffer commands = allocate_commands(pool.get());  // goes with its pool

  begin(table, commands, 0);
  table.vkCmdResetQueryPool(commands, queries.get(), 0, count);
  opening_barrier(table, commands);
  table.vkCmdWriteTimestamp(commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, queries.get(), 0);
  for (std::uint32_t i = 0; i < timed; i++) {
    compute_barrier(table, commands);
    record_command(commands, commands_[first + i], {}, commands_[first + i].grid);
    table.vkCmdWriteTimestamp(commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, queries.get(), i + 1);
  }
  closing_barrier(table, commands);
  check(table.vkEndCommandBuffer(commands), "vkEndCommandBuffer");

  std::vector<std::vector<double>> times(timed);
  std::vector<std::uint64_t> ticks(count);
  for (int repeat = 0; repeat < repeats; repeat++) {
    hand_over({&commands, 1});
    wait();
    check(table.vkGetQueryPoolResults(device_.handle(), queries.get(), 0, count, count * sizeof(std::uint64_t), ticks.data(),
                                      sizeof(std::uint64_t), VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT),
          "vkGetQueryPoolResults");
    for (std::uint32_t i = 0; i < timed; i++)
      times[i].push_back(double((ticks[i + 1] - ticks[i]) & mask) * double(limits.timestampPeriod) / 1000.0);
  }
  Profile result;
  result.by_timestamps = true;
  for (const std::vector<double>& samples : times) result.microseconds.push_back(median(samples));
  return result;
}

Profile Executable::profile_by_submits(int repeats, std::uint32_t first, std::uint32_t last) {
  using Clock = std::chrono::steady_clock;
  std::vector<std::vector<double>> times(last - first);
  for (int repeat = 0; repeat < repeats; repeat++)
    for (std::uint32_t i = first; i < last; i++) {
      const VkCommandBuffer commands = slice(i, i + 1);
      const Clock::time_point start = Clock::now();
      hand_over({&commands, 1});
      wait();
      times[i - first].push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
    }
  Profile result;
  for (const std::vector<double>& samples : times) result.microseconds.push_back(median(samples));
  return result;
}

}  // namespace gouache
