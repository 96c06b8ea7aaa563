// Which tile does a dense layer take?  A wide one where few images meet more weights than a core's cache holds; one that walks along the
// columns for the weight gradient of few images.
#include <gtest/gtest.h>

#include "host/kernels/family.h"
#include "host/kernels/one_row.h"
#include "host/ops/ops.h"
#include "host/plan/feeds.h"
#include "tests/plan/software_caps.h"

namespace gouache::test {
namespace {

/// The first choice for the only product of a graph.
std::string first_choice(const Graph& g, const DeviceCaps& caps) {
  const Catalog catalog(caps);
  return catalog.candidates(launch_of(g, layout_of(g), catalog, "matmul")).at(0).row;
}

/// For x [images,inputs] times w [inputs,outputs], w lying transposed or not.
std::string first_row(std::int64_t images, std::int64_t inputs, std::int64_t outputs, bool transposed, const DeviceCaps& caps) {
  Graph g;
  const Tensor w = g.input("w", {transposed ? Shape{outputs, inputs} : Shape{inputs, outputs}});
  g.output("y", matmul(g.input("x", {{images, inputs}}), w, false, transposed));
  return first_choice(g, caps);
}

/// For the gradient of w [inputs,outputs] from x [images,inputs] and dy [images,outputs].
std::string first_gradient_row(std::int64_t images, std::int64_t inputs, std::int64_t outputs, const DeviceCaps& caps) {
  Graph g;
  g.output("dw", matmul(g.input("x", {{images, inputs}}), g.input("dy", {{images, outputs}}), true, false));
  return first_choice(g, caps);
}

TEST(DenseRows, OfFewImagesAndManyWeightsAreWide) {
  const DeviceCaps lavapipe = software_caps();
  EXPECT_TRUE(first_row(1, 100, 8192, false, lavapipe).starts_with("subgroup 1x8")) << first_row(1, 100, 8192, false, lavapipe);
  EXPECT_TRUE(first_row(4, 100, 8192, false, lavapipe).starts_with("subgroup 8x8"));
  EXPECT_TRUE(first_row(16, 100, 8192, false, lavapipe).starts_with("subgroup 16x8"));
  EXPECT_TRUE(first_row(16, 512, 1024, false, lavapipe).starts_with("subgroup 16x8"));
}

TEST(DenseRows, OfWeightGradientsWalkAlongTheColumnsWhereImagesAreFew) {
  const auto walks = [](const std::string& row) { return row.starts_with("resident"); };
  const DeviceCaps lavapipe = software_caps(), swiftshader = swiftshader_caps();
  for (const DeviceCaps& caps : {lavapipe, swiftshader}) {
    for (const std::int64_t images : {1, 4, 16}) EXPECT_PRED1(walks, first_gradient_row(images, 100, 8192, caps));
    for (const std::string& row : {first_gradient_row(64, 100, 8192, caps),  // more values than registers
                                   first_gradient_row(16, 256, 256, caps),   // lines lie near each other
                                   first_gradient_row(16, 16, 8192, caps)})  // and so few of them that wider tiles do
      EXPECT_FALSE(walks(row)) << row;
  }
  EXPECT_EQ(first_gradient_row(1, 16, 8192, lavapipe), "outer vec4");
  EXPECT_PRED1(walks, first_gradient_row(32, 100, 8192, lavapipe));
  EXPECT_FALSE(walks(first_gradient_row(32, 100, 8192, swiftshader)));  // dear to compile
}

/// Else a plan would not count its pipeline among those of products.
TEST(DenseRows, OfASingleValueComeFirstAndAreCounted) {
  for (const DeviceCaps& caps : {software_caps(), swiftshader_caps(), DeviceCaps{}}) {
    for (const std::int64_t images : {1, 2, 16}) {
      Graph g;
      g.output("dx", matmul(g.input("dy", {{images, 1}}), g.input("w", {{8192, 1}}), false, true));
      const Catalog catalog(caps);
      const std::vector<Kernel> rows = catalog.candidates(launch_of(g, layout_of(g), catalog, "matmul"));
      EXPECT_EQ(rows.at(0).row, "outer vec4") << images;
      for (const Kernel& kernel : rows) EXPECT_GT(kernel.cost, 0) << kernel.row;
    }
  }
}

TEST(DenseRows, OfSwiftShaderTakeFourVectorsALane) {
  EXPECT_EQ(first_row(1, 100, 8192, false, swiftshader_caps()), "subgroup 1x4 unroll 1 broadcast storage");
  EXPECT_TRUE(first_row(16, 100, 8192, false, swiftshader_caps()).starts_with("subgroup 16x4"));
  EXPECT_TRUE(first_row(16, 8192, 100, true, swiftshader_caps()).starts_with("subgroup 16x2 unroll 2"));
}

TEST(DenseRows, AreNoWiderThanUsualElsewhere) {
  const DeviceCaps lavapipe = software_caps();
  DeviceCaps gpu;
  gpu.subgroup_shuffle = gpu.subgroup_quad = true;
  gpu.subgroup_size = 32;
  gpu.max_texels = 1u << 27;
  for (const std::string& row :
       {first_row(256, 100, 8192, false, lavapipe),  // the products cost more than the weights
        first_row(16, 100, 2048, false, lavapipe),   // 800 KB of weights stay in a cache
        first_row(16, 8192, 256, false, lavapipe),   // rows of weights are a kibibyte apart
        first_row(16, 8192, 100, true, lavapipe), first_row(16, 100, 8192, false, gpu), first_row(1, 100, 8192, false, gpu)})
    EXPECT_EQ(row.find("x8"), row.npos) << row;
}

}  // namespace
}  // namespace gouache::test
