// Do teams leave few lanes of a subgroup idle, whatever a device's subgroups and a product's width are?
#include <gtest/gtest.h>

#include <algorithm>

#include "host/kernels/family.h"
#include "host/kernels/one_row.h"
#include "host/kernels/tile.h"
#include "host/ops/ops.h"
#include "host/plan/feeds.h"
#include "shaders/shared/interface.h"
#include "tests/plan/software_caps.h"

namespace gouache::test {
namespace {

constexpr std::uint32_t kSubgroups[] = {4, 8, 16, 32, 64, 128};
constexpr std::int64_t kFewestLanes = 4;

DeviceCaps gpu_caps(std::uint32_t subgroup) {
  DeviceCaps caps;
  caps.subgroup_size = subgroup;
  caps.subgroup_shuffle = caps.subgroup_quad = true;
  caps.max_texels = 1u << 27;
  return caps;
}

/// vec4s of columns that tiles side by side cover.
std::int64_t covered(const Teams& teams, std::int64_t columns, std::int64_t n4) {
  const std::int64_t width = columns * teams.lanes;
  return ceil_div(n4, width) * width;
}

TEST(Teams, ShareASubgroupOutWithoutRest) {
  for (const std::uint32_t subgroup : kSubgroups)
    for (const std::int64_t columns : {1, 2})
      for (std::int64_t n4 = 1; n4 <= 300; ++n4)
        for (const Teams& teams : more_teams_for(columns, n4, gpu_caps(subgroup))) {
          EXPECT_EQ(teams.lanes * teams.count, subgroup);
          EXPECT_GE(teams.lanes, kFewestLanes);
        }
}

TEST(Teams, OfAWidthThatTheyFitLeaveNoLaneIdle) {
  for (const std::uint32_t subgroup : kSubgroups)
    for (const std::int64_t columns : {1, 2})
      for (std::int64_t lanes = kFewestLanes; lanes <= subgroup; lanes *= 2) {
        const auto teams = teams_for(columns, lanes * columns, gpu_caps(subgroup));
        EXPECT_EQ(covered(teams[0], columns, lanes * columns), lanes * columns) << subgroup << " lanes, " << lanes * columns << " wide";
      }
}

TEST(Teams, NeverCoverMoreThanAWholeSubgroupWould) {
  for (const std::uint32_t subgroup : kSubgroups)
    for (const std::int64_t columns : {1, 2})
      for (std::int64_t n4 = 1; n4 <= 300; ++n4) {
        const DeviceCaps caps = gpu_caps(subgroup);
        EXPECT_LE(covered(teams_for(columns, n4, caps)[0], columns, n4), covered(one_team(caps), columns, n4));
      }
}

/// The rows that run conv2d [8,16,16,32] -> [8,16,16,channels] on a device.
std::vector<Kernel> convolution(std::int64_t channels, const DeviceCaps& caps) {
  Graph g;
  g.output("y", conv2d(g.input("x", {{8, 16, 16, 32}}), g.input("w", {{3, 3, 32, channels}}), conv_attributes({.kernel = 3, .pad = 1})));
  const Catalog catalog(caps);
  std::vector<Kernel> kernels = catalog.candidates(launch_of(g, layout_of(g), catalog, "conv2d"));
  std::erase_if(kernels, [](const Kernel& k) { return !k.row.starts_with("subgroup"); });
  return kernels;
}

/// 64 channels are 16 vec4s: on a subgroup of 64 lanes, four tiles, and a quarter of the workgroups.
TEST(Teams, RunAsManyTilesASubgroup) {
  const auto groups = [](std::uint32_t subgroup, const std::string& end) {
    for (const Kernel& kernel : convolution(64, gpu_caps(subgroup)))
      if (kernel.row == "subgroup 16x1 unroll 1 shuffle texel" + end) return kernel.dispatches[0].grid[0];
    return 0u;
  };
  EXPECT_EQ(groups(16, ""), 128u);
  EXPECT_EQ(groups(64, ""), 128u);
  EXPECT_EQ(groups(64, " teams 4"), 32u);
  EXPECT_EQ(groups(128, " teams 8"), 16u);
  EXPECT_EQ(groups(16, " teams 2"), 0u) << "offered where they are no use";
}

/// Every subgroup size has tile rows; the narrower the result, the more they are preferred to rows that leave lanes idle.
TEST(Teams, ArePreferredForNarrowResults) {
  for (const std::uint32_t subgroup : kSubgroups) {
    const std::vector<Kernel> kernels = convolution(16, gpu_caps(subgroup));
    ASSERT_FALSE(kernels.empty()) << subgroup;
    EXPECT_EQ(kernels[0].row.find(" teams ") != std::string::npos, subgroup > kFewestLanes) << kernels[0].row;
    EXPECT_FALSE(kernels[0].spare) << kernels[0].row;
    EXPECT_EQ(std::ranges::any_of(kernels, &Kernel::spare), subgroup > kFewestLanes) << subgroup;
    for (const Kernel& kernel : kernels) {
      EXPECT_TRUE(!kernel.spare || kernel.row.find(" teams ") == std::string::npos) << kernel.row << " is as wide as the result";
      for (const Dispatch& d : kernel.dispatches) {
        const auto constant = [&](std::uint32_t id) { return std::ranges::find(d.constants, id, &SpecConstant::id)->value; };
        EXPECT_EQ(constant(CONSTANT_LANES) * constant(CONSTANT_TEAMS), constant(CONSTANT_LOCAL_SIZE)) << kernel.row;
        EXPECT_EQ(constant(CONSTANT_LOCAL_SIZE), d.subgroup_size) << kernel.row;
      }
    }
  }
}

}  // namespace
}  // namespace gouache::test
