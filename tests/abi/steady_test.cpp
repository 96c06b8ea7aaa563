// What does a training step cost besides the GPU's work?  After warm-up: one submit, no Vulkan object, no memory, no waiting for idle.
#include <gtest/gtest.h>

#include <set>

#include "tests/abi/borrowed.h"
#include "tests/support/heap.h"

namespace gouache::testing {
namespace {

class Steady : public OnBorrowed {};

TEST_F(Steady, AStepIsOneSubmitAndMakesNothing) {
  std::vector<std::uint8_t> pixels(4 * 8 * 8 * 4, 128);
  auto train = of_type<GouTrain>(GOU_TYPE_TRAIN);
  train.recipe = "{\"model\": \"dcgan\", \"size\": 8, \"channels\": 8, \"latent\": 4, \"image_channels\": 4}";
  train.pixels = pixels.data();
  train.bytes = pixels.size();
  train.count = 4;
  train.width = train.height = 8;
  train.channels = 4;
  train.batch = 2;
  GouTraining training = nullptr;
  const std::uint64_t at_first = heap_calls();
  ASSERT_OK(gouCreateTraining(context(), &train, &training));
  EXPECT_GT(heap_calls(), at_first + 100) << "the library's heap calls are not seen here";
  EXPECT_GT(vulkan().calls()["vkAllocateMemory"], 3u);

  const char* names[16];
  float values[16];
  std::uint32_t count = 16;
  const auto step = [&] {
    GouResult result = gouBeginSteps(training, 1);
    while (result == GOU_SUCCESS && gouPollSteps(training) == GOU_NOT_READY) {}
    if (result == GOU_SUCCESS) result = gouFinishSteps(training);
    return result == GOU_SUCCESS ? gouGetMetrics(training, &count, names, values) : result;
  };
  ASSERT_OK(step());
  constexpr int kSteps = 5;
  vulkan().start_counting();
  const std::uint64_t before = heap_calls();
  GouResult result = GOU_SUCCESS;
  for (int i = 0; i < kSteps && result == GOU_SUCCESS; ++i) result = step();
  const std::uint64_t allocated = heap_calls() - before;
  std::map<std::string, std::uint64_t> calls = vulkan().calls();
  ASSERT_OK(result);
  EXPECT_EQ(allocated, 0u);
  EXPECT_EQ(calls["vkQueueSubmit"], std::uint64_t{kSteps});
  const std::set<std::string> wanted{"vkQueueSubmit", "vkResetFences", "vkGetFenceStatus", "vkWaitForFences",
                                     "vkInvalidateMappedMemoryRanges"};
  for (const auto& [function, times] : calls) EXPECT_TRUE(wanted.count(function)) << function << " was called " << times << " times";

  vulkan().start_counting();  // a series that is waited for: several steps a submit where they are short
  const std::uint64_t before_series = heap_calls();
  result = gouBeginSteps(training, 12);
  if (result == GOU_SUCCESS) result = gouFinishSteps(training);
  const std::uint64_t allocated_in_series = heap_calls() - before_series;
  calls = vulkan().calls();
  ASSERT_OK(result);
  EXPECT_EQ(allocated_in_series, 0u);
  EXPECT_LE(calls["vkQueueSubmit"], 12u);
  for (const auto& [function, times] : calls) EXPECT_TRUE(wanted.count(function)) << function << " was called " << times << " times";
  std::uint64_t done = 0;
  EXPECT_OK(gouGetStepsDone(training, &done));
  EXPECT_EQ(done, 1u + kSteps + 12u);
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
}

TEST_F(Steady, NobodyWaitsForAnIdleDevice) {
  EXPECT_TRUE(vulkan().was_loaded("vkQueueSubmit"));
  EXPECT_FALSE(vulkan().was_loaded("vkDeviceWaitIdle"));
  EXPECT_FALSE(vulkan().was_loaded("vkQueueWaitIdle"));
  for (const std::string& function : Watched::functions()) EXPECT_EQ(function.find("WaitIdle"), std::string::npos) << function;
}

}  // namespace
}  // namespace gouache::testing
