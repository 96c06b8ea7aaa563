// How do bytes get into device-local buffers where no queue was lent?
#include "host/vulkan/deferred.h"

#include <algorithm>
#include <cstring>

namespace gouache {

namespace {

constexpr double kBytesPerMicrosecond = 4000;  ///< a careful guess: DESIGN's slowest driver copies 5.7 GB/s
constexpr std::int64_t kSmallBytes = 1 << 20;  ///< smaller uploads share a piece's staging memory
constexpr VkPipelineStageFlags kTransfer = VK_PIPELINE_STAGE_TRANSFER_BIT, kCompute = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT;
constexpr VkAccessFlags kCopies = VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT;

void barrier(const DeviceTable& table, VkCommandBuffer commands, VkPipelineStageFlags from, VkAccessFlags written, VkPipelineStageFlags to,
             VkAccessFlags access) {
  const VkMemoryBarrier memory{VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr, written, access};
  table.vkCmdPipelineBarrier(commands, from, to, 0, 1, &memory, 0, nullptr, 0, nullptr);
}

void copies_barrier(const DeviceTable& table, VkCommandBuffer commands) {
  barrier(table, commands, kTransfer, VK_ACCESS_TRANSFER_WRITE_BIT, kTransfer, kCopies);
}

}  // namespace

Deferred::~Deferred() {
  std::list<Piece> all;
  all.swap(pieces_);  // ending buffers ask for what is left
}

/// The piece that still grows, if it may by so much; else null.
Deferred::Piece* Deferred::open_piece(std::int64_t bytes) {
  if (pieces_.empty() || pieces_.back().frame != 0 || pieces_.back().bytes + bytes > kPieceBytes) return nullptr;
  return &pieces_.back();
}

void Deferred::add_unstaged(const Copy& copy) {
  Piece* open = open_piece(std::int64_t(copy.bytes));
  if (!open) {
    open = &pieces_.emplace_back();
    open->number = next_++;
  }
  add(*open, copy);
}

void Deferred::add(Piece& piece, const Copy& copy) {
  const auto meet = [](VkBuffer a, VkDeviceSize at, VkDeviceSize bytes, VkBuffer b, VkDeviceSize other, VkDeviceSize others) {
    return a && a == b && at < other + others && other < at + bytes;
  };
  Copy added = copy;
  added.barrier = std::ranges::any_of(piece.copies, [&](const Copy& c) {
    return meet(c.to, c.offset, c.bytes, copy.to, copy.offset, copy.bytes) ||
           meet(c.to, c.offset, c.bytes, copy.from, copy.source, copy.bytes) ||
           meet(c.from, c.source, c.bytes, copy.to, copy.offset, copy.bytes);
  });
  piece.graves.reserve(2 * piece.copies.size() + 2);
  piece.copies.push_back(added);
  piece.bytes += std::int64_t(copy.bytes);
}

void Deferred::upload(const Buffer& to, std::int64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const std::int64_t part = std::min(std::int64_t(bytes.size()), kPieceBytes);
    const auto stage = [&](Piece& piece) {
      std::memcpy(piece.staging.mapped().data() + piece.staged, bytes.data(), std::size_t(part));
      add(piece, {piece.staging.handle(), to.handle(), VkDeviceSize(piece.staged), VkDeviceSize(offset), VkDeviceSize(part)});
      piece.staged += (part + 15) / 16 * 16;
    };
    std::unique_lock held(turn_);
    Piece* const open = open_piece(part);
    if (part < kSmallBytes && open && open->staging.bytes() - open->staged >= part) {
      stage(*open);
    } else {
      held.unlock();  // memory is taken and large parts are copied while others go on
      std::list<Piece> made(1);
      made.front().staging = Buffer(device_, std::max(part, kSmallBytes), BufferPlace::upload, MemoryPurpose::staging, "staging of frames");
      stage(made.front());
      held.lock();
      made.front().number = next_++;
      pieces_.splice(pieces_.end(), made);
    }
    offset += part;
    bytes = bytes.subspan(std::size_t(part));
  }
}

void Deferred::zero(const Buffer& to, std::int64_t offset, std::int64_t bytes) {
  const std::lock_guard held(turn_);
  for (std::int64_t part; bytes > 0; offset += part, bytes -= part) {
    part = std::min(bytes, kPieceBytes);
    add_unstaged({VK_NULL_HANDLE, to.handle(), 0, VkDeviceSize(offset), VkDeviceSize(part)});
  }
}

