// Which drivers need to be known by name?  One line each, with the reason.
#pragma once

#include "host/vulkan/dispatch_table.h"

namespace gouache {

struct Quirks {
  VkDriverId driver = VkDriverId(0);
  bool constant_subgroup = false;  ///< every compute pipeline runs at the reported subgroup size, without having to ask
  bool prefers_broadcast = false;  ///< DeviceCaps::prefers_broadcast
  const char* reason = "";
};

/// The driver's line; all false when it has none.
const Quirks& quirks_of(VkDriverId driver);

}  // namespace gouache
