// Do the walkers stay in their world, keep their order and put their feet on the ground?
#include "demo/studio/walkers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

using namespace gouache::studio;

namespace {

TEST(Walkers, EachSpriteWalksOnceFarthestFirst) {
  Walkers walkers;
  walkers.settle(20, 12);
  std::set<std::uint32_t> sprites;
  float depth = -1;
  for (const Walker& one : walkers.all()) {
    sprites.insert(one.sprite);
    EXPECT_GE(one.depth, depth);
    EXPECT_LE(one.depth, 1);
    depth = one.depth;
  }
  EXPECT_EQ(sprites.size(), 12u);
  EXPECT_EQ(*sprites.rbegin(), 11u);
}

TEST(Walkers, TheyTurnRoundAtTheEnds) {
  Walkers walkers;
  walkers.settle(5, 6);
  std::set<std::uint32_t> left, right;
  for (int i = 0; i < 4000; ++i) {
    walkers.advance(0.016f, 1);
    for (const Walker& one : walkers.all()) {
      ASSERT_GT(one.x, 0);
      ASSERT_LT(one.x, 5);
      ASSERT_GE(one.hop(), 0);
      ASSERT_LE(one.hop(), 1);
      (one.left ? left : right).insert(one.sprite);
    }
  }
  EXPECT_EQ(left.size(), 6u);
  EXPECT_EQ(right.size(), 6u);
}

TEST(Walkers, TheyWalkWhereTheyLookAndStandWithoutPace) {
  Walkers walkers;
  walkers.settle(100, 12);
  const std::vector<Walker> before(walkers.all().begin(), walkers.all().end());
  walkers.advance(0.1f, 0);
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_EQ(walkers.all()[i].x, before[i].x);
  walkers.advance(0.1f, 2);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const float way = walkers.all()[i].x - before[i].x;
    EXPECT_NEAR(std::abs(way), 0.2f * before[i].speed, 1e-4f);
    EXPECT_EQ(way < 0, before[i].left);
  }
}

TEST(Walkers, ThoseWhoStayKeepTheirPlaces) {
  Walkers walkers;
  walkers.settle(30, 12);
  walkers.advance(1, 1);
  const std::vector<Walker> before(walkers.all().begin(), walkers.all().end());
  walkers.settle(30, 4);
  EXPECT_EQ(walkers.all().size(), 4u);
  walkers.settle(30, 12);
  EXPECT_EQ(walkers.all().size(), 12u);
  for (const Walker& one : walkers.all())
    if (one.sprite < 4) { EXPECT_EQ(one.x, std::ranges::find(before, one.sprite, &Walker::sprite)->x); }
  walkers.settle(3, 12);  // the window became small
  for (const Walker& one : walkers.all()) EXPECT_LT(one.x, 3);
}

TEST(Walkers, FeetAreWhereThePictureEnds) {
  std::vector<std::uint8_t> pixels(std::size_t{4} * 6 * 8, 0);
  EXPECT_EQ(foot_row(pixels, 6, 8), 8u);
  pixels[(std::size_t{4} * 6 + 2) * 4 + 3] = 255;
  EXPECT_EQ(foot_row(pixels, 6, 8), 5u);
  pixels[(std::size_t{6} * 6 + 5) * 4 + 3] = 40;  // a soft edge
  EXPECT_EQ(foot_row(pixels, 6, 8), 5u);
  pixels[(std::size_t{7} * 6 + 5) * 4 + 3] = 200;
  EXPECT_EQ(foot_row(pixels, 6, 8), 8u);
}

TEST(Walkers, LotsAreEvenlySpread) {
  double sum = 0;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    const float value = lot(i, 3);
    ASSERT_GE(value, 0);
    ASSERT_LT(value, 1);
    sum += static_cast<double>(value);
  }
  EXPECT_NEAR(sum / 1000, 0.5, 0.03);
}

}  // namespace
