// Do all layouts and channels of training images become the bytes that gouache.h promises?
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/abi/painter.h"

namespace gouache::testing {
namespace {

constexpr std::uint32_t kSide = 8, kCount = 4;
constexpr std::size_t kPixels = kCount * kSide * kSide;

/// Bytes of all sizes, so many a pixel.
std::vector<std::uint8_t> noise(std::size_t channels) {
  std::vector<std::uint8_t> bytes(kPixels * channels);
  std::uint32_t state = 12345;
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>((state = state * 1664525u + 1013904223u) >> 24);
  return bytes;
}

std::vector<std::uint8_t> times_alpha(std::vector<std::uint8_t> straight, std::size_t channels) {
  for (std::size_t i = 0; i < straight.size(); ++i) {
    const std::size_t alpha = i / channels * channels + channels - 1;
    if (i != alpha) straight[i] = static_cast<std::uint8_t>(std::lround(straight[i] * straight[alpha] / 255.0));
  }
  return straight;
}

/// One byte of every pixel's list of sources: a channel's number, 255 (opaque), or -1 (grey of three).
std::vector<std::uint8_t> picked(const std::vector<std::uint8_t>& from, std::size_t channels, const std::vector<int>& sources) {
  std::vector<std::uint8_t> to;
  for (std::size_t p = 0; p < kPixels; ++p)
    for (int source : sources) {
      const std::uint8_t* in = from.data() + p * channels;
      const double grey = channels < 3 ? 0 : 0.2126 * in[0] + 0.7152 * in[1] + 0.0722 * in[2];
      to.push_back(source == 255 ? std::uint8_t{255} : source < 0 ? static_cast<std::uint8_t>(std::lround(grey)) : in[source]);
    }
  return to;
}

class Formats : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(context_ = shared_context(), nullptr); }

  template <class Value>
  GouTrain wish(const std::vector<Value>& pixels, std::uint32_t channels, GouPixelLayout layout, std::uint32_t wanted) {
    recipe_ = "{\"model\": \"dcgan\", \"size\": 8, \"channels\": 4, \"latent\": 2, \"image_channels\": " + std::to_string(wanted) + "}";
    auto train = of_type<GouTrain>(GOU_TYPE_TRAIN);
    train.recipe = recipe_.c_str();
    train.pixels = pixels.data();
    train.bytes = pixels.size() * sizeof(Value);
    train.count = kCount;
    train.width = train.height = kSide;
    train.channels = channels;
    train.layout = layout;
    train.batch = 2;
    return train;
  }

  /// A checkpoint holds its images' fingerprint: a training on the same bytes takes it, one on others names the difference.
  GouResult learns_from(const GouTrain& train, const std::string& checkpoint) {
    GouTraining training = nullptr;
    EXPECT_OK(gouCreateTraining(context_, &train, &training));
    const GouResult result = gouRestoreCheckpoint(training, checkpoint.c_str());
    EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
    return result;
  }

  std::string checkpoint_of(const std::vector<std::uint8_t>& bytes, std::uint32_t channels) {
    const GouTrain train = wish(bytes, channels, GOU_PIXELS_UNORM8, channels);
    const std::string path = folder_ / "checkpoint";
    GouTraining training = nullptr;
    EXPECT_OK(gouCreateTraining(context_, &train, &training));
    EXPECT_OK(gouSaveCheckpoint(training, path.c_str()));
    EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
    return path;
  }

  GouContext context_ = nullptr;
  Folder folder_;
  std::string recipe_;
};

