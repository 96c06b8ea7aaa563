// What is this physical device, what can it do, and is it enough for us?
#include "host/vulkan/device_facts.h"

#include <algorithm>
#include <cstring>

#include "host/graph/error.h"
#include "host/vulkan/quirks.h"
#include "host/vulkan/result.h"

namespace gouache {

namespace {

template <typename T>
T chained(VkStructureType type, void* next = nullptr) {
  T record{};
  record.sType = type;
  record.pNext = next;
  return record;
}

void query_extensions(const InstanceTable& table, DeviceFacts& facts) {
  std::uint32_t count = 0;
  check(table.vkEnumerateDeviceExtensionProperties(facts.handle, nullptr, &count, nullptr), "vkEnumerateDeviceExtensionProperties");
  std::vector<VkExtensionProperties> extensions(count);
  check(table.vkEnumerateDeviceExtensionProperties(facts.handle, nullptr, &count, extensions.data()),
        "vkEnumerateDeviceExtensionProperties");
  for (const VkExtensionProperties& extension : extensions) facts.extensions.push_back(extension.extensionName);
}

void query_properties(const InstanceTable& table, DeviceFacts& facts) {
  auto driver = chained<VkPhysicalDeviceDriverProperties>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES);
  auto size = chained<VkPhysicalDeviceSubgroupSizeControlProperties>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_PROPERTIES);
  auto id = chained<VkPhysicalDeviceIDProperties>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES);
  auto subgroup = chained<VkPhysicalDeviceSubgroupProperties>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES, &id);
  auto maintenance = chained<VkPhysicalDeviceMaintenance3Properties>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES, &subgroup);
  auto properties = chained<VkPhysicalDeviceProperties2>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, &maintenance);
  auto host =
      chained<VkPhysicalDeviceExternalMemoryHostPropertiesEXT>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_MEMORY_HOST_PROPERTIES_EXT);
  const bool has_driver = facts.api_version >= VK_API_VERSION_1_2 || facts.has_extension(VK_KHR_DRIVER_PROPERTIES_EXTENSION_NAME);
  const bool has_size = facts.api_version >= VK_API_VERSION_1_3 || facts.has_extension(VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME);
  if (has_driver) {
    driver.pNext = properties.pNext;
    properties.pNext = &driver;
  }
  if (has_size) {
    size.pNext = properties.pNext;
    properties.pNext = &size;
  }
  if (facts.has_extension(VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME)) {
    host.pNext = properties.pNext;
    properties.pNext = &host;
  }
  table.vkGetPhysicalDeviceProperties2(facts.handle, &properties);
  facts.host_memory_alignment = host.minImportedHostPointerAlignment;
  facts.driver_name = has_driver ? driver.driverName : "";
  facts.driver_info = has_driver ? driver.driverInfo : "";
  facts.driver_id = has_driver ? driver.driverID : VkDriverId(0);
  facts.limits = properties.properties.limits;
  facts.max_allocation_bytes = maintenance.maxMemoryAllocationSize;
  facts.subgroup_size = subgroup.subgroupSize;
  facts.subgroup_stages = subgroup.supportedStages;
  facts.subgroup_operations = subgroup.supportedOperations;
  if (has_size) {
    facts.min_subgroup_size = size.minSubgroupSize;
    facts.max_subgroup_size = size.maxSubgroupSize;
    facts.required_size_in_compute = size.requiredSubgroupSizeStages & VK_SHADER_STAGE_COMPUTE_BIT;
  }
  std::copy(id.deviceUUID, id.deviceUUID + VK_UUID_SIZE, facts.uuid.begin());
  const std::uint8_t* cache_uuid = properties.properties.pipelineCacheUUID;
  std::copy(cache_uuid, cache_uuid + VK_UUID_SIZE, facts.pipeline_cache_uuid.begin());
}

