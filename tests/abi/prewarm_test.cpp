// Does prewarming tell its progress, stop when told, change nothing, and leave nothing to make or wait for?
#include "host/vulkan/image.h"
#include "tests/abi/record_only.h"
#include "tests/support/heap.h"

namespace gouache::testing {
namespace {

/// What the progress callback was told; cancels once `stop_at` parts are over.
struct Told {
  std::vector<std::uint32_t> done;
  std::uint32_t total = 0, stop_at = UINT32_MAX;
};

GouPrewarm prewarm_telling(Told& told, GouPace pace = GOU_PACE_AT_ONCE) {
  auto prewarm = of_type<GouPrewarm>(GOU_TYPE_PREWARM);
  prewarm.pace = pace;
  prewarm.user = &told;
  prewarm.progress = [](void* user, std::uint32_t done, std::uint32_t total) {
    auto& into = *static_cast<Told*>(user);
    into.done.push_back(done);
    into.total = total;
    return done >= into.stop_at ? 1 : 0;
  };
  return prewarm;
}

void expect_makes_nothing(std::map<std::string, std::uint64_t> calls) {
  for (const auto& [function, times] : calls)
    for (const char* part : {"Wait", "Create", "Allocate"})
      EXPECT_EQ(function.find(part), std::string::npos) << function << " was called " << times << " times";
}

class Prewarm : public OnBorrowed {
 protected:
  GouTick tick() {
    auto budget = of_type<GouBudget>(GOU_TYPE_BUDGET);
    budget.gpu_microseconds = 1000;
    auto report = of_type<GouTick>(GOU_TYPE_TICK);
    EXPECT_OK(gouTick(context(), &budget, &report));
    return report;
  }
  /// Paints it in ticks, which make nothing and wait for nothing.
  GouJob paint(GouModel model, const GouGenerate& request) {
    vulkan().start_counting();
    const GouJob job = begin(model, request);
    EXPECT_NE(job, nullptr);
    const std::uint64_t before = heap_calls();
    while (gouPollJob(job) == GOU_NOT_READY) tick();
    EXPECT_EQ(heap_calls() - before, 0u);
    expect_makes_nothing(vulkan().calls());
    return job;
  }
  Folder folder_;
};

TEST_F(Prewarm, TheFirstRequestsMakeNothingAndWaitForNothing) {
  const GouModel whole = load(context(), kSprites, 4), model = load(context(), kSprites, 4);
  ASSERT_TRUE(whole && model);
  Told told;
  const GouPrewarm prewarm = prewarm_telling(told);
  ASSERT_OK(gouPrewarmModel(model, &prewarm));
  ASSERT_GT(told.done.size(), 3u);
  EXPECT_EQ(told.done.front(), 0u);
  EXPECT_EQ(told.done.back(), told.total);
  EXPECT_TRUE(std::is_sorted(told.done.begin(), told.done.end()));
  told.done.clear();
  ASSERT_OK(gouPrewarmModel(model, &prewarm));
  EXPECT_TRUE(told.done.empty()) << "nothing is left to do";

  const std::vector<float> latents = some_latents(model, 4);
  for (const GouGenerate& request : {ticked_request(4), ticked_request(4, latents)}) {
    const GouJob job = paint(model, request);
    ASSERT_NE(job, nullptr);
    GouGenerate at_once = request;
    at_once.pace = GOU_PACE_AT_ONCE;
    EXPECT_EQ(read_sprites(job, 4), read_sprites(begin(whole, at_once), 4));
  }
  for (const GouModel made : {whole, model}) EXPECT_OK(gouDestroyModel(made));
}

TEST_F(Prewarm, ARequestThatWaitsItsTurnIsPreparedWhenItIsBegun) {
  const GouModel model = load(context(), kSprites, 2);
  const std::vector<float> latents = some_latents(model, 2);
  const GouJob first = begin(model, ticked_request(2)), second = begin(model, ticked_request(2, latents));
  vulkan().start_counting();
  const std::uint64_t before = heap_calls();
  while (gouPollJob(second) == GOU_NOT_READY) tick();
  EXPECT_EQ(heap_calls() - before, 0u);
  expect_makes_nothing(vulkan().calls());
  for (const GouJob job : {first, second}) EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
  EXPECT_OK(gouDestroyModel(model));
}

TEST_F(Prewarm, WithARequestWhatWritesItsTargetIsReadyToo) {
  const GouModel model = load(context(), kSprites, 4);
  Device device(engine().lend());
  const Image image(device, {VK_FORMAT_R16G16B16A16_SFLOAT, 64, 64, 1, 7}, "halves");
  auto target = of_type<GouImageTarget>(GOU_TYPE_IMAGE_TARGET);
  target.format = image.description().format;
  target.image = image.handle();
  target.width = target.height = 64;
  target.layers = 1;
  target.mip_levels = 7;
  target.before.queue_family = target.after.queue_family = VK_QUEUE_FAMILY_IGNORED;
  target.after.layout = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL;
  GouGenerate request = ticked_request(1);
  request.width = request.height = 64;
  request.target = &target;
  Told without, told;
  GouPrewarm prewarm = prewarm_telling(without);
  ASSERT_OK(gouPrewarmModel(model, &prewarm));
  prewarm = prewarm_telling(told);
  prewarm.request = &request;
  vulkan().start_counting();
  ASSERT_OK(gouPrewarmModel(model, &prewarm));
  EXPECT_EQ(told.total, 1u + 7u) << "another size, and seven levels";
  EXPECT_EQ(told.done.back(), told.total);
  EXPECT_EQ(vulkan().calls()["vkCmdDispatch"], told.total);
  EXPECT_EQ(vulkan().calls()["vkCmdCopyBufferToImage"], 0u) << "the target is not touched";
  told.total = 0;
  ASSERT_OK(gouPrewarmModel(model, &prewarm));
  EXPECT_EQ(told.total, 0u) << "nothing is left to do";
  const GouJob job = paint(model, request);
  ASSERT_NE(job, nullptr);
  EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
  request.width = 0;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "a size of 0x64", gouPrewarmModel(model, &prewarm));
  EXPECT_OK(gouDestroyModel(model));
  SmallTraining small(GOU_PACE_TICKED);
  const GouTraining training = small.create(context());
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "request is for models", gouPrewarmTraining(training, &prewarm));
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
}

