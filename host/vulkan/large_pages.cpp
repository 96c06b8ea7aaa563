// What can a system be asked about its pages?
#include "host/vulkan/large_pages.h"

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#endif

namespace gouache {

namespace {

#if defined(__linux__)
/// For all pages that hold some of it.
void advise(std::span<std::byte> memory, int advice) {
  const std::uintptr_t page = std::uintptr_t(sysconf(_SC_PAGESIZE)), start = reinterpret_cast<std::uintptr_t>(memory.data());
  const std::uintptr_t first = start / page * page;
  (void)madvise(reinterpret_cast<void*>(first), start + memory.size() - first, advice);
}
#endif

}  // namespace

void take_pages([[maybe_unused]] std::span<std::byte> memory) noexcept {
#if defined(__linux__)
  if (memory.size() < kLargePageBytes) return;
  advise(memory, MADV_HUGEPAGE);
#if defined(MADV_POPULATE_WRITE)
  advise(memory, MADV_POPULATE_WRITE);
#endif
#endif
}

LargePages::LargePages([[maybe_unused]] std::size_t bytes) noexcept {
#if defined(__linux__)
  if (bytes == 0 || bytes > SIZE_MAX - 2 * kLargePageBytes) return;
  const std::size_t whole = (bytes + kLargePageBytes - 1) / kLargePageBytes * kLargePageBytes, mapped = whole + kLargePageBytes;
  void* const start = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return;
  const std::size_t before = (kLargePageBytes - reinterpret_cast<std::uintptr_t>(start) % kLargePageBytes) % kLargePageBytes;
  std::byte* const first = static_cast<std::byte*>(start) + before;
  if (before > 0) munmap(start, before);
  if (before < kLargePageBytes) munmap(first + whole, kLargePageBytes - before);
  memory_ = {first, whole};
  advise(memory_, MADV_HUGEPAGE);
#endif
}

LargePages::~LargePages() {
#if defined(__linux__)
  if (!memory_.empty()) munmap(memory_.data(), memory_.size());
#endif
}

}  // namespace gouache
