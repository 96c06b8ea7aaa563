// How do bytes get into and out of device-local buffers?  Through one small staging buffer, waiting for each copy; where no queue was
// lent, through frames of the host.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <span>

#include "host/vulkan/deferred.h"

namespace gouache {

/// Fills `into` with what is uploaded, from byte `from` of it on. What it throws ends the upload.
using ProduceBytes = std::function<void(std::int64_t from, std::span<std::byte> into)>;

/// For loading and saving, never for the inside of a step. With a queue every call submits and waits. Ordered after everything submitted to
/// the device's queue before. The staging buffer is made at the first use. Several threads take turns, one copy each.
class Transfer {
 public:
  explicit Transfer(Device& device) : device_(device), deferred_(device) {}

  /// Without a queue: over when a frame that holds it is safe.
  void upload(const Buffer& buffer, std::int64_t offset, std::span<const std::byte> bytes);
  /// `bytes` of them, a part at a time, without a place for all; with a queue each part straight into the staging buffer.
  void upload(const Buffer& buffer, std::int64_t offset, std::int64_t bytes, const ProduceBytes& produce);
  /// Throws Error(unsupported) without a queue.
  void download(const Buffer& buffer, std::int64_t offset, std::span<std::byte> bytes);
  /// Zeroes bytes [offset, offset + bytes); the offset is a multiple of 4, the end is rounded up to one. Without a queue as upload().
  /// A little at a time: a driver that takes pages at the first write would hold up what else is on the queue.
  void zero(const Buffer& buffer, std::int64_t offset, std::int64_t bytes);

  /// Copies on the device, all in one submit. Without a queue as upload().
  void copy(std::span<const BufferCopy> copies);

  /// What waits for frames of a host that lent no queue; nothing where one was lent.
  Deferred& deferred() { return deferred_; }

  /// Bytes that one copy moves: what large pages hold, with a buffer's slack.
  static constexpr std::int64_t kStagingBytes = (4 << 20) - 4096;
  static constexpr std::int64_t kZeroedBytes = 8 << 20;  ///< that one submit zeroes
  static BufferWish staging_buffer() { return {kStagingBytes, BufferPlace::readback, MemoryPurpose::staging, "staging"}; }
  bool has_staging() const { return staging_.bytes() > 0; }

 private:
  void prepare();
  template <typename Record>
  void run(const Record& record);

  Device& device_;
  Deferred deferred_;
  std::mutex copying_;  ///< of all below; held while a copy is waited for
  Buffer staging_;
  OwnedCommandPool pool_;
  VkCommandBuffer commands_ = VK_NULL_HANDLE;
  OwnedFence fence_;
};

}  // namespace gouache
