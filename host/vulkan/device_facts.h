// What is this physical device, what can it do, and is it enough for us?
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "host/graph/tensor_type.h"
#include "host/kernels/device_caps.h"
#include "host/vulkan/dispatch_table.h"

namespace gouache {

/// What the driver says of a physical device.
struct DeviceFacts {
  VkPhysicalDevice handle = VK_NULL_HANDLE;
  std::string name;                  ///< e.g. "llvmpipe (LLVM 15.0.6, 256 bits)"
  std::string driver_name;           ///< e.g. "llvmpipe"
  std::string driver_info;           ///< e.g. "Mesa 22.3.6 (LLVM 15.0.6)"
  std::uint32_t driver_version = 0;  ///< in the vendor's own packing
  VkDriverId driver_id = VkDriverId(0);
  VkPhysicalDeviceType type = VK_PHYSICAL_DEVICE_TYPE_OTHER;
  std::uint32_t api_version = 0;  ///< what device, instance and Gouache all speak
  std::uint32_t vendor_id = 0, device_id = 0;
  std::array<std::uint8_t, VK_UUID_SIZE> uuid{}, pipeline_cache_uuid{};
  VkPhysicalDeviceLimits limits{};
  VkDeviceSize max_allocation_bytes = 0;
  VkDeviceSize host_memory_alignment = 0;                                         ///< of host memory that is imported; 0: it cannot be
  std::uint32_t subgroup_size = 0, min_subgroup_size = 0, max_subgroup_size = 0;  ///< min and max are 0 where the driver cannot say
  bool required_size_in_compute = false;
  VkShaderStageFlags subgroup_stages = 0;
  VkSubgroupFeatureFlags subgroup_operations = 0;
  EnabledFeatures available;  ///< what could be enabled (debug_utils belongs to the instance and is false)
  std::vector<std::string> extensions;
  std::vector<VkQueueFamilyProperties> queue_families;
  VkPhysicalDeviceMemoryProperties memory{};

  bool has_extension(const char* extension) const;
};

/// Highest Vulkan version we make use of.
constexpr std::uint32_t kNewestApiVersion = VK_API_VERSION_1_3;

/// Asks the driver. `api_version` is the instance's. Throws Error(unsupported) for a device or instance older than Vulkan 1.1.
DeviceFacts query_facts(const InstanceTable& table, VkPhysicalDevice device, std::uint32_t api_version);

/// The record kernel rows ask, for a device on which `enabled` is enabled.
DeviceCaps make_caps(const DeviceFacts& facts, const EnabledFeatures& enabled);

/// Why a device with these facts cannot serve: "<device>: maxStorageBufferRange is 1,024, Gouache needs at least 134,217,728".
/// Empty when it can.
std::string refusal(const DeviceCaps& caps);

/// Index of the first queue family that computes; queue_families.size() when there is none.
std::uint32_t compute_queue_family(const DeviceFacts& facts);
/// The same, but one that cannot draw if there is one: its work runs beside an engine's frames.
std::uint32_t spare_queue_family(const DeviceFacts& facts);

/// "discrete GPU", "integrated GPU", "virtual GPU", "CPU" or "other".
const char* type_name(VkPhysicalDeviceType type);

/// "1.3.230".
std::string version_text(std::uint32_t version);

}  // namespace gouache
