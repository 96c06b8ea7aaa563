// How do compiled pipelines travel from one process to the next?  The driver's bytes, behind a header that names device and driver
// and proves that they are whole: drivers need not survive damaged data.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "host/vulkan/device_facts.h"

namespace gouache {

/// `blob` is what vkGetPipelineCacheData gave.
std::vector<std::byte> seal_cache(const DeviceFacts& facts, std::span<const std::byte> blob);

struct OpenedCache {
  std::span<const std::byte> blob;  ///< within the data given
  std::string refusal;              ///< why the data is of no use on this device and driver; "" when it is
};
OpenedCache open_cache(const DeviceFacts& facts, std::span<const std::byte> data);

}  // namespace gouache