void Deferred::copy(std::span<const BufferCopy> copies) {
  const std::lock_guard held(turn_);
  for (const BufferCopy& copy : copies)
    for (VkDeviceSize at = 0, part = 0; at < copy.range.size; at += part) {
      part = std::min(copy.range.size - at, VkDeviceSize(kPieceBytes));
      add_unstaged({copy.from, copy.to, copy.range.srcOffset + at, copy.range.dstOffset + at, part});
    }
}

void Deferred::download(const Buffer& from, std::int64_t offset, const Buffer& to) {
  const std::lock_guard held(turn_);
  for (std::int64_t at = 0, part = 0; at < to.bytes(); at += part) {
    part = std::min(to.bytes() - at, kPieceBytes);
    add_unstaged({from.handle(), to.handle(), VkDeviceSize(offset + at), VkDeviceSize(at), VkDeviceSize(part)});
  }
}

void Deferred::record_piece(VkCommandBuffer commands, const Piece& piece) const {
  const DeviceTable& table = device_.table();
  for (const Copy& copy : piece.copies) {
    if (copy.barrier) copies_barrier(table, commands);
    const VkBufferCopy region{copy.source, copy.offset, copy.bytes};
    if (copy.from)
      table.vkCmdCopyBuffer(commands, copy.from, copy.to, 1, &region);
    else
      table.vkCmdFillBuffer(commands, copy.to, copy.offset, copy.bytes, 0);
  }
}

std::list<Deferred::Piece> Deferred::take_safe(std::uint64_t safe) {
  safe_ = std::max(safe_, safe);
  std::list<Piece> done;
  while (!pieces_.empty() && pieces_.front().frame != 0 && pieces_.front().frame <= safe_)
    done.splice(done.end(), pieces_, pieces_.begin());
  return done;
}

Deferred::Report Deferred::record(VkCommandBuffer commands, std::uint64_t frame, std::uint64_t safe, double microseconds,
                                  std::uint32_t pieces) {
  const DeviceTable& table = device_.table();
  std::list<Piece> released;  // without holding the turn: ending buffers ask for it
  const std::lock_guard held(turn_);
  released = take_safe(safe);
  Report report;
  for (Piece& piece : pieces_) {
    if (piece.frame != 0) continue;
    const double expected = double(piece.bytes) / kBytesPerMicrosecond;
    const bool fits = report.microseconds + expected <= microseconds && (pieces == 0 || report.pieces < pieces);
    if (report.pieces > 0 && !fits) {
      report.more = true;
      break;
    }
    if (report.pieces == 0)
      barrier(table, commands, kCompute | kTransfer | VK_PIPELINE_STAGE_HOST_BIT,
              VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT | VK_ACCESS_HOST_WRITE_BIT, kTransfer, kCopies);
    else
      copies_barrier(table, commands);
    piece.staging.flush();
    record_piece(commands, piece);
    piece.frame = frame;
    report.pieces++;
    report.microseconds += expected;
  }
  if (report.pieces > 0)
    barrier(table, commands, kTransfer, VK_ACCESS_TRANSFER_WRITE_BIT, kCompute | kTransfer | VK_PIPELINE_STAGE_HOST_BIT,
            VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_UNIFORM_READ_BIT | kCopies | VK_ACCESS_HOST_READ_BIT);
  return report;
}

std::uint64_t Deferred::mark() const {
  const std::lock_guard held(turn_);
  return next_ - 1;
}

bool Deferred::reached(std::uint64_t mark) const {
  const std::lock_guard held(turn_);
  return pieces_.empty() || pieces_.front().number > mark;
}

void Deferred::bury(Buffer& buffer) noexcept {
  const std::lock_guard held(turn_);
  const VkBuffer handle = buffer.handle();
  const auto touches = [handle](const Copy& copy) { return copy.from == handle || copy.to == handle; };
  Piece* last = nullptr;
  for (Piece& piece : pieces_) {
    if (piece.frame == 0)
      std::erase_if(piece.copies, touches);
    else if (std::ranges::any_of(piece.copies, touches))
      last = &piece;
  }
  if (last) last->graves.push_back(std::move(buffer));
}

}  // namespace gouache
