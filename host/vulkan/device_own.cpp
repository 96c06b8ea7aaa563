// How is a device of our own chosen and made?
#include <algorithm>
#include <cctype>

#include "host/graph/error.h"
#include "host/vulkan/device.h"
#include "host/vulkan/large_pages.h"
#include "host/vulkan/pipeline.h"
#include "host/vulkan/quirks.h"
#include "host/vulkan/result.h"
#include "host/vulkan/transfer.h"

namespace gouache {

namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return result;
}

/// Smaller is better.
int rank(VkPhysicalDeviceType type) {
  constexpr VkPhysicalDeviceType kOrder[] = {VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU, VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU,
                                             VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU, VK_PHYSICAL_DEVICE_TYPE_CPU};
  return int(std::find(std::begin(kOrder), std::end(kOrder), type) - std::begin(kOrder));
}

std::vector<DeviceInfo> describe_all(const Instance& instance) {
  std::vector<DeviceInfo> devices;
  for (VkPhysicalDevice handle : instance.physical_devices()) {
    devices.push_back(inspect_device(instance.table(), handle, instance.api_version(), instance.debug_utils()));
  }
  return devices;
}

std::string names(const std::vector<DeviceInfo>& devices) {
  std::string text;
  for (std::size_t i = 0; i < devices.size(); i++) text += (i ? ", " : "") + std::to_string(i) + ": " + devices[i].facts.name;
  return text;
}

const DeviceInfo& choose(const std::vector<DeviceInfo>& devices, std::string_view selector) {
  if (devices.empty()) throw Error(ErrorCode::unsupported, "Vulkan: no driver offers a device");
  const bool number = !selector.empty() && std::all_of(selector.begin(), selector.end(), [](unsigned char c) { return std::isdigit(c); });
  if (number) {
    const std::size_t index = selector.size() > 4 ? devices.size() : std::stoul(std::string(selector));
    if (index >= devices.size()) throw Error("device " + std::string(selector) + ": there is no such number; there are " + names(devices));
    return devices[index];
  }
  const DeviceInfo* best = nullptr;
  auto worse = [](const DeviceInfo& info) { return std::pair(!info.refusal.empty(), rank(info.facts.type)); };
  for (const DeviceInfo& info : devices) {
    const bool fits = lower(info.facts.name).find(lower(selector)) != std::string::npos ||
                      lower(info.facts.driver_name).find(lower(selector)) != std::string::npos;
    if (fits && (!best || worse(info) < worse(*best))) best = &info;
  }
  if (!best) throw Error("device '" + std::string(selector) + "': no device or driver has that in its name; there are " + names(devices));
  return *best;
}

}  // namespace

DeviceInfo inspect_device(const InstanceTable& table, VkPhysicalDevice device, std::uint32_t api_version, bool debug_utils) {
  DeviceInfo info;
  try {
    info.facts = query_facts(table, device, api_version);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::unsupported) throw;
    VkPhysicalDeviceProperties properties{};
    table.vkGetPhysicalDeviceProperties(device, &properties);
    info.facts.name = properties.deviceName;
    info.facts.type = properties.deviceType;
    info.facts.api_version = properties.apiVersion;
    info.refusal = error.what();
    return info;
  }
  info.caps = make_caps(info.facts, wanted_features(info.facts, debug_utils));
  info.refusal = refusal(info.caps);
  if (info.refusal.empty() && compute_queue_family(info.facts) == info.facts.queue_families.size())
    info.refusal = info.facts.name + ": no queue family has VK_QUEUE_COMPUTE_BIT";
  return info;
}

namespace {

/// Whether a device of ours computes in memory that we take from the system ourselves: a software driver's own may come in small pages.
bool imports_host_memory(const DeviceFacts& facts) {
  return facts.type == VK_PHYSICAL_DEVICE_TYPE_CPU && facts.host_memory_alignment > 0 && facts.host_memory_alignment <= kLargePageBytes;
}

}  // namespace

EnabledFeatures wanted_features(const DeviceFacts& facts, bool debug_utils) {
  EnabledFeatures wanted = facts.available;
  wanted.subgroup_size_control = wanted.compute_full_subgroups =
      facts.available.subgroup_size_control && facts.available.compute_full_subgroups && facts.required_size_in_compute;
  wanted.buffer_addresses = facts.available.buffer_addresses && prefers_addresses(facts.driver_id, facts.driver_info);
  wanted.int64 = facts.available.int64 && wanted.buffer_addresses;
  wanted.debug_utils = debug_utils;
  return wanted;
}

