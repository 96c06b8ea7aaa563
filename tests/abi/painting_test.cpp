// Do training and generation work through gouache.h alone, and does the same request always paint the same picture?
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <thread>

#include "tests/abi/painter.h"

namespace gouache::testing {
namespace {

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class PaintingInContext : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(context_ = shared_context(), nullptr); }
  GouContext context_ = nullptr;
  Folder folder_;
};

TEST_F(PaintingInContext, AStepMovesTheWeightsAndReportsFigures) {
  const GouTraining training = create_faces(context_);
  ASSERT_NE(training, nullptr);
  const std::vector<float> before = sample(training, 1, 4, 4);
  ASSERT_OK(gouBeginSteps(training, 1));
  GouResult polled = GOU_NOT_READY;
  while ((polled = gouPollSteps(training)) == GOU_NOT_READY) std::this_thread::yield();
  ASSERT_EQ(polled, GOU_SUCCESS);
  ASSERT_OK(gouFinishSteps(training));
  std::uint64_t steps = 0;
  ASSERT_OK(gouGetStepsDone(training, &steps));
  EXPECT_EQ(steps, 1u);
  EXPECT_NE(before, sample(training, 1, 4, 4));

  std::uint32_t count = 0;
  ASSERT_OK(gouGetMetrics(training, &count, nullptr, nullptr));
  ASSERT_GE(count, 4u);
  std::vector<const char*> names(count);
  std::vector<float> values(count, NAN);
  ASSERT_OK(gouGetMetrics(training, &count, names.data(), values.data()));
  for (float value : values) EXPECT_TRUE(std::isfinite(value));
  for (const char* wanted : {"D(real)", "D(fake)"}) {
    const auto at = std::find_if(names.begin(), names.end(), [&](const char* name) { return std::strcmp(name, wanted) == 0; });
    ASSERT_NE(at, names.end()) << wanted;
    const float mean = values[static_cast<std::size_t>(at - names.begin())];
    EXPECT_GT(mean, 0.0f) << wanted;
    EXPECT_LT(mean, 1.0f) << wanted;
  }
  auto shape = of_type<GouShape>(GOU_TYPE_SHAPE);
  ASSERT_OK(gouGetTrainingShape(training, &shape));
  EXPECT_EQ(shape.width, 2u);
  EXPECT_EQ(shape.height, 2u);
  EXPECT_EQ(shape.channels, 1u);
  EXPECT_EQ(shape.batch, 4u);
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
}

TEST_F(PaintingInContext, SamplesDoNotDependOnTheirNumber) {
  const GouTraining training = create_faces(context_);
  ASSERT_NE(training, nullptr);
  const std::vector<float> few = sample(training, 9, 3, 4), many = sample(training, 9, 40, 4);
  EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
}

TEST_F(PaintingInContext, ACheckpointContinuesBitForBit) {
  const GouTraining straight = create_faces(context_);
  ASSERT_NE(straight, nullptr);
  run_steps(straight, 5);
  EXPECT_OK(gouSaveCheckpoint(straight, (folder_ / "half").c_str()));
  run_steps(straight, 4);
  EXPECT_OK(gouSaveCheckpoint(straight, (folder_ / "straight").c_str()));
  EXPECT_OK(gouDestroyTraining(straight, GOU_IF_IDLE));

  const GouTraining resumed = create_faces(context_);
  ASSERT_NE(resumed, nullptr);
  ASSERT_OK(gouRestoreCheckpoint(resumed, (folder_ / "half").c_str()));
  run_steps(resumed, 4);
  EXPECT_OK(gouSaveCheckpoint(resumed, (folder_ / "resumed").c_str()));
  EXPECT_OK(gouDestroyTraining(resumed, GOU_IF_IDLE));
  EXPECT_TRUE(bytes_of(folder_ / "straight") == bytes_of(folder_ / "resumed"));

  const GouTraining other = create_faces(context_, 6);
  ASSERT_NE(other, nullptr);
  EXPECT_LT(gouRestoreCheckpoint(other, (folder_ / "half").c_str()), 0);
  EXPECT_NE(std::string(gouLastError()).find("seed"), std::string::npos) << gouLastError();
  EXPECT_OK(gouDestroyTraining(other, GOU_IF_IDLE));
}

