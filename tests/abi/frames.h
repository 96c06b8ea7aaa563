// How does an engine's frame look to the tests?  One command buffer, submitted and waited for.
#pragma once

#include "tests/abi/borrowed.h"

namespace gouache::testing {

class Frames {
 public:
  explicit Frames(const Engine& engine);
  ~Frames();
  Frames(const Frames&) = delete;
  Frames& operator=(const Frames&) = delete;

  VkCommandBuffer begin();
  void end();
  /// Records one frame with everything under way in `context` and waits for it; what gouRecord said.
  GouTick run(GouContext context, const GouBudget& budget);
  /// The frame that run() records next; its job and training may be set.
  GouFrame frame = of_type<GouFrame>(GOU_TYPE_FRAME);

 private:
  const Engine& engine_;
  const DeviceTable& table_;
  VkCommandPool pool_ = VK_NULL_HANDLE;
  VkCommandBuffer commands_ = VK_NULL_HANDLE;
  VkFence fence_ = VK_NULL_HANDLE;
};

inline GouBudget budget_of(std::uint32_t microseconds, std::uint32_t dispatches = 0) {
  auto budget = of_type<GouBudget>(GOU_TYPE_BUDGET);
  budget.gpu_microseconds = microseconds;
  budget.dispatches = dispatches;
  return budget;
}

}  // namespace gouache::testing
