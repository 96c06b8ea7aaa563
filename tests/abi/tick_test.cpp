// Does work in ticks paint and learn the very same, within its budget, without waiting or making anything?
#include <gtest/gtest.h>

#include <thread>

#include "tests/abi/ticks.h"

namespace gouache::testing {
namespace {

TEST_P(Ticks, CutsNeverChangeAPicture) {
  const GouModel model = sprites();
  ASSERT_NE(model, nullptr);
  const std::vector<float> expected = generate(model, 7, 1, 6, kImage);
  for (const GouBudget& budget : {budget_of(0, 1), budget_of(300), budget_of(4000), budget_of(1000000)}) {
    const GouJob job = begin_ticked(model, 6, 1);
    EXPECT_EQ(gouPollJob(job), GOU_NOT_READY) << "nothing runs before a tick";
    std::uint32_t ticks = 0, parts = 0;
    for (GouTick report = tick(budget); report.state != GOU_TICK_IDLE; report = tick(budget)) {
      ++ticks;
      parts += report.parts;
      if (budget.dispatches) { EXPECT_LE(report.parts, 1u); }
      if (report.parts > 1) { EXPECT_LE(report.expected_microseconds, static_cast<float>(budget.gpu_microseconds)); }
      if (report.state == GOU_TICK_WAITING || report.parts == 0) std::this_thread::yield();
    }
    EXPECT_GE(parts, 2u * 5u) << "two batches of several dispatches";
    EXPECT_EQ(gouPollJob(job), GOU_SUCCESS);
    EXPECT_EQ(read(job, 6), expected) << budget.gpu_microseconds << " microseconds, " << ticks << " ticks";
  }
  EXPECT_OK(gouDestroyModel(model));
}

TEST_P(Ticks, TrainingInPartsLearnsTheSameAndAPictureIsPaintedMeanwhile) {
  const GouModel model = sprites();
  const std::vector<float> picture = generate(model, 7, 0, 4, kImage);
  const GouTraining whole = small_training(GOU_PACE_AT_ONCE), ticked = small_training(GOU_PACE_TICKED);
  ASSERT_TRUE(model && whole && ticked);
  run_steps(whole, 3);
  GouJob job = nullptr;
  for (int step = 0; step < 3; ++step) {
    ASSERT_OK(gouBeginSteps(ticked, 1));
    EXPECT_EQ(gouPollSteps(ticked), GOU_NOT_READY);
    for (int i = 0; i < 5; ++i) tick(budget_of(0, 1));
    if (step == 1) job = begin_ticked(model, 4);
    while (gouPollSteps(ticked) == GOU_NOT_READY) tick(budget_of(500));
    ASSERT_OK(gouFinishSteps(ticked));
  }
  while (gouPollJob(job) == GOU_NOT_READY) tick(budget_of(500));
  EXPECT_EQ(read(job, 4), picture);
  ASSERT_OK(gouSaveCheckpoint(whole, (folder_ / "whole").c_str()));
  ASSERT_OK(gouSaveCheckpoint(ticked, (folder_ / "ticked").c_str()));
  EXPECT_EQ(bytes_of(folder_ / "whole"), bytes_of(folder_ / "ticked"));
  for (GouTraining training : {whole, ticked}) EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
  EXPECT_OK(gouDestroyModel(model));
}

TEST_P(Ticks, FramesOfTheHostPaintTheSameAndCountAsDoneWhenSafe) {
  const GouModel model = sprites();
  ASSERT_NE(model, nullptr);
  const std::vector<float> expected = generate(model, 7, 0, 6, kImage);
  const GouJob job = begin_ticked(model, 6);
  Frames frames(engine());
  auto frame = of_type<GouFrame>(GOU_TYPE_FRAME);
  auto report = of_type<GouTick>(GOU_TYPE_TICK);
  const GouBudget budget = budget_of(0, 2);
  vulkan().start_counting();
  std::uint64_t submits = 0;
  do {
    frame.safe = frame.frame++;
    frame.commands = frames.begin();
    const GouResult result = gouRecord(context(), &frame, &budget, &report);
    submits += vulkan().calls()["vkQueueSubmit"];
    frames.end();
    ASSERT_OK(result);
    if (report.parts > 0 && report.state == GOU_TICK_WAITING) {
      std::vector<float> images(6 * kImage);
      const GouPixels to = pixels_into(images, GOU_PIXELS_FLOAT_RAW);
      expect_error(GOU_ERROR_WRONG_STATE, "safe frame", gouReadJob(job, &to));
      expect_error(GOU_ERROR_BUSY, "safe", gouDestroyJob(job, GOU_IF_IDLE));
      expect_error(GOU_ERROR_BUSY, "safe", gouDestroyJob(job, GOU_AFTER_WAITING));
      EXPECT_EQ(gouPollJob(job), GOU_NOT_READY);
    }
  } while (report.state != GOU_TICK_IDLE);
  EXPECT_EQ(submits, 0u) << "the host submits";
  EXPECT_GT(frame.frame, 5u) << "two parts a frame";
  EXPECT_EQ(gouPollJob(job), GOU_SUCCESS);
  EXPECT_EQ(read(job, 6), expected);
  EXPECT_OK(gouDestroyModel(model));

  frame.commands = nullptr;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "GouFrame: commands", gouRecord(context(), &frame, &budget, &report));
  frame.safe = frame.frame;
  frame.commands = frames.begin();
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "GouFrame: frame", gouRecord(context(), &frame, &budget, &report));
  frames.end();
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "GouFrame", gouRecord(context(), nullptr, &budget, &report));
}

