// Are labels learnt and obeyed through gouache.h, and is every label that does not fit named?
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "tests/abi/painter.h"

namespace gouache::testing {
namespace {

constexpr std::uint32_t kClasses = 3, kCount = 12;
constexpr std::size_t kImage = 8 * 8;
constexpr const char* kRecipe = "{\"model\": \"dcgan\", \"size\": 8, \"channels\": 8, \"latent\": 4, \"classes\": 3}";

class Labels : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(context_ = shared_context(), nullptr);
    for (std::uint32_t i = 0; i < kCount; ++i) {
      labels_.push_back(i % kClasses);
      for (std::size_t p = 0; p < kImage; ++p) pixels_.push_back(static_cast<std::uint8_t>(p % 8 < 3 * labels_[i] ? 250 - i : 5 + i));
    }
  }

  GouTrain wish() const {
    auto train = of_type<GouTrain>(GOU_TYPE_TRAIN);
    train.recipe = kRecipe;
    train.pixels = pixels_.data();
    train.bytes = pixels_.size();
    train.count = kCount;
    train.height = train.width = 8;
    train.channels = 1;
    train.batch = 4;
    train.seed = 3;
    train.labels = labels_.data();
    return train;
  }

  GouTraining create(const GouTrain& train) const {
    GouTraining training = nullptr;
    EXPECT_OK(gouCreateTraining(context_, &train, &training));
    return training;
  }

  /// Trains for some steps and loads the model that results.
  GouModel trained(std::uint32_t batch) const {
    const GouTraining training = create(wish());
    run_steps(training, 20);
    EXPECT_OK(gouSaveTraining(training, (folder_ / "model").c_str()));
    EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
    return load(context_, folder_ / "model", batch);
  }

  static std::vector<float> paint(GouModel model, std::uint64_t first, const std::vector<std::uint32_t>& labels, std::uint32_t count,
                                  const std::vector<float>& latents = {}) {
    auto request = of_type<GouGenerate>(GOU_TYPE_GENERATE);
    request.seed = 7;
    request.first = first;
    request.count = count;
    request.labels = labels.empty() ? nullptr : labels.data();
    request.latents = latents.empty() ? nullptr : latents.data();
    const GouJob job = begin(model, request);
    std::vector<float> images(count * kImage);
    const GouPixels to = pixels_into(images, GOU_PIXELS_FLOAT_RAW);
    EXPECT_OK(gouReadJob(job, &to));
    EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
    return images;
  }

  GouContext context_ = nullptr;
  Folder folder_;
  std::vector<std::uint8_t> pixels_;
  std::vector<std::uint32_t> labels_;
};

std::vector<float> image_of(const std::vector<float>& images, std::size_t i) {
  const auto begin = images.begin() + static_cast<std::ptrdiff_t>(i * kImage);
  return {begin, begin + kImage};
}

TEST_F(Labels, ShapesSayHowManyClasses) {
  const GouTraining training = create(wish());
  auto shape = of_type<GouShape>(GOU_TYPE_SHAPE);
  ASSERT_OK(gouGetTrainingShape(training, &shape));
  EXPECT_EQ(shape.classes, kClasses);
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
  const GouModel model = trained(4);
  shape.classes = 0;
  ASSERT_OK(gouGetModelShape(model, &shape));
  EXPECT_EQ(shape.classes, kClasses);
  std::size_t size = 0;
  ASSERT_OK(gouDescribeModel(model, &size, nullptr));
  std::string text(size, '\0');
  ASSERT_OK(gouDescribeModel(model, &size, text.data()));
  EXPECT_NE(text.find("\"classes\": 3"), std::string::npos) << text;
  EXPECT_OK(gouDestroyModel(model));
}

