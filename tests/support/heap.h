// Who asks for memory of the C++ heap?  operator new of the whole program, counted and made to fail, on one thread at a time.
#pragma once

#include <cstdint>

namespace gouache::testing {

/// operator new calls of this thread so far, those within a HeapPause left out.
std::uint64_t heap_calls();

/// The call of operator new on this thread after `more` others throws std::bad_alloc, once. Negative: none does.
void fail_heap_after(std::int64_t more);
/// Whether it has thrown since.
bool heap_failed();

/// What this thread asks for meanwhile is somebody else's (a driver's): neither counted nor refused.
class HeapPause {
 public:
  HeapPause();
  ~HeapPause();
  HeapPause(const HeapPause&) = delete;
  HeapPause& operator=(const HeapPause&) = delete;
};

}  // namespace gouache::testing
