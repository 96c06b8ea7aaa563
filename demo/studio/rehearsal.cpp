// How does the window go on while a driver compiles?
#include "demo/studio/rehearsal.h"

namespace gouache::studio {

// Measured on two cores with an empty driver cache, over every page and to a training's first steps (tests/studio/measure/pages.script):
// the longest frame takes 8 s without this, 44 to 67 ms with it. Warm-ups of one kernel a submission change nothing.
void rehearse(const Gpu& gpu, const std::function<void(GouContext)>& work) {
  const VkPhysicalDeviceProperties& device = gpu.properties();
  if (device.deviceType != VK_PHYSICAL_DEVICE_TYPE_CPU || device.vendorID != VK_VENDOR_ID_MESA) return;
  auto own = api::of_type<GouOwnDevice>(GOU_TYPE_OWN_DEVICE);
  own.device = device.deviceName;
  GouContext made = nullptr;
  api::check(gouCreateContext(&own, &made));
  const api::Context context(made);
  work(context.get());
}

}  // namespace gouache::studio
