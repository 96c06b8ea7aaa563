// Which Vulkan device does the studio own, and what does every part of it need of that device?
#include "demo/studio/gpu.h"

#include <algorithm>
#include <cstring>

namespace gouache::studio {
namespace {

/// The most capable kind of device comes first.
int rank(VkPhysicalDeviceType type) {
  switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU: return 0;
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU: return 1;
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU: return 2;
    default: return 3;
  }
}

/// The first family that draws, computes and presents; that many families where there is none.
std::uint32_t family_of(VkInstance instance, VkPhysicalDevice device,
                        const std::function<bool(VkInstance, VkPhysicalDevice, std::uint32_t)>& presents) {
  std::uint32_t count = 0;
  vkGetPhysicalDeviceQueueFamilyProperties(device, &count, nullptr);
  std::vector<VkQueueFamilyProperties> families(count);
  vkGetPhysicalDeviceQueueFamilyProperties(device, &count, families.data());
  constexpr VkQueueFlags kBoth = VK_QUEUE_GRAPHICS_BIT | VK_QUEUE_COMPUTE_BIT;
  for (std::uint32_t i = 0; i < count; ++i)
    if ((families[i].queueFlags & kBoth) == kBoth && presents(instance, device, i)) return i;
  return count;
}

bool has_extension(VkPhysicalDevice device, const char* name) {
  std::uint32_t count = 0;
  vkEnumerateDeviceExtensionProperties(device, nullptr, &count, nullptr);
  std::vector<VkExtensionProperties> all(count);
  vkEnumerateDeviceExtensionProperties(device, nullptr, &count, all.data());
  return std::ranges::any_of(all, [&](const VkExtensionProperties& one) { return !std::strcmp(one.extensionName, name); });
}

}  // namespace

VkResult vulkan(VkResult result, const char* call) {
  if (result == VK_ERROR_DEVICE_LOST) throw DeviceLost(std::string(call) + ": the Vulkan device was lost");
  if (result < 0) throw std::runtime_error(std::string(call) + " failed (VkResult " + std::to_string(result) + ")");
  return result;
}

namespace {

/// The callbacks of GouMemory: plain allocations, counted. `user` is a LibraryCounter.
struct LibraryMemory {
  static VkResult allocate(void* user, GouMemoryPurpose purpose, std::uint32_t type, std::uint64_t bytes, VkDeviceMemory* memory) {
    const auto& counter = *static_cast<LibraryCounter*>(user);
    const VkMemoryAllocateInfo info{VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO, nullptr, bytes, type};
    const VkResult result = vkAllocateMemory(counter.device, &info, nullptr, memory);
    if (result == VK_SUCCESS) (*counter.use)[purpose] += bytes;
    return result;
  }
  static void release(void* user, GouMemoryPurpose purpose, std::uint32_t, std::uint64_t bytes, VkDeviceMemory memory) {
    const auto& counter = *static_cast<LibraryCounter*>(user);
    vkFreeMemory(counter.device, memory, nullptr);
    (*counter.use)[purpose] -= bytes;
  }
};

}  // namespace

Gpu::Gpu(const std::vector<const char*>& extensions, const std::string& device,
         const std::function<bool(VkInstance, VkPhysicalDevice, std::uint32_t)>& presents) {
  VkApplicationInfo application{};
  application.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO;
  application.pApplicationName = "Gouache Studio";
  application.apiVersion = VK_API_VERSION_1_1;
  VkInstanceCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO;
  info.pApplicationInfo = &application;
  info.enabledExtensionCount = static_cast<std::uint32_t>(extensions.size());
  info.ppEnabledExtensionNames = extensions.data();
  vulkan(vkCreateInstance(&info, nullptr, &instance_), "vkCreateInstance");
  try {
    choose(device, presents);
    open_device();
    open_painter();
  } catch (...) {
    if (device_) vkDestroyDevice(device_, nullptr);
    vkDestroyInstance(instance_, nullptr);
    throw;
  }
}

