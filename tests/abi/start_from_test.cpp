// Does a training that starts from a model paint as that model, and is a model that does not fit refused by name?
#include <gtest/gtest.h>

#include <cmath>

#include "tests/abi/painter.h"

namespace gouache::testing {
namespace {

constexpr std::size_t kImage = 8 * 8;
constexpr const char* kRecipe = "{\"model\": \"dcgan\", \"size\": 8, \"channels\": 8, \"latent\": 4, \"learning_rate\": 0.01}";

class StartFrom : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(context_ = shared_context(), nullptr);
    for (std::size_t i = 0; i < 12 * kImage; ++i) pixels_.push_back(static_cast<std::uint8_t>(i * i / 7));
  }

  GouTrain wish(const char* recipe, std::uint64_t seed, GouModel start) const {
    auto train = of_type<GouTrain>(GOU_TYPE_TRAIN);
    train.recipe = recipe;
    train.pixels = pixels_.data();
    train.bytes = pixels_.size();
    train.count = 12;
    train.height = train.width = 8;
    train.channels = 1;
    train.batch = 4;
    train.seed = seed;
    train.start_from = start;
    return train;
  }

  GouTraining create(const char* recipe, std::uint64_t seed, GouModel start) const {
    const GouTrain train = wish(recipe, seed, start);
    GouTraining training = nullptr;
    EXPECT_OK(gouCreateTraining(context_, &train, &training));
    return training;
  }

  /// A model of kRecipe after twenty steps.
  GouModel trained() const {
    const GouTraining training = create(kRecipe, 1, nullptr);
    run_steps(training, 20);
    EXPECT_OK(gouSaveTraining(training, (folder_ / "model").c_str()));
    EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
    return load(context_, folder_ / "model", 64);
  }

  GouContext context_ = nullptr;
  Folder folder_;
  std::vector<std::uint8_t> pixels_;
};

double distance(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(double{a[i]} - b[i]);
  return sum / static_cast<double>(a.size());
}

TEST_F(StartFrom, PaintsAsTheModelAndThenMovesOn) {
  const GouModel model = trained();
  const std::vector<float> painted = generate(model, 9, 0, 10, kImage);
  for (const char* recipe : {kRecipe, "{\"model\": \"dcgan\", \"size\": 8, \"channels\": 8, \"latent\": 4, \"ema\": 0, \"r1\": 1}"}) {
    const GouTraining training = create(recipe, 2, model), fresh = create(recipe, 2, nullptr);
    EXPECT_LT(distance(painted, sample(training, 9, 10, kImage)), 1e-6);
    EXPECT_GT(distance(painted, sample(fresh, 9, 10, kImage)), 1e-3);
    run_steps(training, 3);
    EXPECT_GT(distance(painted, sample(training, 9, 10, kImage)), 1e-5);
    EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
    EXPECT_OK(gouDestroyTraining(fresh, GOU_IF_IDLE));
  }
  EXPECT_EQ(painted, generate(model, 9, 0, 10, kImage));  // the model itself stays as it is
  EXPECT_OK(gouDestroyModel(model));
}

TEST_F(StartFrom, AModelThatDoesNotFitIsNamed) {
  const GouModel model = trained();
  GouTraining training = nullptr;
  const struct {
    const char *recipe, *says;
  } cases[] = {
      {"{\"model\": \"dcgan\", \"size\": 8, \"channels\": 8, \"latent\": 5}",
       "start_from: the model's variable 'G/stem/weight' is [4,128], the recipe's generator has it as [5,128]"},
      {"{\"model\": \"dcgan\", \"size\": 8, \"channels\": 8, \"latent\": 4, \"image_layer\": \"resize\"}",
       "start_from: the model's variable 'G/8/weight' is missing, the recipe's generator has it as [3,3,8,4]"},
      {"{\"model\": \"dense_gan\", \"size\": 8, \"latent\": 4}", "start_from: the model's variable 'G/128/weight' is missing"},
  };
  for (const auto& c : cases) {
    const GouTrain train = wish(c.recipe, 1, model);
    expect_error(GOU_ERROR_INVALID_ARGUMENT, c.says, gouCreateTraining(context_, &train, &training));
  }
  const GouContext other = own_context();
  const GouTrain train = wish(kRecipe, 1, model);
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "start_from is a model of another context", gouCreateTraining(other, &train, &training));
  EXPECT_OK(gouDestroyContext(other));
  EXPECT_EQ(training, nullptr);
  EXPECT_OK(gouDestroyModel(model));
}

}  // namespace
}  // namespace gouache::testing
