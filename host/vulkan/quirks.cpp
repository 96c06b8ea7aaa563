// Which drivers need to be known by name?  Add a line only for what the driver cannot be asked.
#include "host/vulkan/quirks.h"

namespace gouache {

namespace {

constexpr Quirks kQuirks[] = {
    // driver                             constant  broadcast  reason
    {VK_DRIVER_ID_MESA_LLVMPIPE, true, false, "lavapipe: a subgroup is the CPU's vector, chosen once for the process"},
    {VK_DRIVER_ID_GOOGLE_SWIFTSHADER, true, true, "SwiftShader: a subgroup is one SIMD register; shuffles go through memory"},
};

constexpr Quirks kNone;

}  // namespace

const Quirks& quirks_of(VkDriverId driver) {
  for (const Quirks& row : kQuirks)
    if (row.driver == driver) return row;
  return kNone;
}

}  // namespace gouache
