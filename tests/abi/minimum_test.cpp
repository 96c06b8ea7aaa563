// Does a device with no more than Vulkan 1.1 guarantees train and paint through gouache.h, and paint what a better one does?
#include <gtest/gtest.h>

#include "tests/abi/borrowed.h"
#include "tests/abi/sprites.h"

namespace gouache::testing {
namespace {

PFN_vkGetPhysicalDeviceProperties2 real_properties = nullptr;

/// The limits of the specification's table "Required Limits" that matter here, and basic subgroup operations alone.
VKAPI_ATTR void VKAPI_CALL guaranteed_properties(VkPhysicalDevice device, VkPhysicalDeviceProperties2* properties) {
  real_properties(device, properties);
  VkPhysicalDeviceLimits& limits = properties->properties.limits;
  limits.maxComputeWorkGroupInvocations = 128;
  limits.maxComputeWorkGroupSize[0] = limits.maxComputeWorkGroupSize[1] = 128;
  limits.maxComputeWorkGroupSize[2] = 64;
  for (std::uint32_t& groups : limits.maxComputeWorkGroupCount) groups = 65535;
  limits.maxComputeSharedMemorySize = 16384;
  limits.maxPushConstantsSize = 128;
  limits.maxPerStageDescriptorStorageBuffers = 4;
  limits.maxPerStageDescriptorUniformBuffers = 12;
  limits.maxPerStageDescriptorSampledImages = 16;
  limits.maxPerStageResources = 128;
  limits.maxTexelBufferElements = 65536;
  limits.maxUniformBufferRange = 16384;
  limits.maxStorageBufferRange = 1u << 27;
  limits.maxMemoryAllocationCount = 4096;
  limits.minStorageBufferOffsetAlignment = limits.minTexelBufferOffsetAlignment = limits.minUniformBufferOffsetAlignment = 256;
  for (auto* at = static_cast<VkBaseOutStructure*>(properties->pNext); at; at = at->pNext)
    if (at->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES) {
      auto& subgroups = *reinterpret_cast<VkPhysicalDeviceSubgroupProperties*>(at);
      subgroups.supportedOperations = VK_SUBGROUP_FEATURE_BASIC_BIT;
    }
}

TEST(GuaranteedMinimum, TrainsAndPaints) {
  Engine engine;
  Watched vulkan(engine.lend().get_instance_proc_addr);
  GouVulkanHost host = lent_host(engine);
  real_properties =
      reinterpret_cast<PFN_vkGetPhysicalDeviceProperties2>(host.get_instance_proc_addr(host.instance, "vkGetPhysicalDeviceProperties2"));
  ASSERT_NE(real_properties, nullptr);
  vulkan.replaced["vkGetPhysicalDeviceProperties2"] = reinterpret_cast<PFN_vkVoidFunction>(&guaranteed_properties);
  host.get_instance_proc_addr = vulkan.loader();
  GouContext context = nullptr;
  ASSERT_OK(gouCreateContext(&host, &context));
  std::size_t size = 0;
  ASSERT_OK(gouDescribeContext(context, &size, nullptr));
  std::string text(size, '\0');
  ASSERT_OK(gouDescribeContext(context, &size, text.data()));
  EXPECT_EQ(text.find("\"subgroup "), std::string::npos) << "no row needs subgroup operations:\n" << text;

  const GouModel model = load(context, kSprites, 4), better = load(shared_context(), kSprites, 4);
  ASSERT_TRUE(model && better);
  const std::vector<float> images = generate(model, 7, 0, 6, kImage), wanted = generate(better, 7, 0, 6, kImage);
  for (std::size_t i = 0; i < images.size(); ++i) ASSERT_NEAR(images[i], wanted[i], 2e-3f) << i;  // sums in another order
  EXPECT_OK(gouDestroyModel(model));
  EXPECT_OK(gouDestroyModel(better));

  SmallTraining small(GOU_PACE_TICKED);
  const GouTraining training = small.create(context);
  SmallTraining same(GOU_PACE_AT_ONCE);
  const GouTraining reference = same.create(shared_context());
  ASSERT_TRUE(training && reference);
  run_steps(training, 2);
  run_steps(reference, 2);
  const std::vector<float> learned = sample(training, 5, 3, 8 * 8 * 4), expected = sample(reference, 5, 3, 8 * 8 * 4);
  for (std::size_t i = 0; i < learned.size(); ++i) EXPECT_NEAR(learned[i], expected[i], 2e-3f) << i;
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
  EXPECT_OK(gouDestroyTraining(reference, GOU_IF_IDLE));
  EXPECT_OK(gouDestroyContext(context));
}

}  // namespace
}  // namespace gouache::testing
