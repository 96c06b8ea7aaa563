// Do painted images arrive in a host's images and buffers as the CPU would have written them, mips and all?
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "host/vulkan/transfer.h"
#include "tests/support/commands.h"
#include "tests/support/engine.h"
#include "tests/support/painting.h"

namespace gouache::testing {
namespace {

constexpr VkFormat kR8 = VK_FORMAT_R8_UNORM, kRgba8 = VK_FORMAT_R8G8B8A8_UNORM, kSrgb8 = VK_FORMAT_R8G8B8A8_SRGB,
                   kHalf4 = VK_FORMAT_R16G16B16A16_SFLOAT, kFloat = VK_FORMAT_R32_SFLOAT, kFloat4 = VK_FORMAT_R32G32B32A32_SFLOAT;
constexpr TexelOptions kPlain{}, kStraight{true, false}, kLinear{false, true}, kStraightLinear{true, true};
constexpr std::uint32_t kSeed = 20240607;

/// How the numbers of a format lie in memory.
enum class Numbers { bytes, halves, floats };
struct Layout {
  Numbers numbers;
  std::size_t channels;
  std::size_t texel_bytes() const { return channels * (numbers == Numbers::bytes ? 1 : numbers == Numbers::halves ? 2 : 4); }
};

Layout layout_of(VkFormat format) {
  if (format == kR8) return {Numbers::bytes, 1};
  if (format == kHalf4) return {Numbers::halves, 4};
  if (format == kFloat) return {Numbers::floats, 1};
  if (format == kFloat4) return {Numbers::floats, 4};
  return {Numbers::bytes, 4};
}

double number_at(const std::vector<std::uint8_t>& texels, const Layout& layout, std::size_t i) {
  if (layout.numbers == Numbers::bytes) return texels[i];
  std::uint16_t half = 0;
  float value = 0;
  if (layout.numbers == Numbers::halves) std::memcpy(&half, &texels[2 * i], 2);
  if (layout.numbers == Numbers::floats) std::memcpy(&value, &texels[4 * i], 4);
  return layout.numbers == Numbers::halves ? from_half(half) : value;
}

/// Level 0 without light: the very bytes, the very floats, or the nearest half of those (of two, the even one).
void expect_exact(const std::vector<std::uint8_t>& got, const Layout& layout, const Painting& painting, std::int64_t image, bool straight) {
  const std::vector<std::uint8_t> bytes = cpu_bytes(painting, image, straight);
  const std::vector<float> floats = cpu_floats(painting, image, straight);
  ASSERT_EQ(got.size() / layout.texel_bytes() * 4, bytes.size());
  for (std::size_t texel = 0; texel < bytes.size() / 4; texel++)
    for (std::size_t c = 0; c < layout.channels; c++) {
      const std::size_t at = texel * layout.channels + c;
      const double number = number_at(got, layout, at), real = floats[4 * texel + c];
      if (layout.numbers != Numbers::halves) {
        ASSERT_EQ(number, layout.numbers == Numbers::bytes ? bytes[4 * texel + c] : real) << "texel " << texel << " channel " << c;
        continue;
      }
      std::uint16_t half = 0;
      std::memcpy(&half, &got[2 * at], 2);
      ASSERT_LE(half, 0x3c00) << "texel " << texel << " channel " << c << ": above 1";
      for (int step : {-1, 1}) {
        const double other = from_half(std::uint16_t(std::max(half + step, 0)));
        const double here = std::abs(number - real), there = std::abs(other - real);
        ASSERT_TRUE(here < there || (here == there && half % 2 == 0) || half + step < 0)
            << "texel " << texel << " channel " << c << ": " << number << " for " << real << ", next to " << other;
      }
    }
}

/// Rounded, but not exactly: pow is no exact function on a GPU.
void expect_close(const std::vector<std::uint8_t>& got, const Layout& layout, const LightLevel& light, TexelOptions options) {
  const bool bytes = layout.numbers == Numbers::bytes;
  ASSERT_EQ(got.size(), layout.texel_bytes() * light.texels.size());
  for (std::size_t texel = 0; texel < light.texels.size(); texel++) {
    const Rgba wanted = shown(light.texels[texel], options, bytes);
    const double colours[] = {wanted.r, wanted.g, wanted.b, wanted.a};
    for (std::size_t c = 0; c < layout.channels; c++) {
      const double number = number_at(got, layout, texel * layout.channels + c);
      const double expected = bytes ? colours[c] * 255 : colours[c];
      // Half a byte or half a half of rounding, and what pow may lose.
      const double tolerance = bytes ? 0.51 : (layout.numbers == Numbers::halves ? 2.5e-4 : 0) + 2e-5;
      ASSERT_NEAR(number, expected, tolerance) << "texel " << texel << " channel " << c;
    }
  }
}

struct Case {
  const char* name;
  std::int64_t height, width, channels;
  VkFormat format;
  TexelOptions options = {};
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }
std::string name_of_case(const ::testing::TestParamInfo<Case>& info) { return info.param.name; }

/// Paints three images and writes the last to an image that holds nothing yet.
void write_and_compare(Device& device, const Case& c) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  const Painting painting(device, 3, c.height, c.width, c.channels, kSeed);
  const std::uint32_t width = std::uint32_t(c.width), height = std::uint32_t(c.height);
  const Image image(device, {c.format, width, height, 1, full_mip_levels(width, height)}, "host");
  const ImageTarget target(device, painting.on_device, image.description(), c.options);
  Commands commands(device);
  ImageDestination to;
  to.image = image.handle();
  to.before.layout = VK_IMAGE_LAYOUT_UNDEFINED;
  to.after = {VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_READ_BIT};
  target.record(commands.handle(), 2, to);
  commands.run();

