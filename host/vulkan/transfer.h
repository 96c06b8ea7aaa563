// How do bytes get into and out of device-local buffers?  Through one small staging buffer, waiting for each copy.
#pragma once

#include "host/vulkan/buffer.h"

namespace gouache {

/// Bytes of one buffer that go to another; the ranges do not overlap.
struct BufferCopy {
  VkBuffer from = VK_NULL_HANDLE, to = VK_NULL_HANDLE;
  VkBufferCopy range{};
};

/// For loading and saving, never for the inside of a step: every call submits and waits. Ordered after everything submitted to the
/// device's queue before. The staging buffer is made at the first use.
class Transfer {
 public:
  explicit Transfer(Device& device) : device_(device) {}

  void upload(const Buffer& buffer, std::int64_t offset, std::span<const std::byte> bytes);
  void download(const Buffer& buffer, std::int64_t offset, std::span<std::byte> bytes);
  /// Zeroes bytes [offset, offset + bytes); the offset is a multiple of 4, the end is rounded up to one.
  void zero(const Buffer& buffer, std::int64_t offset, std::int64_t bytes);

  /// Copies on the device, all in one submit.
  void copy(std::span<const BufferCopy> copies);

  /// Bytes that one copy moves.
  static constexpr std::int64_t kStagingBytes = 4 << 20;
  static BufferWish staging_buffer() { return {kStagingBytes, BufferPlace::readback, MemoryPurpose::staging, "staging"}; }
  bool has_staging() const { return staging_.bytes() > 0; }

 private:
  void prepare();
  template <typename Record>
  void run(const Record& record);

  Device& device_;
  Buffer staging_;
  OwnedCommandPool pool_;
  VkCommandBuffer commands_ = VK_NULL_HANDLE;
  OwnedFence fence_;
};

}  // namespace gouache