void query_features(const InstanceTable& table, DeviceFacts& facts) {
  auto core12 = chained<VkPhysicalDeviceVulkan12Features>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES);
  auto timeline = chained<VkPhysicalDeviceTimelineSemaphoreFeatures>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES);
  auto size = chained<VkPhysicalDeviceSubgroupSizeControlFeatures>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES);
  auto features = chained<VkPhysicalDeviceFeatures2>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2);
  if (facts.api_version >= VK_API_VERSION_1_2)
    features.pNext = &core12;
  else if (facts.has_extension(VK_KHR_TIMELINE_SEMAPHORE_EXTENSION_NAME))
    features.pNext = &timeline;
  if (facts.api_version >= VK_API_VERSION_1_3 || facts.has_extension(VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME)) {
    size.pNext = features.pNext;
    features.pNext = &size;
  }
  table.vkGetPhysicalDeviceFeatures2(facts.handle, &features);
  facts.available.subgroup_size_control = size.subgroupSizeControl;
  facts.available.compute_full_subgroups = size.computeFullSubgroups;
  facts.available.subgroup_broadcast_dynamic_id = core12.subgroupBroadcastDynamicId;
  facts.available.buffer_addresses = core12.bufferDeviceAddress;
  facts.available.int64 = features.features.shaderInt64;
  facts.available.timeline_semaphore = core12.timelineSemaphore || timeline.timelineSemaphore;
}

}  // namespace

bool DeviceFacts::has_extension(const char* extension) const {
  return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
}

DeviceFacts query_facts(const InstanceTable& table, VkPhysicalDevice device, std::uint32_t api_version) {
  VkPhysicalDeviceProperties properties{};
  table.vkGetPhysicalDeviceProperties(device, &properties);
  DeviceFacts facts;
  facts.handle = device;
  facts.name = properties.deviceName;
  facts.type = properties.deviceType;
  facts.driver_version = properties.driverVersion;
  facts.vendor_id = properties.vendorID;
  facts.device_id = properties.deviceID;
  facts.api_version = std::min({properties.apiVersion, api_version, kNewestApiVersion});
  if (facts.api_version < VK_API_VERSION_1_1)
    throw Error(ErrorCode::unsupported, facts.name + ": Vulkan is " + version_text(properties.apiVersion) + " (instance " +
                                            version_text(api_version) + "), Gouache needs at least 1.1");
  query_extensions(table, facts);
  query_properties(table, facts);
  query_features(table, facts);
  std::uint32_t families = 0;
  table.vkGetPhysicalDeviceQueueFamilyProperties(device, &families, nullptr);
  facts.queue_families.resize(families);
  table.vkGetPhysicalDeviceQueueFamilyProperties(device, &families, facts.queue_families.data());
  table.vkGetPhysicalDeviceMemoryProperties(device, &facts.memory);
  return facts;
}

DeviceCaps make_caps(const DeviceFacts& facts, const EnabledFeatures& enabled) {
  const VkPhysicalDeviceLimits& limits = facts.limits;
  const Quirks& quirks = quirks_of(facts.driver_id);
  const bool in_compute = facts.subgroup_stages & VK_SHADER_STAGE_COMPUTE_BIT;
  const bool can_require = enabled.subgroup_size_control && enabled.compute_full_subgroups && facts.required_size_in_compute;
  const bool constant = facts.min_subgroup_size != 0 && facts.min_subgroup_size == facts.max_subgroup_size;

  DeviceCaps caps;
  caps.name = facts.name;
  caps.driver = (facts.driver_name.empty() ? "driver" : facts.driver_name) + " " +
                (facts.driver_info.empty() ? version_text(facts.driver_version) : facts.driver_info);
  caps.api_major = VK_API_VERSION_MAJOR(facts.api_version);
  caps.api_minor = VK_API_VERSION_MINOR(facts.api_version);
  caps.is_cpu = facts.type == VK_PHYSICAL_DEVICE_TYPE_CPU;
  caps.subgroup_size = can_require || constant || quirks.constant_subgroup ? facts.subgroup_size : 0;
  caps.subgroup_shuffle = in_compute && (facts.subgroup_operations & VK_SUBGROUP_FEATURE_SHUFFLE_BIT);
  caps.subgroup_quad = in_compute && (facts.subgroup_operations & VK_SUBGROUP_FEATURE_QUAD_BIT);
  caps.subgroup_dynamic_broadcast = caps.subgroup_quad && enabled.subgroup_broadcast_dynamic_id && facts.api_version >= VK_API_VERSION_1_2;
  caps.prefers_broadcast = quirks.prefers_broadcast;
  caps.buffer_addresses = enabled.buffer_addresses;
  caps.fast_gathers = caps.is_cpu && caps.buffer_addresses && cpu_gathers_fast();
  caps.max_invocations = std::min(limits.maxComputeWorkGroupInvocations, limits.maxComputeWorkGroupSize[0]);
  caps.max_groups = std::min({limits.maxComputeWorkGroupCount[0], limits.maxComputeWorkGroupCount[1], limits.maxComputeWorkGroupCount[2]});
  caps.max_push_bytes = limits.maxPushConstantsSize;
  caps.max_storage_buffers = std::min(limits.maxPerStageDescriptorStorageBuffers, limits.maxDescriptorSetStorageBuffers);
  caps.max_texel_buffers = std::min(limits.maxPerStageDescriptorSampledImages, limits.maxDescriptorSetSampledImages);
  caps.max_texels = limits.maxTexelBufferElements;
  caps.max_shared_bytes = limits.maxComputeSharedMemorySize;
  caps.max_storage_range = limits.maxStorageBufferRange;
  caps.min_offset_alignment = std::uint32_t(
      std::max({limits.minStorageBufferOffsetAlignment, limits.minUniformBufferOffsetAlignment, limits.minTexelBufferOffsetAlignment}));
  return caps;
}

