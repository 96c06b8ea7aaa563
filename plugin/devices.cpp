// How does a context get its device, and what is said of devices?
#include "plugin/devices.h"

#include <cstdio>
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
      case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2:
        enabled.int64 |= reinterpret_cast<const VkPhysicalDeviceFeatures2*>(at)->features.shaderInt64 == VK_TRUE;
        break;
      case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES: {
        const auto& core = *reinterpret_cast<const VkPhysicalDeviceVulkan12Features*>(at);
        enabled.subgroup_broadcast_dynamic_id |= core.subgroupBroadcastDynamicId == VK_TRUE;
        enabled.timeline_semaphore |= core.timelineSemaphore == VK_TRUE;
        enabled.buffer_addresses |= core.bufferDeviceAddress == VK_TRUE;
        break;
      }
      case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_BUFFER_DEVICE_ADDRESS_FEATURES:
        enabled.buffer_addresses |=
            reinterpret_cast<const VkPhysicalDeviceBufferDeviceAddressFeatures*>(at)->bufferDeviceAddress == VK_TRUE;
        break;
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

/// The lender's callbacks as the device takes them.
LentMemory lent_memory(const GouMemory& memory) {
  if (!memory.allocate) return {};
  return {
      [allocate = memory.allocate, user = memory.user](MemoryPurpose purpose, std::uint32_t type, VkDeviceSize bytes, VkDeviceMemory* to) {
        return allocate(user, static_cast<GouMemoryPurpose>(purpose), type, bytes, to);
      },
      [release = memory.release, user = memory.user](MemoryPurpose purpose, std::uint32_t type, VkDeviceSize bytes, VkDeviceMemory of) {
        release(user, static_cast<GouMemoryPurpose>(purpose), type, bytes, of);
      }};
}
static_assert(GOU_MEMORY_ARENA == int(MemoryPurpose::arena) && GOU_MEMORY_STATE == int(MemoryPurpose::state) &&
              GOU_MEMORY_CONSTANT == int(MemoryPurpose::constant) && GOU_MEMORY_INPUT == int(MemoryPurpose::input) &&
              GOU_MEMORY_OUTPUT == int(MemoryPurpose::output) && GOU_MEMORY_STAGING == int(MemoryPurpose::staging));

void check_allocator(const VkAllocationCallbacks& allocator) {
  if (!allocator.pfnAllocation || !allocator.pfnReallocation || !allocator.pfnFree)
    throw Refusal(GOU_ERROR_INVALID_ARGUMENT, "GouVulkanHost: allocator lacks pfnAllocation, pfnReallocation or pfnFree");
  check_pair(allocator.pfnInternalAllocation, allocator.pfnInternalFree, "GouVulkanHost: pfnInternalAllocation and pfnInternalFree");
}

DeviceOptions options(const ContextChain& chain) {
  DeviceOptions made;
  if (chain.memory) made.memory_limit = chain.memory->limit;
  return made;
}

}  // namespace

std::unique_ptr<Device> open_device(const GouOwnDevice& wish, const ContextChain& chain) {
  if (chain.memory && chain.memory->allocate)
    throw Refusal(GOU_ERROR_INVALID_ARGUMENT, "GouMemory: allocate is for a GouVulkanHost, the device is Gouache's own");
  return std::make_unique<Device>(std::string_view(wish.device ? wish.device : ""), options(chain));
}

std::unique_ptr<Device> borrow_device(const GouVulkanHost& host, const ContextChain& chain) {
  required(host.instance, "GouVulkanHost: instance");
  required(host.physical_device, "GouVulkanHost: physical_device");
  required(host.device, "GouVulkanHost: device");
  if (!host.get_instance_proc_addr) throw Refusal(GOU_ERROR_INVALID_ARGUMENT, "GouVulkanHost: get_instance_proc_addr is NULL");
  if (host.enabled_features && host.enabled_features->sType != VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2)
    throw Refusal(GOU_ERROR_WRONG_STRUCT, "GouVulkanHost: enabled_features is no VkPhysicalDeviceFeatures2");
  if (host.allocator) check_allocator(*host.allocator);
  check_pair(host.lock_queue, host.unlock_queue, "GouVulkanHost: lock_queue and unlock_queue");
  if (host.pipeline_cache && chain.pipeline_cache)
    throw Refusal(GOU_ERROR_INVALID_ARGUMENT, "GouPipelineCacheData: the GouVulkanHost lends a pipeline_cache, expected one of the two");
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
  borrowed.allocator = host.allocator;
  borrowed.pipeline_cache = host.pipeline_cache;
  if (host.lock_queue) {
    borrowed.lock_queue = [lock = host.lock_queue, user = host.queue_user] { lock(user); };
    borrowed.unlock_queue = [unlock = host.unlock_queue, user = host.queue_user] { unlock(user); };
  }
  if (chain.memory) borrowed.memory = lent_memory(*chain.memory);
  return std::make_unique<Device>(borrowed, options(chain));
}

void fill_requirements(VkInstance instance, VkPhysicalDevice device, PFN_vkGetInstanceProcAddr get_instance_proc_addr,
                       GouRequirements& requirements) {
  const std::uint32_t api_version = requirements.api_version ? requirements.api_version : VK_API_VERSION_1_1;
  const DeviceInfo info = inspect_device(load_instance_table(get_instance_proc_addr, instance), device, api_version, false);
  GouRequirements filled{};
  filled.type = requirements.type;
  filled.size = requirements.size;
  filled.api_version = api_version;
  filled.least_api_version = VK_API_VERSION_1_1;
  filled.features.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
  std::snprintf(filled.refusal, sizeof filled.refusal, "%s", info.refusal.c_str());
  if (info.refusal.empty()) {
    filled.queue_family = spare_queue_family(info.facts);
    filled.queue_computes_only = !(info.facts.queue_families[filled.queue_family].queueFlags & VK_QUEUE_GRAPHICS_BIT);
    const DeviceWishes wishes = device_wishes(info.facts, wanted_features(info.facts, false));
    for (const char* extension : wishes.extensions) filled.extensions[filled.extension_count++] = extension;
    filled.features.features = wishes.features;
    filled.vulkan12 = wishes.core12;
    filled.subgroup_sizes = wishes.sizes;
    if (wishes.has_core12) filled.features.pNext = &requirements.vulkan12;
    if (wishes.has_sizes) {
      filled.subgroup_sizes.pNext = filled.features.pNext;
      filled.features.pNext = &requirements.subgroup_sizes;
    }
    filled.timeline = wishes.timeline;
    if (wishes.has_timeline) {
      filled.timeline.pNext = filled.features.pNext;
      filled.features.pNext = &requirements.timeline;
    }
  }
  requirements = filled;
}

std::string devices_json() {
  auto all = nlohmann::ordered_json::array();
  for (const DeviceInfo& info : list_devices()) {
    auto device = describe(info.facts, Catalog(info.caps));
    if (!info.refusal.empty()) device["refused"] = info.refusal;
    all.push_back(std::move(device));
  }
  return all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string device_json(const Device& device) {
  return describe(device.facts(), device.catalog()).dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace gouache
