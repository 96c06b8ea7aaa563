// Which functions are the ops' derivatives tried on?
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/ops/probe.h"

namespace gouache::probe {

struct Case {
  std::string name;
  std::vector<Shape> inputs;  // f32, fed as "x0", "x1", ...
  std::function<Tensor(Graph&, const std::vector<Tensor>&)> build;
  std::vector<int> linear = {};   // inputs in which the result is linear
  double low = -1.0, high = 1.0;  // range of the inputs
  Feeds feeds = {};               // what else the graph reads
};

const std::vector<Case>& cases();

inline void PrintTo(const Case& c, std::ostream* out) { *out << c.name << " (seed " << seed_of(c.name) << ")"; }  // googletest's name

}  // namespace gouache::probe
