// What becomes of an exception at the boundary?
#include "plugin/guard.h"

#include <cstdio>
#include <cstring>
#include <new>

#include "plugin/checks.h"

namespace gouache {
namespace {

thread_local char last[sizeof(GouContext_T::error)] = "";

GouResult result_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument: return GOU_ERROR_INVALID_ARGUMENT;
    case ErrorCode::bad_file: return GOU_ERROR_BAD_FILE;
    case ErrorCode::io: return GOU_ERROR_IO;
    case ErrorCode::unsupported: return GOU_ERROR_UNSUPPORTED;
    case ErrorCode::out_of_memory: return GOU_ERROR_OUT_OF_MEMORY;
    case ErrorCode::wrong_state: return GOU_ERROR_WRONG_STATE;
    case ErrorCode::device_lost: return GOU_ERROR_DEVICE_LOST;
    case ErrorCode::not_finite: return GOU_ERROR_NOT_FINITE;
    case ErrorCode::internal: return GOU_ERROR_INTERNAL;
  }
  return GOU_ERROR_INTERNAL;
}

GouResult failed(GouContext context, GouResult result, const char* function, const char* text) noexcept {
  std::snprintf(last, sizeof last, "%s%s%s", function, *function ? ": " : "", text);
  if (context) {
    {
      const std::lock_guard held(context->speaking);
      std::memcpy(context->error, last, sizeof last);
    }
    context->log(GOU_LOG_ERROR, last);
  }
  return result;
}

}  // namespace

const char* last_error() noexcept { return last; }

GouResult caught(const char* function, GouContext context) noexcept {
  try {
    throw;
  } catch (const Refusal& refusal) { return failed(context, refusal.result(), function, refusal.what()); } catch (const Error& error) {
    return failed(context, result_of(error.code()), "", error.what());
  } catch (const std::bad_alloc&) {
    return failed(context, GOU_ERROR_OUT_OF_MEMORY, function, "the host's memory is exhausted");
  } catch (const std::exception& error) { return failed(context, GOU_ERROR_INTERNAL, function, error.what()); } catch (...) {
    return failed(context, GOU_ERROR_INTERNAL, function, "something unknown went wrong");
  }
}

}  // namespace gouache
