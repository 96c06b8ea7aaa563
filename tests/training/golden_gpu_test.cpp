// Do the first steps of each model give the golden losses on this device?
#include "host/runtime/trainer.h"
#include "tests/support/test_device.h"
#include "tests/training/golden.h"

namespace gouache::testing {
namespace {

/// Relative. The worst of lavapipe 22.3, lavapipe 25.0 and SwiftShader is 2.1e-7, an fp32 rounding or two; fifty times that is left to
/// GPUs with a coarser exp or rsqrt. A learning rate that is 1 % off is noticed.
constexpr double kTolerance = 1e-5;

class GoldenLosses : public ::testing::TestWithParam<TrainingRun> {};

TEST_P(GoldenLosses, AreMetOnThisDevice) {
  const TrainingRun& run = GetParam();
  const Recipe recipe = recipe_of(run);
  const TensorType images = images_of(recipe, kGoldenImages);
  const std::vector<std::uint8_t> pixels = blobs(images.shape);
  const auto extent = [&](int i) { return static_cast<std::uint32_t>(images.shape[static_cast<std::size_t>(i)]); };
  const std::vector<std::uint32_t> labels = labels_of(recipe, kGoldenImages);
  Trainer trainer(test_device(), {recipe, run.batch, kGoldenSeed, 0}, {extent(0), extent(1), extent(2), extent(3), pixels, labels});
  const GoldenFigures golden = golden_figures(run.name);
  ASSERT_EQ(golden.size(), kGoldenSteps * trainer.metric_names().size());
  for (int step = 1; step <= kGoldenSteps; ++step) {
    trainer.step();
    for (std::size_t i = 0; i < trainer.metrics().size(); ++i) {
      const std::string& figure = trainer.metric_names()[i];
      ASSERT_TRUE(golden.count({step, figure})) << figure;
      const double expected = golden.at({step, figure});
      EXPECT_NEAR(trainer.metrics()[i], expected, kTolerance * std::abs(expected)) << "step " << step << " " << figure;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, GoldenLosses, ::testing::ValuesIn(kGoldenRuns),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace gouache::testing