std::string refusal(const DeviceCaps& caps) {
  struct Need {
    const char* limit;
    std::uint64_t value, least;
  };
  const DeviceCaps guaranteed;
  const Need needs[] = {
      {"maxComputeWorkGroupInvocations", caps.max_invocations, guaranteed.max_invocations},
      {"maxComputeWorkGroupCount", caps.max_groups, guaranteed.max_groups},
      {"maxPushConstantsSize", caps.max_push_bytes, guaranteed.max_push_bytes},
      {"maxPerStageDescriptorStorageBuffers", caps.max_storage_buffers, guaranteed.max_storage_buffers},
      {"maxPerStageDescriptorSampledImages", caps.max_texel_buffers, guaranteed.max_texel_buffers},
      {"maxTexelBufferElements", caps.max_texels, guaranteed.max_texels},
      {"maxComputeSharedMemorySize", caps.max_shared_bytes, guaranteed.max_shared_bytes},
      {"maxStorageBufferRange", caps.max_storage_range, guaranteed.max_storage_range},
  };
  for (const Need& need : needs)
    if (need.value < need.least)
      return caps.name + ": " + need.limit + " is " + grouped(need.value) + ", Gouache needs at least " + grouped(need.least);
  if (caps.min_offset_alignment > guaranteed.min_offset_alignment)
    return caps.name + ": the buffer offset alignment is " + grouped(caps.min_offset_alignment) + ", Gouache needs at most " +
           grouped(guaranteed.min_offset_alignment);
  return {};
}

namespace {

std::uint32_t queue_family(const DeviceFacts& facts, VkQueueFlags without) {
  std::uint32_t family = 0;
  for (const VkQueueFamilyProperties& properties : facts.queue_families) {
    if (properties.queueCount && (properties.queueFlags & (VK_QUEUE_COMPUTE_BIT | without)) == VK_QUEUE_COMPUTE_BIT) break;
    family++;
  }
  return family;
}

}  // namespace

std::uint32_t compute_queue_family(const DeviceFacts& facts) { return queue_family(facts, 0); }

std::uint32_t spare_queue_family(const DeviceFacts& facts) {
  const std::uint32_t spare = queue_family(facts, VK_QUEUE_GRAPHICS_BIT);
  return spare < facts.queue_families.size() ? spare : compute_queue_family(facts);
}

const char* type_name(VkPhysicalDeviceType type) {
  switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU: return "discrete GPU";
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU: return "integrated GPU";
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU: return "virtual GPU";
    case VK_PHYSICAL_DEVICE_TYPE_CPU: return "CPU";
    default: return "other";
  }
}

std::string version_text(std::uint32_t version) {
  return std::to_string(VK_API_VERSION_MAJOR(version)) + "." + std::to_string(VK_API_VERSION_MINOR(version)) + "." +
         std::to_string(VK_API_VERSION_PATCH(version));
}

}  // namespace gouache