TEST_P(Ticks, ReadingDestroyingAndAskingEarlyAreSafe) {
  const GouModel model = sprites();
  ASSERT_NE(model, nullptr);
  const std::vector<float> expected = generate(model, 7, 0, 4, kImage);
  GouJob job = begin_ticked(model, 4);
  tick(budget_of(0, 1));
  EXPECT_EQ(read(job, 4), expected) << "reading submits what is left and waits";
  job = begin_ticked(model, 4);
  EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE)) << "nothing was submitted";
  job = begin_ticked(model, 4);
  tick(budget_of(0, 1));
  EXPECT_OK(gouDestroyJob(job, GOU_AFTER_WAITING));  // for the part that was submitted
  EXPECT_EQ(read(begin_ticked(model, 4), 4), expected) << "what was dropped leaves nothing behind";
  EXPECT_OK(gouDestroyModel(model));
  EXPECT_EQ(tick(budget_of(1000)).state, static_cast<std::uint32_t>(GOU_TICK_IDLE));
}

TEST_P(Ticks, MisuseIsNamed) {
  const GouModel model = sprites();
  ASSERT_NE(model, nullptr);
  auto request = of_type<GouGenerate>(GOU_TYPE_GENERATE);
  GouJob job = nullptr;
  request.count = 1;
  request.pace = 2;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "GouGenerate: pace", gouBeginGenerate(model, &request, &job));
  GouBudget budget = budget_of(1000);
  auto report = of_type<GouTick>(GOU_TYPE_TICK);
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "context", gouTick(nullptr, &budget, &report));
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "GouBudget", gouTick(context(), nullptr, &report));
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "GouTick", gouTick(context(), &budget, nullptr));
  report.type = GOU_TYPE_BUDGET;
  expect_error(GOU_ERROR_WRONG_STRUCT, "GouTick", gouTick(context(), &budget, &report));
  EXPECT_OK(gouDestroyModel(model));
}

TEST_P(Ticks, ARefusedSubmitLosesNoPart) {
  const GouModel model = sprites();
  ASSERT_NE(model, nullptr);
  const std::vector<float> expected = generate(model, 7, 0, 4, kImage);
  const GouJob job = begin_ticked(model, 4);
  for (const char* refused : {"vkEndCommandBuffer", "vkQueueSubmit", "vkBeginCommandBuffer"}) {
    tick(budget_of(0, 2));
    vulkan().refuse = [&](const std::string& function) { return function == refused ? VK_ERROR_OUT_OF_HOST_MEMORY : VK_SUCCESS; };
    auto report = of_type<GouTick>(GOU_TYPE_TICK);
    const GouBudget budget = budget_of(0, 3);
    expect_error(GOU_ERROR_OUT_OF_MEMORY, refused, gouTick(context(), &budget, &report));
    vulkan().refuse = nullptr;
  }
  while (gouPollJob(job) == GOU_NOT_READY) tick(budget_of(1000));
  EXPECT_EQ(read(job, 4), expected);
  EXPECT_OK(gouDestroyModel(model));
}

