// Do requests paint into a host's images and buffers what they paint into host memory, in ticks, frames and at once?
#include <gtest/gtest.h>

#include <cstring>
#include <thread>

#include "host/vulkan/image.h"
#include "tests/abi/frames.h"
#include "tests/support/commands.h"
#include "tests/support/painting.h"

namespace gouache::testing {
namespace {

constexpr std::uint32_t kSide = 32;
constexpr std::size_t kBytes = kSide * kSide * 4;
constexpr VkImageLayout kSampled = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL;

using Bytes = std::vector<std::uint8_t>;

class Targets : public OnBorrowed {
 protected:
  Targets() : device_(engine().lend()), frames_(engine()) {}
  ~Targets() override { EXPECT_OK(gouDestroyModel(model_)); }

  GouGenerate request(std::uint32_t count, GouPace pace = GOU_PACE_AT_ONCE, const void* target = nullptr) const {
    auto made = of_type<GouGenerate>(GOU_TYPE_GENERATE);
    made.seed = 7;
    made.first = 1;
    made.count = count;
    made.pace = pace;
    made.target = target;
    return made;
  }
  /// What the request is in host memory.
  Bytes expected(std::uint32_t count, GouPixelLayout layout = GOU_PIXELS_UNORM8) {
    const GouJob job = begin(model_, request(count));
    Bytes bytes(count * kBytes);
    const GouPixels to = pixels_into(bytes, layout);
    EXPECT_OK(gouReadJob(job, &to));
    EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
    return bytes;
  }
  static GouImageTarget target_of(const Image& image) {
    auto target = of_type<GouImageTarget>(GOU_TYPE_IMAGE_TARGET);
    const ImageDescription& is = image.description();
    target.image = image.handle();
    target.format = is.format;
    target.width = is.width;
    target.height = is.height;
    target.layers = is.layers;
    target.mip_levels = is.mip_levels;
    target.before.queue_family = target.after.queue_family = VK_QUEUE_FAMILY_IGNORED;
    target.after.layout = kSampled;
    return target;
  }
  void paint(GouPace pace, std::uint32_t count, const void* target) {
    const GouJob job = begin(model_, request(count, pace, target));
    ASSERT_NE(job, nullptr);
    auto report = of_type<GouTick>(GOU_TYPE_TICK);
    const GouBudget budget = budget_of(0, 1);
    while (gouPollJob(job) == GOU_NOT_READY) {
      if (pace == GOU_PACE_TICKED) { EXPECT_OK(gouTick(context(), &budget, &report)); }
      std::this_thread::yield();
    }
    EXPECT_EQ(gouPollJob(job), GOU_SUCCESS);
    EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
  }
  Bytes level(const Image& image, std::uint32_t level, std::uint32_t layer, std::int64_t texel = 4) {
    const ImageDescription& is = image.description();
    return read_level(device_, image.handle(), kSampled, level, layer, std::max(is.width >> level, 1u), std::max(is.height >> level, 1u),
                      texel);
  }
  void expect_refused(GouResult result, const char* says, const void* target, std::uint32_t count = 1) {
    const GouGenerate wish = request(count, GOU_PACE_AT_ONCE, target);
    GouJob job = nullptr;
    expect_error(result, says, gouBeginGenerate(model_, &wish, &job));
    EXPECT_EQ(job, nullptr);
  }

