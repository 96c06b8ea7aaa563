// What are a graph's values?  Node after node by the ops' definitions, in double, on the CPU.
#include <algorithm>

#include "host/graph/graph.h"

namespace gouache {
namespace {

Array fed(const Node& node, const std::map<std::string, Array>& feeds) {
  const std::string& name = node.as<LeafAttributes>().name;
  const std::string what = std::string("evaluate: ") + node.op->name + " '" + name + "'";
  const auto found = feeds.find(name);
  const TensorType& type = node.outputs[0];
  if (found == feeds.end()) throw Error(what + " " + to_text(type.shape) + " was given no value");
  if (found->second.type != type)
    throw Error(what + " is " + name_of(type.dtype) + " " + to_text(type.shape) + ", the value given is " +
                name_of(found->second.type.dtype) + " " + to_text(found->second.type.shape));
  if (static_cast<std::int64_t>(found->second.values.size()) != type.count())
    throw Error(what + " has " + std::to_string(type.count()) + " elements, the value given " +
                std::to_string(found->second.values.size()));
  return found->second;
}

}  // namespace

std::vector<Array> evaluate(const Graph& graph, const std::map<std::string, Array>& feeds, std::span<const Tensor> wanted) {
  const auto index = [](auto i) { return static_cast<std::size_t>(i); };
  std::vector<char> needed(index(graph.size()), 0);
  std::vector<std::int32_t> uses(index(graph.size()), 0);  // readers still to come; wanted results stay to the end
  for (const Tensor& t : wanted) {
    if (t.graph != &graph) throw Error("evaluate: a wanted tensor is empty or belongs to another graph");
    needed[index(t.node)] = 1;
    uses[index(t.node)]++;
  }
  for (std::int32_t i = graph.size() - 1; i >= 0; i--)
    if (needed[index(i)])
      for (const Tensor& t : graph.node(i).inputs) {
        needed[index(t.node)] = 1;
        uses[index(t.node)]++;
      }

  std::vector<std::vector<Array>> values(index(graph.size()));
  for (std::int32_t i = 0; i < graph.size(); i++) {
    if (!needed[index(i)]) continue;
    const Node& node = graph.node(i);
    std::vector<Array>& outputs = values[index(i)];
    if (!node.op->evaluate) {
      outputs.push_back(fed(node, feeds));
      continue;
    }
    for (const TensorType& type : node.outputs) outputs.push_back({type, std::vector<double>(index(type.count()), 0.0)});
    std::vector<const Array*> inputs;
    for (const Tensor& t : node.inputs) inputs.push_back(&values[index(t.node)][index(t.output)]);
    node.op->evaluate(node, inputs, outputs);
    for (const Tensor& t : node.inputs)
      if (--uses[index(t.node)] == 0) values[index(t.node)] = {};
  }

  std::vector<Array> result;
  for (const Tensor& t : wanted) result.push_back(values[index(t.node)][index(t.output)]);
  return result;
}

}  // namespace gouache
