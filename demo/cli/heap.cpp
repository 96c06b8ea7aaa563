// How does glibc's heap grow?
#include "demo/cli/heap.h"

#include <cstddef>
#include <cstdlib>

#if defined(__GLIBC__) && defined(__linux__)
#include <malloc.h>
#include <sys/mman.h>
#endif

namespace gouache::cli {

void grow_heap() noexcept {
#if defined(__GLIBC__) && defined(__linux__)
  constexpr int kFromHeap = 32 << 20, kKept = 256 << 20;  // bytes: what is larger is mapped on its own; what stays when it is free
  constexpr std::size_t kPage = 4096, kBlock = 31 << 20;  // so that it is not
  if (!mallopt(M_MMAP_THRESHOLD, kFromHeap) || !mallopt(M_TRIM_THRESHOLD, kKept)) return;
  void* blocks[2];
  for (void*& block : blocks)
    if ((block = std::aligned_alloc(kPage, kBlock))) (void)madvise(block, kBlock, MADV_HUGEPAGE);  // only advice
  for (void* block : blocks) std::free(block);
#endif
}

}  // namespace gouache::cli
