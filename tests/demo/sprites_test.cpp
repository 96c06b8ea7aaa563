// Are the drawn sources reproducible, varied, well outlined and premultiplied?
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "demo/data/dice.h"
#include "tests/demo/data_checks.h"

namespace gouache::data {
namespace {

TEST(Dice, ThrowsAreCountedNotShared) {
  Dice a(7, 3), b(7, 3), other_image(7, 4), other_seed(8, 3);
  std::set<uint64_t> words;
  for (int i = 0; i < 100; i++) {
    const uint64_t word = a.word();
    EXPECT_EQ(word, b.word());
    words.insert({word, other_image.word(), other_seed.word()});
  }
  EXPECT_EQ(words.size(), 300u);
  Dice d(1, 1);
  int seen[6] = {};
  for (int i = 0; i < 6000; i++) {
    const int face = d.whole(1, 6);
    ASSERT_TRUE(face >= 1 && face <= 6);
    seen[face - 1]++;
    const float unit = d.unit();
    ASSERT_TRUE(unit >= 0.0f && unit < 1.0f);
  }
  for (const int count : seen) EXPECT_NEAR(count, 1000, 150);
}

TEST(Sprites, AreReproducibleAndIndependentOfTheCount) {
  const Images many = load("builtin:sprites", wish(60, 5)), few = load("builtin:sprites", wish(20, 5)),
               other = load("builtin:sprites", wish(20, 6));
  expect_well_formed(many);
  EXPECT_EQ(many.channels, 4u);
  EXPECT_EQ(many.width, 32u);
  EXPECT_TRUE(std::equal(few.pixels.begin(), few.pixels.end(), many.pixels.begin()));
  EXPECT_TRUE(std::equal(few.labels.begin(), few.labels.end(), many.labels.begin()));
  EXPECT_NE(few.pixels, other.pixels);
}

TEST(Sprites, DefaultSetIsVariedCentredAndTransparent) {
  const Images images = load("builtin:sprites", wish(0, 1));
  expect_well_formed(images);
  EXPECT_EQ(images.count, 4096u);
  std::set<std::string> distinct;
  std::map<uint32_t, int> kinds;
  for (uint32_t i = 0; i < images.count; i++) {
    const auto image = images.image(i);
    distinct.emplace(image.begin(), image.end());
    kinds[images.labels[i]]++;
    size_t covered = 0;
    for (size_t p = 3; p < image.size(); p += 4) covered += image[p] != 0;
    EXPECT_GT(covered, 120u) << "image " << i << " (" << images.label_names[images.labels[i]] << ") is nearly empty";
    EXPECT_LT(covered, 900u) << "image " << i << " (" << images.label_names[images.labels[i]] << ") has hardly any background";
  }
  EXPECT_GT(distinct.size(), 2400u);
  EXPECT_EQ(kinds.size(), images.label_names.size()) << "every kind turns up";
  EXPECT_GE(images.label_names.size(), 30u);
}

TEST(Sprites, DarkOutlineGoesAllRound) {
  const Images images = load("builtin:sprites", wish(200, 3));
  for (uint32_t i = 0; i < images.count; i++) {
    const auto image = images.image(i);
    for (int y = 1; y < 31; y++)
      for (int x = 1; x < 31; x++) {
        const auto at = [&](int dx, int dy) { return &image[static_cast<size_t>(((y + dy) * 32 + x + dx) * 4)]; };
        const bool rim = !at(0, -1)[3] || !at(0, 1)[3] || !at(-1, 0)[3] || !at(1, 0)[3];
        if (at(0, 0)[3] && rim) { ASSERT_LT(at(0, 0)[0] + at(0, 0)[1] + at(0, 0)[2], 260) << "image " << i << " at " << x << ", " << y; }
      }
  }
}

TEST(Sprites, KindsCanBeChosen) {
  const Images people = load("builtin:sprites:characters", wish(50)), things = load("builtin:sprites:items", wish(50)),
               two = load("builtin:sprites:potion+knight", wish(50));
  EXPECT_EQ(two.label_names, (std::vector<std::string>{"potion", "knight"}));
  EXPECT_EQ(std::set<uint32_t>(two.labels.begin(), two.labels.end()).size(), 2u);
  EXPECT_EQ(people.label_names.front(), "knight");
  EXPECT_EQ(std::count(things.label_names.begin(), things.label_names.end(), "knight"), 0);
  const std::string text = error_of(ErrorCode::invalid_argument, [] { load("builtin:sprites:dragoon", wish(1)); });
  EXPECT_SAYS(text, "'dragoon'");
  EXPECT_SAYS(text, "knight");
}

TEST(Sprites, OtherSizesAndChannelsComeFromTheSameDrawing) {
  const Images native = load("builtin:sprites", wish(8, 2)), twice = load("builtin:sprites", wish(8, 2, 64)),
               half = load("builtin:sprites", wish(8, 2, 16));
  expect_well_formed(half);
  for (size_t i = 0; i < 8; i++)
    for (size_t y = 0; y < 64; y++)
      for (size_t x = 0; x < 64; x++)
        for (size_t k = 0; k < 4; k++) ASSERT_EQ(twice.image(i)[(y * 64 + x) * 4 + k], native.image(i)[(y / 2 * 32 + x / 2) * 4 + k]);
  for (uint32_t channels = 1; channels <= 3; channels++) {
    const Images images = load("builtin:sprites", wish(8, 2, 32, channels));
    expect_well_formed(images);
    EXPECT_EQ(images.channels, channels);
    for (size_t p = 0; p < 8 * 32 * 32; p++) {
      if (channels == 3) { ASSERT_EQ(images.pixels[p * 3 + 1], native.pixels[p * 4 + 1]); }
      if (channels == 2) { ASSERT_EQ(images.pixels[p * 2 + 1], native.pixels[p * 4 + 3]); }
    }
  }
}

TEST(Faces, HaveABrightDiagonalAndNoise) {
  const Images faces = load("builtin:faces2x2", wish(0, 4));
  expect_well_formed(faces);
  ASSERT_EQ(faces.count, 1024u);
  ASSERT_EQ(faces.image_bytes(), 4u);
  std::set<std::string> distinct;
  for (size_t i = 0; i < faces.count; i++) {
    const auto f = faces.image(i);
    EXPECT_TRUE(f[0] > 185 && f[3] > 185 && f[1] < 70 && f[2] < 70) << "face " << i;
    distinct.emplace(f.begin(), f.end());
  }
  EXPECT_GT(distinct.size(), 1000u);
  EXPECT_EQ(load("builtin:faces2x2", wish(10, 4)).pixels, Bytes(faces.pixels.begin(), faces.pixels.begin() + 40));
}

}  // namespace
}  // namespace gouache::data
