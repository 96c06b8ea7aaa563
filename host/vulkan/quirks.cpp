// Which drivers need to be known by name?  Add a line only for what the driver cannot be asked.
#include "host/vulkan/quirks.h"

#include <cstdio>

namespace gouache {

namespace {

constexpr Quirks kQuirks[] = {
    // driver, constant, broadcast, addresses since, reason
    {VK_DRIVER_ID_MESA_LLVMPIPE, true, false, 25,
     "lavapipe: a subgroup is the CPU's vector, chosen once for the process; a descriptor's buffer costs a loop over the lanes each time"},
    {VK_DRIVER_ID_GOOGLE_SWIFTSHADER, true, true, INT_MAX, "SwiftShader: a subgroup is one SIMD register; shuffles go through memory"},
};

constexpr Quirks kNone;

}  // namespace

const Quirks& quirks_of(VkDriverId driver) {
  for (const Quirks& row : kQuirks)
    if (row.driver == driver) return row;
  return kNone;
}

bool prefers_addresses(VkDriverId driver, const std::string& driver_info) {
  int version = 0;
  return std::sscanf(driver_info.c_str(), "Mesa %d", &version) == 1 && version >= quirks_of(driver).addresses_since;
}

bool cpu_gathers_fast() {
#if defined(__GNUC__) && defined(__x86_64__)
  return __builtin_cpu_is("amd") && __builtin_cpu_supports("avx512f");
#else
  return false;
#endif
}

}  // namespace gouache
