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

/// The first choice for x [images,inputs] times w [inputs,outputs], w lying transposed or not.
std::string first_row(std::int64_t images, std::int64_t inputs, std::int64_t outputs, bool transposed, const DeviceCaps& caps) {
  Graph g;
  const Tensor w = g.input("w", {transposed ? Shape{outputs, inputs} : Shape{inputs, outputs}});
  g.output("y", matmul(g.input("x", {{images, inputs}}), w, false, transposed));
  const Catalog catalog(caps);
  return catalog.candidates(launch_of(g, layout_of(g), catalog, "matmul")).at(0).row;
}

TEST(DenseRows, OfFewImagesAndManyWeightsAreWide) {
  const DeviceCaps lavapipe = software_caps();
  EXPECT_TRUE(first_row(1, 100, 8192, false, lavapipe).starts_with("subgroup 1x8")) << first_row(1, 100, 8192, false, lavapipe);
  EXPECT_TRUE(first_row(4, 100, 8192, false, lavapipe).starts_with("subgroup 8x8"));
  EXPECT_TRUE(first_row(16, 100, 8192, false, lavapipe).starts_with("subgroup 16x8"));
  EXPECT_TRUE(first_row(16, 512, 1024, false, lavapipe).starts_with("subgroup 16x8"));
}

/// The first choice for the gradient of w [inputs,outputs] from x [images,inputs] and dy [images,outputs].
std::string first_gradient_row(std::int64_t images, std::int64_t inputs, std::int64_t outputs, const DeviceCaps& caps) {
  Graph g;
  g.output("dw", matmul(g.input("x", {{images, inputs}}), g.input("dy", {{images, outputs}}), true, false));
  const Catalog catalog(caps);
  return catalog.candidates(launch_of(g, layout_of(g), catalog, "matmul")).at(0).row;
}

TEST(DenseRows, OfWeightGradientsWalkAlongTheColumnsWhereImagesAreFew) {
  for (const DeviceCaps& caps : {software_caps(), swiftshader_caps()}) {
    for (const std::int64_t images : {4, 16})
      EXPECT_TRUE(first_gradient_row(images, 100, 8192, caps).starts_with("resident")) << first_gradient_row(images, 100, 8192, caps);
    for (const std::string& row : {first_gradient_row(64, 100, 8192, caps), first_gradient_row(16, 256, 256, caps)})
      EXPECT_EQ(row.find("resident"), row.npos) << row;
  }
}

TEST(DenseRows, OfSwiftShaderTakeFourVectorsALane) {
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
