// Is a device found, described, borrowed, refused and accounted for as promised?
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <thread>

#include "host/kernels/family.h"
#include "host/ops/ops.h"
#include "host/runtime/executable.h"
#include "host/vulkan/loader.h"
#include "host/vulkan/pipeline.h"
#include "host/vulkan/quirks.h"
#include "host/vulkan/result.h"
#include "host/vulkan/transfer.h"
#include "tests/support/engine.h"
#include "tests/support/expect_error.h"

namespace gouache::testing {
namespace {

TEST(Device, IsListedWithWhatMatters) {
  const std::vector<DeviceInfo> devices = list_devices();
  ASSERT_FALSE(devices.empty());
  const Device& device = test_device();
  bool found = false;
  for (const DeviceInfo& info : devices) {
    if (info.facts.uuid != device.facts().uuid) continue;
    found = true;
    EXPECT_EQ(info.refusal, "");
    EXPECT_EQ(info.facts.name, device.facts().name);
    EXPECT_FALSE(info.facts.driver_name.empty());
    EXPECT_EQ(info.caps.subgroup_size, device.caps().subgroup_size);
    EXPECT_EQ(info.caps.max_storage_range, device.facts().limits.maxStorageBufferRange);
  }
  EXPECT_TRUE(found);
}

TEST(Device, KnowsItsSubgroups) {
  const Device& device = test_device();
  const DeviceCaps& caps = device.caps();
  EXPECT_EQ(caps.is_cpu, device.facts().type == VK_PHYSICAL_DEVICE_TYPE_CPU);
  EXPECT_EQ(caps.prefers_broadcast, device.facts().driver_id == VK_DRIVER_ID_GOOGLE_SWIFTSHADER);
  if (quirks_of(device.facts().driver_id).constant_subgroup) { EXPECT_EQ(caps.subgroup_size, device.facts().subgroup_size); }
  EXPECT_EQ(caps.subgroup_dynamic_broadcast, caps.subgroup_quad && device.enabled().subgroup_broadcast_dynamic_id && caps.api_minor >= 2);
  EXPECT_EQ(caps.buffer_addresses, device.enabled().buffer_addresses);
  EXPECT_EQ(caps.fast_gathers, caps.is_cpu && caps.buffer_addresses && cpu_gathers_fast());
}

TEST(Device, GathersFastOnlyThroughAddressesOfACpu) {
  DeviceFacts facts;
  facts.type = VK_PHYSICAL_DEVICE_TYPE_CPU;
  EXPECT_FALSE(make_caps(facts, {}).fast_gathers);
  EXPECT_EQ(make_caps(facts, {.buffer_addresses = true}).fast_gathers, cpu_gathers_fast());
  facts.type = VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU;
  EXPECT_FALSE(make_caps(facts, {.buffer_addresses = true}).fast_gathers);
}

TEST(Device, SubgroupSizeIsCertainOnlyWhenPromised) {
  DeviceFacts facts;
  facts.subgroup_size = 32;
  facts.min_subgroup_size = 8;
  facts.max_subgroup_size = 32;
  facts.required_size_in_compute = true;
  EXPECT_EQ(make_caps(facts, {}).subgroup_size, 0u);
  EXPECT_EQ(make_caps(facts, {.subgroup_size_control = true}).subgroup_size, 0u);
  EXPECT_EQ(make_caps(facts, {.subgroup_size_control = true, .compute_full_subgroups = true}).subgroup_size, 32u);
  facts.min_subgroup_size = 32;
  EXPECT_EQ(make_caps(facts, {}).subgroup_size, 32u);
  facts.min_subgroup_size = facts.max_subgroup_size = 0;
  EXPECT_EQ(make_caps(facts, {}).subgroup_size, 0u);
  facts.driver_id = VK_DRIVER_ID_MESA_LLVMPIPE;
  EXPECT_EQ(make_caps(facts, {}).subgroup_size, 32u);
}

TEST(Device, IsChosenByNumberAndName) {
  EXPECT_EQ(Device("0").facts().name, list_devices().front().facts.name);
  const std::string name = test_device().facts().name;
  EXPECT_EQ(Device(name.substr(1, 5)).facts().name, name);
  EXPECT_EQ(Device(test_device().facts().driver_name).facts().driver_name, test_device().facts().driver_name);
  expect_error(ErrorCode::invalid_argument, name, [] { Device device("no such thing"); });
  expect_error(ErrorCode::invalid_argument, "device 99", [] { Device device("99"); });
}

TEST(Device, TwoInOneProcessAreIndependent) {
  Device first("0");
  {
    Device second("0");
    EXPECT_NE(first.handle(), second.handle());
    Buffer buffer(second, 1 << 20, BufferPlace::device, MemoryPurpose::arena, "block");
    EXPECT_EQ(first.memory().bytes, 0u);
    EXPECT_GE(second.memory(MemoryPurpose::arena).bytes, 1u << 20);
  }
  const std::vector<std::byte> bytes(64, std::byte(7));
  Buffer buffer(first, 64, BufferPlace::device, MemoryPurpose::state, "block");
  first.transfer().upload(buffer, 0, bytes);
  std::vector<std::byte> back(64);
  first.transfer().download(buffer, 0, back);
  EXPECT_EQ(back, bytes);
}

TEST(Device, BorrowsAndLeavesTheDeviceAsItWas) {
  Engine engine;
  std::string calls;
  BorrowedDevice lent = engine.lend();
  lent.lock_queue = [&] { calls += "("; };
  lent.unlock_queue = [&] { calls += ")"; };
  {
    Device device(lent);
    EXPECT_EQ(device.handle(), engine.device());
    EXPECT_EQ(device.caps().api_minor, 1u) << "the engine asked for Vulkan 1.1";
    EXPECT_FALSE(device.caps().subgroup_dynamic_broadcast);
    EXPECT_FALSE(device.requires_subgroup_size());
    Buffer buffer(device, 1000, BufferPlace::device, MemoryPurpose::state, "block");
    device.transfer().zero(buffer, 0, 1000);
    std::vector<std::byte> back(1000, std::byte(1));
    device.transfer().download(buffer, 0, back);
    EXPECT_EQ(back, std::vector<std::byte>(1000));
  }
  EXPECT_EQ(calls, "()()");
  VkFenceCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
  VkFence fence = VK_NULL_HANDLE;
  ASSERT_EQ(engine.table().vkCreateFence(engine.device(), &info, nullptr, &fence), VK_SUCCESS) << "the device still lives";
  engine.table().vkDestroyFence(engine.device(), fence, nullptr);
}

TEST(Device, BorrowingNamesWhatIsWrong) {
  Engine engine;
  auto with = [&](auto change) {
    return [&engine, change] {
      BorrowedDevice lent = engine.lend();
      change(lent);
      Device device(lent);
    };
  };
  const auto bad = ErrorCode::invalid_argument;
  expect_error(bad, "instance is null", with([](BorrowedDevice& lent) { lent.instance = VK_NULL_HANDLE; }));
  expect_error(bad, "physical_device is null", with([](BorrowedDevice& lent) { lent.physical_device = VK_NULL_HANDLE; }));
  expect_error(bad, "borrowed device: device is null", with([](BorrowedDevice& lent) { lent.device = VK_NULL_HANDLE; }));
  expect_error(bad, "get_instance_proc_addr is null", with([](BorrowedDevice& lent) { lent.get_instance_proc_addr = nullptr; }));
  expect_error(bad, "queue_family is 77", with([](BorrowedDevice& lent) { lent.queue_family = 77; }));
  expect_error(bad, "subgroupBroadcastDynamicId", with([](BorrowedDevice& lent) { lent.enabled.subgroup_broadcast_dynamic_id = true; }));
  expect_error(ErrorCode::unsupported, "Gouache needs at least 1.1",
               with([](BorrowedDevice& lent) { lent.api_version = VK_API_VERSION_1_0; }));
}

TEST(Device, RefusesEachLimitByName) {
  EXPECT_EQ(refusal(DeviceCaps{}), "") << "the guaranteed minimum serves";
  struct Case {
    const char* limit;
    void (*lower)(DeviceCaps&);
  };
  const Case cases[] = {
      {"maxComputeWorkGroupInvocations is 127, Gouache needs at least 128", [](DeviceCaps& caps) { caps.max_invocations = 127; }},
      {"maxComputeWorkGroupCount is 65,534, Gouache needs at least 65,535", [](DeviceCaps& caps) { caps.max_groups = 65534; }},
      {"maxPushConstantsSize is 64, Gouache needs at least 128", [](DeviceCaps& caps) { caps.max_push_bytes = 64; }},
      {"maxPerStageDescriptorStorageBuffers is 3, Gouache needs at least 4", [](DeviceCaps& caps) { caps.max_storage_buffers = 3; }},
      {"maxPerStageDescriptorSampledImages is 15, Gouache needs at least 16", [](DeviceCaps& caps) { caps.max_texel_buffers = 15; }},
      {"maxTexelBufferElements is 1,024, Gouache needs at least 65,536", [](DeviceCaps& caps) { caps.max_texels = 1024; }},
      {"maxComputeSharedMemorySize is 16,383, Gouache needs at least 16,384", [](DeviceCaps& caps) { caps.max_shared_bytes = 16383; }},
      {"maxStorageBufferRange is 1,048,576, Gouache needs at least 134,217,728",
       [](DeviceCaps& caps) { caps.max_storage_range = 1 << 20; }},
      {"offset alignment is 512, Gouache needs at most 256", [](DeviceCaps& caps) { caps.min_offset_alignment = 512; }},
  };
  for (const Case& row : cases) {
    DeviceCaps caps;
    row.lower(caps);
    DeviceOptions options;
    options.caps = caps;
    expect_error(ErrorCode::unsupported, row.limit, [&] { Device device("0", options); });
  }
  DeviceOptions minimum;
  minimum.caps = DeviceCaps{};
  EXPECT_EQ(Device("0", minimum).caps().max_invocations, 128u);
}

/// What a driver says, changed on its way to us. Each function calls the one it replaced.
PFN_vkGetPhysicalDeviceProperties2 real_properties2;
PFN_vkGetPhysicalDeviceProperties real_properties;
PFN_vkGetPhysicalDeviceQueueFamilyProperties real_families;
PFN_vkGetPhysicalDeviceMemoryProperties real_memory;

TEST(Device, RefusesAWeakDriverByName) {
  DeviceOptions small_range;
  small_range.instance_hook = [](InstanceTable& table) {
    real_properties2 = table.vkGetPhysicalDeviceProperties2;
    table.vkGetPhysicalDeviceProperties2 = [](VkPhysicalDevice device, VkPhysicalDeviceProperties2* properties) {
      real_properties2(device, properties);
      properties->properties.limits.maxStorageBufferRange = 1 << 16;
    };
  };
  expect_error(ErrorCode::unsupported, "maxStorageBufferRange is 65,536", [&] { Device device("", small_range); });

  DeviceOptions old;
  old.instance_hook = [](InstanceTable& table) {
    real_properties = table.vkGetPhysicalDeviceProperties;
    table.vkGetPhysicalDeviceProperties = [](VkPhysicalDevice device, VkPhysicalDeviceProperties* properties) {
      real_properties(device, properties);
      properties->apiVersion = VK_MAKE_API_VERSION(0, 1, 0, 68);
    };
  };
  expect_error(ErrorCode::unsupported, "Vulkan is 1.0.68", [&] { Device device("", old); });

  DeviceOptions no_compute;
  no_compute.instance_hook = [](InstanceTable& table) {
    real_families = table.vkGetPhysicalDeviceQueueFamilyProperties;
    table.vkGetPhysicalDeviceQueueFamilyProperties = [](VkPhysicalDevice device, std::uint32_t* count, VkQueueFamilyProperties* families) {
      real_families(device, count, families);
      for (std::uint32_t i = 0; families && i < *count; i++) families[i].queueFlags &= ~VkQueueFlags(VK_QUEUE_COMPUTE_BIT);
    };
  };
  expect_error(ErrorCode::unsupported, "VK_QUEUE_COMPUTE_BIT", [&] { Device device("", no_compute); });
}

VkResult fail_with_oom(VkDevice, const VkMemoryAllocateInfo*, const VkAllocationCallbacks*, VkDeviceMemory*) {
  return VK_ERROR_OUT_OF_DEVICE_MEMORY;
}

TEST(Device, OutOfMemoryNamesWhatItWasFor) {
  Device device("0");
  const PFN_vkAllocateMemory real = device.table().vkAllocateMemory;
  device.mutable_table().vkAllocateMemory = fail_with_oom;
  const auto allocate = [&] {
    Buffer buffer(device, 123456 - kBufferSlack, BufferPlace::device, MemoryPurpose::arena, "the plan's arena");
  };
  expect_error(ErrorCode::out_of_memory,
               "vkAllocateMemory returned VK_ERROR_OUT_OF_DEVICE_MEMORY (the plan's arena: 123,456 bytes of arena memory", allocate);
  EXPECT_EQ(device.memory().bytes, 0u) << "what failed is not booked";
  device.mutable_table().vkAllocateMemory = real;
  allocate();
  EXPECT_EQ(device.memory().bytes, 0u) << "what is gone is not booked";
  EXPECT_GE(device.memory(MemoryPurpose::arena).peak_bytes, 123456u);
}

TEST(Device, TooLargeAllocationsAreRefusedBeforeTheDriver) {
  Device& device = test_device();
  if (device.facts().max_allocation_bytes > 1ull << 46) return;  // then no buffer size is above it
  expect_error(ErrorCode::out_of_memory, "", [&] {
    Buffer buffer(device, std::int64_t(device.facts().max_allocation_bytes) + 16, BufferPlace::device, MemoryPurpose::arena, "huge");
  });
  take_validation_messages();  // the layer remarks on the size of the VkBuffer
}

std::uint64_t flushes, invalidations;

TEST(Device, MemoryThatIsNotCoherentIsFlushed) {
  DeviceOptions options;
  options.instance_hook = [](InstanceTable& table) {
    real_memory = table.vkGetPhysicalDeviceMemoryProperties;
    table.vkGetPhysicalDeviceMemoryProperties = [](VkPhysicalDevice device, VkPhysicalDeviceMemoryProperties* memory) {
      real_memory(device, memory);
      for (std::uint32_t i = 0; i < memory->memoryTypeCount; i++)
        memory->memoryTypes[i].propertyFlags &= ~VkMemoryPropertyFlags(VK_MEMORY_PROPERTY_HOST_COHERENT_BIT);
    };
  };
  static PFN_vkFlushMappedMemoryRanges real_flush;
  static PFN_vkInvalidateMappedMemoryRanges real_invalidate;
  options.device_hook = [](DeviceTable& table) {
    real_flush = table.vkFlushMappedMemoryRanges;
    real_invalidate = table.vkInvalidateMappedMemoryRanges;
    table.vkFlushMappedMemoryRanges = [](VkDevice device, std::uint32_t count, const VkMappedMemoryRange* ranges) {
      flushes++;
      return real_flush(device, count, ranges);
    };
    table.vkInvalidateMappedMemoryRanges = [](VkDevice device, std::uint32_t count, const VkMappedMemoryRange* ranges) {
      invalidations++;
      return real_invalidate(device, count, ranges);
    };
  };
  flushes = invalidations = 0;
  Device device("0", options);
  Buffer buffer(device, 64, BufferPlace::device, MemoryPurpose::state, "block");
  std::vector<std::byte> bytes(64, std::byte(3)), back(64);
  device.transfer().upload(buffer, 0, bytes);
  EXPECT_EQ(flushes, 1u);
  device.transfer().download(buffer, 0, back);
  EXPECT_EQ(invalidations, 1u);
  EXPECT_EQ(back, bytes);
}

PFN_vkVoidFunction without_core_names(VkDevice device, const char* name) {
  static const PFN_vkGetDeviceProcAddr real = test_device().instance_table().vkGetDeviceProcAddr;
  static const PFN_vkVoidFunction marker = reinterpret_cast<PFN_vkVoidFunction>(real(device, "vkQueueSubmit"));
  if (std::strcmp(name, "vkWaitSemaphores") == 0 || std::strcmp(name, "vkGetSemaphoreCounterValue") == 0) return nullptr;
  if (std::strcmp(name, "vkWaitSemaphoresKHR") == 0 || std::strcmp(name, "vkGetSemaphoreCounterValueKHR") == 0) return marker;
  return real(device, name);
}

PFN_vkVoidFunction without_dispatch(VkDevice device, const char* name) {
  static const PFN_vkGetDeviceProcAddr real = test_device().instance_table().vkGetDeviceProcAddr;
  return std::strcmp(name, "vkCmdDispatch") == 0 ? nullptr : real(device, name);
}

TEST(DispatchTable, TakesTheOlderNameAndNamesWhatIsMissing) {
  const Device& device = test_device();
  InstanceTable table = device.instance_table();
  table.vkGetDeviceProcAddr = without_core_names;
  EXPECT_NE(load_device_table(table, device.handle(), {.timeline_semaphore = true}).vkWaitSemaphores, nullptr);
  EXPECT_EQ(load_device_table(table, device.handle(), {}).vkWaitSemaphores, nullptr) << "not enabled: not loaded";
  EXPECT_EQ(load_device_table(table, device.handle(), {}).vkCmdBeginDebugUtilsLabelEXT, nullptr) << "not enabled: not loaded";
  table.vkGetDeviceProcAddr = without_dispatch;
  expect_error(ErrorCode::unsupported, "vkCmdDispatch", [&] { load_device_table(table, device.handle(), {}); });
}

TEST(Pipelines, RefuseASubgroupSizeNobodyPromised) {
  Device& device = test_device();
  Dispatch dispatch;
  dispatch.module = "yardstick";
  dispatch.subgroup_size = 1024;
  expect_error(ErrorCode::unsupported, "subgroup size of 1024", [&] { device.pipelines().get(dispatch); });
  dispatch.bindings.resize(1);
  dispatch.bindings[0].slot = 1;
  expect_error(ErrorCode::internal, "binding slot 1", [&] { device.pipelines().get(dispatch); });
  dispatch.bindings.clear();
  dispatch.subgroup_size = 0;
  dispatch.module = "no such module";
  expect_error(ErrorCode::internal, "no such module", [&] { device.pipelines().get(dispatch); });
}

/// A plan of so many pipelines that nothing else needs.
Plan scalings(float first, int count) {
  Graph graph;
  const Tensor x = graph.input("x", {{64}});
  for (int i = 0; i < count; ++i) graph.output("y" + std::to_string(i), x * (first + static_cast<float>(i)));
  return make_plan(graph, {}, test_device().catalog(), {.name = "scalings"});
}

TEST(Pipelines, BegunAheadAreMadeOnceEach) {
  Pipelines& pipelines = test_device().pipelines();
  const Plan plan = scalings(0.6180f, 6);
  const std::vector<const Dispatch*> dispatches = dispatches_of(plan);
  ASSERT_EQ(dispatches.size(), 6u);
  const std::size_t made = pipelines.size();
  {
    const PipelinesAhead ahead = pipelines.begin_all(dispatches);
    for (const Dispatch* dispatch : dispatches) EXPECT_NE(pipelines.layout_of(*dispatch).set_layout, VkDescriptorSetLayout{});
    pipelines.make_all(dispatches);
  }
  for (const Dispatch* dispatch : dispatches) EXPECT_NE(pipelines.get(*dispatch), VkPipeline{});
  EXPECT_EQ(pipelines.size(), made + 6);
  pipelines.begin_all(dispatches).finish();
  EXPECT_EQ(pipelines.size(), made + 6);
}

TEST(Pipelines, ThatFailAheadFailAtTheEndAndWhereTheyAreAskedFor) {
  Pipelines& pipelines = test_device().pipelines();
  Plan plan = scalings(0.7320f, 3);
  const std::vector<const Dispatch*> dispatches = dispatches_of(plan);
  plan.steps[0].kernel.dispatches[0].module = "no such module";
  if (std::thread::hardware_concurrency() > 1)
    expect_error(ErrorCode::internal, "no such module", [&] { pipelines.begin_all(dispatches).finish(); });
  expect_error(ErrorCode::internal, "no such module", [&] { pipelines.get(*dispatches[0]); });
  for (const std::size_t i : {1, 2}) EXPECT_NE(pipelines.get(*dispatches[i]), VkPipeline{});
}

TEST(Result, EachFailureHasItsCode) {
  expect_error(ErrorCode::device_lost, "vkQueueSubmit returned VK_ERROR_DEVICE_LOST", [] { check(VK_ERROR_DEVICE_LOST, "vkQueueSubmit"); });
  expect_error(ErrorCode::out_of_memory, "VK_ERROR_OUT_OF_HOST_MEMORY", [] { check(VK_ERROR_OUT_OF_HOST_MEMORY, "vkFoo"); });
  expect_error(ErrorCode::unsupported, "VK_ERROR_FEATURE_NOT_PRESENT", [] { check(VK_ERROR_FEATURE_NOT_PRESENT, "vkFoo"); });
  expect_error(ErrorCode::internal, "vkFoo returned VkResult -77 (a thing)", [] { check(VkResult(-77), "vkFoo", "a thing"); });
  check(VK_SUCCESS, "vkFoo");
}

}  // namespace
}  // namespace gouache::testing
