// How is a graph copied with some of its nodes replaced by others that compute the same?
#include "host/plan/rewrite.h"

#include <string_view>

namespace gouache {

std::unique_ptr<Graph> Rewriter::run() {
  bool replaced = false;
  for (std::int32_t i = 0; i < from_.size(); ++i) {
    const Node& node = from_.node(i);
    const std::string_view name = node.op->name;
    to_->set_label(node.label);
    std::vector<Tensor> inputs;
    for (Tensor input : node.inputs) inputs.push_back(map_.at(input));
    Tensor made = node.outputs.size() == 1 && !inputs.empty() ? replacement(i, inputs) : Tensor{};
    replaced |= static_cast<bool>(made);
    if (made) {
      map_[{const_cast<Graph*>(&from_), i, 0}] = made;
      continue;
    }
    if (name == "variable")
      made = to_->variable(node.as<LeafAttributes>().name, node.outputs[0]);
    else if (name == "input")
      made = to_->input(node.as<LeafAttributes>().name, node.outputs[0]);
    else if (name == "constant")
      made = to_->constant(node.outputs[0].shape, node.as<ConstantAttributes>().values);
    else
      made = to_->add(*node.op, std::move(inputs), node.attributes);
    for (std::int32_t o = 0; o < static_cast<std::int32_t>(node.outputs.size()); ++o)
      map_[{const_cast<Graph*>(&from_), i, o}] = {made.graph, made.node, o};
  }
  if (!replaced) return nullptr;
  for (const auto& [name, tensor] : from_.outputs()) to_->output(name, map_.at(tensor));
  for (const Update& update : from_.updates()) to_->update(map_.at(update.variable), map_.at(update.value));
  return std::move(to_);
}

}  // namespace gouache
