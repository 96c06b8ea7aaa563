// How does memory come without a page fault for every 4 KiB?  A fault costs a fraction of a microsecond on a bare machine and 12 in some
// virtual ones, where 14 MB that are touched for the first time take 45 ms, and 1.3 in pages of 2 MiB.
#pragma once

#include <cstddef>
#include <span>
#include <utility>

namespace gouache {

/// Less than this is not worth a call to the system.
constexpr std::size_t kLargePageBytes = 2 << 20;

/// Has the system back memory with large pages and takes them now, all in one call: for memory that is written whole anyway. Linux, where
/// transparent huge pages are on or to be had for the asking; elsewhere nothing happens. What the memory holds stays. Nothing fails.
/// Thread-safe.
void take_pages(std::span<std::byte> memory) noexcept;

/// Memory for large pages, zeros, none of them taken: whole multiples of kLargePageBytes. Moves, does not copy.
class LargePages {
 public:
  LargePages() = default;
  /// Holds nothing where the system has no such memory to give.
  explicit LargePages(std::size_t bytes) noexcept;
  LargePages(LargePages&& other) noexcept { swap(other); }
  LargePages& operator=(LargePages&& other) noexcept {
    swap(other);
    return *this;
  }
  ~LargePages();

  std::span<std::byte> memory() const { return memory_; }

 private:
  void swap(LargePages& other) noexcept { std::swap(memory_, other.memory_); }

  std::span<std::byte> memory_;
};

}  // namespace gouache
