// How is one dispatch recorded again and again, outside any plan?  Pipeline, descriptor set and push constants, made once.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "host/plan/catalog.h"
#include "host/vulkan/pipeline.h"

namespace gouache {

/// Recording allocates nothing and makes no Vulkan object. `device`, and the buffers, must outlive it.
class ComputePass {
 public:
  ComputePass() = default;
  /// Binding i of the dispatch's module is `buffers[i]`, a storage buffer.
  ComputePass(Device& device, const Dispatch& dispatch, std::span<const VkDescriptorBufferInfo> buffers);

  /// Binds a compute pipeline, its set 0 and push constants, the first word of which is `first`, and dispatches. No barriers.
  void record(VkCommandBuffer commands, std::uint32_t first) const;

 private:
  Device* device_ = nullptr;
  VkPipeline pipeline_ = VK_NULL_HANDLE;
  PipelineLayout layout_;
  OwnedDescriptorPool pool_;
  VkDescriptorSet set_ = VK_NULL_HANDLE;
  std::array<std::uint32_t, 3> grid_{};
  std::vector<std::uint32_t> push_;
};

/// Whatever compute commands (and, if `transfers`, copies) did before on this queue, compute commands may now read and overwrite.
void record_compute_barrier(const Device& device, VkCommandBuffer commands, bool transfers);

}  // namespace gouache
