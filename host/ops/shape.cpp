// reshape, broadcast, permute, slice, pad, concat: how are elements rearranged?  All are linear; any element type.
#include <algorithm>
#include <numeric>

#include "host/ops/check.h"
#include "host/ops/ops.h"
#include "host/ops/rows.h"
#include "host/ops/strided.h"

namespace gouache {
namespace {

/// Copies a view of x into a view of y; both start at the given offsets.
void copy_view(const Shape& shape, const Array& x, std::int64_t x_begin, const Shape& x_strides, Array& y, std::int64_t y_begin,
               const Shape& y_strides) {
  const double* from = x.values.data() + x_begin;
  double* to = y.values.data() + y_begin;
  visit_elements(shape, std::array<Shape, 2>{x_strides, y_strides}, [&](const auto& at) { to[at[1]] = from[at[0]]; });
}

std::int64_t offset_of(const Shape& index, const Shape& strides) {
  return std::inner_product(index.begin(), index.end(), strides.begin(), std::int64_t{0});
}

std::vector<TensorType> infer_reshape(const Node& node) {
  expect_inputs(node, 1);
  TensorType type = node.inputs[0].type();
  const Shape& shape = node.as<ShapeAttributes>().shape;
  const bool positive = std::all_of(shape.begin(), shape.end(), [](std::int64_t e) { return e > 0; });
  if (!positive || element_count(shape) != type.count())
    refuse(node, std::to_string(type.count()) + " elements cannot take the shape " + to_text(shape));
  type.shape = shape;
  return {type};
}

Gradients gradient_reshape(Graph& graph, Tensor self, std::span<const Tensor> d) {
  return {reshape(d[0], graph.node(self).inputs[0].shape())};
}

void evaluate_reshape(const Node&, std::span<const Array* const> inputs, std::span<Array> outputs) {
  outputs[0].values = inputs[0]->values;
}

std::vector<TensorType> infer_broadcast(const Node& node) {
  expect_inputs(node, 1);
  TensorType type = node.inputs[0].type();
  const Shape& to = node.as<ShapeAttributes>().shape;
  bool fits = type.shape.size() <= to.size();
  for (std::size_t i = 0; fits && i < type.shape.size(); i++) {
    const std::int64_t from = type.shape[i];
    fits = from == 1 || from == to[to.size() - type.shape.size() + i];
  }
  if (!fits) refuse(node, "cannot be repeated to " + to_text(to));
  type.shape = to;
  return {type};
}

Gradients gradient_broadcast(Graph& graph, Tensor self, std::span<const Tensor> d) {
  return {sum_to(d[0], graph.node(self).inputs[0].shape())};
}

void evaluate_broadcast(const Node&, std::span<const Array* const> inputs, std::span<Array> outputs) {
  const Shape& to = outputs[0].type.shape;
  copy_view(to, *inputs[0], 0, broadcast_strides(inputs[0]->type.shape, to), outputs[0], 0, strides_of(to));
}

std::vector<TensorType> infer_permute(const Node& node) {
  expect_inputs(node, 1);
  TensorType type = node.inputs[0].type();
  const Shape from = type.shape;
  const std::vector<int>& order = node.as<PermuteAttributes>().order;
  std::vector<char> seen(from.size(), 0);
  bool good = order.size() == from.size();
  for (std::size_t i = 0; good && i < order.size(); i++) {
    const auto axis = static_cast<std::size_t>(order[i]);
    good = order[i] >= 0 && axis < from.size() && !seen[axis];
    if (!good) break;
    seen[axis] = 1;
    type.shape[i] = from[axis];
  }
  if (!good) refuse(node, "the order" + to_text(node.attributes) + " must name each of the " + std::to_string(from.size()) + " axes once");
  return {type};
}

Gradients gradient_permute(Graph& graph, Tensor self, std::span<const Tensor> d) {
  const std::vector<int> order = graph.node(self).as<PermuteAttributes>().order;
  std::vector<int> inverse(order.size());
  for (std::size_t i = 0; i < order.size(); i++) inverse[static_cast<std::size_t>(order[i])] = static_cast<int>(i);
  return {permute(d[0], inverse)};
}

void evaluate_permute(const Node& node, std::span<const Array* const> inputs, std::span<Array> outputs) {
  const Shape own = strides_of(inputs[0]->type.shape);
  Shape strides;
  for (int axis : node.as<PermuteAttributes>().order) strides.push_back(own[static_cast<std::size_t>(axis)]);
  copy_view(outputs[0].type.shape, *inputs[0], 0, strides, outputs[0], 0, strides_of(outputs[0].type.shape));
}

std::vector<TensorType> infer_slice(const Node& node) {
  expect_inputs(node, 1);
  TensorType type = node.inputs[0].type();
  const auto& [begin, extent] = node.as<SliceAttributes>();
  bool fits = begin.size() == type.shape.size() && extent.size() == type.shape.size();
  for (std::size_t i = 0; fits && i < begin.size(); i++) fits = begin[i] >= 0 && extent[i] >= 1 && begin[i] + extent[i] <= type.shape[i];
  if (!fits) refuse(node, "begin " + to_text(begin) + " and extent " + to_text(extent) + " do not lie inside the tensor");
  type.shape = extent;
  return {type};
}

Gradients gradient_slice(Graph& graph, Tensor self, std::span<const Tensor> d) {
  const Node& node = graph.node(self);
  const auto& [begin, extent] = node.as<SliceAttributes>();
  Shape after = node.inputs[0].shape();
  for (std::size_t i = 0; i < after.size(); i++) after[i] -= begin[i] + extent[i];
  return {pad(d[0], begin, after)};
}

void evaluate_slice(const Node& node, std::span<const Array* const> inputs, std::span<Array> outputs) {
  const Shape strides = strides_of(inputs[0]->type.shape);
  const Shape& shape = outputs[0].type.shape;
  copy_view(shape, *inputs[0], offset_of(node.as<SliceAttributes>().begin, strides), strides, outputs[0], 0, strides_of(shape));
}

std::vector<TensorType> infer_pad(const Node& node) {
  expect_inputs(node, 1);
  TensorType type = node.inputs[0].type();
  const auto& [before, after] = node.as<PadAttributes>();
  bool good = before.size() == type.shape.size() && after.size() == type.shape.size();
  for (std::size_t i = 0; good && i < before.size(); i++) {
    good = before[i] >= 0 && after[i] >= 0;
    type.shape[i] += before[i] + after[i];
  }
  if (!good) refuse(node, "before " + to_text(before) + " and after " + to_text(after) + " need one number of at least 0 an axis");
  return {type};
}

Gradients gradient_pad(Graph& graph, Tensor self, std::span<const Tensor> d) {
  const Node& node = graph.node(self);
  return {slice(d[0], node.as<PadAttributes>().before, node.inputs[0].shape())};
}

void evaluate_pad(const Node& node, std::span<const Array* const> inputs, std::span<Array> outputs) {
  const Shape strides = strides_of(outputs[0].type.shape);
  const Shape& shape = inputs[0]->type.shape;
  copy_view(shape, *inputs[0], 0, strides_of(shape), outputs[0], offset_of(node.as<PadAttributes>().before, strides), strides);
}

std::vector<TensorType> infer_concat(const Node& node) {
  if (node.inputs.empty()) refuse(node, "needs at least one input");
  TensorType type = node.inputs[0].type();
  const int axis = node.as<ConcatAttributes>().axis;
  if (axis < 0 || axis >= static_cast<int>(type.shape.size())) refuse(node, "there is no axis " + std::to_string(axis));
  const auto along = static_cast<std::size_t>(axis);
  type.shape[along] = 0;
  for (const Tensor& t : node.inputs) {
    TensorType other = t.type();
    if (other.shape.size() != type.shape.size()) refuse(node, "parts differ in rank");
    type.shape[along] += other.shape[along];
    other.shape[along] = type.shape[along];
    if (other != type) refuse(node, "parts must agree in type and in every extent but axis " + std::to_string(axis));
  }
  return {type};
}

Gradients gradient_concat(Graph& graph, Tensor self, std::span<const Tensor> d) {
  const Node& node = graph.node(self);
  const auto axis = static_cast<std::size_t>(node.as<ConcatAttributes>().axis);
  Shape begin(self.shape().size(), 0);
  Gradients result;
  for (const Tensor& t : node.inputs) {
    result.push_back(slice(d[0], begin, t.shape()));
    begin[axis] += t.shape()[axis];
  }
  return result;
}

void evaluate_concat(const Node& node, std::span<const Array* const> inputs, std::span<Array> outputs) {
  const auto axis = static_cast<std::size_t>(node.as<ConcatAttributes>().axis);
  const Shape strides = strides_of(outputs[0].type.shape);
  std::int64_t begin = 0;
  for (const Array* part : inputs) {
    copy_view(part->type.shape, *part, 0, strides_of(part->type.shape), outputs[0], begin * strides[axis], strides);
    begin += part->type.shape[axis];
  }
}

bool all_zero(const Shape& shape) {
  return std::all_of(shape.begin(), shape.end(), [](std::int64_t e) { return e == 0; });
}

}  // namespace

const OpRow kReshapeRow{"reshape", infer_reshape, gradient_reshape, evaluate_reshape};
const OpRow kBroadcastRow{"broadcast", infer_broadcast, gradient_broadcast, evaluate_broadcast};
const OpRow kPermuteRow{"permute", infer_permute, gradient_permute, evaluate_permute};
const OpRow kSliceRow{"slice", infer_slice, gradient_slice, evaluate_slice};
const OpRow kPadRow{"pad", infer_pad, gradient_pad, evaluate_pad};
const OpRow kConcatRow{"concat", infer_concat, gradient_concat, evaluate_concat};

// The builders leave out what would change nothing, and keep constants of one value constants.

Tensor reshape(Tensor x, Shape shape) {
  const auto open = std::find(shape.begin(), shape.end(), -1);
  if (open != shape.end()) {
    *open = 1;
    const std::int64_t rest = element_count(shape);
    *open = rest > 0 ? x.type().count() / rest : 0;
  }
  if (shape == x.shape()) return x;
  if (const float* value = uniform_value(x); value && element_count(shape) == x.type().count())
    return x.graph->constant(std::move(shape), {*value});
  return x.graph->add(kReshapeRow, {x}, ShapeAttributes{std::move(shape)});
}

Tensor broadcast(Tensor x, Shape shape) {
  if (shape == x.shape()) return x;
  if (const float* value = uniform_value(x); value && x.type().count() == 1) return x.graph->constant(std::move(shape), {*value});
  return x.graph->add(kBroadcastRow, {x}, ShapeAttributes{std::move(shape)});
}

Tensor permute(Tensor x, std::vector<int> order) {
  std::vector<int> identity(x.shape().size());
  std::iota(identity.begin(), identity.end(), 0);
  return order == identity ? x : x.graph->add(kPermuteRow, {x}, PermuteAttributes{std::move(order)});
}

Tensor slice(Tensor x, Shape begin, Shape extent) {
  if (begin.size() == x.shape().size() && all_zero(begin) && extent == x.shape()) return x;
  return x.graph->add(kSliceRow, {x}, SliceAttributes{std::move(begin), std::move(extent)});
}

Tensor pad(Tensor x, Shape before, Shape after) {
  const std::size_t rank = x.shape().size();
  if (before.size() == rank && after.size() == rank && all_zero(before) && all_zero(after)) return x;
  return x.graph->add(kPadRow, {x}, PadAttributes{std::move(before), std::move(after)});
}

Tensor concat(std::vector<Tensor> parts, int axis) {
  if (parts.empty()) throw Error("concat: needs at least one part");
  Graph& graph = *parts[0].graph;
  if (parts.size() == 1) return parts[0];
  return graph.add(kConcatRow, std::move(parts), ConcatAttributes{axis});
}

}  // namespace gouache
