// Does work in ticks paint and learn the very same, within its budget, without waiting or making anything?
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <thread>

#include "tests/abi/frames.h"
#include "tests/support/heap.h"

namespace gouache::testing {
namespace {

constexpr std::size_t kImage = 32 * 32 * 4;

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Ticks : public OnBorrowed {
 protected:
  GouModel sprites(std::uint32_t batch = 4) { return load(context(), GOUACHE_SOURCE_DIR "/demo/models/sprites.safetensors", batch); }

  GouTick tick(const GouBudget& budget) {
    auto report = of_type<GouTick>(GOU_TYPE_TICK);
    EXPECT_OK(gouTick(context(), &budget, &report));
    return report;
  }

  GouJob begin_ticked(GouModel model, std::uint32_t count, std::uint64_t first = 0) {
    auto request = of_type<GouGenerate>(GOU_TYPE_GENERATE);
    request.seed = 7;
    request.first = first;
    request.count = count;
    request.pace = GOU_PACE_TICKED;
    return begin(model, request);
  }

  /// Ends the job.
  std::vector<float> read(GouJob job, std::uint32_t count) {
    std::vector<float> images(count * kImage);
    const GouPixels to = pixels_into(images, GOU_PIXELS_FLOAT_RAW);
    EXPECT_OK(gouReadJob(job, &to));
    EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
    return images;
  }

  GouTraining small_training(GouPace pace) {
    pixels_.assign(6 * 8 * 8 * 4, 0);
    for (std::size_t i = 0; i < pixels_.size(); ++i) pixels_[i] = static_cast<std::uint8_t>(i * 37 % 251);
    auto train = of_type<GouTrain>(GOU_TYPE_TRAIN);
    train.recipe = "{\"model\": \"dcgan\", \"size\": 8, \"channels\": 8, \"latent\": 4, \"image_channels\": 4}";
    train.pixels = pixels_.data();
    train.bytes = pixels_.size();
    train.count = 6;
    train.width = train.height = 8;
    train.channels = 4;
    train.batch = 2;
    train.seed = 3;
    train.pace = pace;
    GouTraining training = nullptr;
    EXPECT_OK(gouCreateTraining(context(), &train, &training));
    return training;
  }

  std::vector<std::uint8_t> pixels_;
  Folder folder_;
};

TEST_F(Ticks, CutsNeverChangeAPicture) {
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

TEST_F(Ticks, TrainingInPartsLearnsTheSameAndAPictureIsPaintedMeanwhile) {
  const GouModel model = sprites();
  const std::vector<float> picture = generate(model, 7, 0, 4, kImage);
  const GouTraining whole = small_training(GOU_PACE_AT_ONCE), ticked = small_training(GOU_PACE_TICKED);
  ASSERT_TRUE(model && whole && ticked);
  run_steps(whole, 3);
  GouJob job = nullptr;
  for (int step = 0; step < 3; ++step) {
    ASSERT_OK(gouBeginStep(ticked));
    EXPECT_EQ(gouPollStep(ticked), GOU_NOT_READY);
    for (int i = 0; i < 5; ++i) tick(budget_of(0, 1));
    if (step == 1) job = begin_ticked(model, 4);
    while (gouPollStep(ticked) == GOU_NOT_READY) tick(budget_of(500));
    ASSERT_OK(gouFinishStep(ticked));
  }
  while (gouPollJob(job) == GOU_NOT_READY) tick(budget_of(500));
  EXPECT_EQ(read(job, 4), picture);
  ASSERT_OK(gouSaveCheckpoint(whole, (folder_ / "whole").c_str()));
  ASSERT_OK(gouSaveCheckpoint(ticked, (folder_ / "ticked").c_str()));
  EXPECT_EQ(bytes_of(folder_ / "whole"), bytes_of(folder_ / "ticked"));
  for (GouTraining training : {whole, ticked}) EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
  EXPECT_OK(gouDestroyModel(model));
}

TEST_F(Ticks, NeverWaitAndMakeNothing) {
  const GouModel model = sprites();
  ASSERT_NE(model, nullptr);
  read(begin_ticked(model, 8), 8);  // warm
  const GouJob job = begin_ticked(model, 8);
  vulkan().start_counting();
  const std::uint64_t before = heap_calls();
  auto report = of_type<GouTick>(GOU_TYPE_TICK);
  const GouBudget budget = budget_of(1000);
  std::uint64_t submitted = 0;
  GouResult result = GOU_SUCCESS;
  do {
    result = gouTick(context(), &budget, &report);
    submitted += report.parts > 0;
  } while (result == GOU_SUCCESS && report.state != GOU_TICK_IDLE);
  const std::uint64_t allocated = heap_calls() - before;
  std::map<std::string, std::uint64_t> calls = vulkan().calls();
  ASSERT_OK(result);
  EXPECT_EQ(allocated, 0u);
  EXPECT_EQ(calls["vkQueueSubmit"], submitted);
  for (const auto& [function, times] : calls) {
    EXPECT_EQ(function.find("Wait"), std::string::npos) << function << " was called " << times << " times";
    EXPECT_EQ(function.find("Create"), std::string::npos) << function;
    EXPECT_EQ(function.find("Allocate"), std::string::npos) << function;
  }
  EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
  EXPECT_OK(gouDestroyModel(model));
}

TEST_F(Ticks, FramesOfTheHostPaintTheSameAndCountAsDoneWhenSafe) {
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

TEST_F(Ticks, ReadingDestroyingAndAskingEarlyAreSafe) {
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

TEST_F(Ticks, MisuseIsNamed) {
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

}  // namespace
}  // namespace gouache::testing