TEST_F(Prewarm, ATrainingStaysWhatItIs) {
  for (const GouPace pace : {GOU_PACE_AT_ONCE, GOU_PACE_TICKED}) {
    SmallTraining small(pace), at_once(GOU_PACE_AT_ONCE);
    const GouTraining whole = at_once.create(context()), training = small.create(context());
    ASSERT_TRUE(whole && training);
    const std::string there = folder_ / "there", here = folder_ / "here";
    const auto expect_same = [&] {
      ASSERT_OK(gouSaveCheckpoint(whole, there.c_str()));
      ASSERT_OK(gouSaveCheckpoint(training, here.c_str()));
      EXPECT_EQ(bytes_of(here), bytes_of(there));
    };
    Told told;
    const GouPrewarm prewarm = prewarm_telling(told);
    ASSERT_OK(gouPrewarmTraining(training, &prewarm));
    EXPECT_GT(told.total, 0u);
    EXPECT_EQ(told.done.back(), told.total);
    expect_same();
    vulkan().start_counting();
    EXPECT_EQ(sample(training, 5, 3, 8 * 8 * 4), sample(whole, 5, 3, 8 * 8 * 4));
    run_steps(whole, 2);
    run_steps(training, 2);
    expect_same();
    for (const GouTraining made : {whole, training}) EXPECT_OK(gouDestroyTraining(made, GOU_IF_IDLE));
  }
}

TEST_F(Prewarm, CancellingLeavesTheObjectsUsable) {
  const GouModel whole = load(context(), kSprites, 3), model = load(context(), kSprites, 3);
  SmallTraining small(GOU_PACE_AT_ONCE);
  const GouTraining untouched = small.create(context()), training = small.create(context());
  ASSERT_TRUE(whole && model && untouched && training);
  Told told;
  GouPrewarm prewarm = prewarm_telling(told);
  for (const std::uint32_t stop_at : {0u, 7u, 30u}) {
    told = {};
    told.stop_at = stop_at;
    expect_error(GOU_ERROR_CANCELLED, "gouPrewarmModel: cancelled after ", gouPrewarmModel(model, &prewarm));
    EXPECT_LT(told.done.back(), told.total);
    expect_error(GOU_ERROR_CANCELLED, "gouPrewarmTraining: cancelled after ", gouPrewarmTraining(training, &prewarm));
    EXPECT_LT(told.done.back(), told.total);
  }
  EXPECT_EQ(generate(model, 7, 0, 4, kImage), generate(whole, 7, 0, 4, kImage));
  prewarm.progress = nullptr;
  EXPECT_OK(gouPrewarmModel(model, &prewarm));
  EXPECT_OK(gouPrewarmTraining(training, &prewarm));
  EXPECT_EQ(generate(model, 7, 0, 4, kImage), generate(whole, 7, 0, 4, kImage));
  run_steps(untouched, 1);
  run_steps(training, 1);
  EXPECT_EQ(sample(training, 1, 2, 8 * 8 * 4), sample(untouched, 1, 2, 8 * 8 * 4));
  for (const GouModel made : {whole, model}) EXPECT_OK(gouDestroyModel(made));
  for (const GouTraining made : {untouched, training}) EXPECT_OK(gouDestroyTraining(made, GOU_IF_IDLE));
}

