// Are latents drawn as the trained models expect them, and does what is made of them stay among them?
#include "demo/studio/latents.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace gouache::studio {
namespace {

/// The largest difference between the distribution of `values` and that of a normal number within +-bound (Kolmogorov's statistic).
double distance_to_normal(std::vector<float> values, double bound) {
  std::ranges::sort(values);
  const auto below = [](double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); };
  const double cut = below(-bound), kept = 1 - 2 * cut;
  double worst = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double expected = (below(values[i]) - cut) / kept, count = static_cast<double>(values.size());
    worst = std::max({worst, expected - static_cast<double>(i) / count, static_cast<double>(i + 1) / count - expected});
  }
  return worst;
}

std::vector<float> many(float truncation) {
  std::vector<float> all;
  for (std::uint64_t index = 0; index < 1000; ++index) {
    const std::vector<float> one = drawn_latent(7, index, truncation, 64);
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

TEST(Latents, AreNormalAndTheSameEverywhere) {
  const std::vector<float> all = many(kNoTruncation);
  EXPECT_LT(distance_to_normal(all, 40), 1.63 / std::sqrt(64000.0));  // 1 seed in 100 would be farther; this one is not
  EXPECT_GT(*std::ranges::max_element(all), 3.5f);
  // Python's statistics.NormalDist().inv_cdf of the same uniform numbers.
  const std::vector<float> known = drawn_latent(42, 3, kNoTruncation, 4);
  const float expected[] = {1.5556401f, 0.679963827f, -0.70704186f, -0.275900215f};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_FLOAT_EQ(known[i], expected[i]) << i;
}

TEST(Latents, DependOnSeedAndIndexAlone) {
  EXPECT_EQ(drawn_latent(1, 2, 4, 64), drawn_latent(1, 2, 4, 64));
  EXPECT_NE(drawn_latent(1, 2, 4, 64), drawn_latent(1, 3, 4, 64));
  EXPECT_NE(drawn_latent(1, 2, 4, 64), drawn_latent(2, 2, 4, 64));
  const std::vector<float> more = drawn_latent(1, 2, 4, 100);
  EXPECT_EQ(drawn_latent(1, 2, 4, 64), std::vector<float>(more.begin(), more.begin() + 64));
}

TEST(Latents, AreDrawnWithinTheTruncation) {
  for (const float bound : {0.6f, 1.0f, 2.0f}) {
    const std::vector<float> all = many(bound);
    EXPECT_LE(std::ranges::max(all, {}, [](float value) { return std::abs(value); }), bound);
    EXPECT_LT(distance_to_normal(all, bound), 1.63 / std::sqrt(64000.0)) << bound;
  }
}

TEST(Latents, ChangeSmoothlyWithTheTruncation) {
  for (float bound = kLeastTruncation; bound < kNoTruncation; bound += 0.01f) {
    const std::vector<float> before = drawn_latent(5, 0, bound, 64), after = drawn_latent(5, 0, bound + 0.01f, 64);
    for (std::size_t i = 0; i < before.size(); ++i) ASSERT_LE(std::abs(before[i] - after[i]), 0.0101f) << bound;
  }
}

TEST(Latents, BlendOverTheSphereAtConstantSpeed) {
  const std::vector<float> a{3, 0, 0}, b{0, 5, 0};
  EXPECT_EQ(blended(a, b, 0), a);
  EXPECT_EQ(blended(a, b, 1), b);
  const std::vector<float> third = blended(a, b, 1 / 3.0f);
  EXPECT_NEAR(length(third), 3 + 2 / 3.0, 1e-6);
  EXPECT_NEAR(std::atan2(third[1], third[0]), std::acos(-1.0) / 6, 1e-6);  // a third of the right angle

  const std::vector<float> p = drawn_latent(1, 0, 4, 512), q = drawn_latent(1, 1, 4, 512);
  for (float t = 0; t <= 1; t += 0.125f) {
    EXPECT_GE(length(blended(p, q, t)), std::min(length(p), length(q)) - 1e-4) << t;
    EXPECT_LE(length(blended(p, q, t)), std::max(length(p), length(q)) + 1e-4) << t;
  }
}

TEST(Latents, BlendWhereTheGreatCircleIsNotDefined) {
  const std::vector<float> a{1, 2, 2}, opposite{-1, -2, -2}, longer{2, 4, 4}, none{0, 0, 0};
  EXPECT_NEAR(length(blended(a, opposite, 0.5f)), 3, 1e-6);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_FLOAT_EQ(blended(a, longer, 0.5f)[i], 1.5f * a[i]);
    EXPECT_FLOAT_EQ(blended(none, a, 0.5f)[i], 0.5f * a[i]);
  }
  EXPECT_FLOAT_EQ(blended(std::vector<float>{2}, std::vector<float>{-2}, 0.25f)[0], 1);  // a line has no way around
}

TEST(Latents, SumsStayAmongWhatWasAdded) {
  const std::vector<float> a = drawn_latent(1, 0, 4, 64), b = drawn_latent(1, 1, 4, 64), c = drawn_latent(1, 2, 4, 64);
  const std::vector<float> sum = summed(a, b, c), same = summed(a, a, c), back = summed(a, b, b);
  double along = 0, plain = 0;
  for (std::size_t i = 0; i < 64; ++i) {
    EXPECT_NEAR(same[i], c[i], 1e-5);
    EXPECT_NEAR(back[i], a[i], 1e-5);
    const double straight = double{a[i]} - double{b[i]} + double{c[i]};
    along += straight * double{sum[i]};
    plain += straight * straight;
  }
  EXPECT_NEAR(along, std::sqrt(plain) * length(sum), 1e-3);  // the direction of a - b + c
  EXPECT_GE(length(sum), std::min({length(a), length(b), length(c)}) - 1e-4);
  EXPECT_LE(length(sum), std::max({length(a), length(b), length(c)}) + 1e-4);
  EXPECT_EQ(summed(std::vector<float>{1, 0}, std::vector<float>{2, 0}, std::vector<float>{1, 0}), (std::vector<float>{0, 0}));
}

TEST(Latents, MoveAlongDirections) {
  const std::vector<float> base{1, 2, 3}, directions{1, 0, 0, 0, 0, 1}, offsets{2, -1};
  EXPECT_EQ(moved(base, directions, offsets), (std::vector<float>{3, 2, 2}));
  EXPECT_EQ(moved(base, {}, {}), base);
}

}  // namespace
}  // namespace gouache::studio
