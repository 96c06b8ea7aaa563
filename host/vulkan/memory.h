// What lies behind a buffer or an image?  One piece of device memory, counted by purpose.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "host/vulkan/owned.h"

namespace gouache {

/// Who touches a buffer's memory.
enum class BufferPlace : std::uint8_t {
  device,    ///< the GPU only; filled and read through Device::transfer()
  upload,    ///< written by the host, read by the GPU; always mapped
  readback,  ///< written by the GPU, read by the host, from cached memory if there is any; always mapped
};

/// Moves, does not copy; empty when default-made.
class Memory {
 public:
  Memory() = default;
  /// `name` is for errors. Throws Error(out_of_memory) naming the purpose, the bytes asked for and those in use.
  Memory(Device& device, const VkMemoryRequirements& needs, BufferPlace place, MemoryPurpose purpose, const std::string& name);
  Memory(Memory&& other) noexcept { *this = std::move(other); }
  Memory& operator=(Memory&& other) noexcept;
  ~Memory();

  VkDeviceMemory handle() const { return memory_.get(); }
  /// Where the memory is mapped; null for BufferPlace::device.
  std::byte* mapped() const { return mapped_; }
  /// After the host wrote: makes it visible to later submits. Nothing to do for coherent memory.
  void flush() const;
  /// Before the host reads what a finished submit wrote.
  void invalidate() const;

 private:
  Device* device_ = nullptr;
  std::int64_t booked_ = 0;
  MemoryPurpose purpose_ = MemoryPurpose::staging;
  OwnedMemory memory_;
  std::byte* mapped_ = nullptr;
  bool coherent_ = true;
};

}  // namespace gouache
