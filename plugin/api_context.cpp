// What happens at the boundary when a host asks for the table, for devices and for a context?  Check, translate, call.
#include <cstring>
#include <utility>

#include "plugin/checks.h"
#include "plugin/devices.h"
#include "plugin/guard.h"
#include "plugin/objects.h"

using namespace gouache;

namespace {

std::string version_name(std::uint32_t version) {
  return std::to_string(version / 1000000) + "." + std::to_string(version / 1000 % 1000) + "." + std::to_string(version % 1000);
}

}  // namespace

GouResult gouGetApi(uint32_t version, GouApi* api) {
  return guarded("gouGetApi", nullptr, [&] {
    if (version / 1000000 != GOU_VERSION_MAJOR)
      throw Refusal(GOU_ERROR_UNSUPPORTED,
                    "version " + version_name(version) + " is asked for, this library is " + version_name(GOU_VERSION));
    check_table(required(api, "GouApi"));
#define GOU_VALUE(name) name,
    const GouApi all = {GOU_TYPE_API, api->size, nullptr, GOU_FOR_EACH_FUNCTION(GOU_VALUE)};
#undef GOU_VALUE
    std::memcpy(api, &all, api->size);
  });
}

const char* gouLastError(void) { return last_error(); }

GouResult gouListDevices(size_t* size, char* text) {
  return guarded("gouListDevices", nullptr, [&] { give_text(devices_json(), required(size, "size"), text); });
}

GouResult gouCreateContext(const void* device, GouContext* context) {
  return guarded("gouCreateContext", nullptr, [&] {
    required(device, "device");
    required(context, "context");
    auto made = std::make_unique<GouContext_T>();
    const GouLog* log = nullptr;
    if (type_of(device) == GOU_TYPE_OWN_DEVICE) {
      GouOwnDevice own = *static_cast<const GouOwnDevice*>(device);
      log = chained_log(std::exchange(own.next, nullptr), "GouOwnDevice");
      made->device = open_device(checked(&own));
    } else if (type_of(device) == GOU_TYPE_VULKAN_HOST) {
      GouVulkanHost host = *static_cast<const GouVulkanHost*>(device);
      log = chained_log(std::exchange(host.next, nullptr), "GouVulkanHost");
      made->device = borrow_device(checked(&host));
    } else {
      throw Refusal(GOU_ERROR_WRONG_STRUCT,
                    "device is a struct of type " + std::to_string(type_of(device)) + ", expected a GouVulkanHost or a GouOwnDevice");
    }
    if (log) {
      made->write_log = log->write;
      made->log_user = log->user;
    }
    made->log(GOU_LOG_NOTE, ("painting on " + made->device->caps().name).c_str());
    *context = made.release();
  });
}

GouResult gouDestroyContext(GouContext context) {
  return guarded("gouDestroyContext", context, [&] {
    if (context && !(context->models.empty() && context->trainings.empty()))
      throw Refusal(GOU_ERROR_WRONG_STATE, std::to_string(context->models.size()) + " models and " +
                                               std::to_string(context->trainings.size()) +
                                               " trainings of this context are still alive; destroy them first");
    delete context;
  });
}

GouResult gouDescribeContext(GouContext context, size_t* size, char* text) {
  return guarded("gouDescribeContext", context,
                 [&] { give_text(device_json(*required(context, "context")->device), required(size, "size"), text); });
}

const char* gouContextError(GouContext context) { return context ? context->error : "gouContextError: context is NULL"; }
