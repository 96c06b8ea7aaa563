// How does a context get its device, and what is said of devices?
#include "plugin/devices.h"

#include <nlohmann/json.hpp>

#include "plugin/checks.h"
#include "plugin/device_text.h"

namespace gouache {
namespace {

/// What of a chain of feature structs matters to us; others are the host's own business.
EnabledFeatures read_features(const VkPhysicalDeviceFeatures2* features) {
  EnabledFeatures enabled;
  for (auto* at = reinterpret_cast<const VkBaseInStructure*>(features); at; at = at->pNext) {
    switch (at->sType) {
      case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES: {
        const auto& core = *reinterpret_cast<const VkPhysicalDeviceVulkan12Features*>(at);
        enabled.subgroup_broadcast_dynamic_id |= core.subgroupBroadcastDynamicId == VK_TRUE;
        enabled.timeline_semaphore |= core.timelineSemaphore == VK_TRUE;
        break;
      }
      case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES: {
        const auto& core = *reinterpret_cast<const VkPhysicalDeviceVulkan13Features*>(at);
        enabled.subgroup_size_control |= core.subgroupSizeControl == VK_TRUE;
        enabled.compute_full_subgroups |= core.computeFullSubgroups == VK_TRUE;
        break;
      }
      case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES: {
        const auto& sizes = *reinterpret_cast<const VkPhysicalDeviceSubgroupSizeControlFeatures*>(at);
        enabled.subgroup_size_control |= sizes.subgroupSizeControl == VK_TRUE;
        enabled.compute_full_subgroups |= sizes.computeFullSubgroups == VK_TRUE;
        break;
      }
      case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES:
        enabled.timeline_semaphore |= reinterpret_cast<const VkPhysicalDeviceTimelineSemaphoreFeatures*>(at)->timelineSemaphore == VK_TRUE;
        break;
      default: break;
    }
  }
  return enabled;
}

}  // namespace

std::unique_ptr<Device> open_device(const GouOwnDevice& wish) {
  return std::make_unique<Device>(std::string_view(wish.device ? wish.device : ""));
}

std::unique_ptr<Device> borrow_device(const GouVulkanHost& host) {
  required(host.instance, "GouVulkanHost: instance");
  required(host.physical_device, "GouVulkanHost: physical_device");
  required(host.device, "GouVulkanHost: device");
  required(host.queue, "GouVulkanHost: queue");
  if (!host.get_instance_proc_addr) throw Refusal(GOU_ERROR_INVALID_ARGUMENT, "GouVulkanHost: get_instance_proc_addr is NULL");
  if (host.enabled_features && host.enabled_features->sType != VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2)
    throw Refusal(GOU_ERROR_WRONG_STRUCT, "GouVulkanHost: enabled_features is no VkPhysicalDeviceFeatures2");
  BorrowedDevice borrowed;
  borrowed.instance = host.instance;
  borrowed.physical_device = host.physical_device;
  borrowed.device = host.device;
  borrowed.queue = host.queue;
  borrowed.queue_family = host.queue_family;
  borrowed.get_instance_proc_addr = host.get_instance_proc_addr;
  if (host.api_version) borrowed.api_version = host.api_version;
  borrowed.enabled = read_features(host.enabled_features);
  borrowed.enabled.debug_utils = host.debug_utils != 0;
  return std::make_unique<Device>(borrowed);
}

std::string devices_json() {
  auto all = nlohmann::ordered_json::array();
  for (const DeviceInfo& info : list_devices()) {
    auto device = describe(info.facts, info.caps);
    if (!info.refusal.empty()) device["refused"] = info.refusal;
    all.push_back(std::move(device));
  }
  return all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string device_json(const Device& device) {
  return describe(device.facts(), device.caps()).dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace gouache
