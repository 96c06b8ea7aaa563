// Who destroys a Vulkan object?  The Owned that holds it.
#pragma once

#include <utility>

#include "host/vulkan/device.h"

namespace gouache {

/// A device-level handle and the table's function that destroys it. Moves, does not copy; empty when default-made.
template <typename Handle, auto Destroy>
class Owned {
 public:
  Owned() = default;
  Owned(Device& device, Handle handle) : device_(&device), handle_(handle) {}
  Owned(Owned&& other) noexcept : device_(other.device_), handle_(std::exchange(other.handle_, Handle{})) {}
  Owned& operator=(Owned&& other) noexcept {
    std::swap(device_, other.device_);
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Owned() {
    if (handle_) (device_->table().*Destroy)(device_->handle(), handle_, device_->allocator());
  }
  Handle get() const { return handle_; }

 private:
  Device* device_ = nullptr;
  Handle handle_{};
};

using OwnedBuffer = Owned<VkBuffer, &DeviceTable::vkDestroyBuffer>;
using OwnedImage = Owned<VkImage, &DeviceTable::vkDestroyImage>;
using OwnedImageView = Owned<VkImageView, &DeviceTable::vkDestroyImageView>;
using OwnedBufferView = Owned<VkBufferView, &DeviceTable::vkDestroyBufferView>;
using OwnedShaderModule = Owned<VkShaderModule, &DeviceTable::vkDestroyShaderModule>;
using OwnedSetLayout = Owned<VkDescriptorSetLayout, &DeviceTable::vkDestroyDescriptorSetLayout>;
using OwnedPipelineLayout = Owned<VkPipelineLayout, &DeviceTable::vkDestroyPipelineLayout>;
using OwnedPipelineCache = Owned<VkPipelineCache, &DeviceTable::vkDestroyPipelineCache>;
using OwnedPipeline = Owned<VkPipeline, &DeviceTable::vkDestroyPipeline>;
using OwnedDescriptorPool = Owned<VkDescriptorPool, &DeviceTable::vkDestroyDescriptorPool>;
using OwnedCommandPool = Owned<VkCommandPool, &DeviceTable::vkDestroyCommandPool>;
using OwnedFence = Owned<VkFence, &DeviceTable::vkDestroyFence>;
using OwnedSemaphore = Owned<VkSemaphore, &DeviceTable::vkDestroySemaphore>;
using OwnedQueryPool = Owned<VkQueryPool, &DeviceTable::vkDestroyQueryPool>;

/// Creates through `create` (a DeviceTable member): the device checks and counts it. `function` names it in errors.
template <typename Result, typename Info, typename Create>
Result make_owned(Device& device, Create create, const char* function, const Info& info) {
  decltype(std::declval<Result>().get()) handle{};
  device.created((device.table().*create)(device.handle(), &info, device.allocator(), &handle), function);
  return Result(device, handle);
}

/// Names an object for debuggers; does nothing without debug utils.
void name_object(Device& device, VkObjectType type, std::uint64_t handle, const std::string& name);

}  // namespace gouache
