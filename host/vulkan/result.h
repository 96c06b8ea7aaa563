// What does a VkResult mean to us?  Names for messages and the ErrorCode of each failure.
#pragma once

#include <string>

#include "host/vulkan/dispatch_table.h"

namespace gouache {

/// "VK_ERROR_DEVICE_LOST".
std::string name_of(VkResult result);

/// Throws Error unless `result` is a success: out_of_memory and device_lost for those, unsupported for what the driver lacks,
/// else internal. The text names the function, the result and `what` it was about.
void check(VkResult result, const char* function, const std::string& what);
void check(VkResult result, const char* function);

}  // namespace gouache
