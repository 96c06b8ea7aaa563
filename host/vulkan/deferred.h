// How do bytes get into device-local buffers where no queue was lent?  Copies wait in staging memory for a frame of the host.
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <span>
#include <vector>

#include "host/vulkan/buffer.h"

namespace gouache {

/// Bytes of one buffer that go to another; the ranges do not overlap.
struct BufferCopy {
  VkBuffer from = VK_NULL_HANDLE, to = VK_NULL_HANDLE;
  VkBufferCopy range{};
};

/// Uploads, fills, copies and downloads in the order they were asked for, kept until record() writes them into frames. What a frame needs
/// lives until that frame is safe. Several threads may use it at once; recording makes nothing.
class Deferred {
 public:
  explicit Deferred(Device& device) : device_(device) {}
  ~Deferred();  ///< every frame must be finished

  void upload(const Buffer& to, std::int64_t offset, std::span<const std::byte> bytes);
  /// The offset and `bytes` are multiples of 4.
  void zero(const Buffer& to, std::int64_t offset, std::int64_t bytes);
  void copy(std::span<const BufferCopy> copies);
  /// From bytes [offset, offset + to.bytes()) of `from` to the host-visible `to`; over when reached() says so.
  void download(const Buffer& from, std::int64_t offset, const Buffer& to);

  struct Report {
    std::uint32_t pieces = 0;
    double microseconds = 0;  ///< expected
    bool more = false;        ///< copies are left
  };
  /// Records the oldest copies, with barriers on both sides, into the command buffer of `frame`: at least one piece, at most `pieces`
  /// (0: no limit), until about `microseconds` of copying. Frames up to `safe` are finished: what they needed is released.
  Report record(VkCommandBuffer commands, std::uint64_t frame, std::uint64_t safe, double microseconds, std::uint32_t pieces = 0);

  /// Marks all that was asked for until now; reached() once the frames that hold it are safe.
  std::uint64_t mark() const;
  bool reached(std::uint64_t mark) const;

  /// A buffer ends: its copies that are not recorded are dropped; where frames that are not safe hold some, it is kept until they are.
  void bury(Buffer& buffer) noexcept;

  /// The most that is copied as one piece.
  static constexpr std::int64_t kPieceBytes = 4 << 20;

 private:
  struct Copy {
    VkBuffer from = VK_NULL_HANDLE;  ///< null: zeros
    VkBuffer to = VK_NULL_HANDLE;
    VkDeviceSize source = 0, offset = 0, bytes = 0;
    bool barrier = false;  ///< it touches what a copy of the same piece wrote
  };
  struct Piece {
    std::vector<Copy> copies;
    Buffer staging;  ///< empty where nothing is uploaded
    std::int64_t staged = 0, bytes = 0;
    std::uint64_t frame = 0;     ///< that holds it; 0: none yet
    std::vector<Buffer> graves;  ///< buffers that ended since; room for one a copy
    std::uint64_t number = 0;
  };
  Piece* open_piece(std::int64_t bytes);
  void add(Piece& piece, const Copy& copy);
  void add_unstaged(const Copy& copy);
  void record_piece(VkCommandBuffer commands, const Piece& piece) const;
  std::list<Piece> take_safe(std::uint64_t safe);

  Device& device_;
  mutable std::mutex turn_;  ///< of all below; taken alone
  std::list<Piece> pieces_;  ///< recorded ones first
  std::uint64_t next_ = 1;   ///< number of the next piece
  std::uint64_t safe_ = 0;
};

}  // namespace gouache