TEST_P(Ticks, ABatchOfTheHostWaitsForThemOnTheGpu) {
  const GouModel model = sprites();
  ASSERT_NE(model, nullptr);
  const GouJob job = begin_ticked(model, 4);
  const GouTick first = tick(budget_of(0, 1));
  GouTick rest = tick(budget_of(1000000));
  while (rest.state == GOU_TICK_PENDING) rest = tick(budget_of(1000000));  // a slow device takes more than a second
  if (!GetParam()) {
    EXPECT_EQ(rest.semaphore, VK_NULL_HANDLE);
    EXPECT_EQ(rest.value, 0u);
  } else {
    ASSERT_NE(rest.semaphore, VK_NULL_HANDLE);
    EXPECT_EQ(rest.semaphore, first.semaphore);
    EXPECT_GT(rest.value, first.value);
    VkTimelineSemaphoreSubmitInfo values{};
    values.sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO;
    values.waitSemaphoreValueCount = 1;
    values.pWaitSemaphoreValues = &rest.value;
    const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
    VkSubmitInfo batch{};
    batch.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
    batch.pNext = &values;
    batch.waitSemaphoreCount = 1;
    batch.pWaitSemaphores = &rest.semaphore;
    batch.pWaitDstStageMask = &stage;
    VkFenceCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
    VkFence fence = VK_NULL_HANDLE;
    const DeviceTable& table = engine().table();
    ASSERT_EQ(table.vkCreateFence(engine().device(), &info, nullptr, &fence), VK_SUCCESS);
    ASSERT_EQ(table.vkQueueSubmit(engine().queue(), 1, &batch, fence), VK_SUCCESS);
    ASSERT_EQ(table.vkWaitForFences(engine().device(), 1, &fence, VK_TRUE, UINT64_MAX), VK_SUCCESS);
    std::uint64_t reached = 0;
    ASSERT_EQ(table.vkGetSemaphoreCounterValue(engine().device(), rest.semaphore, &reached), VK_SUCCESS);
    EXPECT_GE(reached, rest.value);
    EXPECT_EQ(gouPollJob(job), GOU_SUCCESS) << "what the batch waited for is finished";
    table.vkDestroyFence(engine().device(), fence, nullptr);
  }
  EXPECT_OK(gouDestroyJob(job, GOU_AFTER_WAITING));
  EXPECT_OK(gouDestroyModel(model));
}

/// A device that is lost from the first call of one function on, while a series of steps is ticked.
class TickLoss : public ::testing::TestWithParam<std::pair<const char*, bool>> {};

TEST_P(TickLoss, IsSaidAndAllCanBeDestroyed) {
  const auto [function, timeline] = GetParam();
  Borrowed borrowed(timeline);
  ASSERT_NE(borrowed.context, nullptr);
  const std::vector<std::uint8_t> pixels = faces();
  GouTrain train = faces_training(pixels);
  train.pace = GOU_PACE_TICKED;
  GouTraining training = nullptr;
  ASSERT_OK(gouCreateTraining(borrowed.context, &train, &training));
  ASSERT_OK(gouBeginSteps(training, 50));
  const GouBudget budget = budget_of(0, 1);
  auto report = of_type<GouTick>(GOU_TYPE_TICK);
  ASSERT_OK(gouTick(borrowed.context, &budget, &report));
  borrowed.vulkan.refuse = [&function = function](const std::string& called) {
    return called == function ? VK_ERROR_DEVICE_LOST : VK_SUCCESS;
  };
  const std::string said = std::string(function) + " returned VK_ERROR_DEVICE_LOST";
  const bool waits = std::string(function).find("Wait") != std::string::npos;
  expect_error(GOU_ERROR_DEVICE_LOST, said, waits ? gouFinishSteps(training) : gouTick(borrowed.context, &budget, &report));
  borrowed.vulkan.refuse = nullptr;
  expect_error(GOU_ERROR_DEVICE_LOST, "was lost", gouTick(borrowed.context, &budget, &report));
  expect_error(GOU_ERROR_DEVICE_LOST, "was lost", gouPollSteps(training));
  expect_error(GOU_ERROR_DEVICE_LOST, "was lost", gouFinishSteps(training));
  EXPECT_OK(gouDestroyTraining(training, GOU_AFTER_WAITING));
}

INSTANTIATE_TEST_SUITE_P(FirstSaidBy, TickLoss,
                         ::testing::Values(std::pair("vkQueueSubmit", true), std::pair("vkGetSemaphoreCounterValue", true),
                                           std::pair("vkWaitSemaphores", true), std::pair("vkGetFenceStatus", false),
                                           std::pair("vkWaitForFences", false)),
                         [](const auto& info) { return info.param.first + std::string(info.param.second ? "" : "WithFences"); });

}  // namespace

INSTANTIATE_TEST_SUITE_P(Fences, Ticks, ::testing::Values(false));
INSTANTIATE_TEST_SUITE_P(Timeline, Ticks, ::testing::Values(true));

}  // namespace gouache::testing
