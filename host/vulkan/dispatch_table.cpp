// Which Vulkan functions do we call?  Fills the tables, under a function's core name or the one it had before.
#include "host/vulkan/dispatch_table.h"

#include <string>

#include "host/graph/error.h"

namespace gouache {

namespace {

/// Loads one row with `get(name)`; a row whose feature is not enabled stays null.
template <typename Function, typename Get>
void load_row(Function& function, const Get& get, bool needed, const char* name, const char* older_name) {
  if (!needed) return;
  PFN_vkVoidFunction found = get(name);
  if (!found && older_name) found = get(older_name);
  if (!found) throw Error(ErrorCode::unsupported, std::string("Vulkan: the loader has no ") + name + ", which Gouache needs");
  function = reinterpret_cast<Function>(found);
}

/// EnabledFeatures and the rows that need none of them.
struct Needs : EnabledFeatures {
  bool always = true;
};

}  // namespace

#define GOUACHE_LOAD(function, need, older_name) load_row(table.function, get, needs.need, #function, older_name);

GlobalTable load_global_table(PFN_vkGetInstanceProcAddr get_instance_proc_addr) {
  const Needs needs;
  GlobalTable table;
  table.vkGetInstanceProcAddr = get_instance_proc_addr;
  auto get = [&](const char* name) { return get_instance_proc_addr(nullptr, name); };
  GOUACHE_GLOBAL_FUNCTIONS(GOUACHE_LOAD)
  return table;
}

InstanceTable load_instance_table(PFN_vkGetInstanceProcAddr get_instance_proc_addr, VkInstance instance) {
  const Needs needs;
  InstanceTable table;
  table.vkGetInstanceProcAddr = get_instance_proc_addr;
  auto get = [&](const char* name) { return get_instance_proc_addr(instance, name); };
  GOUACHE_INSTANCE_FUNCTIONS(GOUACHE_LOAD)
  return table;
}

DeviceTable load_device_table(const InstanceTable& instance_table, VkDevice device, const EnabledFeatures& enabled) {
  const Needs needs{enabled};
  DeviceTable table;
  auto get = [&](const char* name) { return instance_table.vkGetDeviceProcAddr(device, name); };
  GOUACHE_DEVICE_FUNCTIONS(GOUACHE_LOAD)
  return table;
}

#undef GOUACHE_LOAD

}  // namespace gouache
