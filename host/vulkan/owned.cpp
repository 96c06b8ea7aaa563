// What do debuggers call our Vulkan objects?
#include "host/vulkan/owned.h"

#include "host/vulkan/result.h"

namespace gouache {

void name_object(Device& device, VkObjectType type, std::uint64_t handle, const std::string& name) {
  if (!device.enabled().debug_utils) return;
  VkDebugUtilsObjectNameInfoEXT label{};
  label.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_OBJECT_NAME_INFO_EXT;
  label.objectType = type;
  label.objectHandle = handle;
  label.pObjectName = name.c_str();
  check(device.table().vkSetDebugUtilsObjectNameEXT(device.handle(), &label), "vkSetDebugUtilsObjectNameEXT");
}

}  // namespace gouache
