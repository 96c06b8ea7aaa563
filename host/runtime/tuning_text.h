// How does a tuning travel from one process to the next?  JSON text that names the device, the driver and the shaders it was measured
// with, and proves that it is whole.
#pragma once

#include <string>
#include <string_view>

#include "host/kernels/tuning.h"
#include "host/vulkan/device_facts.h"

namespace gouache {

/// 16 hexadecimal digits for the device, the driver's version and the shaders of this build: where they agree a tuning holds.
std::string tuning_key(const DeviceFacts& facts);

/// The most that read_tuning() takes.
inline constexpr std::size_t kMostTuningBytes = std::size_t{64} << 20;

std::string tuning_text(const DeviceFacts& facts, const Tuning& tuning);

/// Throws Error(bad_file) naming `name` and what is damaged, Error(unsupported) naming what of device, driver and shaders is another.
Tuning read_tuning(const DeviceFacts& facts, const std::string& name, std::string_view text);

}  // namespace gouache
