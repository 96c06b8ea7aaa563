// How does glibc's heap grow?
#include "demo/cli/heap.h"

#include <cstddef>
#include <cstdlib>
#include <span>

#include "host/vulkan/large_pages.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace gouache::cli {

void grow_heap() noexcept {
#if defined(__GLIBC__)
  constexpr int kFromHeap = 32 << 20, kKept = 256 << 20;  // bytes: what is larger is mapped on its own; what stays when it is free
  constexpr std::size_t kBlock = 31 << 20;                // so that it is not
  if (!mallopt(M_MMAP_THRESHOLD, kFromHeap) || !mallopt(M_TRIM_THRESHOLD, kKept)) return;
  void* blocks[2];
  for (void*& block : blocks)
    if ((block = std::malloc(kBlock))) advise_large_pages({static_cast<std::byte*>(block), kBlock});
  for (void* block : blocks) std::free(block);
#endif
}

}  // namespace gouache::cli
