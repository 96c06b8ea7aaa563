// How does the window go on while a driver compiles?
#include "demo/studio/rehearsal.h"

namespace gouache::studio {

// Measured with an empty driver cache on two cores, from the start to a training's first steps: the longest frame takes 8 s without this,
// 70 to 119 ms with it. A worker of lower priority (nice 4, 8) and warm-ups of one kernel a submission changed nothing of that.
void rehearse(const Gpu& gpu, const std::function<void(GouContext)>& work) {
  if (gpu.properties().deviceType != VK_PHYSICAL_DEVICE_TYPE_CPU) return;
  auto own = api::of_type<GouOwnDevice>(GOU_TYPE_OWN_DEVICE);
  own.device = gpu.properties().deviceName;
  GouContext made = nullptr;
  api::check(gouCreateContext(&own, &made));
  const api::Context context(made);
  work(context.get());
}

}  // namespace gouache::studio
