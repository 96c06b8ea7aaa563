// What do the tests of work in ticks need?  A context on an engine's device, ticked requests and trainings.
#pragma once

#include "tests/abi/frames.h"
#include "tests/abi/sprites.h"

namespace gouache::testing {

/// Ticks whose end a timeline semaphore (true) or fences (false) tell. Every test of these two suites shares a context.
class Ticks : public OnBorrowed, public ::testing::WithParamInterface<bool> {
 public:
  static void SetUpTestSuite() {}  // only a test knows its parameter

 protected:
  void SetUp() override {
    if (GetParam() && !test_device().facts().available.timeline_semaphore) GTEST_SKIP() << "the device has no timeline semaphores";
    borrow(GetParam());
    OnBorrowed::SetUp();
  }

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

  GouTraining small_training(GouPace pace) { return SmallTraining(pace).create(context()); }

  Folder folder_;
};

}  // namespace gouache::testing
