// Does a training step on this device do what the definitions say?  Traced steps are replayed on the CPU from the trace file alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "host/runtime/plans.h"
#include "host/runtime/safetensors.h"
#include "host/runtime/trainer.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_device.h"
#include "tests/training/runs.h"

namespace gouache::testing {
namespace {

const TrainingRun kCases[] = {
    {"faces2x2", "faces2x2", {}, 16},
    {"dcgan_rgba", "dcgan", {{"size", "16"}, {"channels", "16"}, {"latent", "5"}, {"image_channels", "4"}}, 8},
    {"dcgan_grey_hinge_two_critic_steps",
     "dcgan",
     {{"size", "16"}, {"channels", "8"}, {"latent", "3"}, {"loss", "hinge"}, {"critic_steps", "2"}},
     6},
    {"dcgan_augmented",
     "dcgan",
     {{"size", "8"},
      {"channels", "8"},
      {"latent", "3"},
      {"image_channels", "4"},
      {"label_smoothing", "0.1"},
      {"augment_colour", "0.5"},
      {"augment_translation", "0.125"},
      {"augment_cutout", "0.5"},
      {"instance_noise", "0.1"}},
     6},
    {"dcgan_r1_resize",
     "dcgan",
     {{"size", "8"}, {"channels", "8"}, {"latent", "3"}, {"r1", "0.5"}, {"discriminator_norm", "none"}, {"image_layer", "resize"}},
     6},
    {"dense_gan_least_squares", "dense_gan", {{"size", "4"}, {"latent", "7"}, {"loss", "least_squares"}}, 8},
    {"dense_gan_classes_two_critic_steps", "dense_gan", {{"size", "4"}, {"latent", "7"}, {"classes", "300"}, {"critic_steps", "2"}}, 8},
    {"dcgan_classes_r1", "dcgan", {{"size", "16"}, {"channels", "8"}, {"latent", "3"}, {"classes", "5"}, {"r1", "0.5"}}, 6},
    {"dcgan_small", "dcgan", {{"size", "32"}, {"channels", "64"}}, 16},
};

Array array_of(const TensorFile& file, const std::string& name, const TensorType& type) {
  Array array{type, {}};
  if (type.dtype == DType::f32)
    for (float v : file.values<float>(name, type.shape)) array.values.push_back(v);
  else
    for (std::uint32_t v : file.values<std::uint32_t>(name, type.shape)) array.values.push_back(v);
  return array;
}

/// Distance between two tensors as a part of the expected one's largest value.
double distance(const Array& got, const Array& expected) {
  double worst = 0, scale = 1e-12;
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    worst = std::max(worst, std::abs(got.values[i] - expected.values[i]));
    scale = std::max(scale, std::abs(expected.values[i]));
  }
  return worst / scale;
}

class TrainingStep : public ::testing::TestWithParam<TrainingRun> {};

TEST_P(TrainingStep, FollowsTheDefinitions) {
  const TrainingRun& c = GetParam();
  const Recipe recipe = recipe_of(c);
  const TensorType images = images_of(recipe, 40);
  const std::vector<std::uint8_t> pixels = blobs(images.shape);
  const auto extent = [&](int i) { return static_cast<std::uint32_t>(images.shape[static_cast<std::size_t>(i)]); };
  const std::vector<std::uint32_t> labels = labels_of(recipe, 40);
  Trainer trainer(test_device(), {recipe, c.batch, 5, 0}, {extent(0), extent(1), extent(2), extent(3), pixels, labels});
  for (int i = 0; i < 3; ++i) trainer.step();  // moments and statistics are no longer at their starting values
  const std::string path = (std::filesystem::temp_directory_path() / ("gouache_trace_" + std::string(c.name) + ".safetensors")).string();
  trainer.trace(path, 2, {});
  EXPECT_EQ(trainer.steps_done(), 5u);
  const TensorFile trace = read_safetensors(path);

  Graph graph;
  Training training(graph, images, c.batch, true);
  model(recipe.model()).train(training, recipe);
  training.finish();
  const StateLayout layout = training.layout();
  for (int step = 0; step < 2; ++step) {
    std::map<std::string, Array> feeds;
    feeds[kImages] = {images, {pixels.begin(), pixels.end()}};
    if (!labels.empty()) feeds[kLabels] = {layout.at(kLabels).type, {labels.begin(), labels.end()}};
    const std::string before = "state/" + std::to_string(step) + "/", after = "state/" + std::to_string(step + 1) + "/";
    for (const auto& [name, slot] : layout.slots)
      if (!is_training_data(name)) feeds[name] = array_of(trace, before + name, slot.type);
    std::vector<Tensor> wanted;
    std::vector<std::string> names;
    for (const auto& [name, tensor] : graph.outputs()) {
      names.push_back("step/" + std::to_string(step) + "/" + name);
      wanted.push_back(tensor);
    }
    for (const Update& update : graph.updates()) {
      names.push_back(after + graph.node(update.variable).as<LeafAttributes>().name);
      wanted.push_back(update.value);
    }
    const std::vector<Array> expected = evaluate(graph, feeds, wanted);
    for (std::size_t i = 0; i < names.size(); ++i) {
      SCOPED_TRACE(std::string(c.name) + " " + names[i]);
      const Array got = array_of(trace, names[i], wanted[i].type());
      if (names[i].find("gradient/") != std::string::npos || names[i].find("adam_") != std::string::npos) {
        EXPECT_LT(distance(got, expected[i]), 2e-3);  // sums of thousands of fp32 products through five layers
      } else if (names[i].find("state/") != std::string::npos && wanted[i].type().dtype == DType::f32) {
        // Adam divides by the root of the second moment: a weight whose gradient is near 0 may move either way by the rate.
        double worst = 0;
        for (std::size_t k = 0; k < got.values.size(); ++k) worst = std::max(worst, std::abs(got.values[k] - expected[i].values[k]));
        EXPECT_LT(worst, names[i].find("running") != std::string::npos ? 1e-3 : 2.5e-4);
        EXPECT_LT(distance(got, expected[i]), 0.02);
      } else {
        EXPECT_LT(distance(got, expected[i]), 1e-3);
      }
    }
  }
  std::filesystem::remove(path);
}

INSTANTIATE_TEST_SUITE_P(Models, TrainingStep, ::testing::ValuesIn(kCases), [](const auto& info) { return std::string(info.param.name); });

TEST(Training, AnotherRunGivesTheSameBits) {
  const Recipe recipe = recipe_of(kCases[1]);
  const std::vector<std::uint8_t> pixels = blobs({40, 16, 16, 4});
  const std::string first = (std::filesystem::temp_directory_path() / "gouache_first.safetensors").string();
  const std::string second = (std::filesystem::temp_directory_path() / "gouache_second.safetensors").string();
  for (const std::string& path : {first, second}) {
    Trainer trainer(test_device(), {recipe, 8, 9, 0}, {40, 16, 16, 4, pixels, {}});
    for (int i = 0; i < 4; ++i) trainer.step();
    trainer.save_checkpoint(path);
  }
  Trainer halves(test_device(), {recipe, 8, 9, 0}, {40, 16, 16, 4, pixels, {}});
  for (int i = 0; i < 2; ++i) halves.step();
  const std::string middle = (std::filesystem::temp_directory_path() / "gouache_middle.safetensors").string();
  halves.save_checkpoint(middle);
  Trainer resumed(test_device(), {recipe, 8, 9, 0}, {40, 16, 16, 4, pixels, {}});
  resumed.restore_checkpoint(middle);
  EXPECT_EQ(resumed.steps_done(), 2u);
  (void)resumed.sample(3, 5);  // sampling in between must not disturb the run
  for (int i = 0; i < 2; ++i) resumed.step();
  const std::string third = (std::filesystem::temp_directory_path() / "gouache_third.safetensors").string();
  resumed.save_checkpoint(third);
  const TensorFile a = read_safetensors(first), b = read_safetensors(second), c = read_safetensors(third);
  for (const StoredTensor& entry : a.tensors()) {
    EXPECT_EQ(a.bytes(entry), b.bytes(b.at(entry.name))) << entry.name;
    EXPECT_EQ(a.bytes(entry), c.bytes(c.at(entry.name))) << entry.name << " after a resumed run";
  }
  for (const std::string& path : {first, second, middle, third}) std::filesystem::remove(path);
}

TEST(Training, StepsInOneSubmitAreTheSameBits) {
  const Recipe recipe = recipe_of(kCases[1]);
  const std::vector<std::uint8_t> pixels = blobs({40, 16, 16, 4});
  Trainer alone(test_device(), {recipe, 8, 9, 0}, {40, 16, 16, 4, pixels, {}});
  Trainer together(test_device(), {recipe, 8, 9, 0}, {40, 16, 16, 4, pixels, {}});
  for (int i = 0; i < 6; ++i) alone.step();
  together.step();
  together.steps(5);
  EXPECT_EQ(together.steps_done(), 6u);
  EXPECT_TRUE(std::ranges::equal(together.metrics(), alone.metrics()));
  Trainer waited(test_device(), {recipe, 8, 9, 0}, {40, 16, 16, 4, pixels, {}});
  waited.begin_steps(6);
  waited.wait_steps();
  waited.check_steps();
  EXPECT_EQ(waited.steps_done(), 6u);
  EXPECT_TRUE(std::ranges::equal(waited.metrics(), alone.metrics()));
  const std::string first = (std::filesystem::temp_directory_path() / "gouache_alone.safetensors").string();
  const std::string second = (std::filesystem::temp_directory_path() / "gouache_together.safetensors").string();
  alone.save_checkpoint(first);
  together.save_checkpoint(second);
  const TensorFile a = read_safetensors(first), b = read_safetensors(second);
  for (const StoredTensor& entry : a.tensors()) EXPECT_EQ(a.bytes(entry), b.bytes(b.at(entry.name))) << entry.name;
  for (const std::string& path : {first, second}) std::filesystem::remove(path);

  const DeviceCounters before = test_device().counters();
  together.steps(5);
  const DeviceCounters after = test_device().counters();
  EXPECT_EQ(after.submits - before.submits, 1u);
  EXPECT_EQ(after.objects, before.objects);
  EXPECT_EQ(after.allocations, before.allocations);
  EXPECT_GT(together.host_microseconds(), 0.0);
  expect_error(ErrorCode::invalid_argument, "steps: 0", [&] { together.steps(0); });
}

TEST(Training, StopsAtNanInWhicheverOfTheStepsOfASubmit) {
  Recipe recipe = recipe_of(kCases[0]);
  recipe.set("learning_rate", "10");
  recipe.set("loss", "least_squares");
  const std::vector<std::uint8_t> pixels = blobs({40, 2, 2, 1});
  const auto steps_done = [&](std::uint32_t a_submit) {
    Trainer trainer(test_device(), {recipe, 16, 1, 0}, {40, 2, 2, 1, pixels, {}});
    expect_error(ErrorCode::not_finite, "in step", [&] {
      for (int i = 0; i < 5000; ++i) trainer.steps(a_submit);
    });
    return trainer.steps_done();
  };
  EXPECT_EQ(steps_done(1), steps_done(7));
}

TEST(Training, StopsAtNanWithFiniteWeights) {
  Recipe recipe = recipe_of(kCases[0]);
  recipe.set("learning_rate", "10");
  recipe.set("loss", "least_squares");
  const std::vector<std::uint8_t> pixels = blobs({40, 2, 2, 1});
  Trainer trainer(test_device(), {recipe, 16, 1, 0}, {40, 2, 2, 1, pixels, {}});
  const std::string path = (std::filesystem::temp_directory_path() / "gouache_nan.safetensors").string();
  try {
    for (int i = 0; i < 5000; ++i) trainer.step();
    FAIL() << "a learning rate of 10 with least squares did not diverge";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_finite);
    EXPECT_NE(std::string(error.what()).find("learning_rate"), std::string::npos) << error.what();
  }
  trainer.save_checkpoint(path);
  const TensorFile kept = read_safetensors(path);
  for (const StoredTensor& entry : kept.tensors())
    if (entry.dtype == "F32") {
      for (float v : kept.f32(entry.name, entry.shape)) EXPECT_TRUE(std::isfinite(v)) << entry.name;
    }
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace gouache::testing
