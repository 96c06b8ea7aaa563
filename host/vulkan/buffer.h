// Where do bytes lie on the device?  A VkBuffer with memory of its own, counted by purpose.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "host/vulkan/memory.h"
#include "host/vulkan/owned.h"

namespace gouache {

/// Who touches a buffer's memory.
enum class BufferPlace : std::uint8_t {
  device,    ///< the GPU only; filled and read through Device::transfer()
  upload,    ///< written by the host, read by the GPU; always mapped
  readback,  ///< written by the GPU, read by the host, from cached memory if there is any; always mapped
};

/// A storage, uniform, uniform texel and transfer buffer. Moves, does not copy; empty when default-made. Contents are undefined at first.
class Buffer {
 public:
  Buffer() = default;
  /// `bytes` > 0 is rounded up to a multiple of 16. `name` is for errors and debug names.
  /// Throws Error(out_of_memory) naming the purpose, the bytes asked for and those in use.
  Buffer(Device& device, std::int64_t bytes, BufferPlace place, MemoryPurpose purpose, const std::string& name);
  Buffer(Buffer&& other) noexcept { *this = std::move(other); }
  Buffer& operator=(Buffer&& other) noexcept;

  VkBuffer handle() const { return buffer_.get(); }
  std::int64_t bytes() const { return bytes_; }
  /// The mapped bytes; empty for BufferPlace::device.
  std::span<std::byte> mapped() const { return {mapped_, mapped_ ? std::size_t(bytes_) : 0}; }
  /// After the host wrote: makes it visible to later submits. Nothing to do for coherent memory.
  void flush() const;
  /// Before the host reads what a finished submit wrote.
  void invalidate() const;

 private:
  Device* device_ = nullptr;
  std::int64_t bytes_ = 0;
  DeviceMemory memory_;  // released after the buffer is destroyed
  OwnedBuffer buffer_;
  std::byte* mapped_ = nullptr;
  bool coherent_ = true;
};

}  // namespace gouache
