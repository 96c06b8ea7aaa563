// Who asks for memory of the C++ heap?
#include "tests/support/heap.h"

#include <cstdlib>
#include <new>

namespace {

thread_local std::uint64_t calls = 0;
thread_local int paused = 0;
thread_local std::int64_t left = -1;
thread_local bool failed = false;

void* counted(std::size_t bytes) {
  if (!paused) {
    calls++;
    if (left >= 0 && left-- == 0) {
      failed = true;
      throw std::bad_alloc();
    }
  }
  if (void* memory = std::malloc(bytes ? bytes : 1)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t bytes) { return counted(bytes); }
void* operator new[](std::size_t bytes) { return counted(bytes); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace gouache::testing {

std::uint64_t heap_calls() { return calls; }
void fail_heap_after(std::int64_t more) {
  left = more;
  failed = false;
}
bool heap_failed() { return failed; }
HeapPause::HeapPause() { paused++; }
HeapPause::~HeapPause() { paused--; }

}  // namespace gouache::testing
