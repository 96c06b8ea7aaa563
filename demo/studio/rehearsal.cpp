// How does the window go on while a driver compiles?
#include "demo/studio/rehearsal.h"

#ifdef __linux__
#include <sys/resource.h>
#endif

#include <exception>
#include <thread>

namespace gouache::studio {
namespace {

constexpr int kNice = 5;

/// Gives way to other threads, as do those that the calling thread starts from now on, a driver's too. For good: going back takes a right
/// that users do not have.
void give_way() {
#ifdef __linux__
  setpriority(PRIO_PROCESS, 0, kNice);  // of this thread alone, against POSIX
#endif
}

}  // namespace

// Measured on two cores with an empty driver cache, over every page and to a training's first steps (tests/studio/measure/pages.script):
// the longest frame takes 8 s without this, 48 to 78 ms with it; 98 where its threads do not give way. Warm-ups of one kernel a submission
// change nothing. Lavapipe 22.3 finds some kernels in its cache by luck alone (its key has bytes of the stack in it, where a kernel reads
// texel buffers): there a kernel now and then still takes 0.1 to 0.4 s. Two rehearsals make that seldom, not never, and loading longer by
// half.
void rehearse(const Gpu& gpu, const std::function<void(GouContext)>& work) {
  const VkPhysicalDeviceProperties& device = gpu.properties();
  if (device.deviceType != VK_PHYSICAL_DEVICE_TYPE_CPU || device.vendorID != VK_VENDOR_ID_MESA) return;
  std::exception_ptr failed;
  std::thread([&] {
    try {
      give_way();
      auto own = api::of_type<GouOwnDevice>(GOU_TYPE_OWN_DEVICE);
      own.device = device.deviceName;
      GouContext made = nullptr;
      api::check(gouCreateContext(&own, &made));
      const api::Context context(made);
      work(context.get());
    } catch (...) { failed = std::current_exception(); }
  }).join();
  if (failed) std::rethrow_exception(failed);
}

}  // namespace gouache::studio
