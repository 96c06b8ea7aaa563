// How do groups of nodes become steps over bytes?  State, constants, inputs and outputs get their places; weights of transposed
// convolutions are repacked once; slices and joins of whole ranges are no steps at all.
#include <algorithm>

#include "host/graph/simplify.h"
#include "host/plan/drafter.h"

namespace gouache {

Tensor through_reshapes(const Graph& g, Tensor t) {
  while (is_op(g, t, "reshape")) t = g.node(t).inputs[0];
  return t;
}

std::span<const Tensor> optimizer_inputs(const Node& node, int run) {
  const auto n = static_cast<std::size_t>(node.as<OptimizerAttributes>().parameters);
  return std::span(node.inputs).subspan(1 + n * static_cast<std::size_t>(run), n);
}

DraftValue part_of(std::int32_t bundle, std::int64_t offset, std::int64_t bytes) {
  DraftValue part{bytes};
  part.bundle = bundle;
  part.offset = offset;
  return part;
}

Draft Drafter::run() {
  find_bundles();
  find_sinks();
  for (const Group& group : groups_) {
    const std::string_view name = group.anchor >= 0 ? g_.node(group.anchor).op->name : "elementwise";
    if (name == "optimizer")
      add_optimizer(group);
    else if (name == "gradient_norm")
      add_gradient_norm(group);
    else if (!(name == "slice" && show_slice(group)) && !(name == "concat" && join_parts(group)))
      add_group(group);
  }
  finish_outputs();
  finish_updates();
  return std::move(draft_);
}

// ---- values

std::int32_t Drafter::state_value(const std::string& name) {
  if (const auto known = variables_.find(name); known != variables_.end()) return known->second;
  const StateSlot& slot = state_.at(name);
  return variables_[name] = draft_.add({slot.type.bytes(), Storage::state, slot.block, slot.offset});
}

std::int32_t Drafter::value_of(Tensor t) {
  t = through_reshapes(g_, t);
  if (const auto known = values_.find(t); known != values_.end()) return known->second;
  const Node& node = g_.node(t);
  if (is_op(g_, t, "variable")) return values_[t] = state_value(node.as<LeafAttributes>().name);
  if (is_op(g_, t, "input")) {
    const auto block = static_cast<std::int32_t>(draft_.inputs.size());
    const std::int32_t value = draft_.add({t.type().bytes(), Storage::input, block});
    draft_.inputs.push_back({node.as<LeafAttributes>().name, t.type(), value});
    return values_[t] = value;
  }
  if (is_op(g_, t, "constant")) {
    const auto& values = node.as<ConstantAttributes>().values;
    const auto offset = static_cast<std::int64_t>(draft_.constants.size()) * 4;
    const auto count = static_cast<std::size_t>(t.type().count());
    if (values.size() == 1)
      draft_.constants.insert(draft_.constants.end(), count, values[0]);
    else
      draft_.constants.insert(draft_.constants.end(), values.begin(), values.end());
    draft_.constants.resize((draft_.constants.size() + 63) / 64 * 64, 0.0f);
    return values_[t] = draft_.add({t.type().bytes(), Storage::constant, 0, offset});
  }
  throw Error(ErrorCode::internal, std::string("plan: ") + node.op->name + " is read before it is computed");
}

std::int32_t Drafter::result_value(Tensor t) {
  const std::int64_t bytes = t.type().bytes();
  DraftValue value{bytes};
  if (const auto sink = sinks_.find(t); sink != sinks_.end()) value = sink->second;
  value.bytes = bytes;
  const std::int32_t index = draft_.add(value);
  if (value.storage == Storage::output) draft_.outputs[static_cast<std::size_t>(value.block)].region = index;
  return values_[t] = index;
}

// ---- steps

bool Drafter::show_slice(const Group& group) {
  const Node& node = g_.node(group.anchor);
  const std::int64_t offset = slice_offset(node);
  if (offset < 0 || offset % kPartAlignment != 0 || sinks_.count(tensor(group.anchor))) return false;
  const Tensor root = state_root(g_, node.inputs[0]);  // what will be overwritten has to be copied
  if (std::ranges::any_of(g_.updates(), [&](const Update& update) { return update.variable == root; })) return false;
  const std::int32_t from = value_of(node.inputs[0]);
  DraftValue part = draft_.values[static_cast<std::size_t>(from)];
  if (part.storage == Storage::arena) part = part_of(from, 0, 0);
  part.offset += offset;
  part.bytes = node.outputs[0].bytes();
  values_[tensor(group.anchor)] = draft_.add(part);
  return true;
}

bool Drafter::join_parts(const Group& group) {
  const auto join = joins_.find(group.anchor);
  if (join == joins_.end()) return false;
  const Node& node = g_.node(group.anchor);
  for (std::size_t i = 0; i < join->second.bands.size(); ++i) {
    const Band& band = join->second.bands[i];
    if (bands_.count(through_reshapes(g_, node.inputs[i]))) continue;
    add_copy(value_of(node.inputs[i]), join->second.value, node.inputs[i].type(), node.label);
    draft_.steps.back().launch.band = band;
  }
  for (std::size_t i = 0; i < join->second.offsets.size(); ++i)
    put_part(value_of(node.inputs[i]), join->second.value, join->second.offsets[i], node.inputs[i].type(), node.label);
  values_[tensor(group.anchor)] = join->second.value;
  return true;
}

void Drafter::put_part(std::int32_t value, std::int32_t bundle, std::int64_t offset, const TensorType& type, const std::string& label) {
  const DraftValue& place = draft_.values[static_cast<std::size_t>(value)];
  if (place.bundle != bundle || place.offset != offset) add_copy(value, draft_.add(part_of(bundle, offset, type.bytes())), type, label);
}

void Drafter::add_group(const Group& group) {
  DraftStep step;
  step.launch = launch_of(g_, group);
  if (group.anchor >= 0) {
    const Node& anchor = g_.node(group.anchor);
    for (std::size_t i = 0; i < anchor.inputs.size(); ++i) {
      if (i == 0 && group.prologue)
        step.inputs.push_back(value_of(group.leaves[0].tensor));
      else if (i == 1 && step.launch.op == "conv2d_transpose")
        step.inputs.push_back(repacked(anchor.inputs[1]));
      else
        step.inputs.push_back(value_of(anchor.inputs[i]));
    }
    for (std::size_t i = 1; i < group.leaves.size(); ++i) step.inputs.push_back(value_of(group.leaves[i].tensor));
  } else {
    for (const Leaf& leaf : group.leaves) step.inputs.push_back(value_of(leaf.tensor));
  }
  const std::int32_t outputs_of = group.anchor >= 0 ? group.anchor : group.root;
  const Node& node = g_.node(outputs_of);
  std::map<int, int> in_place;
  if (node.op->in_place)
    for (auto [output, input] : node.op->in_place(node)) in_place[output] = input;
  for (int o = 0; o < static_cast<int>(step.launch.outputs.size()); ++o) {
    const Tensor t{const_cast<Graph*>(&g_), o == 0 ? group.root : outputs_of, o};
    if (const auto placed = bands_.find(t); placed != bands_.end()) {
      step.launch.band = placed->second.band;
      step.outputs.push_back(values_[t] = placed->second.whole);
    } else if (in_place.count(o))
      step.outputs.push_back(values_[t] = step.inputs[static_cast<std::size_t>(in_place[o])]);
    else
      step.outputs.push_back(result_value(t));
  }
  draft_.steps.push_back(std::move(step));
}

std::int32_t Drafter::repacked(Tensor weights) {
  if (const Tensor natural = unswapped(g_, weights)) return value_of(natural);
  weights = through_reshapes(g_, weights);
  if (const auto known = repacked_.find(weights); known != repacked_.end()) return known->second;
  const int rank = static_cast<int>(weights.shape().size());
  std::vector<int> order;
  for (int i = 0; i < rank; ++i) order.push_back(i);
  std::swap(order[static_cast<std::size_t>(rank) - 1], order[static_cast<std::size_t>(rank) - 2]);
  TensorType type = weights.type();
  std::swap(type.shape.rbegin()[0], type.shape.rbegin()[1]);
  DraftStep step;
  step.launch = {"permute", PermuteAttributes{order}, {weights.type()}, {type}, {}, g_.node(weights).label};
  step.inputs = {value_of(weights)};
  step.outputs = {draft_.add({type.bytes()})};
  draft_.steps.push_back(step);
  return repacked_[weights] = step.outputs[0];
}

void Drafter::add_copy(std::int32_t from, std::int32_t to, const TensorType& type, const std::string& label) {
  DraftStep step;
  const TensorType flat{{type.bytes() / 4}, DType::f32};
  if (type.bytes() % 4 != 0) throw Error(ErrorCode::unsupported, "copy: " + to_text(type.shape) + " is not a whole number of 32-bit words");
  step.launch = {"copy", {}, {flat}, {flat}, {}, label};
  step.inputs = {from};
  step.outputs = {to};
  draft_.steps.push_back(step);
}

std::int32_t Drafter::flat_gradients(std::span<const Tensor> gradients) {
  Bundle& bundle = bundles_.at(key_of(gradients));
  if (gathered_.insert(bundle.value).second)
    for (std::size_t i = 0; i < gradients.size(); ++i)
      put_part(value_of(gradients[i]), bundle.value, bundle.offsets[i], gradients[i].type(), "gradient");
  return bundle.value;
}

void Drafter::add_gradient_norm(const Group& group) {
  const Node& node = g_.node(group.anchor);
  const Tensor self{const_cast<Graph*>(&g_), group.anchor, 0}, norm{self.graph, group.anchor, 1};
  DraftStep step;
  const std::int32_t control = value_of(node.inputs[0]), gradients = flat_gradients(std::span(node.inputs).subspan(1));
  step.launch = {"gradient_norm", {}, {node.inputs[0].type(), flat_type(draft_.values[static_cast<std::size_t>(gradients)].bytes)},
                 node.outputs,    {}, node.label};
  step.inputs = {control, gradients};
  values_[self] = control;
  step.outputs = {control, result_value(norm)};
  draft_.steps.push_back(step);
}

void Drafter::add_optimizer(const Group& group) {
  const Node& node = g_.node(group.anchor);
  const auto& attributes = node.as<OptimizerAttributes>();
  const int runs = 1 + (attributes.kind == OptimizerKind::adam ? 2 : 0) + (attributes.ema_decay > 0 ? 1 : 0);
  const auto parameters = optimizer_inputs(node, 0);
  const StateSlot& first = slot_of(parameters[0]);
  const std::int64_t run_bytes = bundles_.at(key_of(optimizer_inputs(node, 1))).bytes;
  for (int run = 1; run < runs; ++run)
    for (std::size_t i = 0; i < parameters.size(); ++i)
      if (slot_of(optimizer_inputs(node, run + 1)[i]).offset != slot_of(parameters[i]).offset + run * run_bytes)
        throw Error(ErrorCode::internal, "optimizer: '" + variable_name(parameters[i]) + "' and its moments are not laid out in runs");
  DraftStep step;
  const std::int32_t control = value_of(node.inputs[0]), gradients = flat_gradients(optimizer_inputs(node, 1));
  const std::int32_t whole = draft_.add({runs * run_bytes, Storage::state, first.block, first.offset});
  step.launch = {
      "optimizer", attributes, {node.inputs[0].type(), flat_type(runs * run_bytes), flat_type(run_bytes)}, {flat_type(runs * run_bytes)},
      {},          node.label};
  step.inputs = {control, whole, gradients};
  step.outputs = {whole};
  for (auto [output, input] : node.op->in_place(node))
    values_[{const_cast<Graph*>(&g_), group.anchor, output}] = value_of(node.inputs[static_cast<std::size_t>(input)]);
  draft_.steps.push_back(step);
}

// ---- the end of the run

void Drafter::finish_outputs() {
  for (std::size_t i = 0; i < draft_.outputs.size(); ++i) {
    if (draft_.outputs[i].region >= 0) continue;
    const auto& [name, tensor] = g_.outputs()[i];
    const std::int32_t place = draft_.add({tensor.type().bytes(), Storage::output, static_cast<std::int32_t>(i)});
    add_copy(value_of(tensor), place, tensor.type(), name);
    draft_.outputs[i].region = place;
  }
}

void Drafter::finish_updates() {
  for (const Update& update : g_.updates()) {
    const std::int32_t from = value_of(update.value);
    const std::string& name = variable_name(update.variable);
    const StateSlot& slot = state_.at(name);
    const DraftValue& place = draft_.values[static_cast<std::size_t>(from)];
    if (place.storage == Storage::state && place.block == slot.block && place.offset == slot.offset) continue;
    add_copy(from, state_value(name), slot.type, name);
  }
}

Tensor state_root(const Graph& g, Tensor t) {
  for (;;) {
    t = through_reshapes(g, t);
    const Node& node = g.node(t);
    if (std::string_view(node.op->name) == "variable") return t;
    int from = -1;
    if (node.op->in_place)
      for (auto [output, input] : node.op->in_place(node))
        if (output == t.output) from = input;
    if (from < 0) return {nullptr, -1, 0};
    t = node.inputs[static_cast<std::size_t>(from)];
  }
}

Draft draft_steps(const Graph& graph, const std::vector<Group>& groups, const StateLayout& state, const KernelCatalog& catalog) {
  return Drafter(graph, groups, state, catalog).run();
}

}  // namespace gouache