  Device device_;
  Frames frames_;
  GouModel model_ = load(context(), GOUACHE_SOURCE_DIR "/demo/models/sprites.safetensors", 4);
};

TEST_F(Targets, LayersAndMipsAreThePictureHoweverTheWorkIsCut) {
  const Bytes pictures = expected(6);
  const ImageDescription description{VK_FORMAT_R8G8B8A8_UNORM, kSide, kSide, 8, 6};
  const Image at_once(device_, description, "at once"), ticked(device_, description, "ticked"), recorded(device_, description, "recorded");
  GouImageTarget target = target_of(at_once);
  target.layer = 2;
  paint(GOU_PACE_AT_ONCE, 6, &target);
  target.image = ticked.handle();
  paint(GOU_PACE_TICKED, 6, &target);
  target.image = recorded.handle();
  const GouJob job = begin(model_, request(6, GOU_PACE_TICKED, &target));
  frames_.frame.job = job;
  while (frames_.run(context(), budget_of(0, 3)).state != GOU_TICK_IDLE) {}
  EXPECT_EQ(gouPollJob(job), GOU_SUCCESS);
  EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
  for (std::uint32_t i = 0; i < 6; ++i) {
    EXPECT_EQ(level(at_once, 0, 2 + i), Bytes(pictures.begin() + i * kBytes, pictures.begin() + (i + 1) * kBytes)) << i;
    for (std::uint32_t mip = 0; mip < 6; ++mip) {
      EXPECT_EQ(level(at_once, mip, 2 + i), level(ticked, mip, 2 + i)) << i << ", level " << mip;
      EXPECT_EQ(level(at_once, mip, 2 + i), level(recorded, mip, 2 + i)) << i << ", level " << mip;
    }
  }
}

TEST_F(Targets, EveryFormatAndAlpha) {
  const Bytes premultiplied = expected(1), straight = expected(1, GOU_PIXELS_UNORM8_STRAIGHT);
  for (const VkFormat format : {VK_FORMAT_R8G8B8A8_UNORM, VK_FORMAT_R8G8B8A8_SRGB}) {
    const Image image(device_, {format, kSide, kSide, 1, 1}, "bytes");
    GouImageTarget target = target_of(image);
    paint(GOU_PACE_AT_ONCE, 1, &target);
    EXPECT_EQ(level(image, 0, 0), premultiplied);
    target.flags = GOU_TARGET_STRAIGHT_ALPHA;
    target.before.layout = kSampled;
    paint(GOU_PACE_AT_ONCE, 1, &target);
    EXPECT_EQ(level(image, 0, 0), straight);
  }
  const Image halves(device_, {VK_FORMAT_R16G16B16A16_SFLOAT, kSide, kSide, 1, 1}, "halves");
  const GouImageTarget target = target_of(halves);
  paint(GOU_PACE_AT_ONCE, 1, &target);
  const Bytes raw = level(halves, 0, 0, 8);
  for (std::size_t i = 0; i < kBytes; ++i) {
    std::uint16_t half = 0;
    std::memcpy(&half, raw.data() + 2 * i, 2);
    EXPECT_NEAR(from_half(half) * 255.0, premultiplied[i], 0.63) << i;  // half a byte, and half a half's step below 1
  }
}

TEST_F(Targets, AGreyModelPaintsR8) {
  Folder folder;
  write_faces_model(context(), folder / "model");
  const GouModel faces = load(context(), folder / "model", 4);
  const std::vector<float> picture = generate(faces, 7, 1, 1, 4);
  const Image image(device_, {VK_FORMAT_R8_UNORM, 2, 2, 1, 2}, "grey");
  const GouImageTarget target = target_of(image);
  const GouGenerate wish = request(1, GOU_PACE_AT_ONCE, &target);
  const GouJob job = begin(faces, wish);
  EXPECT_OK(gouWaitJob(job));
  EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
  const Bytes texels = level(image, 0, 0, 1);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(texels[i], static_cast<std::uint8_t>((picture[i] * 0.5f + 0.5f) * 255.0f + 0.5f));
  EXPECT_OK(gouDestroyModel(faces));
}

TEST_F(Targets, AnAtlasGetsItsCellsAndKeepsTheRest) {
  const Bytes pictures = expected(5);
  const Image atlas(device_, {VK_FORMAT_R8G8B8A8_UNORM, 80, 112, 1, 1}, "atlas");
  {
    Commands clear(device_);
    const VkImageSubresourceRange all{VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
    VkImageMemoryBarrier barrier{VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER,
                                 nullptr,
                                 0,
                                 VK_ACCESS_TRANSFER_WRITE_BIT,
                                 VK_IMAGE_LAYOUT_UNDEFINED,
                                 VK_IMAGE_LAYOUT_GENERAL,
                                 VK_QUEUE_FAMILY_IGNORED,
                                 VK_QUEUE_FAMILY_IGNORED,
                                 atlas.handle(),
                                 all};
    engine().table().vkCmdPipelineBarrier(clear.handle(), VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT, VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 0, nullptr,
                                          0, nullptr, 1, &barrier);
    const Bytes background(80 * 112 * 4, 99);
    Buffer staging(device_, static_cast<std::int64_t>(background.size()), BufferPlace::upload, MemoryPurpose::staging, "background");
    std::memcpy(staging.mapped().data(), background.data(), background.size());
    staging.flush();
    VkBufferImageCopy copy{};
    copy.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
    copy.imageExtent = {80, 112, 1};
    device_.table().vkCmdCopyBufferToImage(clear.handle(), staging.handle(), atlas.handle(), VK_IMAGE_LAYOUT_GENERAL, 1, &copy);
    clear.run();
  }
  GouImageTarget target = target_of(atlas);
  target.x = 8;
  target.y = 16;
  target.columns = 2;
  target.before.layout = VK_IMAGE_LAYOUT_GENERAL;
  paint(GOU_PACE_TICKED, 5, &target);
  const Bytes texels = level(atlas, 0, 0);
  for (std::uint32_t y = 0; y < 112; ++y)
    for (std::uint32_t x = 0; x < 80 * 4; ++x) {
      const std::uint32_t column = (x / 4 - 8) / kSide, row = (y - 16) / kSide, number = row * 2 + column;
      const bool inside = x >= 32 && y >= 16 && column < 2 && number < 5;
      const std::uint8_t wanted = inside ? pictures[number * kBytes + (y - 16) % kSide * kSide * 4 + (x - 32) % (kSide * 4)] : 99;
      ASSERT_EQ(texels[y * 320 + x], wanted) << x / 4 << ", " << y;
    }
}

TEST_F(Targets, ABufferGetsImageAfterImage) {
  const Bytes pictures = expected(5);
  Buffer buffer(device_, static_cast<std::int64_t>(8 + 5 * kBytes + 8), BufferPlace::readback, MemoryPurpose::output, "host's");
  std::memset(buffer.mapped().data(), 99, buffer.mapped().size());
  auto target = of_type<GouBufferTarget>(GOU_TYPE_BUFFER_TARGET);
  target.buffer = buffer.handle();
  target.offset = 8;
  target.bytes = 8 + 5 * kBytes;
  target.format = VK_FORMAT_R8G8B8A8_UNORM;
  target.before.queue_family = target.after.queue_family = VK_QUEUE_FAMILY_IGNORED;
  target.after.stages = VK_PIPELINE_STAGE_HOST_BIT;
  target.after.access = VK_ACCESS_HOST_READ_BIT;
  for (const GouPace pace : {GOU_PACE_AT_ONCE, GOU_PACE_TICKED}) {
    paint(pace, 5, &target);
    buffer.invalidate();
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(buffer.mapped().data());
    EXPECT_EQ(Bytes(bytes + 8, bytes + 8 + 5 * kBytes), pictures);
    EXPECT_TRUE(bytes[7] == 99 && bytes[8 + 5 * kBytes] == 99);
  }
  expect_refused(GOU_ERROR_INVALID_ARGUMENT, "leave a buffer of", &target, 6);
}

TEST_F(Targets, TheLibrarysOwnImage) {
  auto wish = of_type<GouImageDescription>(GOU_TYPE_IMAGE_DESCRIPTION);
  wish.format = VK_FORMAT_R8G8B8A8_SRGB;
  wish.width = wish.height = kSide;
  GouImage image = nullptr;
  ASSERT_OK(gouCreateImage(context(), &wish, &image));
  auto target = of_type<GouImageTarget>(GOU_TYPE_IMAGE_TARGET);
  VkImageView view = VK_NULL_HANDLE;
  ASSERT_OK(gouGetImage(image, &target, &view));
  EXPECT_NE(view, VkImageView{});
  EXPECT_EQ(target.mip_levels, 6u);
  expect_error(GOU_ERROR_WRONG_STATE, "1 images of this context", gouDestroyContext(context()));
  const GouJob job = begin(model_, request(1, GOU_PACE_TICKED, &target));
  expect_error(GOU_ERROR_BUSY, "1 jobs write this image", gouDestroyImage(image));
  Bytes memory(kBytes);
  const GouPixels to = pixels_into(memory, GOU_PIXELS_UNORM8);
  expect_error(GOU_ERROR_WRONG_STATE, "went to its target", gouReadJob(job, &to));
  EXPECT_OK(gouWaitJob(job));
  EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
  EXPECT_EQ(read_level(device_, target.image, kSampled, 0, 0, kSide, kSide, 4), expected(1));
  EXPECT_OK(gouDestroyImage(image));
  wish.mip_levels = 7;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "GouImageDescription: mip_levels is 7", gouCreateImage(context(), &wish, &image));
  wish.mip_levels = 1;
  wish.format = VK_FORMAT_UNDEFINED;
  expect_error(GOU_ERROR_UNSUPPORTED, "VkFormat 0", gouCreateImage(context(), &wish, &image));
}

TEST_F(Targets, WhatDoesNotFitIsNamedBeforeAnythingIsBegun) {
  const Image image(device_, {VK_FORMAT_R8G8B8A8_UNORM, kSide, kSide, 2, 1}, "two layers");
  const auto refused = [&](GouResult result, const char* says, auto change, std::uint32_t count = 1) {
    GouImageTarget target = target_of(image);
    change(target);
    expect_refused(result, says, &target, count);
  };
  constexpr auto kBad = GOU_ERROR_INVALID_ARGUMENT;
  refused(kBad, "the image to write is null", [](GouImageTarget& t) { t.image = VK_NULL_HANDLE; });
  refused(kBad, "layer 2 of an image of 2", [](GouImageTarget& t) { t.layer = 2; });
  refused(
      kBad, "layer 2 of an image of 2", [](GouImageTarget&) {}, 3);
  refused(kBad, "too small", [](GouImageTarget& t) { t.width = 16; });
  refused(kBad, "leave an image of", [](GouImageTarget& t) { t.x = 1; });
  refused(kBad, "after.layout", [](GouImageTarget& t) { t.after.layout = VK_IMAGE_LAYOUT_UNDEFINED; });
  refused(kBad, "GouImageTarget: flags is 4", [](GouImageTarget& t) { t.flags = 4; });
  refused(kBad, "mip_levels is 7", [](GouImageTarget& t) { t.mip_levels = 7; });
  refused(kBad, "holds grey, the model paints 4 channels", [](GouImageTarget& t) { t.format = VK_FORMAT_R8_UNORM; });
  refused(GOU_ERROR_UNSUPPORTED, "no format that Gouache writes", [](GouImageTarget& t) { t.format = VK_FORMAT_B8G8R8A8_UNORM; });
  refused(GOU_ERROR_WRONG_STRUCT, "GouImageTarget: size is", [](GouImageTarget& t) { t.size--; });
  const auto pixels = of_type<GouPixels>(GOU_TYPE_PIXELS);
  expect_refused(GOU_ERROR_WRONG_STRUCT, "GouGenerate: target is GouPixels", &pixels);
}

}  // namespace
}  // namespace gouache::testing
