// How does a tool get Vulkan of its own?  An instance made from the system's loader; the plugin borrows the engine's instead.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "host/vulkan/dispatch_table.h"

namespace gouache {

/// An instance of our own: Vulkan 1.1 up to 1.3 as the loader offers, debug utils if it has them. Destroys itself.
class Instance {
 public:
  /// `hook` (may be empty) sees the table right after it was filled and may replace functions in it.
  /// Throws Error(unsupported) when there is no loader, no driver or only Vulkan 1.0.
  explicit Instance(const std::function<void(InstanceTable&)>& hook = {});
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  VkInstance handle() const { return handle_; }
  const InstanceTable& table() const { return table_; }
  std::uint32_t api_version() const { return api_version_; }
  bool debug_utils() const { return debug_utils_; }
  std::vector<VkPhysicalDevice> physical_devices() const;

 private:
  VkInstance handle_ = VK_NULL_HANDLE;
  InstanceTable table_;
  std::uint32_t api_version_ = 0;
  bool debug_utils_ = false;
};

/// Physical devices of `instance`, in the loader's order.
std::vector<VkPhysicalDevice> physical_devices(const InstanceTable& table, VkInstance instance);

}  // namespace gouache
