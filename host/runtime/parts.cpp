// Into which parts is a run cut so that a frame's budget can stop it?
#include "host/runtime/parts.h"

#include <algorithm>
#include <cmath>

namespace gouache {
namespace {

/// Cuts `whole` along `axis` into `pieces` ranges that differ by at most one group.
std::vector<Part> cut_axis(const Part& whole, std::size_t axis, std::uint32_t pieces) {
  std::vector<Part> parts;
  const std::uint32_t groups = whole.groups[axis];
  for (std::uint32_t i = 0; i < pieces; ++i) {
    const auto begin = static_cast<std::uint32_t>(std::uint64_t{groups} * i / pieces);
    const auto end = static_cast<std::uint32_t>(std::uint64_t{groups} * (i + 1) / pieces);
    Part part = whole;
    part.base[axis] += begin;
    part.groups[axis] = end - begin;
    part.microseconds = whole.microseconds * (end - begin) / groups;
    parts.push_back(part);
  }
  return parts;
}

}  // namespace

std::vector<Part> cut(std::span<const Grid> grids, std::span<const double> microseconds, double longest) {
  std::vector<Part> parts;
  for (std::size_t i = 0; i < grids.size(); ++i) {
    const Part whole{static_cast<std::uint32_t>(i), {}, grids[i], microseconds[i]};
    const auto wanted = [&](const Part& part, std::size_t axis) {
      const double pieces = std::ceil(part.microseconds / longest);
      return static_cast<std::uint32_t>(std::clamp(pieces, 1.0, static_cast<double>(part.groups[axis])));
    };
    for (const Part& layers : cut_axis(whole, 2, wanted(whole, 2))) {
      const std::size_t axis = grids[i][1] > 1 ? 1 : 0;
      const bool cuttable = layers.groups[2] == 1;  // else its layers are short enough
      for (const Part& part : cut_axis(layers, axis, cuttable ? wanted(layers, axis) : 1)) parts.push_back(part);
    }
  }
  return parts;
}

std::vector<std::optional<double>> expected_times(std::span<const Part> parts, std::size_t commands) {
  std::vector<std::optional<double>> times(commands);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::optional<double>& time = times[parts[i].command];
    const bool first = i == 0 || parts[i - 1].command != parts[i].command;
    if (!parts[i].measured)
      time.reset();
    else if (first || time)
      time = time.value_or(0) + parts[i].microseconds;
  }
  return times;
}

}  // namespace gouache
