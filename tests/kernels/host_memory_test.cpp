// Does a software device compute in memory that was taken from the system in large pages, and as well where that cannot be had?
#include <gtest/gtest.h>

#include <algorithm>

#include "host/vulkan/buffer.h"
#include "host/vulkan/transfer.h"
#include "tests/support/engine.h"

namespace gouache::testing {
namespace {

/// What was handed to vkAllocateMemory: how often at all, and as memory of the host.
std::uint64_t allocated, imported;
PFN_vkAllocateMemory real_allocate;

void count_allocations(DeviceTable& table) {
  real_allocate = table.vkAllocateMemory;
  allocated = imported = 0;
  table.vkAllocateMemory = [](VkDevice device, const VkMemoryAllocateInfo* info, const VkAllocationCallbacks* allocator,
                              VkDeviceMemory* memory) {
    allocated++;
    const auto* next = static_cast<const VkBaseInStructure*>(info->pNext);
    imported += next && next->sType == VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT;
    return real_allocate(device, info, allocator, memory);
  };
}

/// Fills buffers of every place and reads them back.
void expect_round_trips(Device& device, std::int64_t bytes) {
  for (const BufferPlace place : {BufferPlace::device, BufferPlace::upload, BufferPlace::readback}) {
    const BufferWish wish{bytes, place, MemoryPurpose::state, "block"};
    const std::uint64_t before = device.memory().bytes, needed = needs_of(device, wish).bytes;
    const Buffer buffer(device, wish);
    EXPECT_EQ(device.memory().bytes - before, needed);
    std::vector<std::byte> in(static_cast<std::size_t>(bytes)), out(in.size());
    for (std::size_t i = 0; i < in.size(); i++) in[i] = std::byte(i * 7 + i / 4096);
    device.transfer().upload(buffer, 0, in);
    device.transfer().download(buffer, 0, out);
    EXPECT_TRUE(in == out);
    if (place == BufferPlace::device) continue;
    buffer.invalidate();
    EXPECT_TRUE(std::ranges::equal(buffer.mapped().first(in.size()), in));
  }
}

/// A software driver's own memory may come in small pages.
TEST(Memory, OfASoftwareDeviceIsTheHosts) {
  DeviceOptions options;
  options.device_hook = count_allocations;
  Device device("0", options);
  const std::uint64_t before = imported;
  expect_round_trips(device, 5'000'012);
  EXPECT_EQ(imported - before >= 3, device.enabled().host_memory);
  EXPECT_EQ(device.enabled().host_memory, device.facts().type == VK_PHYSICAL_DEVICE_TYPE_CPU && device.facts().host_memory_alignment > 0);
  const std::uint64_t large = imported;
  const Buffer small(device, {4096, BufferPlace::device, MemoryPurpose::state, "small"});
  EXPECT_EQ(imported, large);
}

TEST(Memory, IsTheDriversWhereItRefusesTheHosts) {
  DeviceOptions options;
  options.device_hook = [](DeviceTable& table) {
    count_allocations(table);
    table.vkGetMemoryHostPointerPropertiesEXT = [](VkDevice, VkExternalMemoryHandleTypeFlagBits, const void*,
                                                   VkMemoryHostPointerPropertiesEXT*) { return VK_ERROR_INVALID_EXTERNAL_HANDLE; };
  };
  Device device("0", options);
  expect_round_trips(device, 5'000'012);
  EXPECT_EQ(imported, 0u);
  EXPECT_GE(allocated, 3u);
}

TEST(Memory, IsTheDriversWhereItFailsToImportTheHosts) {
  DeviceOptions options;
  options.device_hook = [](DeviceTable& table) {
    count_allocations(table);
    table.vkAllocateMemory = [](VkDevice device, const VkMemoryAllocateInfo* info, const VkAllocationCallbacks* allocator,
                                VkDeviceMemory* memory) {
      const auto* next = static_cast<const VkBaseInStructure*>(info->pNext);
      if (!next || next->sType != VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT)
        return real_allocate(device, info, allocator, memory);
      imported++;
      return VK_ERROR_INVALID_EXTERNAL_HANDLE;
    };
  };
  Device device("0", options);
  expect_round_trips(device, 5'000'012);
  EXPECT_EQ(imported >= 3, device.enabled().host_memory);
}

}  // namespace
}  // namespace gouache::testing
