// How long will a plan's dispatches take on a device that has not been measured?
#include "host/runtime/guess.h"

namespace gouache {

namespace {

/// What a plain kernel reaches on the weaker devices of a kind.
struct Speed {
  VkPhysicalDeviceType type;
  double flops, bytes;  ///< per microsecond
  double dispatch;      ///< microseconds of one that does nothing
};
constexpr Speed kSpeeds[] = {{VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU, 500e3, 100e3, 5},
                             {VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU, 100e3, 15e3, 10},
                             {VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU, 100e3, 15e3, 10}};
constexpr Speed kSlowest{VK_PHYSICAL_DEVICE_TYPE_CPU, 8e3, 2e3, 25};

}  // namespace

Profile guess_profile(const DeviceFacts& facts, const Plan& plan) {
  Speed speed = kSlowest;
  for (const Speed& row : kSpeeds)
    if (row.type == facts.type) speed = row;
  Profile profile;
  profile.guessed = true;
  for (const Command& command : plan.commands) {
    const Kernel& kernel = plan.steps.at(std::size_t(command.step)).kernel;
    const double whole = kernel.flops / speed.flops + kernel.bytes / speed.bytes;
    profile.microseconds.push_back(speed.dispatch + whole / double(kernel.dispatches.size()));
  }
  return profile;
}

}  // namespace gouache
