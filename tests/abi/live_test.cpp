// Does a picture painted while a training goes on have the weights of a completed step, whenever it is asked for?
#include <gtest/gtest.h>

#include "tests/abi/frames.h"
#include "tests/abi/sprites.h"

namespace gouache::testing {
namespace {

constexpr std::size_t kSmall = 8 * 8 * 4;
constexpr std::uint32_t kCount = 3, kSteps = 4;

class Live : public OnBorrowed {
 protected:
  GouTraining train(GouPace pace) {
    SmallTraining small(pace);
    small.train.recipe = "{\"model\": \"dcgan\", \"size\": 8, \"channels\": 8, \"latent\": 4, \"image_channels\": 4, \"ema\": 0.5}";
    return small.create(context());
  }
  static GouModel model_of(GouTraining training, GouWeights weights) {
    GouModel model = nullptr;
    EXPECT_OK(gouCreateModel(training, weights, 2, &model));
    return model;
  }
  static std::vector<float> picture(GouModel model) { return generate(model, 9, 1, kCount, kSmall); }
  static GouJob ask(GouModel model) {
    auto request = of_type<GouGenerate>(GOU_TYPE_GENERATE);
    request.seed = 9;
    request.first = 1;
    request.count = kCount;
    request.pace = GOU_PACE_TICKED;
    return begin(model, request);
  }
  static std::vector<float> read(GouJob job) {
    std::vector<float> images(kCount * kSmall);
    const GouPixels to = pixels_into(images, GOU_PIXELS_FLOAT_RAW);
    EXPECT_OK(gouReadJob(job, &to));
    EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
    return images;
  }
  GouTick tick(std::uint32_t parts) {
    auto report = of_type<GouTick>(GOU_TYPE_TICK);
    const GouBudget budget = budget_of(0, parts);
    EXPECT_OK(gouTick(context(), &budget, &report));
    return report;
  }
  /// The picture after each number of steps, painted from saved files.
  std::vector<std::vector<float>> pictures_by_step() {
    std::vector<std::vector<float>> pictures;
    const GouTraining training = train(GOU_PACE_AT_ONCE);
    for (std::uint32_t step = 0; step <= kSteps; ++step) {
      if (step) run_steps(training, 1);
      EXPECT_OK(gouSaveTraining(training, (folder_ / "step").c_str()));
      const GouModel model = load(context(), folder_ / "step", 2);
      pictures.push_back(picture(model));
      EXPECT_OK(gouDestroyModel(model));
    }
    EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
    for (std::uint32_t step = 0; step < kSteps; ++step) EXPECT_NE(pictures[step], pictures[step + 1]);
    return pictures;
  }

