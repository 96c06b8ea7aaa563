// composite: how does a node that carries its body in base ops behave?  As its body does.
#include <algorithm>

#include "host/graph/gradient.h"
#include "host/ops/check.h"
#include "host/ops/rows.h"

namespace gouache {
namespace {

/// The body of `node` in a graph of its own, its inputs named "0", "1", ...
std::vector<Tensor> build_body(Graph& graph, const Node& node) {
  const auto& [row, parameters] = node.as<CompositeAttributes>();
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < node.inputs.size(); i++) inputs.push_back(graph.input(std::to_string(i), node.inputs[i].type()));
  return row->body(graph, inputs, parameters);
}

std::vector<TensorType> infer(const Node& node) {
  Graph body;
  std::vector<TensorType> types;
  for (const Tensor& t : build_body(body, node)) types.push_back(t.type());
  return types;
}

Gradients gradient_rule(Graph& graph, Tensor self, std::span<const Tensor> d_outputs) {
  const CompositeRow* row = graph.node(self).as<CompositeAttributes>().row;
  return row->gradient ? row->gradient(graph, self, d_outputs) : body_gradient(graph, self, d_outputs);
}

void evaluate_rule(const Node& node, std::span<const Array* const> inputs, std::span<Array> outputs) {
  Graph body;
  const std::vector<Tensor> results = build_body(body, node);
  std::map<std::string, Array> feeds;
  for (std::size_t i = 0; i < inputs.size(); i++) feeds[std::to_string(i)] = *inputs[i];
  std::vector<Array> values = evaluate(body, feeds, results);
  std::move(values.begin(), values.end(), outputs.begin());
}

}  // namespace

const OpRow kCompositeRow{"composite", infer, gradient_rule, evaluate_rule};

Gradients body_gradient(Graph& graph, Tensor self, std::span<const Tensor> d_outputs) {
  const Node& node = graph.node(self);
  const auto& [row, parameters] = node.as<CompositeAttributes>();
  const std::int32_t first = graph.size();
  const std::vector<Tensor> results = row->body(graph, node.inputs, parameters);
  Gradients gradients = pull_back(graph, results, d_outputs, node.inputs, first);
  for (std::size_t i = 0; i < gradients.size(); i++)  // a tensor that is given twice has its whole gradient at its first place
    if (std::find(node.inputs.begin(), node.inputs.begin() + static_cast<std::ptrdiff_t>(i), node.inputs[i]) !=
        node.inputs.begin() + static_cast<std::ptrdiff_t>(i))
      gradients[i] = {};
  return gradients;
}

std::vector<Tensor> add_composite(Graph& graph, const CompositeRow& row, std::vector<Tensor> inputs, std::vector<float> parameters) {
  const Tensor node = graph.add(kCompositeRow, std::move(inputs), CompositeAttributes{&row, std::move(parameters)});
  std::vector<Tensor> results;
  for (std::size_t i = 0; i < graph.node(node).outputs.size(); i++) results.push_back({&graph, node.node, static_cast<std::int32_t>(i)});
  return results;
}

}  // namespace gouache
