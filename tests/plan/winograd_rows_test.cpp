// Which tiles do Winograd's products take?  Those that the driver was measured to be fastest with (NOTES.md).
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "host/kernels/family.h"
#include "host/kernels/one_row.h"
#include "host/kernels/tuning.h"
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

/// Convolutions that read the same weights of 4 x 4 taps, a variable.
struct Convolutions {
  explicit Convolutions(int count, std::int64_t images = 10) {
    const Tensor w = graph.variable("w", {{4, 4, 128, 256}});
    for (int i = 0; i < count; ++i) {
      const std::string number = std::to_string(i);
      const Tensor x = graph.input("x" + number, {{images, 8, 8, 128}});
      graph.output("y" + number, conv2d(x, w, conv_attributes({.kernel = 4, .stride = 2, .pad = 1})));
    }
  }
  Graph graph;
};

/// The row that a plan runs the first of them with, the weights prepared by the setup or each time anew.
std::string planned_row(const Convolutions& all, bool setup, const Catalog& catalog) {
  for (const Step& step : make_plan(all.graph, layout_of(all.graph), catalog, {.name = "conv", .setup = setup}).steps)
    if (step.launch.op == "conv2d") return step.kernel.row;
  return "none";
}

bool is_winograd(const std::string& row) { return row.starts_with("winograd"); }

TEST(WinogradRows, CountWhatPreparesTheirWeightsWhereThoseChange) {
  const Catalog catalog(software_caps());
  EXPECT_TRUE(is_winograd(planned_row(Convolutions(1), true, catalog)));
  EXPECT_FALSE(is_winograd(planned_row(Convolutions(1), false, catalog)));
  EXPECT_TRUE(is_winograd(planned_row(Convolutions(4), false, catalog))) << "four steps share the preparation";
}

TEST(WinogradRows, StayFirstWhereTheyWereMeasuredToBeTheFastest) {
  const Catalog fixed(software_caps());
  const Convolutions one(1, 1);
  const Launch launch = launch_of(one.graph, layout_of(one.graph), fixed, "conv2d");
  const std::vector<Kernel> rows = fixed.candidates(launch);
  const auto winograd = std::ranges::find_if(rows, is_winograd, &Kernel::row);
  ASSERT_NE(winograd, rows.end());
  auto tuning = std::make_shared<Tuning>();
  tuning->rows[signature_of(launch)] = {winograd->row, 1, 2};
  EXPECT_EQ(planned_row(one, false, Catalog(fixed.caps(), tuning)), winograd->row);
  EXPECT_FALSE(is_winograd(planned_row(one, false, fixed)));
}

}  // namespace
}  // namespace gouache::test
