// How does a test run a few commands of its own, and look into an image?
#include "tests/support/commands.h"

#include <cstring>

#include "host/vulkan/buffer.h"
#include "host/vulkan/result.h"

namespace gouache::testing {

Commands::Commands(Device& device) : device_(device) {
  VkCommandPoolCreateInfo pool{};
  pool.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
  pool.queueFamilyIndex = device.queue_family();
  pool_ = make_owned<OwnedCommandPool>(device, &DeviceTable::vkCreateCommandPool, "vkCreateCommandPool", pool);
  VkCommandBufferAllocateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
  info.commandPool = pool_.get();
  info.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
  info.commandBufferCount = 1;
  check(device.table().vkAllocateCommandBuffers(device.handle(), &info, &commands_), "vkAllocateCommandBuffers");
  VkFenceCreateInfo fence{};
  fence.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
  fence_ = make_owned<OwnedFence>(device, &DeviceTable::vkCreateFence, "vkCreateFence", fence);
  VkCommandBufferBeginInfo begin{};
  begin.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
  check(device.table().vkBeginCommandBuffer(commands_, &begin), "vkBeginCommandBuffer");
}

void Commands::run() {
  check(device_.table().vkEndCommandBuffer(commands_), "vkEndCommandBuffer");
  VkSubmitInfo batch{};
  batch.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
  batch.commandBufferCount = 1;
  batch.pCommandBuffers = &commands_;
  const VkFence fence = fence_.get();
  device_.submit(batch, fence);
  check(device_.table().vkWaitForFences(device_.handle(), 1, &fence, VK_TRUE, UINT64_MAX), "vkWaitForFences");
}

std::vector<std::uint8_t> read_level(Device& device, VkImage image, VkImageLayout layout, std::uint32_t level, std::uint32_t layer,
                                     std::uint32_t width, std::uint32_t height, std::int64_t texel_bytes) {
  const auto copy_image =
      reinterpret_cast<PFN_vkCmdCopyImageToBuffer>(device.instance_table().vkGetDeviceProcAddr(device.handle(), "vkCmdCopyImageToBuffer"));
  const std::int64_t bytes = texel_bytes * width * height;
  Buffer back(device, bytes, BufferPlace::readback, MemoryPurpose::staging, "a mip level");
  Commands commands(device);
  const auto transition = [&](VkImageLayout from, VkImageLayout to, VkPipelineStageFlags stages, VkAccessFlags access) {
    VkImageMemoryBarrier barrier{};
    barrier.sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER;
    barrier.srcAccessMask = VK_ACCESS_TRANSFER_READ_BIT;
    barrier.dstAccessMask = access;
    barrier.oldLayout = from;
    barrier.newLayout = to;
    barrier.srcQueueFamilyIndex = barrier.dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
    barrier.image = image;
    barrier.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, level, 1, layer, 1};
    device.table().vkCmdPipelineBarrier(commands.handle(), VK_PIPELINE_STAGE_TRANSFER_BIT, stages, 0, 0, nullptr, 0, nullptr, 1, &barrier);
  };
  VkBufferImageCopy copy{};
  copy.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, level, layer, 1};
  copy.imageExtent = {width, height, 1};
  if (layout != VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL)
    transition(layout, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_READ_BIT);
  copy_image(commands.handle(), image, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, back.handle(), 1, &copy);
  if (layout != VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL)
    transition(VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, layout, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
               VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT);
  const VkMemoryBarrier to_host{VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr, VK_ACCESS_TRANSFER_WRITE_BIT, VK_ACCESS_HOST_READ_BIT};
  device.table().vkCmdPipelineBarrier(commands.handle(), VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &to_host, 0,
                                      nullptr, 0, nullptr);
  commands.run();
  back.invalidate();
  std::vector<std::uint8_t> result(std::size_t(bytes), 0);
  std::memcpy(result.data(), back.mapped().data(), result.size());
  return result;
}

}  // namespace gouache::testing
