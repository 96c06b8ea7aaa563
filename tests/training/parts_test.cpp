// Do the parts of a run cover every workgroup of every command once, and stay short?
#include "host/runtime/parts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace gouache::testing {
namespace {

/// How often the parts visit each workgroup of command `command`.
std::map<Grid, int> visits(const std::vector<Part>& parts, std::uint32_t command) {
  std::map<Grid, int> seen;
  for (const Part& part : parts)
    if (part.command == command)
      for (std::uint32_t z = 0; z < part.groups[2]; ++z)
        for (std::uint32_t y = 0; y < part.groups[1]; ++y)
          for (std::uint32_t x = 0; x < part.groups[0]; ++x) ++seen[{part.base[0] + x, part.base[1] + y, part.base[2] + z}];
  return seen;
}

TEST(Parts, CoverEveryWorkgroupOnceAndStayShort) {
  const std::vector<Grid> grids{{7, 1, 1}, {100, 1, 1}, {16, 9, 1}, {33, 1, 4}, {5, 6, 3}, {1, 1, 1}};
  const std::vector<double> times{10, 5000, 9000, 8000, 90000, 3000};
  const std::vector<Part> parts = cut(grids, times, 1000);
  double total = 0;
  std::uint32_t last = 0;
  for (const Part& part : parts) {
    EXPECT_GE(part.command, last) << "parts follow the commands' order";
    last = part.command;
    total += part.microseconds;
    if (grids[part.command][1] > 1) {
      EXPECT_EQ(part.groups[0], grids[part.command][0]) << "rows stay whole: kernels count by their width";
    }
  }
  EXPECT_NEAR(total, 10 + 5000 + 9000 + 8000 + 90000 + 3000, 1e-6);
  for (std::uint32_t c = 0; c < grids.size(); ++c) {
    const auto seen = visits(parts, c);
    EXPECT_EQ(seen.size(), std::size_t{grids[c][0]} * grids[c][1] * grids[c][2]) << "command " << c;
    for (const auto& [group, times_seen] : seen) EXPECT_EQ(times_seen, 1) << "command " << c;
  }
  const auto of = [&](std::uint32_t command) { return std::ranges::count_if(parts, [&](const Part& p) { return p.command == command; }); };
  EXPECT_EQ(of(0), 1);
  EXPECT_EQ(of(1), 5);
  EXPECT_EQ(of(2), 9);
  EXPECT_EQ(of(3), 8) << "four layers of two halves";
  EXPECT_EQ(of(4), 18) << "as many as its rows and layers allow";
  EXPECT_EQ(of(5), 1) << "one workgroup cannot be cut";
}

TEST(Parts, AnEmptyRunHasNone) { EXPECT_TRUE(cut({}, {}, 1000).empty()); }

}  // namespace
}  // namespace gouache::testing
