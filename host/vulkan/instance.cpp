// How does a tool get Vulkan of its own?
#include "host/vulkan/instance.h"

#include <algorithm>
#include <cstring>

#include "host/graph/error.h"
#include "host/vulkan/device_facts.h"
#include "host/vulkan/loader.h"
#include "host/vulkan/result.h"

namespace gouache {

namespace {

std::vector<VkExtensionProperties> instance_extensions(const GlobalTable& table) {
  std::uint32_t count = 0;
  check(table.vkEnumerateInstanceExtensionProperties(nullptr, &count, nullptr), "vkEnumerateInstanceExtensionProperties");
  std::vector<VkExtensionProperties> extensions(count);
  check(table.vkEnumerateInstanceExtensionProperties(nullptr, &count, extensions.data()), "vkEnumerateInstanceExtensionProperties");
  extensions.resize(count);
  return extensions;
}

}  // namespace

Instance::Instance(const std::function<void(InstanceTable&)>& hook) {
  const PFN_vkGetInstanceProcAddr loader = load_vulkan();
  const GlobalTable global = load_global_table(loader);
  check(global.vkEnumerateInstanceVersion(&api_version_), "vkEnumerateInstanceVersion");
  api_version_ = std::min(api_version_, kNewestApiVersion);

  const std::vector<VkExtensionProperties> available = instance_extensions(global);
  std::vector<const char*> names;
  VkInstanceCreateFlags flags = 0;
  auto take = [&](const char* name) {
    const bool found =
        std::any_of(available.begin(), available.end(), [&](const auto& e) { return std::strcmp(e.extensionName, name) == 0; });
    if (found) names.push_back(name);
    return found;
  };
  debug_utils_ = take(VK_EXT_DEBUG_UTILS_EXTENSION_NAME);
  if (take(VK_KHR_PORTABILITY_ENUMERATION_EXTENSION_NAME)) flags |= VK_INSTANCE_CREATE_ENUMERATE_PORTABILITY_BIT_KHR;

  VkApplicationInfo application{};
  application.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO;
  application.pApplicationName = "gouache";
  application.apiVersion = api_version_;
  VkInstanceCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO;
  info.flags = flags;
  info.pApplicationInfo = &application;
  info.enabledExtensionCount = std::uint32_t(names.size());
  info.ppEnabledExtensionNames = names.data();
  const VkResult result = global.vkCreateInstance(&info, nullptr, &handle_);
  if (result == VK_ERROR_INCOMPATIBLE_DRIVER) throw Error(ErrorCode::unsupported, "Vulkan: the loader found no driver");
  check(result, "vkCreateInstance");
  try {
    table_ = load_instance_table(loader, handle_);
  } catch (...) {
    if (auto destroy = reinterpret_cast<PFN_vkDestroyInstance>(loader(handle_, "vkDestroyInstance"))) destroy(handle_, nullptr);
    throw;
  }
  if (hook) hook(table_);
}

Instance::~Instance() { table_.vkDestroyInstance(handle_, nullptr); }

std::vector<VkPhysicalDevice> Instance::physical_devices() const { return gouache::physical_devices(table_, handle_); }

std::vector<VkPhysicalDevice> physical_devices(const InstanceTable& table, VkInstance instance) {
  std::uint32_t count = 0;
  check(table.vkEnumeratePhysicalDevices(instance, &count, nullptr), "vkEnumeratePhysicalDevices");
  std::vector<VkPhysicalDevice> devices(count);
  check(table.vkEnumeratePhysicalDevices(instance, &count, devices.data()), "vkEnumeratePhysicalDevices");
  devices.resize(count);
  return devices;
}

}  // namespace gouache
