// What does an engine's own device look like?
#include "tests/support/engine.h"

#include "host/vulkan/loader.h"
#include "host/vulkan/result.h"

namespace gouache::testing {

Engine::Engine(std::uint32_t api_version, bool timeline_semaphore) : api_version_(api_version), loader_(load_vulkan()) {
  const GlobalTable global = load_global_table(loader_);
  std::uint32_t count = 0;
  check(global.vkEnumerateInstanceExtensionProperties(nullptr, &count, nullptr), "vkEnumerateInstanceExtensionProperties");
  std::vector<VkExtensionProperties> extensions(count);
  check(global.vkEnumerateInstanceExtensionProperties(nullptr, &count, extensions.data()), "vkEnumerateInstanceExtensionProperties");
  for (const VkExtensionProperties& extension : extensions)
    if (std::string(extension.extensionName) == VK_EXT_DEBUG_UTILS_EXTENSION_NAME) enabled_.debug_utils = true;

  const char* debug_utils = VK_EXT_DEBUG_UTILS_EXTENSION_NAME;
  VkApplicationInfo application{};
  application.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO;
  application.apiVersion = api_version_;
  VkInstanceCreateInfo instance{};
  instance.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO;
  instance.pApplicationInfo = &application;
  instance.enabledExtensionCount = enabled_.debug_utils ? 1 : 0;
  instance.ppEnabledExtensionNames = &debug_utils;
  check(global.vkCreateInstance(&instance, nullptr, &instance_), "vkCreateInstance");
  instance_table_ = load_instance_table(loader_, instance_);
  listener_ = std::make_unique<ValidationListener>(loader_, instance_);

  // The physical device that the shared test device is on, found again by its UUID.
  for (VkPhysicalDevice candidate : physical_devices(instance_table_, instance_)) {
    const DeviceFacts facts = query_facts(instance_table_, candidate, api_version_);
    if (facts.uuid != test_device().facts().uuid) continue;
    physical_device_ = candidate;
    queue_family_ = compute_queue_family(facts);
  }
  const float priority = 1.0f;
  VkDeviceQueueCreateInfo queue{};
  queue.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO;
  queue.queueFamilyIndex = queue_family_;
  queue.queueCount = 1;
  queue.pQueuePriorities = &priority;
  VkDeviceCreateInfo device{};
  device.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO;
  device.queueCreateInfoCount = 1;
  device.pQueueCreateInfos = &queue;
  const char* timeline_extension = VK_KHR_TIMELINE_SEMAPHORE_EXTENSION_NAME;
  if (timeline_semaphore) {
    timeline_.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES;
    timeline_.timelineSemaphore = VK_TRUE;
    features_.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
    features_.pNext = &timeline_;
    device.pNext = &features_;
    device.enabledExtensionCount = api_version_ < VK_API_VERSION_1_2 ? 1 : 0;
    device.ppEnabledExtensionNames = &timeline_extension;
    enabled_.timeline_semaphore = true;
  }
  check(instance_table_.vkCreateDevice(physical_device_, &device, nullptr, &device_), "vkCreateDevice");
  table_ = load_device_table(instance_table_, device_, enabled_);
  table_.vkGetDeviceQueue(device_, queue_family_, 0, &queue_);
}

Engine::~Engine() {
  if (device_) table_.vkDestroyDevice(device_, nullptr);
  listener_.reset();
  if (instance_) instance_table_.vkDestroyInstance(instance_, nullptr);
}

BorrowedDevice Engine::lend() const {
  BorrowedDevice borrowed;
  borrowed.instance = instance_;
  borrowed.physical_device = physical_device_;
  borrowed.device = device_;
  borrowed.queue = queue_;
  borrowed.queue_family = queue_family_;
  borrowed.get_instance_proc_addr = loader_;
  borrowed.api_version = api_version_;
  borrowed.enabled = enabled_;
  return borrowed;
}

}  // namespace gouache::testing
