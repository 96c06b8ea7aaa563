// Can a host make the best device for Gouache from gouGetRequirements alone, and does it hear why a device cannot serve?
#include <gtest/gtest.h>

#include <set>

#include "host/vulkan/quirks.h"
#include "tests/abi/borrowed.h"

namespace gouache::testing {
namespace {

GouRequirements requirements_of(const Engine& engine, std::uint32_t api_version, PFN_vkGetInstanceProcAddr loader = nullptr) {
  const BorrowedDevice lent = engine.lend();
  auto asked = of_type<GouRequirements>(GOU_TYPE_REQUIREMENTS);
  asked.api_version = api_version;
  EXPECT_OK(gouGetRequirements(lent.instance, lent.physical_device, loader ? loader : lent.get_instance_proc_addr, &asked));
  return asked;
}

class Requirements : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(Requirements, MakeADeviceThatTrains) {
  const Engine engine(GetParam());
  const BorrowedDevice lent = engine.lend();
  const InstanceTable table = load_instance_table(lent.get_instance_proc_addr, lent.instance);
  auto asked = of_type<GouRequirements>(GOU_TYPE_REQUIREMENTS);
  asked.api_version = GetParam();
  ASSERT_OK(gouGetRequirements(lent.instance, lent.physical_device, lent.get_instance_proc_addr, &asked));
  EXPECT_STREQ(asked.refusal, "");
  EXPECT_EQ(asked.least_api_version, VK_API_VERSION_1_1);

  const DeviceFacts facts = query_facts(table, lent.physical_device, GetParam());
  const bool sizes = facts.available.subgroup_size_control && facts.available.compute_full_subgroups && facts.required_size_in_compute;
  EXPECT_EQ(asked.subgroup_sizes.subgroupSizeControl && asked.subgroup_sizes.computeFullSubgroups, sizes);
  EXPECT_EQ(asked.vulkan12.subgroupBroadcastDynamicId == VK_TRUE, facts.available.subgroup_broadcast_dynamic_id);
  EXPECT_EQ(asked.features.features.shaderInt64 == VK_TRUE, facts.available.int64 && asked.vulkan12.bufferDeviceAddress == VK_TRUE);
  EXPECT_EQ(asked.vulkan12.bufferDeviceAddress == VK_TRUE,
            facts.available.buffer_addresses && prefers_addresses(facts.driver_id, facts.driver_info));
  std::set<const void*> chained;
  for (auto* at = static_cast<const VkBaseInStructure*>(asked.features.pNext); at; at = at->pNext) chained.insert(at);
  EXPECT_EQ(chained.count(&asked.subgroup_sizes) != 0, sizes);
  EXPECT_EQ(chained.count(&asked.vulkan12) != 0, GetParam() >= VK_API_VERSION_1_2);
  const bool timeline = facts.available.timeline_semaphore, core12 = GetParam() >= VK_API_VERSION_1_2;
  EXPECT_EQ(asked.vulkan12.timelineSemaphore == VK_TRUE, timeline);
  EXPECT_EQ(chained.count(&asked.timeline) != 0, timeline && !core12);
  EXPECT_EQ(asked.timeline.timelineSemaphore == VK_TRUE, timeline && !core12);
  std::set<std::string> extensions;  // on a device of no portability subset
  if (sizes && GetParam() < VK_API_VERSION_1_3) extensions.insert(VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME);
  if (timeline && !core12) extensions.insert(VK_KHR_TIMELINE_SEMAPHORE_EXTENSION_NAME);
  EXPECT_EQ(std::set<std::string>(asked.extensions, asked.extensions + asked.extension_count), extensions);

  const float priority = 1.0f;
  VkDeviceQueueCreateInfo queue{};
  queue.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO;
  queue.queueFamilyIndex = asked.queue_family;
  queue.queueCount = 1;
  queue.pQueuePriorities = &priority;
  VkDeviceCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO;
  info.pNext = &asked.features;
  info.queueCreateInfoCount = 1;
  info.pQueueCreateInfos = &queue;
  info.enabledExtensionCount = asked.extension_count;
  info.ppEnabledExtensionNames = asked.extensions;
  GouVulkanHost host = lent_host(engine);
  ASSERT_EQ(table.vkCreateDevice(lent.physical_device, &info, nullptr, &host.device), VK_SUCCESS);
  const DeviceTable functions = load_device_table(table, host.device, {});
  functions.vkGetDeviceQueue(host.device, asked.queue_family, 0, &host.queue);
  host.queue_family = asked.queue_family;
  host.enabled_features = &asked.features;

