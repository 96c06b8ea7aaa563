// Does the seam view tell textures that tile from those that do not?
#include "demo/studio/seam.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

using namespace gouache::studio;

namespace {

using Picture = std::vector<std::uint8_t>;

Picture picture(unsigned width, unsigned height, const std::function<double(unsigned x, unsigned y)>& grey, std::uint8_t alpha = 255) {
  Picture made;
  for (unsigned y = 0; y < height; ++y)
    for (unsigned x = 0; x < width; ++x) {
      const auto value = static_cast<std::uint8_t>(std::lround(grey(x, y)));
      made.insert(made.end(), {value, value, value, alpha});
    }
  return made;
}

double wave(double turns) { return 127 + 100 * std::sin(turns * 2 * std::numbers::pi); }

TEST(Seam, AWaveOfWholePeriodsTiles) {
  const Seam seam = measure_seam(picture(32, 16, [](unsigned x, unsigned y) { return (wave(x / 32.0) + wave(2 * y / 16.0)) / 2; }), 32, 16);
  EXPECT_LT(seam.worst(), 1.7f);
  const Seam phase =
      measure_seam(picture(32, 16, [](unsigned x, unsigned y) { return (wave((x + 5) / 32.0) + wave((y + 3) / 16.0)) / 2; }), 32, 16);
  EXPECT_NEAR(phase.sides, 1, 0.6f);
  EXPECT_EQ(phase.solid, 1);
}

TEST(Seam, ARampDoesNotAndOnlyAlongItsOwnDirection) {
  const Seam seam = measure_seam(picture(32, 16, [](unsigned x, unsigned) { return x * 8.0; }), 32, 16);
  EXPECT_NEAR(seam.sides, 31, 0.01f);  // 31 steps of 8 at once, in units of one
  EXPECT_EQ(seam.ends, 0);
  EXPECT_EQ(seam.worst(), seam.sides);
  EXPECT_EQ(seam.kind(), SeamKind::visible);
  const Seam turned = measure_seam(picture(16, 32, [](unsigned, unsigned y) { return y * 8.0; }), 16, 32);
  EXPECT_EQ(turned.sides, 0);
  EXPECT_NEAR(turned.ends, 31, 0.01f);
}

TEST(Seam, NoiseTiles) {
  unsigned state = 1;
  const Picture noise = picture(64, 64, [&](unsigned, unsigned) { return (state = state * 1664525 + 1013904223) >> 24; });
  const Seam seam = measure_seam(noise, 64, 64);
  EXPECT_NEAR(seam.sides, 1, 0.25f);
  EXPECT_NEAR(seam.ends, 1, 0.25f);
  EXPECT_EQ(seam.kind(), SeamKind::tiles);
}

TEST(Seam, AFlatPictureTiles) {
  const Seam seam = measure_seam(picture(8, 8, [](unsigned, unsigned) { return 90; }), 8, 8);
  EXPECT_EQ(seam.worst(), 0);
  EXPECT_EQ(seam.kind(), SeamKind::tiles);
}

TEST(Seam, ASpriteWithEmptyEdgesIsNoTile) {
  Picture sprite = picture(
      8, 8, [](unsigned, unsigned) { return 0; }, 0);
  sprite[(3 * 8 + 4) * 4 + 3] = 255;
  EXPECT_EQ(measure_seam(sprite, 8, 8).solid, 0);
  EXPECT_EQ(measure_seam(sprite, 8, 8).kind(), SeamKind::bare);
  for (std::size_t x = 1; x < 7; ++x) sprite[(7 * 8 + x) * 4 + 3] = 255;  // it stands on its lower edge
  EXPECT_NEAR(measure_seam(sprite, 8, 8).solid, 6 / 32.0f, 1e-6f);
  EXPECT_EQ(measure_seam(sprite, 8, 8).kind(), SeamKind::bare);
  for (std::size_t y = 1; y < 7; ++y) sprite[(y * 8 + 7) * 4 + 3] = 255;
  EXPECT_NE(measure_seam(sprite, 8, 8).kind(), SeamKind::bare);
}

TEST(Seam, EachKindHasItsOwnWords) {
  EXPECT_STREQ(words(SeamKind::tiles), "Tiles well");
  EXPECT_STREQ(words(SeamKind::visible), "Visible seam");
  EXPECT_EQ((Seam{.sides = 3, .ends = 1, .solid = 1}).kind(), SeamKind::faint);
}

}  // namespace
