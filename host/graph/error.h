// How does Gouache report what went wrong inside?  One exception type that carries a code; api.cpp turns it into a GouResult.
#pragma once

#include <stdexcept>
#include <string>

namespace gouache {

/// What kind of failure an Error is; the plugin maps each to one GouResult.
enum class ErrorCode {
  invalid_argument,  ///< a parameter, shape, recipe key or value the caller gave
  bad_file,          ///< a file or memory image that is damaged, truncated or of another format
  io,                ///< the operating system refused to read or write
  unsupported,       ///< the device, driver or build lacks something that is needed; the message names it
  out_of_memory,     ///< host or device memory, or the caller's memory limit
  wrong_state,       ///< not now: something is still under way
  device_lost,       ///< the Vulkan device was lost
  not_finite,        ///< training met NaN or Inf
  internal,          ///< a broken promise of our own
};

/// An error whose text names the thing and what was expected.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& text) : std::runtime_error(text), code_(code) {}
  explicit Error(const std::string& text) : Error(ErrorCode::invalid_argument, text) {}
  ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace gouache
