// What do ticks and recordings cost besides the GPU's work?  Once warm: no wait, no Vulkan object, no memory of device or heap.
#include <gtest/gtest.h>

#include <set>

#include "tests/abi/ticks.h"
#include "tests/support/heap.h"

namespace gouache::testing {
namespace {

using Calls = std::map<std::string, std::uint64_t>;

/// All that a tick or a recording may call.
const std::set<std::string> kCheap{"vkQueueSubmit",
                                   "vkResetFences",
                                   "vkGetFenceStatus",
                                   "vkBeginCommandBuffer",
                                   "vkEndCommandBuffer",
                                   "vkGetSemaphoreCounterValue",
                                   "vkGetQueryPoolResults",
                                   "vkCmdResetQueryPool",
                                   "vkCmdWriteTimestamp",
                                   "vkCmdBindPipeline",
                                   "vkCmdBindDescriptorSets",
                                   "vkCmdPushConstants",
                                   "vkCmdDispatch",
                                   "vkCmdDispatchBase",
                                   "vkCmdPipelineBarrier",
                                   "vkCmdCopyBuffer",
                                   "vkFlushMappedMemoryRanges",
                                   "vkInvalidateMappedMemoryRanges",
                                   "vkCmdBeginDebugUtilsLabelEXT",
                                   "vkCmdEndDebugUtilsLabelEXT"};

class SteadyTicks : public Ticks {
 protected:
  /// Repeats `call` and holds what it made against nothing.
  template <class Call>
  Calls expect_nothing_made(int times, const Call& call) {
    std::uint64_t allocated = 0;
    Calls all;
    GouResult result = GOU_SUCCESS;
    for (int i = 0; i < times && result == GOU_SUCCESS; ++i) {
      result = call(
          [&] {
            vulkan().start_counting();
            allocated -= heap_calls();
          },
          [&] {
            allocated += heap_calls();
            for (const auto& [function, count] : vulkan().calls()) all[function] += count;
          });
    }
    EXPECT_OK(result);
    EXPECT_EQ(allocated, 0u) << "calls of operator new";
    for (const auto& [function, count] : all) EXPECT_TRUE(kCheap.count(function)) << function << " was called " << count << " times";
    return all;
  }

  /// A request for `count` images and a training of many steps, both warm.
  GouJob begin_both(GouModel model, GouTraining training, std::uint32_t count) {
    read(begin_ticked(model, 8), 8);
    EXPECT_OK(gouBeginSteps(training, 2));
    EXPECT_OK(gouFinishSteps(training));
    EXPECT_OK(gouBeginSteps(training, UINT64_MAX));
    return begin_ticked(model, count);
  }

  static constexpr int kTimes = 200;
};

TEST_P(SteadyTicks, OfPaintingAndTrainingMakeNothingAndWaitForNothing) {
  const GouModel model = sprites();
  const GouTraining training = small_training(GOU_PACE_TICKED);
  ASSERT_TRUE(model && training);
  const GouJob job = begin_both(model, training, 512);
  auto report = of_type<GouTick>(GOU_TYPE_TICK);
  std::uint64_t submitted = 0, batches = 0;
  const auto once = [&](GouJob painted, std::uint32_t microseconds) {
    const GouBudget budget = budget_of(microseconds);
    return expect_nothing_made(kTimes, [&](const auto& start, const auto& stop) {
      start();
      GouResult result = gouTick(context(), &budget, &report);
      if (result == GOU_SUCCESS && painted) result = std::min(gouPollJob(painted), GOU_SUCCESS);  // not ready is no error
      stop();
      submitted += report.parts > 0;
      return result;
    });
  };
  Calls calls = once(job, 1000);
  batches += calls["vkQueueSubmit"];
  EXPECT_OK(gouDestroyJob(job, GOU_AFTER_WAITING));
  EXPECT_OK(gouDestroyModel(model));
  for (std::uint64_t steps = 0; steps < 20 && !HasFailure();) {
    calls = once(nullptr, 3000);
    batches += calls["vkQueueSubmit"];
    ASSERT_OK(gouGetStepsDone(training, &steps));
  }
  EXPECT_EQ(batches, submitted) << "one batch a tick";
  EXPECT_GT(submitted, 10u);
  EXPECT_EQ(calls.count("vkGetSemaphoreCounterValue") != 0, GetParam());
  EXPECT_EQ(calls.count("vkGetFenceStatus") != 0, !GetParam());
  EXPECT_OK(gouDestroyTraining(training, GOU_AFTER_WAITING));
}

TEST_P(SteadyTicks, OfFramesMakeNothingAndWaitForNothing) {
  const GouModel model = sprites();
  const GouTraining training = small_training(GOU_PACE_TICKED);
  ASSERT_TRUE(model && training);
  const GouJob job = begin_both(model, training, 24);
  Frames frames(engine());
  GouFrame& frame = frames.frame;
  auto report = of_type<GouTick>(GOU_TYPE_TICK);
  std::uint64_t parts = 0;
  const auto once = [&](int times, std::uint32_t microseconds) {
    const GouBudget budget = budget_of(microseconds);
    Calls calls = expect_nothing_made(times, [&](const auto& start, const auto& stop) {
      frames.begin();
      start();
      const GouResult result = gouRecord(context(), &frame, &budget, &report);
      stop();
      frames.end();
      parts += report.parts;
      return result;
    });
    EXPECT_EQ(calls.count("vkQueueSubmit"), 0u);
  };
  while (gouPollJob(job) == GOU_NOT_READY) once(1, 1000);
  once(kTimes / 4, 1000);
  ASSERT_OK(gouCancelSteps(training));
  std::uint64_t steps = 0;
  while (gouPollSteps(training) == GOU_NOT_READY) once(1, 3000);
  ASSERT_OK(gouFinishSteps(training));
  ASSERT_OK(gouGetStepsDone(training, &steps));
  EXPECT_GE(steps, 2u);
  EXPECT_GT(parts, 100u);
  EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
  EXPECT_OK(gouDestroyModel(model));
  EXPECT_OK(gouDestroyTraining(training, GOU_AFTER_WAITING));
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Fences, SteadyTicks, ::testing::Values(false));
INSTANTIATE_TEST_SUITE_P(Timeline, SteadyTicks, ::testing::Values(true));

}  // namespace gouache::testing
