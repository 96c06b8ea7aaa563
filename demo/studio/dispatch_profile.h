// What does the GPU spend its time on, operation by operation?
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace gouache::studio {

struct Dispatch {
  std::string label;         ///< of the layer that asked for it
  std::string shape;         ///< of its output: "16 x 8 x 8 x 128"
  std::string row;           ///< the kernel
  double microseconds = -1;  ///< below 0: nobody has measured it
};

/// All dispatches of one operation, those that take longest first.
struct OperationTime {
  std::string op;
  std::vector<Dispatch> dispatches;
  double microseconds = 0;  ///< of all that were measured
  double share = 0;         ///< of the whole, 0..1
};

struct DispatchProfile {
  std::vector<OperationTime> operations;  ///< those that take longest first
  double microseconds = 0;
  std::size_t dispatches = 0, measured = 0;
};

/// From what gouDescribeModel or gouDescribeTraining says. Dispatches that run only when weights have changed are left out; one that was
/// not described is an empty profile.
DispatchProfile profile_of(const nlohmann::ordered_json& about);

}  // namespace gouache::studio