TEST_F(Prewarm, MisuseIsNamed) {
  auto prewarm = of_type<GouPrewarm>(GOU_TYPE_PREWARM);
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "gouPrewarmModel: model is NULL", gouPrewarmModel(nullptr, &prewarm));
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "gouPrewarmTraining: training is NULL", gouPrewarmTraining(nullptr, &prewarm));
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "gouRecordPrewarm: context is NULL", gouRecordPrewarm(nullptr, nullptr, nullptr, nullptr));
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "GouFrame is NULL", gouRecordPrewarm(context(), nullptr, nullptr, nullptr));
  const GouModel model = load(context(), kSprites, 2);
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "GouPrewarm is NULL", gouPrewarmModel(model, nullptr));
  prewarm.pace = 2;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "GouPrewarm: pace", gouPrewarmModel(model, &prewarm));
  prewarm.pace = GOU_PACE_AT_ONCE;
  const GouGenerate request = ticked_request(2);
  const GouJob job = begin(model, request);
  expect_error(GOU_ERROR_WRONG_STATE, "a request is under way", gouPrewarmModel(model, &prewarm));
  EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
  EXPECT_OK(gouDestroyModel(model));
}

class PrewarmInFrames : public RecordOnly {
 protected:
  static int prewarm_frames(std::uint32_t microseconds, std::uint32_t dispatches = 0) {
    return frames(microseconds, dispatches, gouRecordPrewarm);
  }
};

TEST_F(PrewarmInFrames, ChangesNothingAndTheFirstRequestMakesNothing) {
  const GouModel whole = load(submitting(), kSprites, 4), model = load(recording(), kSprites, 4);
  ASSERT_TRUE(whole && model);
  Told told;
  const GouPrewarm prewarm = prewarm_telling(told, GOU_PACE_TICKED);
  EXPECT_EQ(gouPrewarmModel(model, &prewarm), GOU_NOT_READY);
  EXPECT_EQ(told.done.back(), 0u);
  const std::uint32_t total = told.total;
  EXPECT_GT(total, 20u);
  frames();  // copies
  for (int i = 0; i < 20; ++i) EXPECT_LE(frame(0, 1, gouRecordPrewarm).parts, 1u);
  EXPECT_EQ(gouPrewarmModel(model, &prewarm), GOU_NOT_READY);
  EXPECT_GE(told.done.back(), 20u - EngineFrames::kInFlight);
  EXPECT_LT(told.done.back(), total);
  EXPECT_EQ(told.total, total);

  const GouJob early = begin_sprites(model, 6);  // before it is complete
  for (int i = 0; i < 3; ++i) frame(0, 1);
  frames();
  EXPECT_EQ(read_sprites(early, 6), generate(whole, 7, 0, 6, kImage));
  EXPECT_GT(prewarm_frames(20000), 2);
  EXPECT_EQ(gouPrewarmModel(model, &prewarm), GOU_SUCCESS);
  EXPECT_EQ(frame(1000, 0, gouRecordPrewarm).state, static_cast<std::uint32_t>(GOU_TICK_IDLE));

  const GouGenerate request = ticked_request(4);
  const GouFrame begun = hosts->frames.begin();
  auto budget = of_type<GouBudget>(GOU_TYPE_BUDGET);
  budget.gpu_microseconds = 1000000;
  auto report = of_type<GouTick>(GOU_TYPE_TICK);
  hosts->vulkan.start_counting();
  const GouJob job = begin(model, request);
  const std::uint64_t before = heap_calls();
  const GouResult recorded = gouRecord(recording(), &begun, &budget, &report);
  EXPECT_EQ(heap_calls() - before, 0u);
  expect_makes_nothing(hosts->vulkan.calls());
  hosts->frames.end();
  EXPECT_OK(recorded);
  frames();
  EXPECT_EQ(read_sprites(job, 4), generate(whole, 7, 0, 4, kImage));
  for (const GouModel made : {whole, model}) EXPECT_OK(gouDestroyModel(made));
}

