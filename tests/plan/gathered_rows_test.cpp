// Which rows read storage buffers, not texels?  Those of devices that go by addresses, first where the CPU gathers faster than they fetch.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "host/kernels/family.h"
#include "host/kernels/one_row.h"
#include "host/ops/ops.h"
#include "host/plan/feeds.h"
#include "tests/plan/software_caps.h"

namespace gouache::test {
namespace {

using Build = std::function<void(Graph&)>;

/// What may run the only `op` of a graph, the first choice first.
std::vector<std::string> rows_of(const Build& build, const char* op, const DeviceCaps& caps) {
  Graph g;
  build(g);
  const Catalog catalog(caps);
  std::vector<std::string> rows;
  for (const Kernel& kernel : catalog.candidates(launch_of(g, layout_of(g), catalog, op))) rows.push_back(kernel.row);
  return rows;
}

Build product(std::int64_t m, std::int64_t k, std::int64_t n, bool transposed = false) {
  return [=](Graph& g) {
    const Tensor b = g.input("b", {transposed ? Shape{n, k} : Shape{k, n}});
    g.output("c", matmul(g.input("a", {{m, k}}), b, false, transposed));
  };
}

constexpr int kImages = 16;

/// x [16,64,64,channels] to y [16,32,32,outputs].
Build convolution(std::int64_t channels, std::int64_t outputs) {
  return [=](Graph& g) {
    const Tensor x = g.input("x", {{kImages, 64, 64, channels}}), w = g.input("w", {{4, 4, channels, outputs}});
    g.output("y", conv2d(x, w, conv_attributes({.kernel = 4, .stride = 2, .pad = 1})));
  };
}

/// Its adjoint.
Build transposed(std::int64_t channels, std::int64_t outputs) {
  return [=](Graph& g) {
    const Tensor y = g.input("y", {{kImages, 32, 32, outputs}}), w = g.input("w", {{4, 4, channels, outputs}});
    g.output("x", conv2d_transpose(y, w, conv_attributes({.kernel = 4, .stride = 2, .pad = 1}), {kImages, 64, 64, channels}));
  };
}

Build weight_gradient(std::int64_t channels, std::int64_t outputs) {
  return [=](Graph& g) {
    const Tensor x = g.input("x", {{kImages, 64, 64, channels}}), dy = g.input("dy", {{kImages, 32, 32, outputs}});
    g.output("dw", conv2d_weight_grad(x, dy, conv_attributes({.kernel = 4, .stride = 2, .pad = 1}), {4, 4, channels, outputs}));
  };
}

DeviceCaps addressing_caps() {
  DeviceCaps caps = software_caps();
  caps.buffer_addresses = true;
  return caps;
}

DeviceCaps gathering_caps() {
  DeviceCaps caps = addressing_caps();
  caps.fast_gathers = true;
  return caps;
}

TEST(GatheredRows, AreWideOnlyWhereBuffersHaveAddresses) {
  const auto is_wide = [](const std::string& row) { return row.find("2 unroll ") != row.npos && row.find("shuffle storage") != row.npos; };
  struct Case {
    const char* op;
    Build build;
  };
  for (const auto& [op, build] : {Case{"matmul", product(512, 512, 512)}, Case{"conv2d", convolution(64, 128)},
                                  Case{"conv2d_transpose", transposed(64, 128)}, Case{"conv2d_weight_grad", weight_gradient(64, 128)}}) {
    EXPECT_FALSE(std::ranges::any_of(rows_of(build, op, software_caps()), is_wide)) << op;
    const std::vector<std::string> rows = rows_of(build, op, addressing_caps());
    EXPECT_TRUE(std::ranges::any_of(rows, is_wide)) << op;
    EXPECT_EQ(rows.front(), rows_of(build, op, software_caps()).front()) << op << ": what is first stays so";
  }
}

TEST(GatheredRows, ComeFirstWhereTheCpuGathersFast) {
  const DeviceCaps caps = gathering_caps();
  EXPECT_EQ(rows_of(product(512, 512, 512), "matmul", caps).front(), "subgroup 32x2 unroll 1 shuffle storage");
  EXPECT_EQ(rows_of(product(16384, 128, 128), "matmul", caps).front(), "subgroup 32x2 unroll 1 shuffle storage");
  EXPECT_EQ(rows_of(product(16, 8192, 100, true), "matmul", caps).front(), "subgroup 16x2 unroll 2 shuffle storage");
  EXPECT_EQ(rows_of(product(16, 100, 8192), "matmul", caps).front(), "subgroup 16x8 unroll 1 shuffle storage");
  EXPECT_EQ(rows_of(convolution(3, 64), "conv2d", caps).front(), "subgroup image 16x2 unroll 1 shuffle storage");
  EXPECT_EQ(rows_of(transposed(3, 64), "conv2d_transpose", caps).front(), "subgroup image 4x1 unroll 1 shuffle storage");
}

TEST(GatheredRows, StayBehindWhereTexelsWereFasterAllTheSame) {
  EXPECT_EQ(rows_of(weight_gradient(3, 64), "conv2d_weight_grad", gathering_caps()).front(),
            "subgroup scalar 16x2 unroll 2 shuffle texel parts 4");
  EXPECT_EQ(rows_of(product(1, 100, 8192), "matmul", gathering_caps()).front(), "subgroup 1x8 unroll 1 shuffle texel");
}

}  // namespace
}  // namespace gouache::test
