// What does an engine's own device look like?  The smallest one, made with nothing but the loader, for tests of borrowing.
#pragma once

#include "host/vulkan/device.h"
#include "tests/support/test_device.h"

namespace gouache::testing {

/// An instance and a device of the engine's making, destroyed at the end. No feature or extension but debug utils (if the
/// instance offers it) and, where asked for, timeline semaphores is enabled.
class Engine {
 public:
  /// `api_version` as in VkApplicationInfo. Throws Error when Vulkan refuses.
  explicit Engine(std::uint32_t api_version = VK_API_VERSION_1_1, bool timeline_semaphore = false);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// What the engine lends.
  BorrowedDevice lend() const;
  /// The features enabled, as VkDeviceCreateInfo had them; null: none.
  const VkPhysicalDeviceFeatures2* features() const { return enabled_.timeline_semaphore ? &features_ : nullptr; }
  const DeviceTable& table() const { return table_; }
  VkDevice device() const { return device_; }
  VkQueue queue() const { return queue_; }

 private:
  std::uint32_t api_version_;
  PFN_vkGetInstanceProcAddr loader_;
  VkInstance instance_ = VK_NULL_HANDLE;
  VkPhysicalDevice physical_device_ = VK_NULL_HANDLE;
  VkDevice device_ = VK_NULL_HANDLE;
  VkQueue queue_ = VK_NULL_HANDLE;
  std::uint32_t queue_family_ = 0;
  EnabledFeatures enabled_;
  VkPhysicalDeviceTimelineSemaphoreFeatures timeline_{};
  VkPhysicalDeviceFeatures2 features_{};
  InstanceTable instance_table_;
  DeviceTable table_;
  std::unique_ptr<ValidationListener> listener_;
};

}  // namespace gouache::testing