  Folder folder_;
};

TEST_F(Live, ASnapshotStaysAndALiveModelFollows) {
  const std::vector<std::vector<float>> pictures = pictures_by_step();
  const GouTraining training = train(GOU_PACE_AT_ONCE);
  const GouModel live = model_of(training, GOU_WEIGHTS_LIVE);
  std::vector<GouModel> snapshots;
  for (std::uint32_t step = 0; step <= kSteps; ++step) {
    if (step) run_steps(training, 1);
    snapshots.push_back(model_of(training, GOU_WEIGHTS_SNAPSHOT));
    EXPECT_EQ(picture(live), pictures[step]) << step;
    ASSERT_OK(gouSaveTraining(training, (folder_ / "training").c_str()));
    ASSERT_OK(gouSaveModel(snapshots.back(), (folder_ / "snapshot").c_str()));
    ASSERT_OK(gouSaveModel(live, (folder_ / "live").c_str()));
    EXPECT_EQ(bytes_of(folder_ / "training"), bytes_of(folder_ / "snapshot"));
    EXPECT_EQ(bytes_of(folder_ / "training"), bytes_of(folder_ / "live"));
  }
  for (std::uint32_t step = 0; step <= kSteps; ++step) EXPECT_EQ(picture(snapshots[step]), pictures[step]) << step;
  expect_error(GOU_ERROR_WRONG_STATE, "1 live models", gouDestroyTraining(training, GOU_IF_IDLE));
  EXPECT_OK(gouDestroyModel(live));
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
  EXPECT_EQ(picture(snapshots[2]), pictures[2]) << "a snapshot outlives its training";
  for (GouModel model : snapshots) EXPECT_OK(gouDestroyModel(model));
}

/// Asked for before, within and after the parts that update the weights, with the parts of picture and step interleaved.
TEST_F(Live, APictureAskedForAtAnyPartHasTheWeightsOfACompletedStep) {
  const std::vector<std::vector<float>> pictures = pictures_by_step();
  const GouTraining training = train(GOU_PACE_TICKED);
  const GouModel live = model_of(training, GOU_WEIGHTS_LIVE);
  std::uint32_t part = 0, busy = 0, first_busy = 0;  // parts of the first step, and those after which the weights are half-way
  ASSERT_OK(gouBeginSteps(training, 1));
  while (gouPollSteps(training) == GOU_NOT_READY) {
    if (tick(1).parts == 0) continue;  // all is submitted, or eight ticks are on the GPU
    ++part;
    GouModel snapshot = nullptr;
    const GouResult taken = gouCreateModel(training, GOU_WEIGHTS_SNAPSHOT, 2, &snapshot);
    if (taken == GOU_ERROR_BUSY) {
      if (busy++ == 0) first_busy = part;
      continue;
    }
    ASSERT_OK(taken);
    EXPECT_EQ(picture(snapshot), pictures[busy ? 1 : 0]) << "part " << part;
    EXPECT_OK(gouDestroyModel(snapshot));
  }
  ASSERT_OK(gouFinishSteps(training));
  ASSERT_GE(busy, 2u) << "the update has several parts";

  const std::uint32_t asked_after[] = {first_busy - 1, first_busy, first_busy + busy - 1};
  for (std::uint32_t step = 1; step < kSteps; ++step) {
    ASSERT_OK(gouBeginSteps(training, 1));
    for (std::uint32_t i = 0; i < asked_after[step - 1];) i += tick(1).parts;
    const GouJob job = ask(live);
    while (gouPollJob(job) == GOU_NOT_READY) tick(1);
    EXPECT_EQ(read(job), pictures[step == 1 ? step : step + 1]) << "step " << step;
    while (gouPollSteps(training) == GOU_NOT_READY) tick(1);
    ASSERT_OK(gouFinishSteps(training));
    EXPECT_EQ(picture(live), pictures[step + 1]) << "step " << step;
  }
  EXPECT_OK(gouDestroyModel(live));
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
}

TEST_F(Live, PicturesAndStepsInFrames) {
  const std::vector<std::vector<float>> pictures = pictures_by_step();
  const GouTraining training = train(GOU_PACE_TICKED);
  const GouModel live = model_of(training, GOU_WEIGHTS_LIVE);
  Frames frames(engine());
  for (std::uint32_t step = 0; step < kSteps; ++step) {
    ASSERT_OK(gouBeginSteps(training, 1));
    for (std::uint32_t part = 0; part < 12 * step; ++part) frames.run(context(), budget_of(0, 1));
    const GouJob job = ask(live);
    while (gouPollJob(job) == GOU_NOT_READY) frames.run(context(), budget_of(0, 1));
    const std::vector<float> painted = read(job);
    EXPECT_TRUE(painted == pictures[step] || painted == pictures[step + 1]) << "step " << step;
    while (gouPollSteps(training) == GOU_NOT_READY) frames.run(context(), budget_of(0, 4));
    ASSERT_OK(gouFinishSteps(training));
  }
  EXPECT_OK(gouDestroyModel(live));
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
}

TEST_F(Live, RequestsOfOneModelFollowOneAnother) {
  const GouModel model = load(context(), GOUACHE_SOURCE_DIR "/demo/models/sprites.safetensors", 2);
  const std::vector<float> all = generate(model, 5, 0, 6, kImage);
  std::vector<GouJob> jobs;
  for (std::uint32_t i = 0; i < 3; ++i) {
    auto request = of_type<GouGenerate>(GOU_TYPE_GENERATE);
    request.seed = 5;
    request.first = 2 * i;
    request.count = 2;
    request.pace = i == 1 ? GOU_PACE_AT_ONCE : GOU_PACE_TICKED;
    jobs.push_back(begin(model, request));
  }
  EXPECT_OK(gouWaitJob(jobs[2]));
  for (std::uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(gouPollJob(jobs[i]), GOU_SUCCESS) << i;
    std::vector<float> images(2 * kImage);
    const GouPixels to = pixels_into(images, GOU_PIXELS_FLOAT_RAW);
    EXPECT_OK(gouReadJob(jobs[i], &to));
    EXPECT_TRUE(std::equal(images.begin(), images.end(), all.begin() + static_cast<std::ptrdiff_t>(i * 2 * kImage))) << i;
    EXPECT_OK(gouDestroyJob(jobs[i], GOU_IF_IDLE));
  }
  EXPECT_OK(gouDestroyModel(model));
}

}  // namespace
}  // namespace gouache::testing
