// What does gouache.h answer when Vulkan or the heap fails under it?  The named error each time; nothing is lost but the device.
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>

#include "tests/abi/borrowed.h"
#include "tests/support/heap.h"

namespace gouache::testing {
namespace {

/// Calls after which Vulkan may say that the device is lost.
bool tells_of_loss(const std::string& function) {
  return function == "vkQueueSubmit" || function == "vkWaitForFences" || function == "vkGetFenceStatus";
}

class Faults : public OnBorrowed {
 protected:
  /// Makes call number `n` of those that may run out of memory fail from now on, once; `failed` is its name then.
  void run_out_at(int n) {
    failed.clear();
    seen = 0;
    vulkan().refuse = [this, n](const std::string& function) {
      if (function == "vkGetFenceStatus" || seen++ != n) return VK_SUCCESS;
      failed = function;
      return n % 2 ? VK_ERROR_OUT_OF_HOST_MEMORY : VK_ERROR_OUT_OF_DEVICE_MEMORY;
    };
  }
  /// Repeats `call` with its first, second... Vulkan call out of memory, until it gets through; gives the number of failures.
  template <class Call>
  int run_out_everywhere(const Call& call) {
    for (int n = 0;; ++n) {
      run_out_at(n);
      const GouResult result = call();
      vulkan().refuse = nullptr;
      if (failed.empty()) {
        EXPECT_OK(result);
        return n;
      }
      expect_error(GOU_ERROR_OUT_OF_MEMORY, failed, result);
      EXPECT_STREQ(gouContextError(context()), gouLastError());
      if (HasFailure()) return n;
    }
  }
  std::atomic<int> seen = 0;  ///< calls, on whatever threads pipelines are made
  std::string failed;
  Folder folder_;
};

TEST_F(Faults, ATrainingThatRunsOutOfVulkansMemoryLeavesNothing) {
  const std::vector<std::uint8_t> pixels = faces();
  const GouTrain train = faces_training(pixels);
  GouTraining training = nullptr;
  const auto create = [&] {
    EXPECT_EQ(training, nullptr);
    return gouCreateTraining(context(), &train, &training);
  };
  EXPECT_GT(run_out_everywhere(create), 50);
  ASSERT_NE(training, nullptr);
  EXPECT_EQ(run_out_everywhere([&] { return gouBeginSteps(training, 1); }), 2);  // vkResetFences, vkQueueSubmit
  EXPECT_EQ(run_out_everywhere([&] { return gouFinishSteps(training); }), 1);    // vkWaitForFences
  std::vector<float> images(4);
  const GouPixels to = pixels_into(images, GOU_PIXELS_FLOAT_RAW);
  EXPECT_GT(run_out_everywhere([&] { return gouSampleTraining(training, 1, 1, &to); }), 10);
  EXPECT_GT(run_out_everywhere([&] { return gouSaveTraining(training, (folder_ / "model").c_str()); }), 5);
  // Every failure was before or after the work: the step counts once, and the training is where it would have been.
  const GouTraining untroubled = create_faces(context());
  ASSERT_NE(untroubled, nullptr);
  run_steps(untroubled, 3);
  run_steps(training, 2);
  EXPECT_EQ(sample(training, 2, 4, 4), sample(untroubled, 2, 4, 4));
  EXPECT_OK(gouDestroyTraining(untroubled, GOU_IF_IDLE));
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
}

TEST_F(Faults, AModelThatRunsOutOfVulkansMemoryLeavesNothing) {
  write_faces_model(context(), folder_ / "model");
  const std::string path = folder_ / "model";
  auto source = of_type<GouModelSource>(GOU_TYPE_MODEL_SOURCE);
  source.path = path.c_str();
  GouModel model = nullptr;
  EXPECT_GT(run_out_everywhere([&] { return gouLoadModel(context(), &source, &model); }), 10);
  ASSERT_NE(model, nullptr);
  auto request = of_type<GouGenerate>(GOU_TYPE_GENERATE);
  request.count = 3;
  vulkan().refuse = [](const std::string& function) { return function == "vkQueueSubmit" ? VK_ERROR_OUT_OF_HOST_MEMORY : VK_SUCCESS; };
  GouJob job = nullptr;
  expect_error(GOU_ERROR_OUT_OF_MEMORY, "vkQueueSubmit", gouBeginGenerate(model, &request, &job));
  EXPECT_EQ(job, nullptr);
  EXPECT_EQ(run_out_everywhere([&] { return gouBeginGenerate(model, &request, &job); }), 2);  // vkResetFences, vkQueueSubmit
  std::vector<float> images(12);
  const GouPixels to = pixels_into(images, GOU_PIXELS_FLOAT_RAW);
  EXPECT_EQ(run_out_everywhere([&] { return gouReadJob(job, &to); }), 1);
  EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
  EXPECT_EQ(images, generate(model, 0, 0, 3, 4));
  EXPECT_OK(gouDestroyModel(model));
}

TEST_F(Faults, ARefusedHeapIsAnError) {
  const std::vector<std::uint8_t> pixels = faces();
  const GouTrain train = faces_training(pixels);
  GouTraining training = nullptr;
  int refused = 0;
  for (std::int64_t n = 0;; n += 1 + n / 16) {
    fail_heap_after(n);
    const GouResult result = gouCreateTraining(context(), &train, &training);
    fail_heap_after(-1);
    if (result == GOU_SUCCESS) break;
    expect_error(GOU_ERROR_OUT_OF_MEMORY, "the host's memory is exhausted", result);
    ASSERT_EQ(training, nullptr) << n;
    ++refused;
  }
  EXPECT_GT(refused, 50);
  run_steps(training, 1);
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
}

TEST_F(Faults, WhatVulkanShouldNotSayIsInternal) {
  const GouTraining training = create_faces(context());
  ASSERT_NE(training, nullptr);
  vulkan().refuse = [](const std::string& function) { return function == "vkQueueSubmit" ? VK_ERROR_UNKNOWN : VK_SUCCESS; };
  expect_error(GOU_ERROR_INTERNAL, "vkQueueSubmit returned VK_ERROR_UNKNOWN", gouBeginSteps(training, 1));
  vulkan().refuse = nullptr;
  run_steps(training, 1);
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
}

TEST_F(Faults, DivergenceIsNamedAndTheLastCheckpointHeals) {
  const std::vector<std::uint8_t> pixels = faces();
  GouTrain train = faces_training(pixels);
  train.recipe = "{\"model\": \"faces2x2\", \"learning_rate\": 10, \"loss\": \"least_squares\"}";
  GouTraining training = nullptr;
  ASSERT_OK(gouCreateTraining(context(), &train, &training));
  run_steps(training, 3);
  const std::string good = folder_ / "good", model_path = folder_ / "model";
  ASSERT_OK(gouSaveCheckpoint(training, good.c_str()));
  const std::vector<float> images = sample(training, 1, 4, 4);
  GouResult result = GOU_SUCCESS;
  for (int i = 0; i < 5000 && result == GOU_SUCCESS; ++i) {
    ASSERT_OK(gouBeginSteps(training, 1));
    result = gouFinishSteps(training);
  }
  expect_error(GOU_ERROR_NOT_FINITE, "training met NaN or Inf in step ", result);
  expect_error(GOU_ERROR_NOT_FINITE, "A lower learning_rate may help", result);
  std::uint64_t before = 0, after = 0;
  ASSERT_OK(gouGetStepsDone(training, &before));
  EXPECT_GE(before, 3u);

  // It stays so, and what was learned before can still be looked at and kept.
  ASSERT_OK(gouBeginSteps(training, 1));
  expect_error(GOU_ERROR_NOT_FINITE, "step " + std::to_string(before + 1), gouFinishSteps(training));
  ASSERT_OK(gouGetStepsDone(training, &after));
  EXPECT_EQ(after, before);
  for (float value : sample(training, 1, 4, 4)) EXPECT_TRUE(std::isfinite(value));
  EXPECT_OK(gouSaveTraining(training, model_path.c_str()));
  const GouModel model = load(context(), model_path);
  ASSERT_NE(model, nullptr);
  for (float value : generate(model, 1, 0, 4, 4)) EXPECT_TRUE(std::isfinite(value));
  EXPECT_OK(gouDestroyModel(model));

  // A checkpoint of now is no good one; the last good one goes on from its step.
  const std::string bad = folder_ / "bad";
  ASSERT_OK(gouSaveCheckpoint(training, bad.c_str()));
  expect_error(GOU_ERROR_BAD_FILE, "had met NaN or Inf", gouRestoreCheckpoint(training, bad.c_str()));
  ASSERT_OK(gouRestoreCheckpoint(training, good.c_str()));
  EXPECT_EQ(sample(training, 1, 4, 4), images);
  run_steps(training, 1);
  ASSERT_OK(gouGetStepsDone(training, &after));
  EXPECT_EQ(after, 4u);
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
}

/// A device that is lost from the first call of one function on. Each loses a device of its own.
class Loss : public ::testing::TestWithParam<const char*> {};

TEST_P(Loss, IsSaidByEveryCallAndAllCanBeDestroyed) {
  Folder folder;
  Borrowed borrowed;
  ASSERT_NE(borrowed.context, nullptr);
  const std::string good = folder / "good", path = folder / "model";
  GouTraining training = create_faces(borrowed.context);
  ASSERT_NE(training, nullptr);
  run_steps(training, 2);
  ASSERT_OK(gouSaveCheckpoint(training, good.c_str()));
  ASSERT_OK(gouSaveTraining(training, path.c_str()));
  GouModel model = load(borrowed.context, path, 4), idle = load(borrowed.context, path, 4);
  ASSERT_TRUE(model && idle);
  auto request = of_type<GouGenerate>(GOU_TYPE_GENERATE);
  request.count = 9;
  const GouJob job = begin(model, request);
  ASSERT_NE(job, nullptr);

  const std::string first = GetParam();
  bool lost = false;
  borrowed.vulkan.refuse = [&](const std::string& function) {
    lost |= function == first;
    return lost && tells_of_loss(function) ? VK_ERROR_DEVICE_LOST : VK_SUCCESS;
  };
  const std::string said = first + " returned VK_ERROR_DEVICE_LOST";
  if (first == "vkQueueSubmit") {
    expect_error(GOU_ERROR_DEVICE_LOST, said, gouBeginSteps(training, 1));
  } else {
    ASSERT_OK(gouBeginSteps(training, 1));
    expect_error(GOU_ERROR_DEVICE_LOST, said, first == "vkGetFenceStatus" ? gouPollSteps(training) : gouFinishSteps(training));
  }
  // Where the driver no longer says it, Gouache remembers.
  const auto expect_lost = [](GouResult result) { expect_error(GOU_ERROR_DEVICE_LOST, "the Vulkan device was lost", result); };
  borrowed.vulkan.refuse = nullptr;
  std::vector<float> images(36);
  const GouPixels to = pixels_into(images, GOU_PIXELS_FLOAT_RAW);
  const std::vector<std::uint8_t> pixels = faces();
  const GouTrain train = faces_training(pixels);
  auto source = of_type<GouModelSource>(GOU_TYPE_MODEL_SOURCE);
  source.path = path.c_str();
  GouTraining another = nullptr;
  GouModel unloaded = nullptr;
  if (first != "vkQueueSubmit") {
    expect_lost(gouPollSteps(training));
    expect_lost(gouFinishSteps(training));
  }
  GouJob late = nullptr;
  expect_lost(gouPollJob(job));
  expect_lost(gouReadJob(job, &to));
  expect_lost(gouWaitJob(job));
  expect_lost(gouBeginGenerate(model, &request, &late));
  expect_lost(gouBeginGenerate(idle, &request, &late));
  expect_lost(gouCreateModel(training, GOU_WEIGHTS_SNAPSHOT, 4, &unloaded));
  expect_lost(gouSaveModel(idle, (folder / "late").c_str()));
  expect_lost(gouSampleTraining(training, 1, 9, &to));
  expect_lost(gouSaveCheckpoint(training, (folder / "late").c_str()));
  expect_lost(gouSaveTraining(training, (folder / "late").c_str()));
  expect_lost(gouRestoreCheckpoint(training, good.c_str()));
  expect_lost(gouTraceSteps(training, (folder / "late").c_str(), 1, nullptr, nullptr));
  expect_lost(gouBeginSteps(training, 1));
  expect_lost(gouCreateTraining(borrowed.context, &train, &another));
  expect_lost(gouLoadModel(borrowed.context, &source, &unloaded));
  EXPECT_FALSE(another || unloaded || late || std::filesystem::exists(folder / "late"));
  std::uint64_t steps = 0;
  EXPECT_OK(gouGetStepsDone(training, &steps));  // the host's own knowledge is not lost
  EXPECT_EQ(steps, 2u);

  EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
  EXPECT_OK(gouDestroyModel(model));
  EXPECT_OK(gouDestroyModel(idle));
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
}

INSTANTIATE_TEST_SUITE_P(FirstSaidBy, Loss, ::testing::Values("vkQueueSubmit", "vkWaitForFences", "vkGetFenceStatus"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace gouache::testing