  GouContext context = nullptr;
  EXPECT_OK(gouCreateContext(&host, &context));
  // Where the versions are the same, such a device is as able as Gouache's own, to the last kernel row.
  if (GetParam() == VK_API_VERSION_1_3) { EXPECT_EQ(description(context), description(shared_context())); }
  const GouTraining training = create_faces(context);
  run_steps(training, 2);
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
  EXPECT_OK(gouDestroyContext(context));
  functions.vkDestroyDevice(host.device, nullptr);
}

INSTANTIATE_TEST_SUITE_P(Vulkan, Requirements, ::testing::Values(VK_API_VERSION_1_1, VK_API_VERSION_1_2, VK_API_VERSION_1_3),
                         [](const auto& info) { return "1_" + std::to_string(VK_API_VERSION_MINOR(info.param)); });

PFN_vkGetPhysicalDeviceProperties2 real_properties = nullptr;
VkDeviceSize shown_storage_range = 0;

VKAPI_ATTR void VKAPI_CALL properties_of_a_small_device(VkPhysicalDevice device, VkPhysicalDeviceProperties2* properties) {
  real_properties(device, properties);
  properties->properties.limits.maxStorageBufferRange = static_cast<std::uint32_t>(shown_storage_range);
}

std::vector<VkQueueFlags> shown_families;

VKAPI_ATTR void VKAPI_CALL families_shown(VkPhysicalDevice, std::uint32_t* count, VkQueueFamilyProperties* properties) {
  for (std::size_t i = 0; properties && i < shown_families.size(); ++i) properties[i] = {shown_families[i], 1, 64, {1, 1, 1}};
  *count = static_cast<std::uint32_t>(shown_families.size());
}

TEST(RequirementsRefuse, ADeviceThatIsTooSmallOrTooOld) {
  const Engine engine;
  Watched vulkan(engine.lend().get_instance_proc_addr);
  real_properties = load_instance_table(engine.lend().get_instance_proc_addr, engine.lend().instance).vkGetPhysicalDeviceProperties2;
  vulkan.replaced["vkGetPhysicalDeviceProperties2"] = reinterpret_cast<PFN_vkVoidFunction>(&properties_of_a_small_device);
  shown_storage_range = 1 << 20;
  GouRequirements asked = requirements_of(engine, 0, vulkan.loader());
  const std::string says = "maxStorageBufferRange is 1,048,576, Gouache needs at least 134,217,728";
  EXPECT_NE(std::string(asked.refusal).find(says), std::string::npos) << asked.refusal;
  EXPECT_EQ(asked.features.pNext, nullptr);
  GouVulkanHost host = lent_host(engine);
  host.get_instance_proc_addr = vulkan.loader();
  GouContext context = nullptr;
  expect_error(GOU_ERROR_UNSUPPORTED, says, gouCreateContext(&host, &context));

  vulkan.replaced.clear();
  asked = requirements_of(engine, VK_API_VERSION_1_0, vulkan.loader());
  EXPECT_NE(std::string(asked.refusal).find("Gouache needs at least 1.1"), std::string::npos) << asked.refusal;
  EXPECT_EQ(asked.least_api_version, VK_API_VERSION_1_1);
}

TEST(RequirementsSuggest, AQueueThatCannotDraw) {
  const Engine engine;
  Watched vulkan(engine.lend().get_instance_proc_addr);
  vulkan.replaced["vkGetPhysicalDeviceQueueFamilyProperties"] = reinterpret_cast<PFN_vkVoidFunction>(&families_shown);
  const VkQueueFlags draws = VK_QUEUE_GRAPHICS_BIT, computes = VK_QUEUE_COMPUTE_BIT, copies = VK_QUEUE_TRANSFER_BIT;
  const auto suggested = [&](std::vector<VkQueueFlags> families) {
    shown_families = std::move(families);
    const GouRequirements asked = requirements_of(engine, 0, vulkan.loader());
    EXPECT_STREQ(asked.refusal, "");
    return std::pair(asked.queue_family, asked.queue_computes_only);
  };
  EXPECT_EQ(suggested({copies, draws | computes, computes | copies, computes}), std::pair(2u, 1u));
  EXPECT_EQ(suggested({copies, draws, draws | computes}), std::pair(2u, 0u));
  shown_families = {copies, draws};
  const GouRequirements asked = requirements_of(engine, 0, vulkan.loader());
  EXPECT_NE(std::string(asked.refusal).find("no queue family has VK_QUEUE_COMPUTE_BIT"), std::string::npos) << asked.refusal;
}

TEST(RequirementsRefuse, MisuseByName) {
  const Engine engine;
  const BorrowedDevice lent = engine.lend();
  const PFN_vkGetInstanceProcAddr loader = lent.get_instance_proc_addr;
  auto asked = of_type<GouRequirements>(GOU_TYPE_REQUIREMENTS);
  const auto bad = GOU_ERROR_INVALID_ARGUMENT;
  expect_error(bad, "gouGetRequirements: instance is NULL", gouGetRequirements(VK_NULL_HANDLE, lent.physical_device, loader, &asked));
  expect_error(bad, "gouGetRequirements: physical_device is NULL", gouGetRequirements(lent.instance, VK_NULL_HANDLE, loader, &asked));
  expect_error(bad, "get_instance_proc_addr is NULL", gouGetRequirements(lent.instance, lent.physical_device, nullptr, &asked));
  expect_error(bad, "GouRequirements is NULL", gouGetRequirements(lent.instance, lent.physical_device, loader, nullptr));
  asked.size -= 8;
  expect_error(GOU_ERROR_WRONG_STRUCT, "GouRequirements: size is", gouGetRequirements(lent.instance, lent.physical_device, loader, &asked));
  asked = of_type<GouRequirements>(GOU_TYPE_REQUIREMENTS);
  const auto log = of_type<GouLog>(GOU_TYPE_LOG);
  asked.next = &log;
  expect_error(GOU_ERROR_WRONG_STRUCT, "GouLog is chained", gouGetRequirements(lent.instance, lent.physical_device, loader, &asked));
  asked = of_type<GouRequirements>(GOU_TYPE_REQUIREMENTS);
  const PFN_vkGetInstanceProcAddr empty = [](VkInstance, const char*) -> PFN_vkVoidFunction { return nullptr; };
  expect_error(GOU_ERROR_UNSUPPORTED, "the loader has no vk", gouGetRequirements(lent.instance, lent.physical_device, empty, &asked));
}

}  // namespace
}  // namespace gouache::testing
