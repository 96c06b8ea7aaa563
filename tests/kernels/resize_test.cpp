// Do images of another size hold what the definition says, and does the device agree with it?
#include <gtest/gtest.h>

#include <cmath>

#include "host/graph/error.h"
#include "tests/support/commands.h"
#include "tests/support/engine.h"
#include "tests/support/painting.h"

namespace gouache::testing {
namespace {

using Values = std::vector<float>;
constexpr ResizeFilter kSmooth = ResizeFilter::smooth, kNearest = ResizeFilter::nearest;

double light(double painted) {
  const double c = painted * 0.5 + 0.5;
  return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}
void expect_light(const Values& got, const std::vector<double>& wanted) {
  ASSERT_EQ(got.size(), wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(light(got[i]), wanted[i], 1e-6) << i;
}

TEST(Resize, GrowsBilinearlyInLinearLight) {
  expect_light(resize_image(Values{-1, 1}, 1, 2, 1, {4, 1, kSmooth}), {0, 0.25, 0.75, 1});
  expect_light(resize_image(Values{-1, 1}, 2, 1, 1, {1, 4, kSmooth}), {0, 0.25, 0.75, 1});
  // A square of one bright corner: the product of both axes' weights.
  const Values grown = resize_image(Values{1, -1, -1, -1}, 2, 2, 1, {4, 4, kSmooth});
  std::vector<double> wanted;
  for (const double y : {1.0, 0.75, 0.25, 0.0})
    for (const double x : {1.0, 0.75, 0.25, 0.0}) wanted.push_back(y * x);
  expect_light(grown, wanted);
}

TEST(Resize, ShrinksUnderATent) {
  // 4 -> 2: centres 0.5 and 2.5, a tent of +-2 texels: weights 3, 3, 1 of the nearest four, the one outside dropped.
  expect_light(resize_image(Values{1, -1, -1, -1}, 1, 4, 1, {2, 1, kSmooth}), {3.0 / 7, 0});
  expect_light(resize_image(Values{-1, -1, 1, -1}, 1, 4, 1, {2, 1, kSmooth}), {1.0 / 7, 3.0 / 7});
}

TEST(Resize, WhatIsInvisibleHasNoColour) {
  // Opaque red beside transparent black: half the alpha, and still pure red.
  const Values grown = resize_image(Values{1, -1, -1, 1, -1, -1, -1, -1}, 1, 2, 4, {4, 1, kSmooth});
  ASSERT_EQ(grown.size(), 16u);
  EXPECT_NEAR(grown[4 + 3], 0.5f, 1e-6f);
  EXPECT_NEAR(grown[4], grown[4 + 3], 1e-6f) << "colour times alpha";
  EXPECT_EQ(grown[4 + 1], -1.0f);
  EXPECT_EQ(grown[12], -1.0f);
}

TEST(Resize, NearestTakesWhatWasPainted) {
  const Values image{0.25f, 3, -2, std::nextafter(0.5f, 1.0f)};
  EXPECT_EQ(resize_image(image, 2, 2, 1, {4, 2, kNearest}),
            (Values{image[0], image[0], image[1], image[1], image[2], image[2], image[3], image[3]}));
  EXPECT_EQ(resize_image(Values{0, 1, 2, 3, 4}, 1, 5, 1, {3, 1, kNearest}), (Values{0, 2, 4}));
}

TEST(Resize, SizesAreChecked) {
  EXPECT_EQ(resizing_of({}, 3, 5), (Resizing{5, 3, kSmooth}));
  EXPECT_EQ(resizing_of({5, 3, kNearest}, 3, 5), (Resizing{5, 3, kSmooth})) << "nothing changes";
  EXPECT_EQ(resizing_of({6, 3, kNearest}, 3, 5), (Resizing{6, 3, kNearest}));
  for (const Resizing& wrong : {Resizing{5, 0}, Resizing{0, 3}, Resizing{16385, 1}, Resizing{1, 16385}, Resizing{-1, 1}})
    EXPECT_THROW(resizing_of(wrong, 3, 5), Error);
}

struct Case {
  const char* name;
  std::int64_t height, width, channels;
  Resizing to;
};
std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }

class ResizeOnDevice : public ::testing::TestWithParam<Case> {};

TEST_P(ResizeOnDevice, IsTheDefinition) {
  const Case& c = GetParam();
  Device& device = test_device();
  const Painting painting(device, 3, c.height, c.width, c.channels, 20261125);
  const Buffer room(device, 16 * c.to.width * c.to.height, BufferPlace::readback, MemoryPurpose::output, "host's");
  const BufferTarget target(device, painting.on_device, VK_FORMAT_R32G32B32A32_SFLOAT, {}, c.to);
  ASSERT_EQ(target.bytes(), static_cast<VkDeviceSize>(16 * c.to.width * c.to.height));
  for (const std::int64_t image : {2, 0}) {  // through the same buffers one after the other
    Commands commands(device);
    BufferDestination to;
    to.buffer = room.handle();
    to.size = target.bytes();
    to.after = {VK_IMAGE_LAYOUT_GENERAL, VK_PIPELINE_STAGE_HOST_BIT, VK_ACCESS_HOST_READ_BIT};
    target.record(commands.handle(), image, to);
    commands.run();
    room.invalidate();
    const auto* const got = reinterpret_cast<const float*>(room.mapped().data());
    const Values values = resize_image(painting.image(image), c.height, c.width, c.channels, c.to);
    const std::vector<float> wanted = cpu_floats(values, c.channels, false);
    for (std::size_t i = 0; i < wanted.size(); ++i) ASSERT_NEAR(got[i], wanted[i], c.to.filter == kNearest ? 0 : 5e-5) << i;
  }
}

constexpr Case kCases[] = {
    {"grey_grows", 12, 20, 1, {33, 47, kSmooth}},
    {"grey_and_alpha_grows", 13, 7, 2, {64, 64, kSmooth}},
    {"rgb_shrinks", 96, 129, 3, {17, 5, kSmooth}},
    {"rgba_doubles", 32, 32, 4, {64, 64, kSmooth}},
    {"rgba_one_axis_each", 40, 10, 4, {31, 7, kSmooth}},
    {"rgba_to_one_texel", 9, 11, 4, {1, 1, kSmooth}},
    {"rgba_from_one_texel", 1, 1, 4, {5, 3, kSmooth}},
    {"grey_nearest", 12, 20, 1, {33, 47, kNearest}},
    {"rgba_nearest_shrinks", 96, 129, 4, {50, 31, kNearest}},
};
INSTANTIATE_TEST_SUITE_P(Cases, ResizeOnDevice, ::testing::ValuesIn(kCases),
                         [](const ::testing::TestParamInfo<Case>& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace gouache::testing
