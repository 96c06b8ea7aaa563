// What becomes of an exception at the boundary?  A result, and a message for gouLastError and gouContextError.
#pragma once

#include <type_traits>

#include "plugin/objects.h"

namespace gouache {

/// The message of the last call that failed on this thread.
const char* last_error() noexcept;

/// Inside a catch block: the result of what was caught, its message kept and logged. Allocates nothing.
GouResult caught(const char* function, GouContext context) noexcept;

/// The one place where exceptions end. `body` returns nothing, or a GouResult that is not an error.
template <class Body>
GouResult guarded(const char* function, GouContext context, Body&& body) noexcept {
  try {
    if constexpr (std::is_void_v<decltype(body())>) {
      body();
      return GOU_SUCCESS;
    } else {
      return body();
    }
  } catch (...) { return caught(function, context); }
}

template <class Handle>
GouContext context_of(Handle handle) noexcept {
  return handle ? handle->context : nullptr;
}

}  // namespace gouache
