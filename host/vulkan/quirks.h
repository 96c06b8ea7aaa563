// Which drivers need to be known by name?  One line each, with the reason.
#pragma once

#include <climits>
#include <string>

#include "host/vulkan/dispatch_table.h"

namespace gouache {

struct Quirks {
  VkDriverId driver = VkDriverId(0);
  bool constant_subgroup = false;  ///< every compute pipeline runs at the reported subgroup size, without having to ask
  bool prefers_broadcast = false;  ///< DeviceCaps::prefers_broadcast
  int addresses_since = INT_MAX;   ///< version of Mesa from which kernels should take buffers by their addresses
  const char* reason = "";
};

/// The driver's line; all false when it has none.
const Quirks& quirks_of(VkDriverId driver);

/// Whether kernels should take buffers by their addresses. `driver_info`: driverInfo, e.g. "Mesa 25.0.7 (LLVM 15.0.6)", for lavapipe's
/// driverVersion is 1 in all versions.
bool prefers_addresses(VkDriverId driver, const std::string& driver_info);

/// DeviceCaps::fast_gathers of a software driver that goes by addresses on the CPU that runs this: true of those that were measured
/// (AMD's with AVX-512; host/kernels/NOTES.md).
bool cpu_gathers_fast();

}  // namespace gouache
