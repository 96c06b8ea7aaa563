// gather, scatter_add: how are rows drawn from a data set, and gradients brought back to them?
// data [rows, ...], indices u32 [B] -> [B, ...]; u8 data become f32 on the way.
#include "host/ops/check.h"
#include "host/ops/ops.h"
#include "host/ops/rows.h"

namespace gouache {
namespace {

std::size_t checked_row(const Node& node, double index, std::int64_t rows) {
  if (!(index >= 0 && index < static_cast<double>(rows)))
    refuse(node, "index " + std::to_string(index) + " lies outside " + std::to_string(rows) + " rows");
  return static_cast<std::size_t>(index);
}

void expect_indices(const Node& node) {
  expect_type(node, 1, DType::u32);
  if (node.inputs[1].shape().size() != 1) refuse(node, "indices must be [B]");
  if (node.inputs[0].shape().empty()) refuse(node, "a scalar has no rows");
}

std::vector<TensorType> infer_gather(const Node& node) {
  expect_inputs(node, 2);
  expect_indices(node);
  TensorType type = node.inputs[0].type();
  if (type.dtype == DType::u32) refuse(node, "data must be f32 or u8");
  type.dtype = DType::f32;
  type.shape[0] = node.inputs[1].shape()[0];
  return {type};
}

Gradients gradient_gather(Graph& graph, Tensor self, std::span<const Tensor> d) {
  const Node& node = graph.node(self);
  const Tensor data = node.inputs[0], indices = node.inputs[1];
  if (data.type().dtype != DType::f32) return {Tensor{}, Tensor{}};
  return {scatter_add(d[0] * node.as<GatherAttributes>().scale, indices, data.shape()[0]), Tensor{}};
}

void evaluate_gather(const Node& node, std::span<const Array* const> inputs, std::span<Array> outputs) {
  const auto& a = node.as<GatherAttributes>();
  const std::int64_t rows = inputs[0]->type.shape[0];
  const std::size_t width = inputs[0]->values.size() / static_cast<std::size_t>(rows);
  for (std::size_t i = 0; i < inputs[1]->values.size(); i++) {
    const std::size_t row = checked_row(node, inputs[1]->values[i], rows);
    for (std::size_t j = 0; j < width; j++)
      outputs[0].values[i * width + j] = static_cast<double>(a.scale) * inputs[0]->values[row * width + j] + static_cast<double>(a.offset);
  }
}

std::vector<TensorType> infer_scatter_add(const Node& node) {
  expect_inputs(node, 2);
  expect_type(node, 0, DType::f32);
  expect_indices(node);
  TensorType type = node.inputs[0].type();
  const std::int64_t rows = node.as<GatherAttributes>().rows;
  if (rows < 1) refuse(node, "the result needs at least one row, not " + std::to_string(rows));
  if (type.shape[0] != node.inputs[1].shape()[0]) refuse(node, "dy and indices differ in length");
  type.shape[0] = rows;
  return {type};
}

Gradients gradient_scatter_add(Graph& graph, Tensor self, std::span<const Tensor> d) {
  return {gather(d[0], graph.node(self).inputs[1]), Tensor{}};
}

void evaluate_scatter_add(const Node& node, std::span<const Array* const> inputs, std::span<Array> outputs) {
  const std::int64_t rows = outputs[0].type.shape[0];
  const std::size_t width = outputs[0].values.size() / static_cast<std::size_t>(rows);
  for (std::size_t i = 0; i < inputs[1]->values.size(); i++) {
    const std::size_t row = checked_row(node, inputs[1]->values[i], rows);
    for (std::size_t j = 0; j < width; j++) outputs[0].values[row * width + j] += inputs[0]->values[i * width + j];
  }
}

}  // namespace

const OpRow kGatherRow{"gather", infer_gather, gradient_gather, evaluate_gather};
const OpRow kScatterAddRow{"scatter_add", infer_scatter_add, gradient_scatter_add, evaluate_scatter_add};

Tensor gather(Tensor data, Tensor indices, float scale, float offset) {
  return data.graph->add(kGatherRow, {data, indices}, GatherAttributes{scale, offset, 0});
}

Tensor scatter_add(Tensor dy, Tensor indices, std::int64_t rows) {
  return dy.graph->add(kScatterAddRow, {dy, indices}, GatherAttributes{1.0f, 0.0f, rows});
}

}  // namespace gouache
