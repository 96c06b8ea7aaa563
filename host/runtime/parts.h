// Into which parts is a run cut so that a frame's budget can stop it?  Whole dispatches, and ranges of long ones' workgroups.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace gouache {

using Grid = std::array<std::uint32_t, 3>;

/// Workgroups [base, base + groups) of one command; all parts of a command together are its whole grid, each group once.
struct Part {
  std::uint32_t command = 0;
  Grid base{}, groups{};
  double microseconds = 0;  ///< expected
  bool measured = false;    ///< or else guessed
};

/// Parts of commands 0, 1, ... in order. Command i has grids[i] workgroups and takes microseconds[i]; one that takes more than
/// `longest` microseconds is cut as evenly as its grid allows. Kernels that number workgroups along x, then y, by the grid's own width
/// are never cut along x while they have several rows.
std::vector<Part> cut(std::span<const Grid> grids, std::span<const double> microseconds, double longest);

/// What each of `commands` commands is expected to take: the sum of its parts; nothing where one of them was never measured, or there is
/// none.
std::vector<std::optional<double>> expected_times(std::span<const Part> parts, std::size_t commands);

}  // namespace gouache
