// Which tiles do Winograd's products take?  Those that the driver was measured to be fastest with (NOTES.md).
#include <gtest/gtest.h>

#include "host/kernels/family.h"
#include "host/kernels/one_row.h"
#include "host/ops/ops.h"
#include "host/plan/feeds.h"
#include "tests/plan/software_caps.h"

namespace gouache::test {
namespace {

/// The first choice for a 3x3 convolution of x [images,size,size,channels] to as many channels.
std::string first_row(std::int64_t images, std::int64_t size, std::int64_t channels, const DeviceCaps& caps) {
  Graph g;
  const Tensor x = g.input("x", {{images, size, size, channels}}), w = g.input("w", {{3, 3, channels, channels}});
  g.output("y", conv2d(x, w, conv_attributes({.kernel = 3, .pad = 1})));
  const Catalog catalog(caps);
  return catalog.candidates(launch_of(g, layout_of(g), catalog, "conv2d")).at(0).row;
}

TEST(WinogradRows, OfSwiftShaderTakeFourVectorsALane) {
  for (const std::int64_t images : {1, 16}) {
    EXPECT_NE(first_row(images, 64, 64, swiftshader_caps()).find("winograd 4x4 storage tiles 16x4"), std::string::npos)
        << first_row(images, 64, 64, swiftshader_caps());
    EXPECT_NE(first_row(images, 16, 256, swiftshader_caps()).find("tiles 16x4"), std::string::npos);
  }
}

TEST(WinogradRows, OfLavapipeAreHighWhereThereAreManyTiles) {
  EXPECT_NE(first_row(16, 64, 64, software_caps()).find("winograd 4x4 texel tiles 32x2"), std::string::npos);
  EXPECT_NE(first_row(16, 16, 256, software_caps()).find("winograd 4x4 texel tiles 32x2"), std::string::npos);
  EXPECT_NE(first_row(1, 16, 256, software_caps()).find("winograd 4x4 texel tiles 16x2"), std::string::npos);
}

}  // namespace
}  // namespace gouache::test
