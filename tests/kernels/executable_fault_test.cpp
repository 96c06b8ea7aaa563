// Does an executable say what went wrong, survive it, and measure itself on any queue?
#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/layer.h"
#include "tests/support/test_device.h"

namespace gouache::testing {
namespace {

TEST(Executable, ProfilesEveryCommand) {
  Layer timed(test_device(), false, {.name = {}, .fuse = false});
  const Profile profile = timed.executable.profile(3);
  EXPECT_EQ(profile.microseconds.size(), timed.executable.command_count());
  for (double microseconds : profile.microseconds) {
    EXPECT_GE(microseconds, 0.0);
    EXPECT_LT(microseconds, 60e6);
  }
  EXPECT_EQ(profile.by_timestamps, test_device().facts().queue_families[test_device().queue_family()].timestampValidBits != 0);
  expect_same(read(timed.executable, "y"), layer(timed.x, timed.w, timed.b));
  expect_error(ErrorCode::invalid_argument, "0 repeats", [&] { timed.executable.profile(0); });
}

PFN_vkGetPhysicalDeviceQueueFamilyProperties real_families;

TEST(Executable, ProfilesWithoutTimestamps) {
  DeviceOptions options;
  options.instance_hook = [](InstanceTable& table) {
    real_families = table.vkGetPhysicalDeviceQueueFamilyProperties;
    table.vkGetPhysicalDeviceQueueFamilyProperties = [](VkPhysicalDevice device, std::uint32_t* count, VkQueueFamilyProperties* families) {
      real_families(device, count, families);
      for (std::uint32_t i = 0; families && i < *count; i++) families[i].timestampValidBits = 0;
    };
  };
  Device device("0", options);
  Layer timed(device, true);
  const Profile profile = timed.executable.profile(2);
  EXPECT_FALSE(profile.by_timestamps);
  ASSERT_EQ(profile.microseconds.size(), timed.executable.command_count());
  for (double microseconds : profile.microseconds) EXPECT_GT(microseconds, 0.0);
  for (float& value : timed.w) value += 2.0f;
  expect_same(read(timed.state, "w"), timed.w);
}

TEST(Executable, ErrorsNameWhatIsWrong) {
  Layer odd(test_device());
  const auto bad = ErrorCode::invalid_argument;
  expect_error(bad, "there is no input 'z'; there are: x", [&] { odd.executable.set_input("z", {}); });
  expect_error(bad, "there is no output 'x'; there are: y", [&] { odd.executable.output("x"); });
  expect_error(bad, "input 'x' holds 192 bytes, got 4", [&] { odd.executable.set_input("x", bytes_of({1.0f})); });
  expect_error(bad, "variable 'w' holds 384 bytes [8,12], got 8", [&] { odd.state.upload("w", bytes_of({1.0f, 2.0f})); });
  expect_error(ErrorCode::internal, "variable 'nothing'", [&] { odd.state.upload("nothing", std::span<const std::byte>()); });
  odd.executable.submit();
  expect_error(bad, "still under way", [&] { odd.executable.submit(); });
  expect_error(bad, "still under way", [&] { odd.executable.set_input("x", bytes_of(odd.x)); });
  odd.executable.wait();
  EXPECT_TRUE(odd.executable.done());

  Plan outside = odd.plan;
  for (Region& region : outside.regions)
    if (region.storage == Storage::state) region.offset += 1 << 20;
  expect_error(ErrorCode::internal, "of a block of", [&] { Executable executable(odd.device, odd.state, outside); });
  Plan holes = odd.plan;
  holes.commands.at(0).step = 99;
  expect_error(ErrorCode::internal, "a command names step 99", [&] { Executable executable(odd.device, odd.state, holes); });
}

TEST(Executable, FaultsAreReportedAndTheRestGoesOn) {
  Device device("0");
  Layer faulty(device);
  const DeviceTable real = device.table();
  device.mutable_table().vkQueueSubmit = [](VkQueue, std::uint32_t, const VkSubmitInfo*, VkFence) { return VK_ERROR_OUT_OF_HOST_MEMORY; };
  expect_error(ErrorCode::out_of_memory, "vkQueueSubmit returned VK_ERROR_OUT_OF_HOST_MEMORY", [&] { faulty.executable.run(); });
  device.mutable_table() = real;
  faulty.executable.run();
  expect_same(read(faulty.executable, "y"), layer(faulty.x, faulty.w, faulty.b));

  // Each function that may run out of memory, failing while an executable is made: an error, nothing leaked, the next one works.
  const std::uint64_t held = device.memory().bytes;
  const auto expect_oom = [&](const std::string& function, auto fail) {
    fail(device.mutable_table());
    expect_error(ErrorCode::out_of_memory, function, [&] { Executable executable(device, faulty.state, faulty.plan); });
    device.mutable_table() = real;
    EXPECT_EQ(device.memory().bytes, held) << function;
  };
  expect_oom("vkAllocateMemory", [](DeviceTable& table) {
    table.vkAllocateMemory = [](VkDevice, const VkMemoryAllocateInfo*, const VkAllocationCallbacks*, VkDeviceMemory*) {
      return VK_ERROR_OUT_OF_DEVICE_MEMORY;
    };
  });
  expect_oom("vkCreateBuffer", [](DeviceTable& table) {
    table.vkCreateBuffer = [](VkDevice, const VkBufferCreateInfo*, const VkAllocationCallbacks*, VkBuffer*) {
      return VK_ERROR_OUT_OF_HOST_MEMORY;
    };
  });
  expect_oom("vkMapMemory", [](DeviceTable& table) {
    table.vkMapMemory = [](VkDevice, VkDeviceMemory, VkDeviceSize, VkDeviceSize, VkMemoryMapFlags, void**) {
      return VK_ERROR_MEMORY_MAP_FAILED;
    };
  });
  expect_oom("vkCreateDescriptorPool", [](DeviceTable& table) {
    table.vkCreateDescriptorPool = [](VkDevice, const VkDescriptorPoolCreateInfo*, const VkAllocationCallbacks*, VkDescriptorPool*) {
      return VK_ERROR_FRAGMENTATION;
    };
  });
  expect_oom("vkCreateFence", [](DeviceTable& table) {
    table.vkCreateFence = [](VkDevice, const VkFenceCreateInfo*, const VkAllocationCallbacks*, VkFence*) {
      return VK_ERROR_OUT_OF_HOST_MEMORY;
    };
  });
  Executable again(device, faulty.state, faulty.plan);
  again.set_input("x", bytes_of(faulty.x));
  again.run();
  expect_same(read(again, "y"), layer(faulty.x, faulty.w, faulty.b));
}

TEST(Executable, ALostDeviceStaysLost) {
  Device device("0");
  Layer lost(device);
  const DeviceTable real = device.table();
  device.mutable_table().vkQueueSubmit = [](VkQueue, std::uint32_t, const VkSubmitInfo*, VkFence) { return VK_ERROR_DEVICE_LOST; };
  expect_error(ErrorCode::device_lost, "vkQueueSubmit returned VK_ERROR_DEVICE_LOST", [&] { lost.executable.run(); });
  device.mutable_table() = real;
  expect_error(ErrorCode::device_lost, "was lost", [&] { lost.executable.submit(); });
  expect_error(ErrorCode::device_lost, "was lost", [&] { lost.state.upload("w", bytes_of(lost.w)); });
  expect_error(ErrorCode::device_lost, "was lost", [&] { Layer another(device); });
}

}  // namespace
}  // namespace gouache::testing
