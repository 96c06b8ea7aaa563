// Are the random numbers Philox's, and does an epoch visit every image once?
#include "host/ops/philox.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "shaders/shared/interface.h"

namespace gouache {
namespace {

TEST(Philox, PublishedVectors) {  // known answers published with Salmon et al. 2011 (Random123, philox4x32-10)
  using Words = std::array<std::uint32_t, 4>;
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr std::uint32_t kOnes = 0xffffffff;
  EXPECT_EQ(philox({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}), (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, EveryEpochVisitsEveryIndexOnce) {
  for (const std::uint32_t count : {1u, 2u, 7u, 64u, 1000u})
    for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
      std::set<std::uint32_t> seen;
      for (std::uint64_t i = 0; i < count; ++i) seen.insert(random_permutation(5, STREAM_DATA, epoch * count + i, count));
      EXPECT_EQ(seen.size(), count);
      EXPECT_LT(*seen.rbegin(), count);
    }
}

TEST(Philox, NormalsHaveTheRightMoments) {
  std::vector<float> values(1 << 16);
  fill_normal(3, STREAM_LATENT, 1, values);
  double mean = 0, square = 0, fourth = 0;
  for (float v : values) mean += v, square += double(v) * v, fourth += std::pow(double(v), 4);
  const double n = double(values.size());
  // Five standard errors of each moment's estimate: 1, sqrt 2 and sqrt 96 over sqrt n.
  EXPECT_NEAR(mean / n, 0, 5 / std::sqrt(n));
  EXPECT_NEAR(square / n, 1, 5 * std::sqrt(2 / n));
  EXPECT_NEAR(fourth / n, 3, 5 * std::sqrt(96 / n));
}

}  // namespace
}  // namespace gouache