TEST_F(PaintingInContext, AModelPaintsTheSameWhateverTheBatch) {
  write_faces_model(context_, folder_ / "model");
  const GouModel small = load(context_, folder_ / "model", 3), large = load(context_, folder_ / "model", 16);
  ASSERT_NE(small, nullptr);
  ASSERT_NE(large, nullptr);
  const std::vector<float> all = generate(large, 42, 0, 20, 4);
  EXPECT_EQ(all, generate(large, 42, 0, 20, 4));
  EXPECT_NE(all, generate(large, 43, 0, 20, 4));
  const std::vector<float> by_three = generate(small, 42, 0, 20, 4), middle = generate(small, 42, 7, 10, 4);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_NEAR(all[i], by_three[i], 1e-5f) << i;
  for (std::size_t i = 0; i < middle.size(); ++i) EXPECT_EQ(middle[i], by_three[7 * 4 + i]) << i;
  EXPECT_OK(gouDestroyModel(small));
  EXPECT_OK(gouDestroyModel(large));
}

TEST_F(PaintingInContext, PollingTakesManyBatchesAndLatentsArePainted) {
  write_faces_model(context_, folder_ / "model");
  const std::string file = bytes_of(folder_ / "model");
  auto source = of_type<GouModelSource>(GOU_TYPE_MODEL_SOURCE);
  source.data = file.data();
  source.bytes = file.size();
  source.batch = 4;
  GouModel model = nullptr;
  ASSERT_OK(gouLoadModel(context_, &source, &model));
  // One latent value a picture: equal latents paint equal pictures, and image i is that of latents[i].
  std::vector<float> latents(11);
  for (std::size_t i = 0; i < latents.size(); ++i) latents[i] = static_cast<float>(i % 4) - 1.5f;
  auto request = of_type<GouGenerate>(GOU_TYPE_GENERATE);
  request.latents = latents.data();
  request.count = 11;
  const GouJob job = begin(model, request);
  ASSERT_NE(job, nullptr);
  GouResult polled = GOU_NOT_READY;
  while ((polled = gouPollJob(job)) == GOU_NOT_READY) std::this_thread::yield();
  ASSERT_EQ(polled, GOU_SUCCESS);
  std::vector<float> images(11 * 4);
  const GouPixels to = pixels_into(images, GOU_PIXELS_FLOAT_RAW);
  ASSERT_OK(gouReadJob(job, &to));
  for (std::size_t i = 0; i < images.size(); ++i) EXPECT_EQ(images[i], images[(i / 4 % 4) * 4 + i % 4]) << i;
  EXPECT_FALSE(std::equal(images.begin(), images.begin() + 4, images.begin() + 4));

  // The same images in other layouts: (v + 1) / 2 as a byte, and grey as opaque RGBA.
  std::vector<std::uint8_t> bytes(11 * 4), rgba(11 * 16);
  const GouPixels grey = pixels_into(bytes, GOU_PIXELS_UNORM8), wide = pixels_into(rgba, GOU_PIXELS_UNORM8_STRAIGHT, 4);
  ASSERT_OK(gouReadJob(job, &grey));
  ASSERT_OK(gouReadJob(job, &wide));
  for (std::size_t i = 0; i < images.size(); ++i) {
    EXPECT_EQ(bytes[i], static_cast<std::uint8_t>((images[i] * 0.5f + 0.5f) * 255.0f + 0.5f)) << i;
    for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(rgba[i * 4 + c], bytes[i]);
    EXPECT_EQ(rgba[i * 4 + 3], 255);
  }
  EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
  EXPECT_OK(gouDestroyModel(model));
}

