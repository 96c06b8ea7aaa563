// Which nodes of a graph have to be computed at all?
#include "host/graph/simplify.h"

#include <algorithm>

#include "shaders/shared/interface.h"

namespace gouache {

bool is_fill(const Graph& graph, Tensor t, float* value) {
  const auto* constant = std::get_if<ConstantAttributes>(&graph.node(t).attributes);
  if (!constant || constant->values.size() != 1) return false;
  if (value) *value = constant->values[0];
  return true;
}

namespace {

std::vector<bool> live_nodes(const Graph& graph) {
  std::vector<bool> live(static_cast<std::size_t>(graph.size()), false);
  for (const auto& [name, tensor] : graph.outputs()) live[static_cast<std::size_t>(tensor.node)] = true;
  for (const Update& update : graph.updates()) live[static_cast<std::size_t>(update.value.node)] = true;
  for (std::int32_t i = graph.size() - 1; i >= 0; --i)
    if (live[static_cast<std::size_t>(i)])
      for (Tensor input : graph.node(i).inputs) live[static_cast<std::size_t>(input.node)] = true;
  return live;
}

class Rebuild {
 public:
  Rebuild(const Graph& from, const std::function<bool(const std::string&)>& keep_composite)
      : from_(from), keep_composite_(keep_composite), to_(std::make_unique<Graph>()) {}

  std::unique_ptr<Graph> run() {
    const std::vector<bool> live = live_nodes(from_);
    for (std::int32_t i = 0; i < from_.size(); ++i)
      if (live[static_cast<std::size_t>(i)]) copy(i);
    for (const auto& [name, tensor] : from_.outputs()) to_->output(name, at(tensor));
    for (const Update& update : from_.updates()) {
      const Node& variable = from_.node(update.variable);
      to_->update(to_->variable(variable.as<LeafAttributes>().name, variable.outputs[0]), at(update.value));
    }
    return std::move(to_);
  }

 private:
  Tensor at(Tensor t) const { return map_.at(t); }

  void copy(std::int32_t index) {
    const Node& node = from_.node(index);
    to_->set_label(node.label);
    const std::string name = node.op->name;
    const auto self = [&](std::int32_t output) { return Tensor{const_cast<Graph*>(&from_), index, output}; };
    if (name == "variable" || name == "input") {
      const std::string& leaf = node.as<LeafAttributes>().name;
      map_[self(0)] = name == "variable" ? to_->variable(leaf, node.outputs[0]) : to_->input(leaf, node.outputs[0]);
      return;
    }
    if (name == "constant") {
      map_[self(0)] = constant(node.outputs[0].shape, node.as<ConstantAttributes>().values);
      return;
    }
    std::vector<Tensor> inputs;
    for (Tensor input : node.inputs) inputs.push_back(at(input));
    if (const auto* composite = std::get_if<CompositeAttributes>(&node.attributes); composite && !keep_composite_(composite->row->name)) {
      const std::vector<Tensor> outputs = composite->row->body(*to_, inputs, composite->parameters);
      for (std::size_t o = 0; o < outputs.size(); ++o) map_[self(static_cast<std::int32_t>(o))] = outputs[o];
      return;
    }
    if (Tensor same = identity(node, inputs)) {
      map_[self(0)] = same;
      return;
    }
    const Tensor made = merged(node, inputs);
    for (std::int32_t o = 0; o < static_cast<std::int32_t>(node.outputs.size()); ++o) map_[self(o)] = {made.graph, made.node, o};
  }

  Tensor constant(const Shape& shape, const std::vector<float>& values) {
    for (const auto& [known, tensor] : constants_)
      if (known.first == shape && known.second == values) return tensor;
    const Tensor made = to_->constant(shape, values);
    constants_.push_back({{shape, values}, made});
    return made;
  }

  /// The tensor that `node` merely repeats, or a folded constant; empty when it has to be computed.
  Tensor identity(const Node& node, const std::vector<Tensor>& inputs) {
    const std::string name = node.op->name;
    if (name == "reshape" || name == "broadcast") {
      float value = 0;
      if (is_fill(*to_, inputs[0], &value)) return constant(node.outputs[0].shape, {value});
      if (inputs[0].shape() == node.outputs[0].shape) return inputs[0];
    }
    if (name != "elementwise") return {};
    const int function = node.as<ElementwiseAttributes>().function;
    if (std::all_of(inputs.begin(), inputs.end(), [&](Tensor t) { return is_fill(*to_, t); })) return folded(node, inputs);
    for (std::size_t side = 0; side < 2 && inputs.size() == 2; ++side) {
      float value = 0;
      const Tensor other = inputs[1 - side];
      if (!is_fill(*to_, inputs[side], &value) || other.shape() != node.outputs[0].shape) continue;
      if (function == FUNCTION_MULTIPLY && value == 1.0f) return other;
      if (function == FUNCTION_ADD && value == 0.0f) return other;
      if (side == 1 && ((function == FUNCTION_SUBTRACT && value == 0.0f) || (function == FUNCTION_DIVIDE && value == 1.0f))) return other;
    }
    return {};
  }

  Tensor folded(const Node& node, const std::vector<Tensor>& inputs) {
    std::vector<Array> arrays;
    for (Tensor t : inputs) {
      float value = 0;
      is_fill(*to_, t, &value);
      arrays.push_back({TensorType{}, {value}});
    }
    std::vector<const Array*> pointers;
    for (const Array& a : arrays) pointers.push_back(&a);
    Node one = node;
    one.outputs = {TensorType{}};
    std::vector<Array> results{{TensorType{}, {0.0}}};
    node.op->evaluate(one, pointers, results);
    return constant(node.outputs[0].shape, {static_cast<float>(results[0].values[0])});
  }

  /// An equal node made before, or a new one.
  Tensor merged(const Node& node, const std::vector<Tensor>& inputs) {
    const auto key = std::pair{node.op, inputs};
    for (Tensor candidate : made_[key])
      if (to_->node(candidate).attributes == node.attributes) return candidate;
    const Tensor made = to_->add(*node.op, inputs, node.attributes);
    made_[key].push_back(made);
    return made;
  }

  const Graph& from_;
  const std::function<bool(const std::string&)>& keep_composite_;
  std::unique_ptr<Graph> to_;
  std::map<Tensor, Tensor> map_;
  std::map<std::pair<const OpRow*, std::vector<Tensor>>, std::vector<Tensor>> made_;
  std::vector<std::pair<std::pair<Shape, std::vector<float>>, Tensor>> constants_;
};

}  // namespace

std::unique_ptr<Graph> simplify(const Graph& graph, const std::function<bool(const std::string&)>& keep_composite) {
  return Rebuild(graph, keep_composite).run();
}

}  // namespace gouache
