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

void advise_large_pages([[maybe_unused]] std::span<std::byte> memory) noexcept {
#if defined(__linux__)
  if (memory.size() >= kLargePageBytes) advise(memory, MADV_HUGEPAGE);
#endif
}

void take_pages(std::span<std::byte> memory) noexcept {
  advise_large_pages(memory);
#if defined(__linux__) && defined(MADV_POPULATE_WRITE)
  if (memory.size() >= kLargePageBytes) advise(memory, MADV_POPULATE_WRITE);
#endif
}

}  // namespace gouache
