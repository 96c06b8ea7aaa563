// How do products read the full input of what is fused into them?  As texels where their rows read texels and the device binds as many.
#include <gtest/gtest.h>

#include "host/kernels/family.h"
#include "host/kernels/one_row.h"
#include "host/ops/ops.h"
#include "host/plan/feeds.h"
#include "tests/plan/software_caps.h"

namespace gouache::test {
namespace {

/// How often rows that read texels, or others, bind the residual of conv2d [8,64,64,4] -> [8,64,64,12] (98,304 texels) in each way.
struct Tally {
  int texel = 0, storage = 0;
};

Tally tally(bool texel_rows, std::uint32_t max_texels) {
  Graph g;
  const Tensor y = conv2d(g.input("x", {{8, 64, 64, 4}}), g.input("w", {{3, 3, 4, 12}}), conv_attributes({.kernel = 3, .pad = 1}));
  g.output("sum", y + g.input("residual", {{8, 64, 64, 12}}));
  DeviceCaps caps = software_caps();
  caps.max_texels = max_texels;
  const Catalog catalog(caps);
  Tally found;
  for (const Kernel& kernel : catalog.candidates(launch_of(g, layout_of(g), catalog, "conv2d"))) {
    if (!kernel.row.starts_with("subgroup") || (kernel.row.find(" texel") != kernel.row.npos) != texel_rows) continue;
    for (const Binding& binding : kernel.dispatches.back().bindings)
      if (binding.operand.kind == OperandKind::input && binding.operand.index == 2)
        (binding.kind == BindingKind::texel ? found.texel : found.storage)++;
  }
  return found;
}

TEST(FullInput, IsReadAsTexelsWhereTheRowReadsTexels) {
  constexpr std::uint32_t kMany = 1u << 27;
  EXPECT_GT(tally(true, kMany).texel, 5);
  EXPECT_EQ(tally(true, kMany).storage, 0);
  EXPECT_EQ(tally(false, kMany).texel, 0);
  EXPECT_GT(tally(false, kMany).storage, 2);
}

/// The rows stay, for their operands fit: x has 32,768 texels.
TEST(FullInput, OfMoreTexelsThanTheDeviceBindsIsReadFromAStorageBuffer) {
  constexpr std::uint32_t kGuaranteed = 65536;
  EXPECT_EQ(tally(true, kGuaranteed).texel, 0);
  EXPECT_GT(tally(true, kGuaranteed).storage, 5);
}

}  // namespace
}  // namespace gouache::test
