// Does the discriminator see the images that augmentation promises, and what do the adversarial losses answer?
#include "host/nn/augment.h"

#include "host/nn/losses.h"
#include "host/ops/ops.h"
#include "shaders/shared/interface.h"
#include "tests/ops/probe.h"

namespace gouache::probe {
namespace {

constexpr std::int64_t kBatch = 24, kSide = 8, kChannels = 4;
const Shape kShape{kBatch, kSide, kSide, kChannels};

/// Images away from zero, augmented in step `step`.
struct Trial {
  Graph graph;
  Tensor x, y;
  Feeds feeds;

  explicit Trial(const Augmentation& augmentation, double step = 0) {
    Training training(graph, {{1, kSide, kSide, kChannels}, DType::u8}, kBatch);
    x = graph.input("x", {kShape});
    y = augment(training, x, augmentation);
    std::mt19937_64 random(seed_of("augment"));
    feeds["x"] = random_array(random, kShape, 0.5, 1.0);
    Array control{{{CONTROL_WORDS}, DType::u32}, std::vector<double>(CONTROL_WORDS, 0.0)};
    control.values[CONTROL_SEED_LOW] = 11, control.values[CONTROL_STEP] = step;
    feeds[kControl] = control;
  }
  double before(std::int64_t n, std::int64_t i, std::int64_t j, std::int64_t c) const {
    return feeds.at("x").values[static_cast<std::size_t>(((n * kSide + i) * kSide + j) * kChannels + c)];
  }
};

double at(const std::vector<double>& y, std::int64_t n, std::int64_t i, std::int64_t j, std::int64_t c) {
  return y[static_cast<std::size_t>(((n * kSide + i) * kSide + j) * kChannels + c)];
}

TEST(Augment, NothingAskedLeavesTheTensorItself) {
  const Trial trial({});
  EXPECT_EQ(trial.x, trial.y);
}

TEST(Augment, TranslationShiftsEveryImageByWholePixelsAndMovesZerosIn) {
  const Trial trial({.translation = 0.25f});  // up to 2 pixels
  const std::vector<double> y = values_of(trial.y, trial.feeds);
  std::map<std::pair<int, int>, int> seen;
  for (std::int64_t n = 0; n < kBatch; ++n) {
    int fits = 0;
    for (int down = -2; down <= 2; ++down)
      for (int right = -2; right <= 2; ++right) {
        bool same = true;
        for (std::int64_t i = 0; i < kSide; ++i)
          for (std::int64_t j = 0; j < kSide; ++j) {
            const std::int64_t row = i - down, column = j - right;
            const bool inside = row >= 0 && row < kSide && column >= 0 && column < kSide;
            for (std::int64_t c = 0; c < kChannels; ++c) same &= at(y, n, i, j, c) == (inside ? trial.before(n, row, column, c) : 0.0);
          }
        if (same) ++fits, ++seen[{down, right}];
      }
    EXPECT_EQ(fits, 1) << "image " << n;
  }
  EXPECT_GT(seen.size(), 8u) << "of 25 offsets, 24 images should use many";
  const Trial next({.translation = 0.25f}, 1);
  EXPECT_NE(y, values_of(next.y, next.feeds)) << "another step draws other offsets";
}

TEST(Augment, CutoutClearsOneRectangleAnImage) {
  const Trial trial({.cutout = 0.5f});  // 4 x 4, cut off at the border
  const std::vector<double> y = values_of(trial.y, trial.feeds);
  int whole = 0;
  for (std::int64_t n = 0; n < kBatch; ++n) {
    std::int64_t top = kSide, bottom = -1, left = kSide, right = -1, cleared = 0;
    for (std::int64_t i = 0; i < kSide; ++i)
      for (std::int64_t j = 0; j < kSide; ++j) {
        const bool zero = at(y, n, i, j, 0) == 0;
        for (std::int64_t c = 0; c < kChannels; ++c) EXPECT_EQ(at(y, n, i, j, c), zero ? 0.0 : trial.before(n, i, j, c));
        if (!zero) continue;
        ++cleared;
        top = std::min(top, i), bottom = std::max(bottom, i), left = std::min(left, j), right = std::max(right, j);
      }
    EXPECT_GE(cleared, 4) << "a quarter of the square lies inside even in a corner";
    EXPECT_EQ(cleared, (bottom - top + 1) * (right - left + 1));
    EXPECT_LE(bottom - top, 3);
    EXPECT_LE(right - left, 3);
    whole += cleared == 16;
  }
  EXPECT_GT(whole, 0);
}

TEST(Augment, ColourLeavesAlphaAndStaysWithinItsBounds) {
  const Trial trial({.colour = 0.5f});
  const std::vector<double> y = values_of(trial.y, trial.feeds);
  double moved = 0;
  for (std::int64_t n = 0; n < kBatch; ++n)
    for (std::int64_t i = 0; i < kSide; ++i)
      for (std::int64_t j = 0; j < kSide; ++j) {
        EXPECT_EQ(at(y, n, i, j, 3), trial.before(n, i, j, 3));
        for (std::int64_t c = 0; c < 3; ++c) moved = std::max(moved, std::fabs(at(y, n, i, j, c) - trial.before(n, i, j, c)));
      }
  // brightness 0.25; saturation and contrast stretch differences of at most 0.5 by at most 1.5 * 1.25
  EXPECT_LE(moved, 0.25 + 0.5 * 0.875);
  EXPECT_GT(moved, 0.2);
}

TEST(Augment, InstanceNoiseHasItsDeviation) {
  const Trial trial({.instance_noise = 0.2f});
  const std::vector<double> y = values_of(trial.y, trial.feeds), &x = trial.feeds.at("x").values;
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += y[i] - x[i], squares += (y[i] - x[i]) * (y[i] - x[i]);
  const auto n = static_cast<double>(x.size());
  EXPECT_NEAR(sum / n, 0, 4 * 0.2 / std::sqrt(n));
  EXPECT_NEAR(squares / n, 0.04, 4 * 0.04 * std::sqrt(2 / n));
}

TEST(Augment, IsLinearInTheImagesWithTheAdjointAsItsGradient) {
  Trial trial({.colour = 0.8f, .translation = 0.25f, .cutout = 0.5f});
  const Tensor weights = trial.graph.input("weights", {kShape});
  std::mt19937_64 random(seed_of("weights"));
  trial.feeds["weights"] = random_array(random, kShape);
  const Tensor loss = sum(trial.y * weights);
  const Feeds directions{{"x", random_array(random, kShape)}};
  const double slope = dot(values_of(gradient(loss, std::span(&trial.x, 1))[0], trial.feeds), directions.at("x").values);
  EXPECT_GT(std::fabs(slope), 1e-2);
  EXPECT_NEAR(slope, slope_along(loss, trial.feeds, directions), 1e-6 * (1 + std::fabs(slope)));
}

TEST(Augment, TooManyDrawsAreRefused) {
  Graph graph;
  Training training(graph, {{1, 2, 2, 1}, DType::u8}, 2);
  for (int i = 0; i < Training::kDraws; ++i) training.draw(Distribution::uniform, {1});
  EXPECT_EQ(error_of([&] { training.draw(Distribution::uniform, {1}); }), "draw: a step may draw 128 times");
}

TEST(AdversarialLosses, AreTheirFormulas) {
  Graph graph;
  const Tensor real = graph.constant({2, 1}, {0.5f, -1.0f}), fake = graph.constant({2, 1}, {-2.0f, 0.25f});
  const auto log1pexp = [](double x) { return std::log1p(std::exp(x)); };
  const auto mean_of = [](double a, double b) { return (a + b) / 2; };
  const double on_fake = mean_of(log1pexp(-2), log1pexp(0.25));
  const double smoothed = 0.9 * mean_of(log1pexp(-0.5), log1pexp(1)) + 0.1 * mean_of(log1pexp(0.5), log1pexp(-1));
  struct Expected {
    const char* name;
    double discriminator, smoothed_discriminator, generator;
  };
  const Expected expected[] = {
      {"non_saturating", mean_of(log1pexp(-0.5), log1pexp(1)) + on_fake, smoothed + on_fake, mean_of(log1pexp(2), log1pexp(-0.25))},
      {"minimax", mean_of(log1pexp(-0.5), log1pexp(1)) + on_fake, smoothed + on_fake, -on_fake},
      {"least_squares", mean_of(0.25, 4) / 2 + mean_of(4, 0.0625) / 2, mean_of(0.16, 3.61) / 2 + mean_of(4, 0.0625) / 2,
       mean_of(9, 0.5625) / 2},
      {"hinge", mean_of(0.5, 2) + mean_of(0, 1.25), mean_of(0.5, 2) + mean_of(0, 1.25), mean_of(2, -0.25)}};
  ASSERT_EQ(std::size(expected), adversarial_losses().size());
  for (const Expected& one : expected) {
    SCOPED_TRACE(one.name);
    const AdversarialLoss& loss = adversarial_loss(one.name);
    EXPECT_NEAR(value_of(loss.discriminator(real, fake, 1.0f)), one.discriminator, 1e-7);
    EXPECT_NEAR(value_of(loss.discriminator(real, fake, 0.9f)), one.smoothed_discriminator, 1e-7);
    EXPECT_NEAR(value_of(loss.generator(fake)), one.generator, 1e-7);
  }
}

}  // namespace
}  // namespace gouache::probe
