// Does a series of steps go on by itself, learn the very same however it is asked for and cut, and end when it should?
#include <gtest/gtest.h>

#include <thread>

#include "tests/abi/ticks.h"

namespace gouache::testing {
namespace {

std::uint64_t steps_done(GouTraining training) {
  std::uint64_t steps = 0;
  EXPECT_OK(gouGetStepsDone(training, &steps));
  return steps;
}

std::vector<float> metrics(GouTraining training) {
  std::uint32_t count = 0;
  EXPECT_OK(gouGetMetrics(training, &count, nullptr, nullptr));
  std::vector<float> values(count);
  EXPECT_OK(gouGetMetrics(training, &count, nullptr, values.data()));
  return values;
}

class TickedSteps : public Ticks {
 protected:
  /// All that the training has learned, as bytes; ends it.
  std::string learned(GouTraining training) {
    const std::string path = folder_ / "checkpoint";
    EXPECT_OK(gouSaveCheckpoint(training, path.c_str()));
    EXPECT_OK(gouDestroyTraining(training, GOU_AFTER_WAITING));
    return bytes_of(path);
  }
};

TEST_P(TickedSteps, AreTheSameHoweverTheyAreAskedForAndCut) {
  constexpr int kSteps = 11;
  const GouTraining single = small_training(GOU_PACE_AT_ONCE);
  run_steps(single, kSteps);
  const std::vector<float> last = metrics(single);
  const std::string expected = learned(single);

  const GouTraining at_once = small_training(GOU_PACE_AT_ONCE);
  ASSERT_OK(gouBeginSteps(at_once, kSteps - 4));
  while (gouPollSteps(at_once) == GOU_NOT_READY) std::this_thread::yield();
  EXPECT_EQ(steps_done(at_once), std::uint64_t{kSteps} - 4);
  ASSERT_OK(gouFinishSteps(at_once));
  ASSERT_OK(gouBeginSteps(at_once, 4));
  ASSERT_OK(gouFinishSteps(at_once));
  EXPECT_EQ(metrics(at_once), last);
  EXPECT_EQ(learned(at_once), expected) << "at once";

  for (const GouBudget& budget : {budget_of(0, 3), budget_of(300), budget_of(1000000)}) {
    const GouTraining ticked = small_training(GOU_PACE_TICKED);
    ASSERT_OK(gouBeginSteps(ticked, kSteps));
    EXPECT_EQ(gouPollSteps(ticked), GOU_NOT_READY) << "nothing runs before a tick";
    std::uint64_t seen = 0;
    while (tick(budget).state != GOU_TICK_IDLE) {
      EXPECT_GE(steps_done(ticked), seen);
      seen = steps_done(ticked);
      std::this_thread::yield();
    }
    EXPECT_EQ(steps_done(ticked), std::uint64_t{kSteps}) << "ticks alone see steps finish";
    EXPECT_EQ(metrics(ticked), last);
    EXPECT_EQ(gouPollSteps(ticked), GOU_SUCCESS);
    ASSERT_OK(gouFinishSteps(ticked));
    EXPECT_EQ(learned(ticked), expected) << budget.gpu_microseconds << " microseconds";
  }

  const GouTraining finished = small_training(GOU_PACE_TICKED);
  ASSERT_OK(gouBeginSteps(finished, kSteps));
  tick(budget_of(0, 5));
  ASSERT_OK(gouFinishSteps(finished));  // without further ticks
  EXPECT_EQ(steps_done(finished), std::uint64_t{kSteps});
  EXPECT_EQ(metrics(finished), last);
  EXPECT_EQ(learned(finished), expected) << "finished early";

  const GouTraining framed = small_training(GOU_PACE_TICKED);
  ASSERT_OK(gouBeginSteps(framed, kSteps));
  Frames frames(engine());
  for (;;) {
    const GouTick report = frames.run(context(), budget_of(3000));
    if (report.state == GOU_TICK_IDLE) break;
    if (report.state == GOU_TICK_WAITING) { expect_error(GOU_ERROR_WRONG_STATE, "safe frame", gouFinishSteps(framed)); }
    if (frames.frame.safe > 0) { EXPECT_GT(report.measured_microseconds, 0.0f) << "frames are measured"; }
  }
  ASSERT_OK(gouFinishSteps(framed));
  EXPECT_EQ(metrics(framed), last);
  EXPECT_EQ(learned(framed), expected) << "in frames";
}

TEST_P(TickedSteps, FollowOneAnotherWithinATick) {
  const GouTraining training = small_training(GOU_PACE_TICKED);
  ASSERT_OK(gouBeginSteps(training, 1));
  const std::uint32_t parts = tick(budget_of(1000000)).parts;
  ASSERT_OK(gouFinishSteps(training));
  ASSERT_OK(gouBeginSteps(training, 100));
  EXPECT_EQ(tick(budget_of(1000000)).parts, 8 * parts) << "eight may be on the GPU before the first is taken";
  ASSERT_OK(gouCancelSteps(training));
  EXPECT_EQ(tick(budget_of(1000000)).parts, 0u);
  ASSERT_OK(gouFinishSteps(training));
  EXPECT_EQ(steps_done(training), 9u);
  EXPECT_OK(gouDestroyTraining(training, GOU_AFTER_WAITING));
}

TEST_P(TickedSteps, CancelledEndWithTheStepThatIsBegun) {
  const GouTraining single = small_training(GOU_PACE_AT_ONCE);
  ASSERT_OK(gouBeginSteps(single, 100));
  ASSERT_OK(gouCancelSteps(single));
  ASSERT_OK(gouFinishSteps(single));
  EXPECT_EQ(steps_done(single), 1u);
  const std::string expected = learned(single);

  const GouTraining training = small_training(GOU_PACE_TICKED);
  ASSERT_OK(gouBeginSteps(training, 100));
  ASSERT_OK(gouCancelSteps(training));
  EXPECT_EQ(gouPollSteps(training), GOU_SUCCESS) << "none was begun";
  ASSERT_OK(gouFinishSteps(training));
  EXPECT_EQ(steps_done(training), 0u);

  ASSERT_OK(gouBeginSteps(training, 100));
  EXPECT_EQ(tick(budget_of(0, 1)).parts, 1u);
  ASSERT_OK(gouCancelSteps(training));
  while (gouPollSteps(training) == GOU_NOT_READY) tick(budget_of(500));
  ASSERT_OK(gouFinishSteps(training));
  EXPECT_EQ(steps_done(training), 1u);
  EXPECT_EQ(learned(training), expected);
}

TEST_P(TickedSteps, NaNEndsASeriesAndTheRestDoesNotCount) {
  const std::vector<std::uint8_t> pixels = faces();
  GouTrain train = faces_training(pixels);
  train.recipe = "{\"model\": \"faces2x2\", \"learning_rate\": 10, \"loss\": \"least_squares\"}";
  std::uint64_t good = 0;
  for (const GouPace pace : {GOU_PACE_AT_ONCE, GOU_PACE_TICKED}) {
    train.pace = pace;
    GouTraining training = nullptr;
    ASSERT_OK(gouCreateTraining(context(), &train, &training));
    ASSERT_OK(gouBeginSteps(training, 5000));
    while (gouPollSteps(training) == GOU_NOT_READY)
      if (pace == GOU_PACE_TICKED) tick(budget_of(4000));
    expect_error(GOU_ERROR_NOT_FINITE, "step " + std::to_string(steps_done(training) + 1), gouFinishSteps(training));
    EXPECT_LT(steps_done(training), 5000u);
    if (pace == GOU_PACE_AT_ONCE) good = steps_done(training);
    EXPECT_EQ(steps_done(training), good);
    ASSERT_OK(gouBeginSteps(training, 3));
    expect_error(GOU_ERROR_NOT_FINITE, "step " + std::to_string(good + 1), gouFinishSteps(training));
    EXPECT_OK(gouDestroyTraining(training, GOU_AFTER_WAITING));
  }
}

TEST_P(TickedSteps, MisuseIsNamed) {
  const GouTraining training = small_training(GOU_PACE_TICKED);
  const std::string path = folder_ / "checkpoint";
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "count is 0", gouBeginSteps(training, 0));
  expect_error(GOU_ERROR_WRONG_STATE, "no step was begun", gouCancelSteps(training));
  ASSERT_OK(gouBeginSteps(training, UINT64_MAX));
  expect_error(GOU_ERROR_WRONG_STATE, "steps are under way", gouBeginSteps(training, 1));
  expect_error(GOU_ERROR_WRONG_STATE, "steps are under way", gouSaveCheckpoint(training, path.c_str()));
  tick(budget_of(1000));
  EXPECT_OK(gouDestroyTraining(training, GOU_AFTER_WAITING));  // waits for the parts that were submitted
  EXPECT_EQ(tick(budget_of(1000)).state, static_cast<std::uint32_t>(GOU_TICK_IDLE));
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Fences, TickedSteps, ::testing::Values(false));
INSTANTIATE_TEST_SUITE_P(Timeline, TickedSteps, ::testing::Values(true));

}  // namespace gouache::testing
