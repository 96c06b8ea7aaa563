// Does a host get the directions that change the picture most, of the weights that it would save?
#include <algorithm>
#include <cmath>

#include "host/runtime/safetensors.h"
#include "tests/abi/record_only.h"

namespace gouache::testing {
namespace {

struct Found {
  std::vector<float> directions, strengths;
  bool operator==(const Found&) const = default;
};

std::uint32_t latent_of(GouModel model) {
  auto shape = of_type<GouShape>(GOU_TYPE_SHAPE);
  EXPECT_OK(gouGetModelShape(model, &shape));
  return shape.latent;
}

Found directions_of(GouModel model) {
  std::uint32_t count = latent_of(model);
  const std::uint32_t latent = count;
  Found found{std::vector<float>(std::size_t{count} * latent), std::vector<float>(count)};
  EXPECT_OK(gouGetDirections(model, &count, found.directions.data(), found.strengths.data()));
  EXPECT_EQ(count, latent);
  return found;
}

/// By the definition, against the first layer's weights in a model file: n (A A^T) = strength^2 n, for unit n at right angles.
void expect_directions_of_file(const Found& found, const std::string& path, std::size_t latent) {
  const TensorFile file = read_safetensors(path);
  const StoredTensor& tensor = file.at("G/stem/weight");
  ASSERT_EQ(tensor.shape.size(), 2u);
  ASSERT_GE(static_cast<std::size_t>(tensor.shape[0]), latent);
  const auto outputs = static_cast<std::size_t>(tensor.shape[1]);
  const std::vector<float> a = file.f32("G/stem/weight", tensor.shape);
  const auto along = [&](const float* n) {  // n A
    std::vector<double> moved(outputs);
    for (std::size_t i = 0; i < latent; ++i)
      for (std::size_t j = 0; j < outputs; ++j) moved[j] += double{n[i]} * double{a[i * outputs + j]};
    return moved;
  };
  const auto product = [](const auto& x, const auto& y, std::size_t size) {
    double sum = 0;
    for (std::size_t i = 0; i < size; ++i) sum += double{x[i]} * double{y[i]};
    return sum;
  };
  const double greatest = double{found.strengths[0]} * double{found.strengths[0]};
  EXPECT_GT(greatest, 0);
  EXPECT_TRUE(std::is_sorted(found.strengths.rbegin(), found.strengths.rend()));
  for (std::size_t k = 0; k < latent; ++k) {
    const float* const n = &found.directions[k * latent];
    const std::vector<double> moved = along(n);
    const double value = double{found.strengths[k]} * double{found.strengths[k]};
    EXPECT_NEAR(std::sqrt(product(moved, moved, outputs)), double{found.strengths[k]}, 1e-6 * std::sqrt(greatest)) << k;
    for (std::size_t i = 0; i < latent; ++i)  // the direction was rounded to 24 bits
      ASSERT_NEAR(product(moved, &a[i * outputs], outputs), value * double{n[i]}, 1e-6 * greatest) << "direction " << k << ", number " << i;
    for (std::size_t j = 0; j <= k; ++j)
      ASSERT_NEAR(product(n, &found.directions[j * latent], latent), j == k ? 1 : 0, 1e-6) << k << ", " << j;
    EXPECT_GT(*std::max_element(n, n + latent, [](float x, float y) { return std::abs(x) < std::abs(y); }), 0) << k;
  }
}

class Directions : public OnBorrowed {
 protected:
  /// A training with classes, whose first layer reads latents and labels.
  GouTraining labelled() {
    SmallTraining small(GOU_PACE_AT_ONCE);
    const std::vector<std::uint32_t> labels{0, 1, 2, 0, 1, 2};
    small.train.recipe =
        "{\"model\": \"dcgan\", \"size\": 8, \"channels\": 8, \"latent\": 5, \"image_channels\": 4, \"classes\": 3, \"ema\": 0.5}";
    small.train.labels = labels.data();
    return small.create(context());
  }
  Folder folder_;
};

TEST_F(Directions, OfTheSpritesThatShip) {
  const GouModel model = load(context(), kSprites);
  ASSERT_NE(model, nullptr);
  const Found found = directions_of(model);
  expect_directions_of_file(found, kSprites, latent_of(model));
  EXPECT_EQ(directions_of(model), found) << "the same weights give the same";
  EXPECT_OK(gouDestroyModel(model));
}

TEST_F(Directions, AreWrittenAsFarAsThereIsRoom) {
  const GouModel model = load(context(), kSprites);
  ASSERT_NE(model, nullptr);
  const std::uint32_t latent = latent_of(model);
  const Found all = directions_of(model);
  std::uint32_t count = 0;
  ASSERT_OK(gouGetDirections(model, &count, nullptr, nullptr));
  EXPECT_EQ(count, latent);
  for (const std::uint32_t room : {0u, 2u, latent + 3}) {
    const std::uint32_t written = std::min(room, latent);
    std::vector<float> some(std::size_t{room + 1} * latent, 7.0f), strengths(room + 1, 7.0f);
    count = room;
    ASSERT_OK(gouGetDirections(model, &count, some.data(), nullptr));
    EXPECT_EQ(count, latent);
    count = room;
    ASSERT_OK(gouGetDirections(model, &count, nullptr, strengths.data()));
    EXPECT_TRUE(std::equal(some.begin(), some.begin() + written * latent, all.directions.begin()));
    EXPECT_TRUE(std::equal(strengths.begin(), strengths.begin() + written, all.strengths.begin()));
    EXPECT_EQ(std::count(some.begin() + written * latent, some.end(), 7.0f), (room + 1 - written) * latent) << "nothing beyond";
    EXPECT_EQ(std::count(strengths.begin() + written, strengths.end(), 7.0f), room + 1 - written);
  }
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "gouGetDirections: count is NULL", gouGetDirections(model, nullptr, nullptr, nullptr));
  EXPECT_OK(gouDestroyModel(model));
}

TEST_F(Directions, OfALiveModelAreThoseOfItsLastRequest) {
  const GouTraining training = labelled();
  ASSERT_NE(training, nullptr);
  GouModel live = nullptr, snapshot = nullptr;
  ASSERT_OK(gouCreateModel(training, GOU_WEIGHTS_LIVE, 2, &live));
  const Found first = directions_of(live);
  run_steps(training, 3);
  ASSERT_OK(gouCreateModel(training, GOU_WEIGHTS_SNAPSHOT, 2, &snapshot));
  EXPECT_EQ(directions_of(live), first) << "no request has begun since";
  generate(live, 1, 0, 1, 8 * 8 * 4);
  const Found second = directions_of(live);
  EXPECT_NE(second, first);
  EXPECT_EQ(directions_of(snapshot), second);
  ASSERT_OK(gouSaveModel(live, (folder_ / "live").c_str()));
  expect_directions_of_file(second, folder_ / "live", 5);
  const GouModel loaded = load(context(), folder_ / "live");
  EXPECT_EQ(directions_of(loaded), second);
  for (const GouModel model : {live, snapshot, loaded}) EXPECT_OK(gouDestroyModel(model));
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
}

TEST_F(Directions, ComeWhileARequestIsTicked) {
  const GouModel model = load(context(), kSprites, 2);
  ASSERT_NE(model, nullptr);
  const Found found = directions_of(model);
  const GouGenerate request = ticked_request(4);
  const GouJob job = begin(model, request);
  auto report = of_type<GouTick>(GOU_TYPE_TICK);
  const GouBudget budget = budget_of(0, 5);
  ASSERT_OK(gouTick(context(), &budget, &report));
  EXPECT_EQ(directions_of(model), found);
  while (gouPollJob(job) == GOU_NOT_READY) ASSERT_OK(gouTick(context(), &budget, &report));
  EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
  EXPECT_OK(gouDestroyModel(model));
}

TEST_F(RecordOnly, DirectionsComeInFrames) {
  const GouModel whole = load(submitting(), kSprites), model = load(recording(), kSprites);
  ASSERT_TRUE(whole && model);
  const Found expected = directions_of(whole);
  std::uint32_t count = latent_of(model);
  Found found{std::vector<float>(std::size_t{count} * count), std::vector<float>(count)};
  save_in_frames([&] { return gouGetDirections(model, &count, found.directions.data(), found.strengths.data()); });
  EXPECT_EQ(found, expected);
  for (const GouModel made : {whole, model}) EXPECT_OK(gouDestroyModel(made));
}

}  // namespace
}  // namespace gouache::testing
