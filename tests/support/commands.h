// How does a test run a few commands of its own, and look into an image?
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/vulkan/owned.h"

namespace gouache::testing {

/// A command buffer that is being recorded from the start; run() ends it, submits it to the device's queue and waits.
class Commands {
 public:
  explicit Commands(Device& device);
  VkCommandBuffer handle() const { return commands_; }
  void run();

 private:
  Device& device_;
  OwnedCommandPool pool_;
  VkCommandBuffer commands_ = VK_NULL_HANDLE;
  OwnedFence fence_;
};

/// Bytes of one layer of a mip level of a colour image; `layout` is the image's before and after. Ordered after transfers that were made
/// available to transfer reads.
std::vector<std::uint8_t> read_level(Device& device, VkImage image, VkImageLayout layout, std::uint32_t level, std::uint32_t layer,
                                     std::uint32_t width, std::uint32_t height, std::int64_t texel_bytes);

}  // namespace gouache::testing
