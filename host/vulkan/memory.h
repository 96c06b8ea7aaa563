// What lies behind a buffer or an image?  One piece of device memory, counted by purpose.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "host/vulkan/device_memory.h"
#include "host/vulkan/large_pages.h"

namespace gouache {

/// Who touches a buffer's memory.
enum class BufferPlace : std::uint8_t {
  device,    ///< the GPU only; filled and read through Device::transfer()
  upload,    ///< written by the host, read by the GPU; always mapped
  readback,  ///< written by the GPU, read by the host, from cached memory if there is any; always mapped
};

/// What a memory object is made of.
struct MemoryNeeds {
  std::uint32_t type = 0;
  std::uint64_t bytes = 0;
};
/// `name` is for errors. Throws Error(unsupported) when the device has no memory type for the place.
MemoryNeeds memory_needs(const Device& device, const VkMemoryRequirements& needs, BufferPlace place, const std::string& name);

/// Whether a buffer of so many bytes should be made for memory of the host, in whole multiples of host_memory_alignment.
bool imports(const Device& device, VkDeviceSize bytes);

/// Memory of the kind that a place needs, mapped where the host touches it. Moves, does not copy; empty when default-made.
class Memory {
 public:
  Memory() = default;
  /// `name` is for errors. Throws Error(out_of_memory) naming the purpose, the bytes asked for and those in use. `may_import`: it is
  /// for a buffer that was made for memory of the host, in whole multiples of its alignment (see imports()).
  Memory(Device& device, const VkMemoryRequirements& needs, BufferPlace place, MemoryPurpose purpose, const std::string& name,
         bool may_import = false);

  VkDeviceMemory handle() const { return memory_.handle(); }
  /// Whether it was all zeros when it was made.
  bool was_zero() const { return !pages_.memory().empty(); }
  /// Where the memory is mapped; null for BufferPlace::device.
  std::byte* mapped() const { return mapped_; }
  /// After the host wrote: makes it visible to later submits. Nothing to do for coherent memory.
  void flush() const;
  /// Before the host reads what a finished submit wrote.
  void invalidate() const;

 private:
  Device* device_ = nullptr;
  LargePages pages_;  ///< where the memory was imported
  DeviceMemory memory_;
  std::byte* mapped_ = nullptr;
  bool coherent_ = true;
};

}  // namespace gouache
