// Which device are plans made for without a GPU?  One like the newer lavapipe.
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

}  // namespace gouache::test
