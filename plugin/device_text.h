// How does a device describe itself as JSON text?
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "host/kernels/device_caps.h"
#include "host/vulkan/device_facts.h"

namespace gouache {

/// Name, driver, version, subgroup size, the limits that matter, and the kernel row picked for one case of each heavy op.
nlohmann::ordered_json describe(const DeviceFacts& facts, const DeviceCaps& caps);

}  // namespace gouache
