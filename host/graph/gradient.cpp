// How is a gradient built?  One walk from the loss back to the tensors asked for, adding the rules' nodes to the same graph.
#include "host/graph/gradient.h"

#include <algorithm>
#include <map>
#include <set>

#include "host/graph/scalar_function.h"
#include "shaders/shared/interface.h"

namespace gouache {
namespace {

/// Whether any gradient passes this node at all.
bool flows(const Node& node) {
  if (!node.op->gradient) return false;
  if (const auto* e = std::get_if<ElementwiseAttributes>(&node.attributes)) return scalar_function(e->function).gradient;
  if (const auto* r = std::get_if<ReduceAttributes>(&node.attributes)) return r->kind != ReduceKind::argmax;
  return true;
}

}  // namespace

std::vector<Tensor> pull_back(Graph& graph, std::span<const Tensor> outputs, std::span<const Tensor> d_outputs, std::span<const Tensor> wrt,
                              std::int32_t first_node) {
  const std::set<Tensor> wanted(wrt.begin(), wrt.end());
  const std::int32_t end = graph.size();
  const auto index = [](std::int32_t node) { return static_cast<std::size_t>(node); };

  // The nodes between: `leads` depend on a wanted tensor, `counts` reach an output that has a gradient.
  std::vector<char> leads(index(end), 0), counts(index(end), 0);
  const auto depends = [&](Tensor t) { return wanted.contains(t) || leads[index(t.node)]; };
  for (std::int32_t i = first_node; i < end; i++) {
    const Node& node = graph.node(i);
    leads[index(i)] = flows(node) && std::any_of(node.inputs.begin(), node.inputs.end(), depends);
  }

  std::map<Tensor, Tensor> gradients;
  const auto accumulate = [&](Tensor t, Tensor d) {
    if (d.shape() != t.shape())
      throw Error(ErrorCode::internal, std::string("gradient: ") + graph.node(t).op->name + " has shape " + to_text(t.shape()) +
                                           ", its gradient " + to_text(d.shape()));
    Tensor& sum = gradients[t];
    sum = sum ? graph.add(op("elementwise"), {sum, d}, ElementwiseAttributes{FUNCTION_ADD}) : d;
  };
  for (std::size_t i = 0; i < outputs.size(); i++) {
    if (!d_outputs[i]) continue;
    accumulate(outputs[i], d_outputs[i]);
    counts[index(outputs[i].node)] = 1;
  }
  for (std::int32_t i = end - 1; i >= first_node; i--)
    if (counts[index(i)] && leads[index(i)])
      for (Tensor t : graph.node(i).inputs) counts[index(t.node)] = 1;

  const std::string label = graph.label();
  for (std::int32_t i = end - 1; i >= first_node; i--) {
    if (!counts[index(i)] || !leads[index(i)]) continue;
    const Node& node = graph.node(i);
    std::vector<Tensor> d_node(node.outputs.size());
    bool any = false;
    for (std::size_t k = 0; k < d_node.size(); k++) {
      const auto found = gradients.find({&graph, i, static_cast<std::int32_t>(k)});
      if (found == gradients.end()) continue;
      d_node[k] = found->second;
      any = true;
    }
    if (!any) continue;
    graph.set_label(node.label);
    const Gradients d_inputs = node.op->gradient(graph, {&graph, i, 0}, d_node);
    for (std::size_t k = 0; k < d_inputs.size(); k++)
      if (d_inputs[k] && depends(node.inputs[k])) accumulate(node.inputs[k], d_inputs[k]);
  }
  graph.set_label(label);

  std::vector<Tensor> result;
  for (Tensor t : wrt) {
    const auto found = gradients.find(t);
    result.push_back(found == gradients.end() ? Tensor{} : found->second);
  }
  return result;
}

std::vector<Tensor> gradient(Tensor loss, std::span<const Tensor> wrt) {
  if (!loss) throw Error("gradient: the loss is an empty tensor");
  if (loss.type().count() != 1 || loss.type().dtype != DType::f32)
    throw Error("gradient: the loss must be one f32 value, it is " + std::string(name_of(loss.type().dtype)) + " " + to_text(loss.shape()));
  Graph& graph = *loss.graph;
  for (Tensor t : wrt) {
    if (t.graph != &graph) throw Error("gradient: a tensor to differentiate by belongs to another graph than the loss");
    if (t.type().dtype != DType::f32)
      throw Error(std::string("gradient: cannot differentiate by a tensor of type ") + name_of(t.type().dtype));
  }
  const Tensor one = graph.constant(loss.shape(), {1.0f});
  std::vector<Tensor> result = pull_back(graph, std::span(&loss, 1), std::span(&one, 1), wrt);
  for (std::size_t i = 0; i < result.size(); i++)
    if (!result[i]) result[i] = graph.constant(wrt[i].shape(), {0.0f});
  return result;
}

}  // namespace gouache
