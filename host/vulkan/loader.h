// Where does a tool's own Vulkan come from?  The system's loader library, opened at run time; the plugin itself never needs it.
#pragma once

#include "host/vulkan/dispatch_table.h"

namespace gouache {

/// vkGetInstanceProcAddr of the system's Vulkan loader. The library is opened once and stays open until the process ends.
/// Throws Error(unsupported) naming the library when there is none.
PFN_vkGetInstanceProcAddr load_vulkan();

}  // namespace gouache