  LightLevel light = light_of(painting, 2);
  const Layout layout = layout_of(c.format);
  for (std::uint32_t level = 0; level < image.description().mip_levels; level++) {
    SCOPED_TRACE("level " + std::to_string(level));
    if (level > 0) light = halved(light);
    const std::vector<std::uint8_t> got = read_level(device, image.handle(), to.after.layout, level, 0, std::uint32_t(light.width),
                                                     std::uint32_t(light.height), std::int64_t(layout.texel_bytes()));
    if (level == 0 && !c.options.linear)
      expect_exact(got, layout, painting, 2, c.options.straight_alpha);
    else
      expect_close(got, layout, light, c.options);
  }
}

class TargetImage : public ::testing::TestWithParam<Case> {};

TEST_P(TargetImage, HoldsWhatTheCpuWouldWrite) { write_and_compare(test_device(), GetParam()); }

constexpr Case kImages[] = {
    {"rgba8_h12w20c1", 12, 20, 1, kRgba8},
    {"rgba8_h12w20c2", 12, 20, 2, kRgba8},
    {"rgba8_h12w20c3", 12, 20, 3, kRgba8},
    {"rgba8_h12w20c4", 12, 20, 4, kRgba8},
    {"rgba8_h13w7c4", 13, 7, 4, kRgba8},
    {"rgba8_h1w9c4", 1, 9, 4, kRgba8},
    {"rgba8_h1w1c4", 1, 1, 4, kRgba8},
    {"rgba8_h96w129c4", 96, 129, 4, kRgba8},
    {"rgba8_h96w129c4_straight", 96, 129, 4, kRgba8, kStraight},
    {"rgba8_h13w7c2_straight", 13, 7, 2, kRgba8, kStraight},
    {"rgba8_h13w7c3_straight", 13, 7, 3, kRgba8, kStraight},
    {"srgb8_h12w20c4", 12, 20, 4, kSrgb8},
    {"srgb8_h13w7c4_straight", 13, 7, 4, kSrgb8, kStraight},
    {"srgb8_h13w7c4_linear", 13, 7, 4, kSrgb8, kLinear},
    {"srgb8_h13w7c3_straight_linear", 13, 7, 3, kSrgb8, kStraightLinear},
    {"r8_h12w20c1", 12, 20, 1, kR8},
    {"r8_h13w7c1", 13, 7, 1, kR8},
    {"r8_h5w3c2", 5, 3, 2, kR8},
    {"half_h12w20c1", 12, 20, 1, kHalf4},
    {"half_h13w7c2", 13, 7, 2, kHalf4},
    {"half_h12w20c3", 12, 20, 3, kHalf4},
    {"half_h96w129c4", 96, 129, 4, kHalf4},
    {"half_h13w7c4_straight", 13, 7, 4, kHalf4, kStraight},
    {"half_h13w7c4_linear", 13, 7, 4, kHalf4, kLinear},
    {"half_h13w7c4_straight_linear", 13, 7, 4, kHalf4, kStraightLinear},
};
INSTANTIATE_TEST_SUITE_P(Cases, TargetImage, ::testing::ValuesIn(kImages), name_of_case);

TEST(Target, NeedsTheGuaranteedMinimumAlone) {
  Engine engine;
  DeviceOptions minimum;
  minimum.caps = DeviceCaps{};
  Device device(engine.lend(), minimum);
  write_and_compare(device, {"rgba8_h96w129c4", 96, 129, 4, kRgba8});
}

TEST(Target, WritesOneLayerAndLeavesTheOthers) {
  Device& device = test_device();
  const Painting painting(device, 4, 6, 10, 4, kSeed);
  const Image image(device, {kRgba8, 10, 6, 3, 2}, "host");
  const ImageTarget target(device, painting.on_device, image.description());
  ImageDestination to;
  to.image = image.handle();
  {
    Commands commands(device);  // all three layers, one after the other through the same packed texels
    to.before.layout = VK_IMAGE_LAYOUT_UNDEFINED;
    to.after = {VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_ACCESS_SHADER_READ_BIT};
    for (to.layer = 0; to.layer < 3; to.layer++) target.record(commands.handle(), to.layer, to);
    commands.run();
  }
  Commands commands(device);
  to.layer = 1;
  to.before = to.after;
  to.after = {};
  target.record(commands.handle(), 3, to);
  commands.run();
  const std::int64_t held[] = {0, 3, 2};
  for (std::uint32_t layer = 0; layer < 3; layer++) {
    SCOPED_TRACE("layer " + std::to_string(layer));
    const VkImageLayout layout = layer == 1 ? to.after.layout : to.before.layout;
    EXPECT_EQ(read_level(device, image.handle(), layout, 0, layer, 10, 6, 4), cpu_bytes(painting, held[layer], false));
    expect_close(read_level(device, image.handle(), layout, 1, layer, 5, 3, 4), layout_of(kRgba8), halved(light_of(painting, held[layer])),
                 kPlain);
  }
}

TEST(Target, WritesIntoAnAtlas) {
  Device& device = test_device();
  const Painting ground(device, 1, 24, 40, 4, kSeed), sprite(device, 2, 7, 5, 3, kSeed + 1);
  const Image image(device, {kRgba8, 40, 24, 1, 1}, "atlas");
  const ImageTarget whole(device, ground.on_device, image.description()), part(device, sprite.on_device, image.description());
  Commands commands(device);
  ImageDestination to;
  to.image = image.handle();
  to.before.layout = VK_IMAGE_LAYOUT_UNDEFINED;
  whole.record(commands.handle(), 0, to);
  to.before = to.after;
  std::vector<std::uint8_t> expected = cpu_bytes(ground, 0, false);
  const std::vector<std::uint8_t> texels = cpu_bytes(sprite, 1, false);
  for (const auto& [x, y] : {std::pair(3u, 4u), std::pair(35u, 17u)}) {
    to.x = x, to.y = y;
    part.record(commands.handle(), 1, to);
    for (std::size_t row = 0; row < 7; row++) std::memcpy(&expected[4 * (40 * (y + row) + x)], &texels[4 * 5 * row], 4 * 5);
  }
  commands.run();
  EXPECT_EQ(read_level(device, image.handle(), to.after.layout, 0, 0, 40, 24, 4), expected);
}

class TargetBuffer : public ::testing::TestWithParam<Case> {};

TEST_P(TargetBuffer, HoldsWhatTheCpuWouldWriteAndNoByteMore) {
  const Case& c = GetParam();
  Device& device = test_device();
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  const Painting painting(device, 3, c.height, c.width, c.channels, kSeed);
  const BufferTarget target(device, painting.on_device, c.format, c.options);
  const Layout layout = layout_of(c.format);
  const std::size_t bytes = layout.texel_bytes() * std::size_t(c.height * c.width), offset = 13, size = offset + bytes + 64;
  ASSERT_EQ(target.bytes(), bytes);
  Buffer host(device, std::int64_t(size), BufferPlace::device, MemoryPurpose::output, "host");
  std::vector<std::uint8_t> held(size, 0xa5);
  device.transfer().upload(host, 0, std::as_bytes(std::span(held)));
  Commands commands(device);
  BufferDestination to{host.handle(), offset, offset + bytes, {}, {}};
  target.record(commands.handle(), 0, to);  // overwritten at once
  target.record(commands.handle(), 1, to);
  commands.run();
  device.transfer().download(host, 0, std::as_writable_bytes(std::span(held)));
  for (std::size_t i = 0; i < size; i++) ASSERT_TRUE(held[i] == 0xa5 || (i >= offset && i < offset + bytes)) << "guard byte " << i;
  const std::vector<std::uint8_t> written(held.begin() + offset, held.begin() + std::ptrdiff_t(offset + bytes));
  if (c.options.linear)
    expect_close(written, layout, light_of(painting, 1), c.options);
  else
    expect_exact(written, layout, painting, 1, c.options.straight_alpha);
}

constexpr Case kBuffers[] = {
    {"rgba8_h5w7c4", 5, 7, 4, kRgba8},
    {"rgba8_h5w7c4_straight", 5, 7, 4, kRgba8, kStraight},
    {"r8_h5w7c1", 5, 7, 1, kR8},
    {"half_h5w7c4", 5, 7, 4, kHalf4},
    {"float_h5w7c1", 5, 7, 1, kFloat},
    {"float4_h5w7c2", 5, 7, 2, kFloat4},
    {"float4_h64w64c4", 64, 64, 4, kFloat4},
    {"float4_h64w64c4_straight", 64, 64, 4, kFloat4, kStraight},
    {"float4_h5w7c4_linear", 5, 7, 4, kFloat4, kLinear},
    {"float4_h5w7c3_straight_linear", 5, 7, 3, kFloat4, kStraightLinear},
};
INSTANTIATE_TEST_SUITE_P(Cases, TargetBuffer, ::testing::ValuesIn(kBuffers), name_of_case);

}  // namespace
}  // namespace gouache::testing
