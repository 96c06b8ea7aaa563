// How do a training's newest weights get into the memory that a model paints from?  Copied on the device, at the start of a request.
#pragma once

#include <cstdint>
#include <vector>

#include "host/runtime/state.h"
#include "host/vulkan/transfer.h"

namespace gouache {

/// Where a training keeps one of its generator's variables.
struct WeightPlace {
  std::string name;  ///< as a model file calls it
  VkBuffer buffer = VK_NULL_HANDLE;
  std::int64_t offset = 0, bytes = 0;
};

/// Copies `from` into the variables of the same names of `to`; both outlive it.
class LiveWeights {
 public:
  /// Throws Error naming a variable that `to` lacks or holds in another size.
  LiveWeights(Device& device, const std::vector<WeightPlace>& from, State& to);

  /// Copies at once and waits.
  void copy() const { device_.transfer().copy(copies_); }
  /// Records the copies between barriers, after all compute and transfer commands before them. Allocates nothing.
  void record(VkCommandBuffer commands) const;

 private:
  Device& device_;
  std::vector<BufferCopy> copies_;
};

}  // namespace gouache
