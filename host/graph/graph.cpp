// How does a graph grow?  Every node's result types are inferred, and checked, as it is added.
#include "host/graph/graph.h"

#include <algorithm>

namespace gouache {
namespace {

void check_type(const char* kind, const std::string& name, const TensorType& type) {
  for (std::int64_t extent : type.shape)
    if (extent < 1)
      throw Error(std::string(kind) + " '" + name + "': every extent must be at least 1, the shape is " + to_text(type.shape));
}

std::string describe(const TensorType& type) { return std::string(name_of(type.dtype)) + " " + to_text(type.shape); }

}  // namespace

const TensorType& Tensor::type() const {
  if (!graph) throw Error(ErrorCode::internal, "an empty tensor has no type");
  return graph->node(node).outputs[static_cast<std::size_t>(output)];
}

Tensor Graph::append(Node node) {
  node.label = label_;
  nodes_.push_back(std::move(node));
  return {this, size() - 1, 0};
}

Tensor Graph::add(const OpRow& op, std::vector<Tensor> inputs, Attributes attributes) {
  for (const Tensor& t : inputs) {
    if (t.graph != this) throw Error(std::string(op.name) + ": an input is empty or belongs to another graph");
    if (t.node < 0 || t.node >= size() || t.output < 0 || static_cast<std::size_t>(t.output) >= node(t).outputs.size())
      throw Error(ErrorCode::internal, std::string(op.name) + ": an input names a result that does not exist");
  }
  Node node{&op, std::move(inputs), std::move(attributes), {}, {}};
  node.outputs = op.infer(node);
  return append(std::move(node));
}

Tensor Graph::variable(const std::string& name, TensorType type) {
  const OpRow& row = op("variable");
  if (const auto found = leaves_.find(name); found != leaves_.end()) {
    if (node(found->second).op != &row) throw Error("variable '" + name + "': the graph has an input of that name");
    if (found->second.type() != type)
      throw Error("variable '" + name + "': it is " + describe(found->second.type()) + ", now asked for as " + describe(type));
    return found->second;
  }
  check_type("variable", name, type);
  return leaves_[name] = append({&row, {}, LeafAttributes{name}, {std::move(type)}, {}});
}

Tensor Graph::input(const std::string& name, TensorType type) {
  const OpRow& row = op("input");
  if (const auto found = leaves_.find(name); found != leaves_.end()) {
    if (node(found->second).op != &row) throw Error("input '" + name + "': the graph has a variable of that name");
    if (found->second.type() != type)
      throw Error("input '" + name + "': it is " + describe(found->second.type()) + ", now asked for as " + describe(type));
    return found->second;
  }
  check_type("input", name, type);
  return leaves_[name] = append({&row, {}, LeafAttributes{name}, {std::move(type)}, {}});
}

Tensor Graph::constant(Shape shape, std::vector<float> values) {
  TensorType type{std::move(shape), DType::f32};
  check_type("constant", "", type);
  if (values.size() != 1 && static_cast<std::int64_t>(values.size()) != type.count())
    throw Error("constant: " + to_text(type.shape) + " needs 1 or " + std::to_string(type.count()) + " values, got " +
                std::to_string(values.size()));
  return append({&op("constant"), {}, ConstantAttributes{std::move(values)}, {std::move(type)}, {}});
}

void Graph::update(Tensor variable, Tensor value) {
  if (variable.graph != this || value.graph != this) throw Error("update: variable and value must belong to this graph");
  const auto* leaf = std::get_if<LeafAttributes>(&node(variable).attributes);
  if (!leaf || node(variable).op != &op("variable"))
    throw Error(std::string("update: a ") + node(variable).op->name + " is not a variable");
  if (variable.type() != value.type())
    throw Error("update: variable '" + leaf->name + "' is " + describe(variable.type()) + ", its new value " + describe(value.type()));
  for (Update& u : updates_)
    if (u.variable == variable) {
      u.value = value;  // the newest update is the one that holds
      return;
    }
  updates_.push_back({variable, value});
}

void Graph::output(const std::string& name, Tensor value) {
  if (value.graph != this) throw Error("output '" + name + "': the tensor is empty or belongs to another graph");
  for (const auto& [other, tensor] : outputs_)
    if (other == name) throw Error("output '" + name + "': the graph has an output of that name");
  outputs_.emplace_back(name, value);
}

}  // namespace gouache
