// Do requests paint images of the size they ask for, the same wherever they go?
#include <gtest/gtest.h>

#include <cstring>

#include "host/vulkan/buffer.h"
#include "tests/abi/frames.h"
#include "tests/abi/sprites.h"
#include "tests/support/commands.h"

namespace gouache::testing {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint32_t kSide = 32;  ///< of what the model paints

class Sizes : public OnBorrowed {
 protected:
  Sizes() : device_(engine().lend()) {}
  ~Sizes() override { EXPECT_OK(gouDestroyModel(model_)); }

  static GouGenerate request(std::uint32_t width, std::uint32_t height, GouFilter filter, const void* target = nullptr) {
    GouGenerate made = ticked_request(3);
    made.pace = GOU_PACE_AT_ONCE;
    made.width = width;
    made.height = height;
    made.filter = filter;
    made.target = target;
    return made;
  }
  /// In host memory.
  Bytes painted(const GouGenerate& wish, GouPixelLayout layout = GOU_PIXELS_UNORM8) {
    const std::uint32_t width = wish.width ? wish.width : kSide, height = wish.height ? wish.height : kSide;
    Bytes bytes(std::size_t{3} * width * height * 4 * (layout == GOU_PIXELS_FLOAT_RAW ? 4 : 1));
    const GouJob job = begin(model_, wish);
    GouPixels to = pixels_into(bytes, layout);
    EXPECT_OK(gouReadJob(job, &to));
    to.bytes--;
    expect_error(GOU_ERROR_TOO_SMALL, "the images need", gouReadJob(job, &to));
    EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
    return bytes;
  }
  void paint(const GouGenerate& wish) {
    const GouJob job = begin(model_, wish);
    ASSERT_NE(job, nullptr);
    auto report = of_type<GouTick>(GOU_TYPE_TICK);
    const GouBudget budget = budget_of(0, 1);
    while (gouPollJob(job) == GOU_NOT_READY)
      if (wish.pace == GOU_PACE_TICKED) { EXPECT_OK(gouTick(context(), &budget, &report)); }
    EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
  }
  GouBufferTarget target_of(const Buffer& buffer) const {
    auto target = of_type<GouBufferTarget>(GOU_TYPE_BUFFER_TARGET);
    target.buffer = buffer.handle();
    target.bytes = buffer.mapped().size();
    target.format = VK_FORMAT_R8G8B8A8_UNORM;
    target.before.queue_family = target.after.queue_family = VK_QUEUE_FAMILY_IGNORED;
    target.after.stages = VK_PIPELINE_STAGE_HOST_BIT;
    target.after.access = VK_ACCESS_HOST_READ_BIT;
    return target;
  }

