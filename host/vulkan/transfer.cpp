// How do bytes get into and out of device-local buffers?
#include "host/vulkan/transfer.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "host/graph/error.h"
#include "host/vulkan/result.h"

namespace gouache {

namespace {

void require_range(const Buffer& buffer, std::int64_t offset, std::size_t bytes) {
  if (offset < 0 || offset > buffer.bytes() || bytes > std::size_t(buffer.bytes() - offset))
    throw Error(ErrorCode::internal, "transfer: bytes " + std::to_string(offset) + ".." + std::to_string(offset + std::int64_t(bytes)) +
                                         " of a buffer that holds " + std::to_string(buffer.bytes()));
}

}  // namespace

void Transfer::prepare() {
  if (has_staging()) return;
  VkCommandPoolCreateInfo pool{};
  pool.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
  pool.flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT;
  pool.queueFamilyIndex = device_.queue_family();
  OwnedCommandPool made_pool = make_owned<OwnedCommandPool>(device_, &DeviceTable::vkCreateCommandPool, "vkCreateCommandPool", pool);
  VkCommandBufferAllocateInfo commands{};
  commands.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
  commands.commandPool = made_pool.get();
  commands.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
  commands.commandBufferCount = 1;
  device_.created(device_.table().vkAllocateCommandBuffers(device_.handle(), &commands, &commands_), "vkAllocateCommandBuffers");
  VkFenceCreateInfo fence{};
  fence.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
  fence_ = make_owned<OwnedFence>(device_, &DeviceTable::vkCreateFence, "vkCreateFence", fence);
  pool_ = std::move(made_pool);
  staging_ = Buffer(device_, staging_buffer());
}

/// Records with barriers on both sides, submits, waits.
template <typename Record>
void Transfer::run(const Record& record) {
  device_.require_alive();
  const DeviceTable& table = device_.table();
  VkCommandBufferBeginInfo begin{};
  begin.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
  begin.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
  check(table.vkBeginCommandBuffer(commands_, &begin), "vkBeginCommandBuffer");
  VkMemoryBarrier before{VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr, VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
                         VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT};
  table.vkCmdPipelineBarrier(commands_, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT,
                             VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 1, &before, 0, nullptr, 0, nullptr);
  record(table);
  VkMemoryBarrier after{VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr, VK_ACCESS_TRANSFER_WRITE_BIT,
                        VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_UNIFORM_READ_BIT | VK_ACCESS_TRANSFER_READ_BIT |
                            VK_ACCESS_TRANSFER_WRITE_BIT | VK_ACCESS_HOST_READ_BIT};
  table.vkCmdPipelineBarrier(commands_, VK_PIPELINE_STAGE_TRANSFER_BIT,
                             VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT | VK_PIPELINE_STAGE_HOST_BIT, 0, 1,
                             &after, 0, nullptr, 0, nullptr);
  check(table.vkEndCommandBuffer(commands_), "vkEndCommandBuffer");
  VkSubmitInfo batch{};
  batch.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
  batch.commandBufferCount = 1;
  batch.pCommandBuffers = &commands_;
  const VkFence fence = fence_.get();
  check(table.vkResetFences(device_.handle(), 1, &fence), "vkResetFences");
  device_.submit(batch, fence);
  device_.check_work(table.vkWaitForFences(device_.handle(), 1, &fence, VK_TRUE, UINT64_MAX), "vkWaitForFences");
}

void Transfer::upload(const Buffer& buffer, std::int64_t offset, std::span<const std::byte> bytes) {
  require_range(buffer, offset, bytes.size());
  if (!device_.queue()) return deferred_.upload(buffer, offset, bytes);
  upload(buffer, offset, std::int64_t(bytes.size()),
         [bytes](std::int64_t from, std::span<std::byte> into) { std::memcpy(into.data(), bytes.data() + from, into.size()); });
}

void Transfer::upload(const Buffer& buffer, std::int64_t offset, std::int64_t bytes, const ProduceBytes& produce) {
  require_range(buffer, offset, std::size_t(bytes));
  std::vector<std::byte> kept;
  for (std::int64_t done = 0, part = 0; done < bytes; done += part) {
    part = std::min(bytes - done, kStagingBytes);
    if (!device_.queue()) {
      kept.resize(std::size_t(part));
      produce(done, kept);
      deferred_.upload(buffer, offset + done, kept);
      continue;
    }
    const std::lock_guard turn(copying_);
    prepare();
    produce(done, staging_.mapped().first(std::size_t(part)));
    staging_.flush();
    run([&](const DeviceTable& table) {
      const VkBufferCopy copy{0, VkDeviceSize(offset + done), VkDeviceSize(part)};
      table.vkCmdCopyBuffer(commands_, staging_.handle(), buffer.handle(), 1, &copy);
    });
  }
}

void Transfer::download(const Buffer& buffer, std::int64_t offset, std::span<std::byte> bytes) {
  require_range(buffer, offset, bytes.size());
  if (!device_.queue())
    throw Error(ErrorCode::unsupported, "the device was lent without a queue: what lies on it can be copied in frames, not read at once");
  while (!bytes.empty()) {
    const std::lock_guard turn(copying_);
    prepare();
    const std::size_t part = std::min(bytes.size(), std::size_t(kStagingBytes));
    run([&](const DeviceTable& table) {
      const VkBufferCopy copy{VkDeviceSize(offset), 0, part};
      table.vkCmdCopyBuffer(commands_, buffer.handle(), staging_.handle(), 1, &copy);
    });
    staging_.invalidate();
    std::memcpy(bytes.data(), staging_.mapped().data(), part);
    offset += std::int64_t(part);
    bytes = bytes.subspan(part);
  }
}

void Transfer::zero(const Buffer& buffer, std::int64_t offset, std::int64_t bytes) {
  const std::int64_t rounded = (bytes + 3) / 4 * 4;
  require_range(buffer, offset, std::size_t(rounded));
  if (bytes == 0) return;
  if (!device_.queue()) return deferred_.zero(buffer, offset, rounded);
  for (std::int64_t done = 0, part = 0; done < rounded; done += part) {
    const std::lock_guard turn(copying_);
    prepare();
    part = std::min(rounded - done, kZeroedBytes);
    run([&](const DeviceTable& table) {
      table.vkCmdFillBuffer(commands_, buffer.handle(), VkDeviceSize(offset + done), VkDeviceSize(part), 0);
    });
  }
}

void Transfer::copy(std::span<const BufferCopy> copies) {
  if (copies.empty()) return;
  if (!device_.queue()) return deferred_.copy(copies);
  const std::lock_guard turn(copying_);
  prepare();
  run([&](const DeviceTable& table) {
    for (const BufferCopy& copy : copies) table.vkCmdCopyBuffer(commands_, copy.from, copy.to, 1, &copy.range);
  });
}

}  // namespace gouache
