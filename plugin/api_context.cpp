// What happens at the boundary when a host asks for the table, for devices and for a context?  Check, translate, call.
#include <cstring>

#include "host/runtime/tuning_text.h"
#include "host/vulkan/pipeline.h"
#include "plugin/chain.h"
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

GouResult gouGetRequirements(VkInstance instance, VkPhysicalDevice physical_device, PFN_vkGetInstanceProcAddr get_instance_proc_addr,
                             GouRequirements* requirements) {
  return guarded("gouGetRequirements", nullptr, [&] {
    required(instance, "instance");
    required(physical_device, "physical_device");
    if (!get_instance_proc_addr) throw Refusal(GOU_ERROR_INVALID_ARGUMENT, "get_instance_proc_addr is NULL");
    fill_requirements(instance, physical_device, get_instance_proc_addr, checked(requirements));
  });
}

GouResult gouCreateContext(const void* device, GouContext* context) {
  return guarded("gouCreateContext", nullptr, [&] {
    required(device, "device");
    required(context, "context");
    auto made = std::make_unique<GouContext_T>();
    ContextChain chain;
    if (type_of(device) == GOU_TYPE_OWN_DEVICE) {
      const GouOwnDevice& own = checked_head(static_cast<const GouOwnDevice*>(device));
      chain = context_chain(own.next, "GouOwnDevice");
      made->device = open_device(own, chain);
    } else if (type_of(device) == GOU_TYPE_VULKAN_HOST) {
      const GouVulkanHost& host = checked_head(static_cast<const GouVulkanHost*>(device));
      chain = context_chain(host.next, "GouVulkanHost");
      made->device = borrow_device(host, chain);
    } else {
      throw Refusal(GOU_ERROR_WRONG_STRUCT, "device is " + struct_name(type_of(device)) + ", expected a GouVulkanHost or a GouOwnDevice");
    }
    if (chain.log) {
      made->write_log = chain.log->write;
      made->log_user = chain.log->user;
    }
    if (chain.pipeline_cache && chain.pipeline_cache->bytes) {
      const std::span data(static_cast<const std::byte*>(chain.pipeline_cache->data), chain.pipeline_cache->bytes);
      if (const std::string why = made->device->pipelines().begin_cache(data); !why.empty())
        made->log(GOU_LOG_WARNING, ("GouPipelineCacheData: left, because it is " + why).c_str());
    }
    made->log(GOU_LOG_NOTE, ("painting on " + made->device->caps().name).c_str());
    *context = made.release();
  });
}

GouResult gouDestroyContext(GouContext context) {
  return guarded("gouDestroyContext", context, [&] {
    if (!context) return;
    {
      const std::lock_guard held(context->turn);
      if (!(context->models.empty() && context->trainings.empty() && context->images.empty()))
        throw Refusal(GOU_ERROR_WRONG_STATE,
                      std::to_string(context->models.size()) + " models, " + std::to_string(context->trainings.size()) + " trainings and " +
                          std::to_string(context->images.size()) + " images of this context are still alive; destroy them first");
    }
    delete context;
  });
}

GouResult gouDescribeContext(GouContext context, size_t* size, char* text) {
  return guarded("gouDescribeContext", context,
                 [&] { give_text(device_json(*required(context, "context")->device), required(size, "size"), text); });
}

GouResult gouGetPipelineCache(GouContext context, size_t* size, void* data) {
  return guarded("gouGetPipelineCache", context, [&] {
    give_bytes(required(context, "context")->device->pipelines().cache_data(), required(size, "size"), data, "pipeline cache");
  });
}

GouResult gouSetTuning(GouContext context, const void* data, size_t bytes) {
  return guarded("gouSetTuning", context, [&] {
    Device& device = *required(context, "context")->device;
    if (!bytes) return device.set_tuning(nullptr);
    const std::string_view text(static_cast<const char*>(required(data, "data")), bytes);
    device.set_tuning(std::make_shared<const Tuning>(read_tuning(device.facts(), "gouSetTuning: the tuning", text)));
  });
}

GouResult gouGetTuning(GouContext context, size_t* size, void* data) {
  return guarded("gouGetTuning", context, [&] {
    const Device& device = *required(context, "context")->device;
    const std::shared_ptr<const Tuning> tuning = device.tuning();
    const std::string text = tuning_text(device.facts(), tuning ? *tuning : Tuning{});
    give_bytes(std::as_bytes(std::span(text)), required(size, "size"), data, "tuning");
  });
}

const char* gouContextError(GouContext context) {
  static thread_local char copy[sizeof(GouContext_T::error)];
  if (!context) return "gouContextError: context is NULL";
  const std::lock_guard held(context->speaking);
  std::memcpy(copy, context->error, sizeof copy);
  return copy;
}
