// Which devices are plans made for without a GPU?  One like the newer lavapipe, and one like SwiftShader.
#pragma once

#include "host/kernels/device_caps.h"

namespace gouache::test {

inline DeviceCaps software_caps() {
  DeviceCaps caps;
  caps.is_cpu = true;
  caps.subgroup_size = 8;
  caps.subgroup_shuffle = caps.subgroup_quad = true;
  caps.max_invocations = 1024;
  caps.max_texels = 1u << 27;
  return caps;
}

/// Small subgroups, and few texels: large tensors are read from storage buffers.
inline DeviceCaps swiftshader_caps() {
  DeviceCaps caps;
  caps.is_cpu = true;
  caps.api_minor = 3;
  caps.subgroup_size = 4;
  caps.subgroup_shuffle = caps.subgroup_quad = caps.subgroup_dynamic_broadcast = caps.prefers_broadcast = true;
  caps.max_invocations = 256;
  caps.max_storage_buffers = 30;
  caps.max_shared_bytes = 32768;
  caps.max_storage_range = 1u << 30;
  return caps;
}

}  // namespace gouache::test
