// Does Gouache work on a device that an engine made, use only what was enabled, and leave the device as it was?
#include <dlfcn.h>
#include <gtest/gtest.h>

#include "tests/abi/painter.h"

namespace gouache::testing {
namespace {

/// The smallest engine: one instance, one device with one compute queue, made with nothing but the loader.
class Engine {
 public:
  Engine() {
    void* library = dlopen("libvulkan.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library) throw std::runtime_error("libvulkan.so.1 cannot be opened");
    get_ = reinterpret_cast<PFN_vkGetInstanceProcAddr>(dlsym(library, "vkGetInstanceProcAddr"));
    VkApplicationInfo application{};
    application.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO;
    application.apiVersion = VK_API_VERSION_1_1;
    VkInstanceCreateInfo instance_info{};
    instance_info.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO;
    instance_info.pApplicationInfo = &application;
    require(call<PFN_vkCreateInstance>("vkCreateInstance")(&instance_info, nullptr, &instance_));
    std::uint32_t one = 1;
    const VkResult listed = call<PFN_vkEnumeratePhysicalDevices>("vkEnumeratePhysicalDevices")(instance_, &one, &gpu_);
    if (listed != VK_INCOMPLETE) require(listed);
    std::uint32_t count = 0;
    const auto families = call<PFN_vkGetPhysicalDeviceQueueFamilyProperties>("vkGetPhysicalDeviceQueueFamilyProperties");
    families(gpu_, &count, nullptr);
    std::vector<VkQueueFamilyProperties> properties(count);
    families(gpu_, &count, properties.data());
    while (family_ < count && !(properties[family_].queueFlags & VK_QUEUE_COMPUTE_BIT)) ++family_;
    const float priority = 1.0f;
    VkDeviceQueueCreateInfo queue_info{};
    queue_info.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO;
    queue_info.queueFamilyIndex = family_;
    queue_info.queueCount = 1;
    queue_info.pQueuePriorities = &priority;
    VkDeviceCreateInfo device_info{};
    device_info.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO;
    device_info.queueCreateInfoCount = 1;
    device_info.pQueueCreateInfos = &queue_info;
    require(call<PFN_vkCreateDevice>("vkCreateDevice")(gpu_, &device_info, nullptr, &device_));
    call<PFN_vkGetDeviceQueue>("vkGetDeviceQueue")(device_, family_, 0, &queue_);
  }
  ~Engine() {
    if (device_) call<PFN_vkDestroyDevice>("vkDestroyDevice")(device_, nullptr);
    if (instance_) call<PFN_vkDestroyInstance>("vkDestroyInstance")(instance_, nullptr);
  }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  GouVulkanHost host() const {
    auto host = of_type<GouVulkanHost>(GOU_TYPE_VULKAN_HOST);
    host.instance = instance_;
    host.physical_device = gpu_;
    host.device = device_;
    host.queue = queue_;
    host.queue_family = family_;
    host.api_version = VK_API_VERSION_1_1;
    host.get_instance_proc_addr = get_;
    return host;
  }
  VkResult wait_idle() const { return call<PFN_vkDeviceWaitIdle>("vkDeviceWaitIdle")(device_); }

 private:
  template <class Function>
  Function call(const char* name) const {
    return reinterpret_cast<Function>(get_(instance_, name));
  }
  static void require(VkResult result) {
    if (result != VK_SUCCESS) throw std::runtime_error("the test's own device: VkResult " + std::to_string(result));
  }

  PFN_vkGetInstanceProcAddr get_ = nullptr;
  VkInstance instance_ = VK_NULL_HANDLE;
  VkPhysicalDevice gpu_ = VK_NULL_HANDLE;
  VkDevice device_ = VK_NULL_HANDLE;
  VkQueue queue_ = VK_NULL_HANDLE;
  std::uint32_t family_ = 0;
};

std::vector<float> train_and_sample(GouContext context) {
  const GouTraining training = create_faces(context);
  if (!training) return {};
  run_steps(training, 10);
  std::vector<float> images = sample(training, 2, 8, 4);
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
  return images;
}

TEST(Borrowed, TwoContextsTrainLikeAnOwnDeviceAndLeaveTheEngineWhole) {
  ASSERT_NE(shared_context(), nullptr);
  const std::vector<float> expected = train_and_sample(shared_context());
  ASSERT_EQ(expected.size(), 32u);

  VkPhysicalDeviceTimelineSemaphoreFeatures timeline{};
  timeline.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES;
  VkPhysicalDeviceFeatures2 features{};
  features.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
  features.pNext = &timeline;  // named, but off: the same as not named
  const Engine engine;
  GouVulkanHost host = engine.host();
  GouContext contexts[2] = {};
  ASSERT_OK(gouCreateContext(&host, &contexts[0]));
  host.enabled_features = &features;
  ASSERT_OK(gouCreateContext(&host, &contexts[1]));
  for (const GouContext context : contexts) {  // the second works on when the first is gone
    const std::vector<float> images = train_and_sample(context);
    ASSERT_EQ(images.size(), expected.size());
    // Kernel rows may differ where less is enabled: sums of a few dozen floats in another order.
    for (std::size_t i = 0; i < images.size(); ++i) EXPECT_NEAR(images[i], expected[i], 1e-4f) << i;
    EXPECT_OK(gouDestroyContext(context));
    EXPECT_EQ(engine.wait_idle(), VK_SUCCESS);
  }
}

TEST(Borrowed, MissingHandlesAreNamed) {
  const Engine engine;
  GouContext context = nullptr;
  const auto expect_missing = [&](const char* name, auto GouVulkanHost::*member) {
    GouVulkanHost host = engine.host();
    host.*member = {};
    expect_error(GOU_ERROR_INVALID_ARGUMENT, name, gouCreateContext(&host, &context));
  };
  expect_missing("instance is NULL", &GouVulkanHost::instance);
  expect_missing("physical_device is NULL", &GouVulkanHost::physical_device);
  expect_missing("device is NULL", &GouVulkanHost::device);
  expect_missing("get_instance_proc_addr is NULL", &GouVulkanHost::get_instance_proc_addr);
  GouVulkanHost host = engine.host();
  host.queue_family = 1000;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "queue_family", gouCreateContext(&host, &context));
  host = engine.host();
  host.api_version = VK_API_VERSION_1_0;
  expect_error(GOU_ERROR_UNSUPPORTED, "1.1", gouCreateContext(&host, &context));
  EXPECT_EQ(context, nullptr);
}

}  // namespace
}  // namespace gouache::testing
