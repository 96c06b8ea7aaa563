// Does one kernel row compute what the definition says?  A catalog that offers that row alone, and the comparison of its results.
#include "host/kernels/one_row.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace gouache {
namespace {

/// "[0,3,1]": where element `index` lies.
std::string place_of(const Shape& shape, std::size_t index) {
  Shape place = shape;
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    const auto extent = static_cast<std::size_t>(shape[axis]);
    place[axis] = static_cast<std::int64_t>(index % extent);
    index /= extent;
  }
  return to_text(place);
}

}  // namespace

std::vector<Kernel> OneRow::candidates(const Launch& launch) const {
  std::vector<Kernel> kernels = all_.candidates(launch);
  if (to_text(launch) != launch_) return kernels;
  if (row_ >= kernels.size()) return {};
  return {kernels[row_]};
}

Launch launch_of(const Graph& graph, const StateLayout& state, const KernelCatalog& catalog, const std::string& op) {
  for (const Step& step : make_plan(graph, state, catalog, {.name = op}).steps)
    if (step.launch.op == op) return step.launch;
  throw Error(ErrorCode::internal, "the plan has no launch of " + op);
}

std::vector<Array> expected_of(const Graph& graph, const std::map<std::string, Array>& fed) {
  std::vector<Tensor> wanted;
  for (const auto& output : graph.outputs()) wanted.push_back(output.second);
  for (const Update& update : graph.updates()) wanted.push_back(update.value);
  return evaluate(graph, fed, wanted);
}

void compare(const std::string& name, const Array& got, const Array& expected, const Tolerance& tolerance, Worst& worst) {
  double largest = tolerance.least;
  for (double value : expected.values) largest = std::max(largest, std::abs(value));
  const double allowed = expected.type.dtype == DType::f32 ? tolerance.part * largest : 0.5;
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    const double difference = std::abs(got.values[i] - expected.values[i]);
    const double error = std::isfinite(difference) ? difference / allowed : 1e30;
    if (error <= worst.error) continue;
    char text[160];
    std::snprintf(text, sizeof text, " is %.9g, expected %.9g, allowed difference %.2g", got.values[i], expected.values[i], allowed);
    worst = {error, name + place_of(expected.type.shape, i) + text};
  }
}

}  // namespace gouache
