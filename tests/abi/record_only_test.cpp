// Does a host that lends no queue load, paint, train and save through its frames alone, and get the very same?
#include "tests/abi/record_only.h"

namespace gouache::testing {
namespace {

TEST_F(RecordOnly, ModelsPaintTheSame) {
  const GouModel whole = load(submitting(), kSprites, 4), model = load(recording(), kSprites, 4);
  ASSERT_TRUE(whole && model);
  const std::vector<float> latents = some_latents(model, 6);
  const std::vector<float> expected = generate(whole, 7, 0, 6, kImage);
  GouGenerate request = ticked_request(6, latents);
  request.pace = GOU_PACE_AT_ONCE;
  const std::vector<float> expected_of_latents = read_sprites(begin(whole, request), 6);

  const GouJob first = begin_sprites(model, 6), second = begin_sprites(model, 6, latents);  // its weights are not on the device yet
  EXPECT_EQ(gouPollJob(first), GOU_NOT_READY);
  std::vector<float> early(6 * kImage);
  const GouPixels to = pixels_into(early, GOU_PIXELS_FLOAT_RAW);
  expect_error(GOU_ERROR_WRONG_STATE, "frame", gouReadJob(first, &to));
  EXPECT_GT(frames(0, 1), 10) << "one copy or part a frame";
  for (const GouJob job : {first, second}) EXPECT_EQ(gouPollJob(job), GOU_SUCCESS);
  EXPECT_EQ(read_sprites(first, 6), expected);
  EXPECT_EQ(read_sprites(second, 6), expected_of_latents);
  for (const std::uint32_t microseconds : {500u, 1000000u}) {
    const GouJob from_latents = begin_sprites(model, 6, latents), from_seed = begin_sprites(model, 6);
    frames(microseconds);
    EXPECT_EQ(read_sprites(from_latents, 6), expected_of_latents);
    EXPECT_EQ(read_sprites(from_seed, 6), expected);
  }
  EXPECT_OK(gouDestroyModel(whole));
  EXPECT_OK(gouDestroyModel(model));
}

TEST_F(RecordOnly, TrainingLearnsTheSameAndIsSavedAndRestored) {
  SmallTraining small(GOU_PACE_TICKED);
  const GouTraining whole = small.create(submitting()), training = small.create(recording());
  ASSERT_TRUE(whole && training);
  const std::string there = folder_ / "there", here = folder_ / "here", model_there = folder_ / "model there",
                    model_here = folder_ / "model";
  const auto steps_of = [&](int steps) {
    run_steps(whole, steps);
    for (int i = 0; i < steps; ++i) {
      ASSERT_OK(gouBeginSteps(training, 1));
      EXPECT_EQ(gouPollSteps(training), GOU_NOT_READY);
      while (gouPollSteps(training) == GOU_NOT_READY) frame(i ? 2000 : 500);
      ASSERT_OK(gouFinishSteps(training));
    }
  };
  const auto metrics_of = [](GouTraining of) {
    std::vector<float> values(16);
    std::uint32_t count = 16;
    EXPECT_OK(gouGetMetrics(of, &count, nullptr, values.data()));
    values.resize(count);
    return values;
  };
  steps_of(3);
  EXPECT_EQ(metrics_of(training), metrics_of(whole));
  ASSERT_OK(gouSaveCheckpoint(whole, there.c_str()));
  ASSERT_OK(gouSaveTraining(whole, model_there.c_str()));
  save_in_frames([&] { return gouSaveCheckpoint(training, here.c_str()); });
  save_in_frames([&] { return gouSaveTraining(training, model_here.c_str()); });
  EXPECT_EQ(bytes_of(here), bytes_of(there));
  EXPECT_EQ(bytes_of(model_here), bytes_of(model_there));

  // What is asked for after step 3 is of step 3, whatever was learned until it is written.
  EXPECT_EQ(gouSaveCheckpoint(training, here.c_str()), GOU_NOT_READY);
  steps_of(1);
  EXPECT_OK(gouSaveCheckpoint(training, here.c_str()));
  EXPECT_EQ(bytes_of(here), bytes_of(there));

  ASSERT_OK(gouRestoreCheckpoint(training, there.c_str()));
  ASSERT_OK(gouRestoreCheckpoint(whole, here.c_str()));
  steps_of(2);
  EXPECT_EQ(metrics_of(training), metrics_of(whole));
  ASSERT_OK(gouSaveCheckpoint(whole, there.c_str()));
  save_in_frames([&] { return gouSaveCheckpoint(training, here.c_str()); });
  EXPECT_EQ(bytes_of(here), bytes_of(there));
  for (const GouTraining made : {whole, training}) EXPECT_OK(gouDestroyTraining(made, GOU_IF_IDLE));
}

TEST_F(RecordOnly, ModelsOfATrainingPaintTheSame) {
  constexpr std::size_t kSmall = 8 * 8 * 4;
  SmallTraining small(GOU_PACE_TICKED);
  const GouTraining whole = small.create(submitting()), training = small.create(recording());
  ASSERT_TRUE(whole && training);
  const std::string there = folder_ / "there", here = folder_ / "here";
  GouModel expected[2] = {}, models[2] = {};
  const auto make = [&](int i, GouWeights weights) {
    ASSERT_OK(gouCreateModel(whole, weights, 2, &expected[i]));
    ASSERT_OK(gouCreateModel(training, weights, 2, &models[i]));
  };
  const auto picture = [&](GouModel model) {
    const GouJob job = begin_sprites(model, 3);
    frames();
    std::vector<float> images(3 * kSmall);
    const GouPixels to = pixels_into(images, GOU_PIXELS_FLOAT_RAW);
    EXPECT_OK(gouReadJob(job, &to));
    EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
    return images;
  };
  make(0, GOU_WEIGHTS_SNAPSHOT);  // before any frame
  make(1, GOU_WEIGHTS_LIVE);
  for (int step = 0; step < 2; ++step) {
    run_steps(whole, 1);
    ASSERT_OK(gouBeginSteps(training, 1));
    while (gouPollSteps(training) == GOU_NOT_READY) frame();
    ASSERT_OK(gouFinishSteps(training));
    for (int i = 0; i < 2; ++i) EXPECT_EQ(picture(models[i]), generate(expected[i], 7, 0, 3, kSmall)) << i;
  }
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK(gouSaveModel(expected[i], there.c_str()));
    save_in_frames([&] { return gouSaveModel(models[i], here.c_str()); });
    EXPECT_EQ(bytes_of(here), bytes_of(there));
    for (const GouModel made : {expected[i], models[i]}) EXPECT_OK(gouDestroyModel(made));
  }
  for (const GouTraining made : {whole, training}) EXPECT_OK(gouDestroyTraining(made, GOU_IF_IDLE));
}

TEST_F(RecordOnly, ObjectsMayEndWheneverNoFrameWorksForThem) {
  EXPECT_OK(gouDestroyModel(load(recording(), kSprites, 2)));  // copied nothing
  frames();
  const GouModel loaded = load(recording(), kSprites, 2);
  frame(1000000);  // copies, and is still at work
  EXPECT_OK(gouDestroyModel(loaded));
  SmallTraining small(GOU_PACE_TICKED);
  const GouTraining training = small.create(recording());
  frame(0, 1);  // copies a part
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
  EXPECT_GE(frames(), 1);
  const GouModel model = load(recording(), kSprites, 2);
  const GouJob job = begin_sprites(model, 2);
  GouTick report{};
  do report = frame(1000000);
  while (report.parts == 0 || report.state != GOU_TICK_WAITING);
  for (const GouDestroy when : {GOU_IF_IDLE, GOU_AFTER_WAITING}) expect_error(GOU_ERROR_BUSY, "safe", gouDestroyJob(job, when));
  expect_error(GOU_ERROR_WRONG_STATE, "1 jobs", gouDestroyModel(model));
  frames();
  EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
  EXPECT_OK(gouDestroyJob(begin_sprites(model, 2), GOU_IF_IDLE));  // no frame took it
  EXPECT_OK(gouDestroyModel(model));
}

TEST_F(RecordOnly, WhatNeedsAQueueSaysSo) {
  const char* says = "lent without a queue";
  const GouModel model = load(recording(), kSprites, 2);
  auto request = of_type<GouGenerate>(GOU_TYPE_GENERATE);
  request.count = 1;
  GouJob job = nullptr;
  expect_error(GOU_ERROR_UNSUPPORTED, "GouGenerate: pace is GOU_PACE_AT_ONCE", gouBeginGenerate(model, &request, &job));
  SmallTraining at_once(GOU_PACE_AT_ONCE), ticked(GOU_PACE_TICKED);
  GouTraining refused = nullptr;
  expect_error(GOU_ERROR_UNSUPPORTED, "GouTrain: pace is GOU_PACE_AT_ONCE", gouCreateTraining(recording(), &at_once.train, &refused));
  EXPECT_EQ(refused, nullptr);
  const GouBudget budget = budget_of(1000);
  auto report = of_type<GouTick>(GOU_TYPE_TICK);
  expect_error(GOU_ERROR_UNSUPPORTED, says, gouTick(recording(), &budget, &report));
  const GouTraining training = ticked.create(recording());
  std::vector<float> images(8 * 8 * 4);
  const GouPixels to = pixels_into(images, GOU_PIXELS_FLOAT_RAW);
  expect_error(GOU_ERROR_UNSUPPORTED, says, gouSampleTraining(training, 1, 1, &to));
  expect_error(GOU_ERROR_UNSUPPORTED, says, gouTraceSteps(training, (folder_ / "trace").c_str(), 1, nullptr, nullptr));
  frames();
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
  EXPECT_OK(gouDestroyModel(model));
}

}  // namespace
}  // namespace gouache::testing
