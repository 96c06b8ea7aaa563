// How does a device describe itself as JSON text?
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "host/kernels/family.h"
#include "host/vulkan/device_facts.h"

namespace gouache {

/// Name, driver, version, subgroup size, the limits that matter, what a tuning must be of, and the kernel row picked for one case of each
/// heavy op.
nlohmann::ordered_json describe(const DeviceFacts& facts, const Catalog& catalog);

}  // namespace gouache