DeviceWishes device_wishes(const DeviceFacts& facts, const EnabledFeatures& wanted) {
  constexpr const char* kPortabilitySubset = "VK_KHR_portability_subset";  // must be enabled wherever it is offered
  DeviceWishes wishes;
  wishes.features.shaderInt64 = wanted.int64;
  wishes.core12.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES;
  wishes.core12.subgroupBroadcastDynamicId = wanted.subgroup_broadcast_dynamic_id;
  wishes.core12.timelineSemaphore = wanted.timeline_semaphore;
  wishes.core12.bufferDeviceAddress = wanted.buffer_addresses;
  wishes.has_core12 = facts.api_version >= VK_API_VERSION_1_2;
  wishes.timeline.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES;
  wishes.has_timeline = wanted.timeline_semaphore && !wishes.has_core12;
  wishes.timeline.timelineSemaphore = wishes.has_timeline;
  wishes.sizes.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES;
  wishes.sizes.subgroupSizeControl = wishes.sizes.computeFullSubgroups = wanted.subgroup_size_control;
  wishes.has_sizes = wanted.subgroup_size_control;
  if (wishes.has_sizes && facts.api_version < VK_API_VERSION_1_3) wishes.extensions.push_back(VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME);
  if (wishes.has_timeline) wishes.extensions.push_back(VK_KHR_TIMELINE_SEMAPHORE_EXTENSION_NAME);
  if (wanted.host_memory) wishes.extensions.push_back(VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME);
  if (facts.has_extension(kPortabilitySubset)) wishes.extensions.push_back(kPortabilitySubset);
  return wishes;
}

std::vector<DeviceInfo> list_devices() { return describe_all(Instance()); }

Device::Device(std::string_view selector, DeviceOptions options) {
  own_instance_ = std::make_unique<Instance>(options.instance_hook);
  instance_ = own_instance_->handle();
  instance_table_ = own_instance_->table();
  const std::vector<DeviceInfo> devices = describe_all(*own_instance_);
  const DeviceInfo& chosen = choose(devices, selector);
  if (!chosen.refusal.empty()) throw Error(ErrorCode::unsupported, chosen.refusal);
  facts_ = chosen.facts;
  enabled_ = wanted_features(facts_, own_instance_->debug_utils());
  enabled_.host_memory = imports_host_memory(facts_);
  if (options.buffer_addresses) enabled_.buffer_addresses = *options.buffer_addresses && facts_.available.buffer_addresses;
  enabled_.int64 = facts_.available.int64 && enabled_.buffer_addresses;
  queue_family_ = compute_queue_family(facts_);
  make_own_device();
  finish(options);
}

void Device::make_own_device() {
  DeviceWishes wishes = device_wishes(facts_, enabled_);
  void* next = wishes.has_core12 ? &wishes.core12 : nullptr;
  if (wishes.has_sizes) {
    wishes.sizes.pNext = next;
    next = &wishes.sizes;
  }
  if (wishes.has_timeline) {
    wishes.timeline.pNext = next;
    next = &wishes.timeline;
  }
  const float priority = 1.0f;
  VkDeviceQueueCreateInfo queue{};
  queue.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO;
  queue.queueFamilyIndex = queue_family_;
  queue.queueCount = 1;
  queue.pQueuePriorities = &priority;
  VkDeviceCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO;
  info.pNext = next;
  info.pEnabledFeatures = &wishes.features;
  info.queueCreateInfoCount = 1;
  info.pQueueCreateInfos = &queue;
  info.enabledExtensionCount = std::uint32_t(wishes.extensions.size());
  info.ppEnabledExtensionNames = wishes.extensions.data();
  check(instance_table_.vkCreateDevice(facts_.handle, &info, nullptr, &device_), "vkCreateDevice", facts_.name);
  own_device_.handle = device_;
  own_device_.destroy = reinterpret_cast<PFN_vkDestroyDevice>(instance_table_.vkGetDeviceProcAddr(device_, "vkDestroyDevice"));
  table_ = load_device_table(instance_table_, device_, enabled_);
  table_.vkGetDeviceQueue(device_, queue_family_, 0, &queue_);
}

}  // namespace gouache
