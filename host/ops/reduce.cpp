// reduce: what do sums, means and maxima over any axes give?  x [..] -> the same rank, reduced axes with extent 1.
#include <cmath>
#include <limits>
#include <numeric>

#include "host/ops/check.h"
#include "host/ops/ops.h"
#include "host/ops/rows.h"
#include "host/ops/strided.h"

namespace gouache {
namespace {

std::vector<TensorType> infer(const Node& node) {
  expect_f32(node, 1);
  const auto& attributes = node.as<ReduceAttributes>();
  TensorType result = node.inputs[0].type();
  int previous = -1;
  for (int axis : attributes.axes) {
    if (axis <= previous || axis >= static_cast<int>(result.shape.size()))
      refuse(node, "axes must ascend and lie in [0, " + std::to_string(result.shape.size()) + "), one is " + std::to_string(axis));
    result.shape[static_cast<std::size_t>(axis)] = 1;
    previous = axis;
  }
  if (attributes.kind == ReduceKind::argmax) {
    if (attributes.axes.size() != 1) refuse(node, "argmax takes one axis, got " + std::to_string(attributes.axes.size()));
    result.dtype = DType::u32;
  }
  return {result};
}

// max: equal largest values share dy evenly.
Gradients gradient_rule(Graph& graph, Tensor self, std::span<const Tensor> d_outputs) {
  const Node& node = graph.node(self);
  const auto& [kind, axes] = node.as<ReduceAttributes>();
  const Tensor x = node.inputs[0], dy = d_outputs[0];
  if (kind == ReduceKind::argmax) return {Tensor{}};
  if (kind == ReduceKind::sum) return {broadcast(dy, x.shape())};
  if (kind == ReduceKind::mean)
    return {
        broadcast(dy * static_cast<float>(static_cast<double>(self.type().count()) / static_cast<double>(x.type().count())), x.shape())};
  const Tensor largest = graph.scalar(1.0f) - greater(self, x);  // 1 where x is the largest
  return {largest * (dy / sum(largest, axes))};
}

void evaluate_rule(const Node& node, std::span<const Array* const> inputs, std::span<Array> outputs) {
  const auto& [kind, axes] = node.as<ReduceAttributes>();
  const Shape& from = inputs[0]->type.shape;
  const std::array<Shape, 2> strides{strides_of(from), broadcast_strides(outputs[0].type.shape, from)};
  const double* x = inputs[0]->values.data();
  std::vector<double>& y = outputs[0].values;
  if (kind == ReduceKind::sum || kind == ReduceKind::mean) {
    visit_elements(from, strides, [&](const auto& at) { y[static_cast<std::size_t>(at[1])] += x[at[0]]; });
    if (kind == ReduceKind::mean)
      for (double& value : y) value *= static_cast<double>(y.size()) / static_cast<double>(inputs[0]->values.size());
    return;
  }
  std::vector<double> largest(y.size(), -std::numeric_limits<double>::infinity());
  std::vector<std::int64_t> where(y.size(), -1);
  visit_elements(from, strides, [&](const auto& at) {
    const auto to = static_cast<std::size_t>(at[1]);
    if (where[to] >= 0 && !(x[at[0]] > largest[to])) return;  // the first of equals wins
    largest[to] = x[at[0]];
    where[to] = at[0];
  });
  if (kind == ReduceKind::max) {
    y = largest;
    return;
  }
  const auto axis = static_cast<std::size_t>(axes[0]);
  for (std::size_t i = 0; i < y.size(); i++) y[i] = static_cast<double>(where[i] / strides[0][axis] % from[axis]);
}

Tensor reduce(ReduceKind kind, Tensor x, std::vector<int> axes) {
  if (axes.empty()) {
    axes.resize(x.shape().size());
    std::iota(axes.begin(), axes.end(), 0);
  }
  bool changes = kind == ReduceKind::argmax;
  for (int axis : axes) {
    const bool inside = axis >= 0 && axis < static_cast<int>(x.shape().size());
    changes = changes || !inside || x.shape()[static_cast<std::size_t>(axis)] != 1;
  }
  return changes ? x.graph->add(kReduceRow, {x}, ReduceAttributes{kind, std::move(axes)}) : x;
}

}  // namespace

const OpRow kReduceRow{"reduce", infer, gradient_rule, evaluate_rule};

Tensor sum(Tensor x, std::vector<int> axes) { return reduce(ReduceKind::sum, x, std::move(axes)); }
Tensor mean(Tensor x, std::vector<int> axes) { return reduce(ReduceKind::mean, x, std::move(axes)); }
Tensor reduce_max(Tensor x, std::vector<int> axes) { return reduce(ReduceKind::max, x, std::move(axes)); }
Tensor argmax(Tensor x, std::vector<int> axes) { return reduce(ReduceKind::argmax, x, std::move(axes)); }

Tensor sum_to(Tensor x, const Shape& shape) {
  const Shape from = x.shape(), to = shape;
  if (from == to) return x;
  if (from.size() < to.size()) throw Error("sum_to: " + to_text(from) + " cannot have been broadcast from " + to_text(to));
  const std::size_t lead = from.size() - to.size();
  std::vector<int> axes;
  for (std::size_t i = 0; i < from.size(); i++) {
    const std::int64_t wanted = i < lead ? 1 : to[i - lead];
    if (from[i] == wanted) continue;
    if (wanted != 1) throw Error("sum_to: " + to_text(from) + " cannot have been broadcast from " + to_text(to));
    axes.push_back(static_cast<int>(i));
  }
  return reshape(axes.empty() ? x : sum(x, axes), to);
}

}  // namespace gouache
