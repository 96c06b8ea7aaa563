// Into which parts is a run cut so that a frame's budget can stop it?  Whole dispatches, and ranges of long ones' workgroups.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace gouache {

using Grid = std::array<std::uint32_t, 3>;

/// Workgroups [base, base + groups) of one command; all parts of a command together are its whole grid, each group once.
struct Part {
  std::uint32_t command = 0;
  Grid base{}, groups{};
  double microseconds = 0;  ///< expected
};

/// Parts of commands 0, 1, ... in order. Command i has grids[i] workgroups and takes microseconds[i]; one that takes more than
/// `longest` microseconds is cut as evenly as its grid allows. Kernels that number workgroups along x, then y, by the grid's own width
/// are never cut along x while they have several rows.
std::vector<Part> cut(std::span<const Grid> grids, std::span<const double> microseconds, double longest);

}  // namespace gouache
