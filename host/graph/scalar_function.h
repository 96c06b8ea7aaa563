// What is one elementwise function?  A row of the table in host/ops/elementwise.cpp.
#pragma once

#include <cstdint>
#include <span>

#include "host/graph/graph.h"

namespace gouache {

struct ScalarFunction {
  std::uint8_t function;  ///< FUNCTION_*
  const char* name;
  int arity;  ///< 1 to 3
  /// Its value in double; arguments past the arity are not looked at.
  double (*value)(double a, double b, double c);
  /// The gradient of input `input` given the result y, the inputs x and dy, before it is summed over broadcast axes; empty
  /// when nothing flows to that input. Null: nothing flows to any.
  Tensor (*gradient)(int input, Tensor y, std::span<const Tensor> x, Tensor dy);
};

/// The row of FUNCTION_* `function`; throws Error(internal) when there is none.
const ScalarFunction& scalar_function(std::uint8_t function);

}  // namespace gouache