TEST_F(PrewarmInFrames, ATrainingStaysWhatItIs) {
  SmallTraining small(GOU_PACE_TICKED);
  const GouTraining whole = small.create(submitting()), training = small.create(recording());
  ASSERT_TRUE(whole && training);
  const std::string there = folder_ / "there", here = folder_ / "here";
  const auto step = [&] {
    run_steps(whole, 1);
    ASSERT_OK(gouBeginSteps(training, 1));
    while (gouPollSteps(training) == GOU_NOT_READY) frame(2000);
    ASSERT_OK(gouFinishSteps(training));
  };
  const auto expect_same = [&] {
    ASSERT_OK(gouSaveCheckpoint(whole, there.c_str()));
    save_in_frames([&] { return gouSaveCheckpoint(training, here.c_str()); });
    EXPECT_EQ(bytes_of(here), bytes_of(there));
  };
  Told told;
  const GouPrewarm prewarm = prewarm_telling(told, GOU_PACE_TICKED);
  EXPECT_EQ(gouPrewarmTraining(training, &prewarm), GOU_NOT_READY);
  for (int i = 0; i < 10; ++i) frame(1000, 0, gouRecordPrewarm);
  expect_same();
  step();  // in the middle of it
  expect_same();
  prewarm_frames(20000);
  EXPECT_EQ(gouPrewarmTraining(training, &prewarm), GOU_SUCCESS);
  expect_same();
  step();
  expect_same();
  for (const GouTraining made : {whole, training}) EXPECT_OK(gouDestroyTraining(made, GOU_IF_IDLE));
}

TEST_F(PrewarmInFrames, WhatWritesARequestsTargetRunsInFramesToo) {
  const GouModel model = load(recording(), kSprites, 2);
  Told told;
  GouPrewarm prewarm = prewarm_telling(told, GOU_PACE_TICKED);
  EXPECT_EQ(gouPrewarmModel(model, &prewarm), GOU_NOT_READY);
  prewarm_frames(20000);
  EXPECT_OK(gouPrewarmModel(model, &prewarm));

  auto description = of_type<GouImageDescription>(GOU_TYPE_IMAGE_DESCRIPTION);
  description.format = VK_FORMAT_R8G8B8A8_UNORM;
  description.width = description.height = 32;
  description.mip_levels = 0;
  GouImage image = nullptr;
  ASSERT_OK(gouCreateImage(recording(), &description, &image));
  auto target = of_type<GouImageTarget>(GOU_TYPE_IMAGE_TARGET);
  ASSERT_OK(gouGetImage(image, &target, nullptr));
  GouGenerate request = ticked_request(1);
  request.target = &target;
  prewarm.request = &request;
  told.total = 0;
  EXPECT_EQ(gouPrewarmModel(model, &prewarm), GOU_NOT_READY);
  EXPECT_EQ(told.total, 6u) << "levels";
  hosts->vulkan.start_counting();
  const GouTick first = frame(1000000, 4, gouRecordPrewarm);
  EXPECT_EQ(first.parts, 4u);
  EXPECT_EQ(first.state, static_cast<std::uint32_t>(GOU_TICK_PENDING));
  EXPECT_EQ(hosts->vulkan.calls()["vkCmdDispatch"], 4u);
  expect_error(GOU_ERROR_BUSY, "prewarms it, is not known to be safe", gouDestroyModel(model));
  told.stop_at = 0;
  expect_error(GOU_ERROR_CANCELLED, "cancelled after", gouPrewarmModel(model, &prewarm));
  EXPECT_EQ(frame(1000000, 4, gouRecordPrewarm).parts, 0u) << "it was cancelled";
  told.stop_at = UINT32_MAX;
  EXPECT_EQ(gouPrewarmModel(model, &prewarm), GOU_NOT_READY);
  prewarm_frames(20000);
  EXPECT_OK(gouPrewarmModel(model, &prewarm));
  EXPECT_EQ(hosts->vulkan.calls()["vkCmdDispatch"], 6u) << "each once";
  EXPECT_OK(gouDestroyModel(model));
  EXPECT_OK(gouDestroyImage(image));
}

TEST_F(PrewarmInFrames, EndingAndCancellingWaitForSafeFrames) {
  const GouModel model = load(recording(), kSprites, 2);
  Told told;
  GouPrewarm prewarm = prewarm_telling(told);
  expect_error(GOU_ERROR_UNSUPPORTED, "GouPrewarm: pace is GOU_PACE_AT_ONCE", gouPrewarmModel(model, &prewarm));
  prewarm.pace = GOU_PACE_TICKED;
  EXPECT_EQ(gouPrewarmModel(model, &prewarm), GOU_NOT_READY);
  while (frame(1000000, 0, gouRecordPrewarm).parts == 0) {}
  expect_error(GOU_ERROR_BUSY, "prewarms it, is not known to be safe", gouDestroyModel(model));
  told.stop_at = 0;
  expect_error(GOU_ERROR_CANCELLED, "cancelled after", gouPrewarmModel(model, &prewarm));
  expect_error(GOU_ERROR_BUSY, "safe", gouDestroyModel(model));
  prewarm_frames(1000);
  told.stop_at = UINT32_MAX;
  EXPECT_EQ(gouPrewarmModel(model, &prewarm), GOU_NOT_READY) << "it can be asked for again";
  prewarm_frames(20000);
  EXPECT_OK(gouPrewarmModel(model, &prewarm));
  EXPECT_OK(gouDestroyModel(model));
}

}  // namespace
}  // namespace gouache::testing