Gpu::~Gpu() {
  vkDeviceWaitIdle(device_);
  end_retired();
  painter_.reset();
  vkDestroyDevice(device_, nullptr);
  vkDestroyInstance(instance_, nullptr);
}

void Gpu::choose(const std::string& wanted, const std::function<bool(VkInstance, VkPhysicalDevice, std::uint32_t)>& presents) {
  std::uint32_t count = 0;
  vulkan(vkEnumeratePhysicalDevices(instance_, &count, nullptr), "vkEnumeratePhysicalDevices");
  std::vector<VkPhysicalDevice> devices(count);
  vulkan(vkEnumeratePhysicalDevices(instance_, &count, devices.data()), "vkEnumeratePhysicalDevices");
  std::string refused;
  for (VkPhysicalDevice device : devices) {
    VkPhysicalDeviceProperties properties;
    vkGetPhysicalDeviceProperties(device, &properties);
    const std::string name = properties.deviceName;
    if (name.find(wanted) == name.npos) continue;
    if (physical_ && rank(properties.deviceType) >= rank(properties_.deviceType)) continue;
    auto wishes = api::of_type<GouRequirements>(GOU_TYPE_REQUIREMENTS);
    api::check(gouGetRequirements(instance_, device, vkGetInstanceProcAddr, &wishes));
    std::uint32_t families = 0;
    vkGetPhysicalDeviceQueueFamilyProperties(device, &families, nullptr);
    const std::uint32_t family = family_of(instance_, device, presents);
    if (*wishes.refusal || family == families || !has_extension(device, VK_KHR_SWAPCHAIN_EXTENSION_NAME)) {
      refused += "; " + name + ": " + (*wishes.refusal ? wishes.refusal : "it cannot show pictures in this window");
      continue;
    }
    physical_ = device;
    properties_ = properties;
    family_ = family;
  }
  if (physical_) return;
  if (!refused.empty()) throw std::runtime_error("no Vulkan device can serve" + refused);
  throw std::runtime_error(wanted.empty() ? "there is no Vulkan device" : "no Vulkan device has '" + wanted + "' in its name");
}

void Gpu::open_device() {
  vkGetPhysicalDeviceMemoryProperties(physical_, &memory_types_);
  wishes_ = api::of_type<GouRequirements>(GOU_TYPE_REQUIREMENTS);  // it points into itself: filled where it stays
  api::check(gouGetRequirements(instance_, physical_, vkGetInstanceProcAddr, &wishes_));
  std::vector<const char*> extensions(wishes_.extensions, wishes_.extensions + wishes_.extension_count);
  extensions.push_back(VK_KHR_SWAPCHAIN_EXTENSION_NAME);
  const float priority = 1;
  VkDeviceQueueCreateInfo queue{};
  queue.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO;
  queue.queueFamilyIndex = family_;
  queue.queueCount = 1;
  queue.pQueuePriorities = &priority;
  VkDeviceCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO;
  info.pNext = &wishes_.features;
  info.queueCreateInfoCount = 1;
  info.pQueueCreateInfos = &queue;
  info.enabledExtensionCount = static_cast<std::uint32_t>(extensions.size());
  info.ppEnabledExtensionNames = extensions.data();
  vulkan(vkCreateDevice(physical_, &info, nullptr, &device_), "vkCreateDevice");
  vkGetDeviceQueue(device_, family_, 0, &queue_);
}