TEST_F(Formats, ChannelsBecomeTheRecipes) {
  constexpr int kOpaque = 255, kGrey = -1;
  const struct {
    std::uint32_t given, wanted;
    std::vector<int> sources;
  } cases[] = {
      {1, 3, {0, 0, 0}},
      {1, 4, {0, 0, 0, kOpaque}},
      {3, 4, {0, 1, 2, kOpaque}},
      {4, 3, {0, 1, 2}},
      {4, 1, {kGrey}},
      {3, 1, {kGrey}},
      {2, 4, {0, 0, 0, 1}},
      {2, 1, {0}},
      {1, 2, {0, kOpaque}},
      {4, 2, {kGrey, 3}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::to_string(c.given) + " channels to " + std::to_string(c.wanted));
    const bool alpha = c.given % 2 == 0;
    const std::vector<std::uint8_t> straight = noise(c.given), given = alpha ? times_alpha(straight, c.given) : straight;
    const std::string checkpoint = checkpoint_of(picked(given, c.given, c.sources), c.wanted);
    EXPECT_OK(learns_from(wish(given, c.given, GOU_PIXELS_UNORM8, c.wanted), checkpoint));
    EXPECT_OK(learns_from(wish(straight, c.given, GOU_PIXELS_UNORM8_STRAIGHT, c.wanted), checkpoint));
    std::vector<std::uint8_t> other = given;
    other[kPixels * c.given - c.given] ^= 0x80;
    expect_error(GOU_ERROR_INVALID_ARGUMENT, "training data", learns_from(wish(other, c.given, GOU_PIXELS_UNORM8, c.wanted), checkpoint));
  }
}

TEST_F(Formats, StraightColourIsMultiplied) {
  const std::vector<std::uint8_t> straight = noise(4);
  const std::string checkpoint = checkpoint_of(times_alpha(straight, 4), 4);
  EXPECT_OK(learns_from(wish(straight, 4, GOU_PIXELS_UNORM8_STRAIGHT, 4), checkpoint));
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "training data", learns_from(wish(straight, 4, GOU_PIXELS_UNORM8, 4), checkpoint));
}

TEST_F(Formats, FloatsAreRounded) {
  const std::vector<std::uint8_t> bytes = times_alpha(noise(4), 4);
  std::vector<float> floats;
  for (std::size_t i = 0; i < bytes.size(); ++i)  // up to 0.45 of a step off
    floats.push_back(std::clamp((bytes[i] + 0.45f * std::sin(static_cast<float>(i))) / 127.5f - 1.0f, -1.0f, 1.0f));
  const std::string checkpoint = checkpoint_of(bytes, 4);
  EXPECT_OK(learns_from(wish(floats, 4, GOU_PIXELS_FLOAT_RAW, 4), checkpoint));
  EXPECT_OK(learns_from(wish(floats, 4, GOU_PIXELS_FLOAT_RAW, 3), checkpoint_of(picked(bytes, 4, {0, 1, 2}), 3)));
}

TEST_F(Formats, WhatDoesNotFitIsNamed) {
  GouTraining training = nullptr;
  std::vector<float> floats(kPixels, 0.5f);
  for (float wrong : {1.001f, -1.5f, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    floats[77] = wrong;
    const GouTrain train = wish(floats, 1, GOU_PIXELS_FLOAT_RAW, 1);
    expect_error(GOU_ERROR_INVALID_ARGUMENT, "GouTrain: value 77 of pixels is", gouCreateTraining(context_, &train, &training));
  }
  GouTrain train = wish(floats, 1, GOU_PIXELS_UNORM8, 1);
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "bytes is 1024, expected count * height * width * channels = 4 * 64",
               gouCreateTraining(context_, &train, &training));
  const std::vector<std::uint8_t> bytes(kPixels);
  train = wish(bytes, 1, GOU_PIXELS_FLOAT_RAW, 1);
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "channels * 4 = 4 * 256", gouCreateTraining(context_, &train, &training));
  train = wish(bytes, 1, static_cast<GouPixelLayout>(3), 1);
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "GouTrain: layout is 3", gouCreateTraining(context_, &train, &training));
  train = wish(bytes, 5, GOU_PIXELS_UNORM8, 1);
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "channels is 5, expected 1..4", gouCreateTraining(context_, &train, &training));
  train = wish(bytes, 1, GOU_PIXELS_UNORM8, 1);
  train.pixels = nullptr;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "pixels is NULL", gouCreateTraining(context_, &train, &training));
  EXPECT_EQ(training, nullptr);
}

}  // namespace
}  // namespace gouache::testing