  Device device_;
  GouModel model_ = load(context(), kSprites, 2);
};

TEST_F(Sizes, HostMemoryAndBuffersGetTheSame) {
  constexpr struct {
    std::uint32_t width, height;
    GouFilter filter;
  } cases[] = {{96, 64, GOU_FILTER_NEAREST}, {72, 80, GOU_FILTER_SMOOTH}, {20, 12, GOU_FILTER_SMOOTH}};
  for (const auto& one : cases) {
    SCOPED_TRACE(std::to_string(one.width) + "x" + std::to_string(one.height));
    const Bytes in_memory = painted(request(one.width, one.height, one.filter));
    Buffer buffer(device_, static_cast<std::int64_t>(in_memory.size()), BufferPlace::readback, MemoryPurpose::output, "host's");
    const GouBufferTarget target = target_of(buffer);
    GouGenerate wish = request(one.width, one.height, one.filter, &target);
    Bytes whole(in_memory.size()), cut(in_memory.size());
    paint(wish);
    buffer.invalidate();
    std::memcpy(whole.data(), buffer.mapped().data(), whole.size());
    std::memset(buffer.mapped().data(), 0, whole.size());
    wish.pace = GOU_PACE_TICKED;
    paint(wish);
    buffer.invalidate();
    std::memcpy(cut.data(), buffer.mapped().data(), cut.size());
    EXPECT_EQ(cut, whole);
    int most = 0;
    for (std::size_t i = 0; i < whole.size(); ++i) most = std::max(most, std::abs(whole[i] - in_memory[i]));
    EXPECT_LE(most, one.filter == GOU_FILTER_NEAREST ? 0 : 1);  // pow is no exact function on a GPU
    EXPECT_GT(*std::max_element(whole.begin(), whole.end()), 100) << "something is painted";
  }
}

TEST_F(Sizes, NearestRepeatsTexels) {
  const Bytes small = painted(request(0, 0, GOU_FILTER_NEAREST), GOU_PIXELS_FLOAT_RAW),
              large = painted(request(64, 96, GOU_FILTER_NEAREST), GOU_PIXELS_FLOAT_RAW);
  for (std::size_t image = 0; image < 3; ++image)
    for (std::size_t y = 0; y < 96; ++y)
      for (std::size_t x = 0; x < 64; ++x) {
        const std::size_t from = 16 * ((image * kSide + y / 3) * kSide + x / 2), to = 16 * ((image * 96 + y) * 64 + x);
        ASSERT_EQ(std::memcmp(&small[from], &large[to], 16), 0) << image << ": " << x << ", " << y;
      }
}

TEST_F(Sizes, AnImageHasMipsOfItsOwnSizeAndAnAtlasCells) {
  const Bytes pictures = painted(request(64, 64, GOU_FILTER_NEAREST));
  constexpr std::size_t kBytes = 64 * 64 * 4;
  auto wish = of_type<GouImageDescription>(GOU_TYPE_IMAGE_DESCRIPTION);
  wish.format = VK_FORMAT_R8G8B8A8_UNORM;
  wish.width = wish.height = 64;
  wish.layers = 3;
  GouImage layers = nullptr, atlas = nullptr;
  ASSERT_OK(gouCreateImage(context(), &wish, &layers));
  auto target = of_type<GouImageTarget>(GOU_TYPE_IMAGE_TARGET);
  ASSERT_OK(gouGetImage(layers, &target, nullptr));
  EXPECT_EQ(target.mip_levels, 7u);
  paint(request(64, 64, GOU_FILTER_NEAREST, &target));
  const auto level = [&](std::uint32_t mip, std::uint32_t layer, std::uint32_t side) {
    return read_level(device_, target.image, target.after.layout, mip, layer, side, side, 4);
  };
  for (std::uint32_t i = 0; i < 3; ++i)
    EXPECT_EQ(level(0, i, 64), Bytes(pictures.begin() + static_cast<std::ptrdiff_t>(i * kBytes),
                                     pictures.begin() + static_cast<std::ptrdiff_t>((i + 1) * kBytes)));
  // A picture of doubled texels, halved, is the picture.
  const Bytes small = painted(request(0, 0, GOU_FILTER_SMOOTH)), halved = level(1, 0, kSide);
  for (std::size_t i = 0; i < halved.size(); ++i) ASSERT_NEAR(halved[i], small[i], 1) << i;
  EXPECT_OK(gouDestroyImage(layers));

  wish.width = wish.height = 128;
  wish.layers = wish.mip_levels = 1;
  ASSERT_OK(gouCreateImage(context(), &wish, &atlas));
  ASSERT_OK(gouGetImage(atlas, &target, nullptr));
  target.columns = 2;
  paint(request(64, 64, GOU_FILTER_NEAREST, &target));
  const Bytes cells = level(0, 0, 128);
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t y = 0; y < 64; ++y)
      ASSERT_EQ(std::memcmp(&cells[((i / 2 * 64 + y) * 128 + i % 2 * 64) * 4], &pictures[i * kBytes + y * 64 * 4], 64 * 4), 0)
          << i << ", " << y;
  EXPECT_OK(gouDestroyImage(atlas));
}

TEST_F(Sizes, WhatCannotBeIsNamed) {
  GouJob job = nullptr;
  const auto refused = [&](const char* says, const GouGenerate& wish) {
    expect_error(GOU_ERROR_INVALID_ARGUMENT, says, gouBeginGenerate(model_, &wish, &job));
  };
  refused("a size of 64x0, expected both extents", request(64, 0, GOU_FILTER_SMOOTH));
  refused("a size of 1x16385, expected extents of at most 16384", request(1, 16385, GOU_FILTER_SMOOTH));
  refused("GouGenerate: filter is 2", request(64, 64, static_cast<GouFilter>(2)));
  auto target = of_type<GouImageTarget>(GOU_TYPE_IMAGE_TARGET);
  target.format = VK_FORMAT_R8G8B8A8_UNORM;
  target.width = target.height = kSide;
  target.layers = target.mip_levels = 1;
  refused("an image of 32x32 is too small for 64x64", request(64, 64, GOU_FILTER_SMOOTH, &target));
}

}  // namespace
}  // namespace gouache::testing