TEST_F(Labels, ChooseThePictureWhateverTheBatch) {
  const GouModel model = trained(4), large = load(context_, folder_ / "model", 16);
  ASSERT_NE(model, nullptr);
  const std::vector<std::uint32_t> ones(10, 1), twos(10, 2), inturn{2, 0, 1, 2, 0, 1, 2, 0, 1, 2};
  const std::vector<float> as_ones = paint(model, 5, ones, 10), as_twos = paint(model, 5, twos, 10), by_default = paint(model, 5, {}, 10);
  for (std::size_t i = 0; i < 10; ++i) EXPECT_NE(image_of(as_ones, i), image_of(as_twos, i)) << i;
  EXPECT_EQ(by_default, paint(model, 5, inturn, 10));  // image 5 is of class 5 modulo 3
  for (std::size_t i = 0; i < 10; ++i) {
    if (inturn[i] == 1) { EXPECT_EQ(image_of(by_default, i), image_of(as_ones, i)) << i; }
    if (inturn[i] == 2) { EXPECT_EQ(image_of(by_default, i), image_of(as_twos, i)) << i; }
  }
  const std::vector<float> other_batch = paint(large, 5, inturn, 10);
  for (std::size_t i = 0; i < other_batch.size(); ++i) EXPECT_NEAR(other_batch[i], by_default[i], 1e-5f) << i;

  // Equal latents and equal classes are equal pictures, in whatever batch they fall; without labels rows take the classes in turn.
  const std::vector<float> same(10 * 4, 0.5f), of_latents = paint(model, 0, {}, 10, same), labelled = paint(model, 0, twos, 10, same);
  for (std::size_t i = 3; i < 10; ++i) EXPECT_EQ(image_of(of_latents, i), image_of(of_latents, i - 3)) << i;
  EXPECT_NE(image_of(of_latents, 0), image_of(of_latents, 1));
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(image_of(labelled, i), image_of(of_latents, 2)) << i;
  EXPECT_OK(gouDestroyModel(model));
  EXPECT_OK(gouDestroyModel(large));
}

TEST_F(Labels, SamplesTakeTheClassesInTurn) {
  const GouTraining training = create(wish());
  run_steps(training, 20);
  EXPECT_OK(gouSaveTraining(training, (folder_ / "model").c_str()));
  const std::vector<float> samples = sample(training, 7, 7, kImage);
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
  const GouModel model = load(context_, folder_ / "model", 64);
  const std::vector<float> painted = paint(model, 0, {0, 1, 2, 0, 1, 2, 0}, 7);
  for (std::size_t i = 0; i < samples.size(); ++i) EXPECT_NEAR(samples[i], painted[i], 1e-5f) << i;
  EXPECT_OK(gouDestroyModel(model));
}

TEST_F(Labels, AreRefusedWhereTheyDoNotFit) {
  GouTraining training = nullptr;
  GouTrain train = wish();
  train.labels = nullptr;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "0 labels, the recipe has 3 classes, expected a label for each of 12 images",
               gouCreateTraining(context_, &train, &training));
  labels_[7] = 3;
  train = wish();
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "label 7 is 3, the recipe has 3 classes, expected 0..2",
               gouCreateTraining(context_, &train, &training));
  labels_[7] = 1;
  train = wish();
  train.recipe = "{\"model\": \"dcgan\", \"size\": 8, \"channels\": 8}";
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "the recipe has no classes", gouCreateTraining(context_, &train, &training));
  train.recipe = "{\"model\": \"dcgan\", \"classes\": 1001}";
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "'classes' is 1001, expected a whole number in 0..1000",
               gouCreateTraining(context_, &train, &training));
  train.recipe = "{\"model\": \"faces2x2\", \"classes\": 2}";
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "no field 'classes'", gouCreateTraining(context_, &train, &training));
  EXPECT_EQ(training, nullptr);

  const GouModel model = trained(4);
  auto request = of_type<GouGenerate>(GOU_TYPE_GENERATE);
  GouJob job = nullptr;
  const std::uint32_t wrong[] = {0, 1, 2, 2, 1, 3};
  request.count = 6;
  request.labels = wrong;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "label 5 is 3, the recipe has 3 classes", gouBeginGenerate(model, &request, &job));
  EXPECT_OK(gouDestroyModel(model));
  write_faces_model(context_, folder_ / "faces");
  const GouModel faces = load(context_, folder_ / "faces", 4);
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "the recipe has no classes", gouBeginGenerate(faces, &request, &job));
  EXPECT_EQ(job, nullptr);
  EXPECT_OK(gouDestroyModel(faces));
}

TEST_F(Labels, ACheckpointKnowsThem) {
  const GouTraining first = create(wish());
  run_steps(first, 2);
  EXPECT_OK(gouSaveCheckpoint(first, (folder_ / "half").c_str()));
  EXPECT_OK(gouDestroyTraining(first, GOU_IF_IDLE));
  const GouTraining same = create(wish());
  EXPECT_OK(gouRestoreCheckpoint(same, (folder_ / "half").c_str()));
  EXPECT_OK(gouDestroyTraining(same, GOU_IF_IDLE));
  std::swap(labels_[0], labels_[1]);
  const GouTraining other = create(wish());
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "training data", gouRestoreCheckpoint(other, (folder_ / "half").c_str()));
  EXPECT_OK(gouDestroyTraining(other, GOU_IF_IDLE));
}

}  // namespace
}  // namespace gouache::testing