TEST_F(PaintingInContext, ColourStaysBelowAlpha) {
  std::vector<std::uint8_t> pixels(4 * 16 * 16 * 4, 128);
  auto train = of_type<GouTrain>(GOU_TYPE_TRAIN);
  train.recipe = "{\"model\": \"dcgan\", \"size\": 16, \"channels\": 8, \"image_channels\": 4}";
  train.pixels = pixels.data();
  train.bytes = pixels.size();
  train.count = 4;
  train.width = train.height = 16;
  train.channels = 4;
  train.batch = 2;
  GouTraining training = nullptr;
  ASSERT_OK(gouCreateTraining(context_, &train, &training));
  constexpr std::size_t kValues = 2 * 16 * 16 * 4;
  const std::vector<float> raw = sample(training, 3, 2, kValues / 2);
  std::vector<std::uint8_t> premultiplied(kValues), straight(kValues);
  const GouPixels first = pixels_into(premultiplied, GOU_PIXELS_UNORM8), second = pixels_into(straight, GOU_PIXELS_UNORM8_STRAIGHT);
  ASSERT_OK(gouSampleTraining(training, 3, 2, &first));
  ASSERT_OK(gouSampleTraining(training, 3, 2, &second));
  int clamped = 0;
  for (std::size_t i = 0; i < kValues; i += 4) {
    const float alpha = raw[i + 3] * 0.5f + 0.5f;
    EXPECT_NEAR(straight[i + 3], alpha * 255.0f, 0.501f);
    for (std::size_t c = 0; c < 3; ++c) {
      const float colour = std::min(raw[i + c] * 0.5f + 0.5f, alpha);
      clamped += colour == alpha;
      EXPECT_LE(premultiplied[i + c], premultiplied[i + 3]);
      EXPECT_NEAR(premultiplied[i + c], colour * 255.0f, 0.501f);
      EXPECT_NEAR(straight[i + c], colour / alpha * 255.0f, 0.51f);
    }
  }
  EXPECT_GT(clamped, 0) << "no value showed the clamping";
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
}

TEST_F(PaintingInContext, ATraceIsWrittenWhileTraining) {
  const GouTraining training = create_faces(context_);
  ASSERT_NE(training, nullptr);
  struct Seen {
    GouTraining training;
    std::vector<std::uint64_t> steps;
    GouResult refused = GOU_SUCCESS;
  } seen{training, {}};
  const auto after_step = [](void* user) {
    auto& into = *static_cast<Seen*>(user);
    std::uint64_t steps = 0;
    EXPECT_OK(gouGetStepsDone(into.training, &steps));
    into.steps.push_back(steps);
    into.refused = gouBeginSteps(into.training, 1);
  };
  ASSERT_OK(gouTraceSteps(training, (folder_ / "trace").c_str(), 2, after_step, &seen));
  EXPECT_EQ(seen.steps, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(seen.refused, GOU_ERROR_WRONG_STATE);
  EXPECT_GT(bytes_of(folder_ / "trace").size(), 500u);
  const GouTraining untraced = create_faces(context_);
  ASSERT_NE(untraced, nullptr);
  run_steps(untraced, 2);
  EXPECT_EQ(sample(training, 1, 4, 4), sample(untraced, 1, 4, 4)) << "tracing changed what was learned";
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
  EXPECT_OK(gouDestroyTraining(untraced, GOU_IF_IDLE));
}

TEST_F(PaintingInContext, DescriptionsAreJson) {
  std::size_t size = 0;
  ASSERT_OK(gouDescribeContext(context_, &size, nullptr));
  std::string text(size, '\0');
  ASSERT_OK(gouDescribeContext(context_, &size, text.data()));
  EXPECT_NE(text.find("\"name\""), std::string::npos) << text;
  ASSERT_OK(gouListDevices(&size, nullptr));
  text.assign(size, '\0');
  ASSERT_OK(gouListDevices(&size, text.data()));
  EXPECT_NE(text.find("\"subgroup_size\""), std::string::npos) << text;
  EXPECT_NE(text.find("\"matmul\""), std::string::npos) << text;
}

}  // namespace
}  // namespace gouache::testing
