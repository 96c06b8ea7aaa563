// How does one frame at a time look to the tests?  Recorded, submitted and waited for.
#pragma once

#include "tests/abi/engine_frames.h"

namespace gouache::testing {

inline GouBudget budget_of(std::uint32_t microseconds, std::uint32_t dispatches = 0) {
  auto budget = of_type<GouBudget>(GOU_TYPE_BUDGET);
  budget.gpu_microseconds = microseconds;
  budget.dispatches = dispatches;
  return budget;
}

class Frames {
 public:
  explicit Frames(const Engine& engine) : frames_(engine) {}

  VkCommandBuffer begin() {
    const GouFrame next = frames_.begin();
    frame.commands = next.commands;
    frame.frame = next.frame;
    frame.safe = next.safe;
    return next.commands;
  }
  void end() {
    frames_.end();
    frames_.finish();
  }
  /// Records the next frame with the work that `frame` names and waits for it; what gouRecord said.
  GouTick run(GouContext context, const GouBudget& budget) {
    auto report = of_type<GouTick>(GOU_TYPE_TICK);
    begin();
    const GouResult result = gouRecord(context, &frame, &budget, &report);
    end();
    EXPECT_OK(result);
    return report;
  }
  /// What run() records next; its job and training may be set.
  GouFrame frame = of_type<GouFrame>(GOU_TYPE_FRAME);

 private:
  EngineFrames frames_;
};

}  // namespace gouache::testing