void Gpu::open_painter() {
  auto memory = api::of_type<GouMemory>(GOU_TYPE_MEMORY);
  counter_ = std::make_unique<LibraryCounter>(LibraryCounter{device_, memory_use_.get()});
  memory.allocate = LibraryMemory::allocate;
  memory.release = LibraryMemory::release;
  memory.user = counter_.get();
  auto host = api::of_type<GouVulkanHost>(GOU_TYPE_VULKAN_HOST);
  host.next = &memory;
  host.instance = instance_;
  host.physical_device = physical_;
  host.device = device_;
  host.queue = queue_;
  host.queue_family = family_;
  host.get_instance_proc_addr = vkGetInstanceProcAddr;
  host.enabled_features = &wishes_.features;
  host.lock_queue = [](void* mutex) { static_cast<std::mutex*>(mutex)->lock(); };
  host.unlock_queue = [](void* mutex) { static_cast<std::mutex*>(mutex)->unlock(); };
  host.queue_user = &queue_mutex_;
  GouContext context = nullptr;
  api::check(gouCreateContext(&host, &context));
  painter_.reset(context);
}

void Gpu::submit(const VkSubmitInfo& info, VkFence fence) {
  const std::lock_guard held(queue_mutex_);
  vulkan(vkQueueSubmit(queue_, 1, &info, fence), "vkQueueSubmit");
}

VkResult Gpu::present(const VkPresentInfoKHR& info) {
  const std::lock_guard held(queue_mutex_);
  return vkQueuePresentKHR(queue_, &info);
}

void Gpu::wait_idle() {
  const std::lock_guard held(queue_mutex_);
  vulkan(vkDeviceWaitIdle(device_), "vkDeviceWaitIdle");
}

VkDeviceMemory Gpu::allocate(const VkMemoryRequirements& needs, VkMemoryPropertyFlags wanted) const {
  for (std::uint32_t i = 0; i < memory_types_.memoryTypeCount; ++i) {
    if (!(needs.memoryTypeBits >> i & 1) || (memory_types_.memoryTypes[i].propertyFlags & wanted) != wanted) continue;
    const VkMemoryAllocateInfo info{VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO, nullptr, needs.size, i};
    VkDeviceMemory memory;
    vulkan(vkAllocateMemory(device_, &info, nullptr, &memory), "vkAllocateMemory");
    return memory;
  }
  throw std::runtime_error("this device has no memory of the kind that is needed");
}

HostBuffer Gpu::host_buffer(VkDeviceSize size, VkBufferUsageFlags usage) const {
  HostBuffer made;
  made.size = size;
  VkBufferCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
  info.size = size;
  info.usage = usage;
  vulkan(vkCreateBuffer(device_, &info, nullptr, &made.buffer), "vkCreateBuffer");
  VkMemoryRequirements needs;
  vkGetBufferMemoryRequirements(device_, made.buffer, &needs);
  made.memory = allocate(needs, VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT);
  vulkan(vkBindBufferMemory(device_, made.buffer, made.memory, 0), "vkBindBufferMemory");
  vulkan(vkMapMemory(device_, made.memory, 0, VK_WHOLE_SIZE, 0, &made.data), "vkMapMemory");
  return made;
}

void Gpu::destroy(HostBuffer& buffer) const {
  vkDestroyBuffer(device_, buffer.buffer, nullptr);
  vkFreeMemory(device_, buffer.memory, nullptr);
  buffer = {};
}

VkShaderModule Gpu::shader(const std::uint32_t* words, std::size_t count) const {
  VkShaderModuleCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO;
  info.codeSize = count * 4;
  info.pCode = words;
  VkShaderModule module;
  vulkan(vkCreateShaderModule(device_, &info, nullptr, &module), "vkCreateShaderModule");
  return module;
}

void Gpu::retire(std::function<void()> end) { retired_.push_back({frame_, std::move(end)}); }

void Gpu::end_retired() {
  for (Retired& one : retired_) one.end();
  retired_.clear();
}

void Gpu::frame_begins(std::uint64_t number, std::uint64_t finished) {
  frame_ = number;
  const auto over = std::partition(retired_.begin(), retired_.end(), [&](const Retired& one) { return one.frame > finished; });
  std::for_each(over, retired_.end(), [](Retired& one) { one.end(); });
  retired_.erase(over, retired_.end());
}

}  // namespace gouache::studio
