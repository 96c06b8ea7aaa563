// Where do bytes lie on the device?  A VkBuffer with memory of its own, counted by purpose.
#pragma once

#include "host/vulkan/memory.h"
#include "host/vulkan/owned.h"

namespace gouache {

/// What a buffer is to be. `bytes` > 0 is rounded up to a multiple of 16; `name` is for errors and debug names.
struct BufferWish {
  std::int64_t bytes = 0;
  BufferPlace place = BufferPlace::device;
  MemoryPurpose purpose = MemoryPurpose::staging;
  std::string name;
};

/// Every buffer has so many bytes behind its last, which nothing uses: views may cover them.
inline constexpr std::int64_t kBufferSlack = 256;

/// The memory that a buffer would take; nothing is allocated. Throws Error as the buffer itself.
MemoryNeeds needs_of(Device& device, const BufferWish& wish);

/// A storage, uniform, uniform texel and transfer buffer. Moves, does not copy; empty when default-made. Contents are undefined at first,
/// unless was_zero().
class Buffer {
 public:
  Buffer() = default;
  /// Throws Error(out_of_memory) naming the purpose, the bytes asked for and those in use.
  Buffer(Device& device, const BufferWish& wish);
  Buffer(Device& device, std::int64_t bytes, BufferPlace place, MemoryPurpose purpose, const std::string& name)
      : Buffer(device, BufferWish{bytes, place, purpose, name}) {}
  /// Frames of a host that lent no queue may still copy from or to it: then its memory is released when they are safe (deferred.h).
  ~Buffer();
  Buffer(Buffer&& other) noexcept { *this = std::move(other); }
  Buffer& operator=(Buffer&& other) noexcept;

  VkBuffer handle() const { return buffer_.get(); }
  std::int64_t bytes() const { return bytes_; }
  /// Whether it was all zeros when it was made.
  bool was_zero() const { return memory_.was_zero(); }
  /// The mapped bytes; empty for BufferPlace::device.
  std::span<std::byte> mapped() const { return {memory_.mapped(), memory_.mapped() ? std::size_t(bytes_) : 0}; }
  /// After the host wrote: makes it visible to later submits. Nothing to do for coherent memory.
  void flush() const { memory_.flush(); }
  /// Before the host reads what a finished submit wrote.
  void invalidate() const { memory_.invalidate(); }

 private:
  Device* device_ = nullptr;
  std::int64_t bytes_ = 0;
  Memory memory_;  // freed after the buffer is destroyed
  OwnedBuffer buffer_;
};

}  // namespace gouache
