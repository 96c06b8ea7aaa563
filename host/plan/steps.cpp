// How do groups of nodes become steps over bytes?  State, constants, inputs and outputs get their places; weights of transposed
// convolutions are repacked once; gradients of a module lie side by side, as its parameters do, so that one launch updates all.
#include <algorithm>
#include <set>

#include "host/graph/simplify.h"
#include "host/plan/draft.h"

namespace gouache {
namespace {

bool is_op(const Graph& g, Tensor t, std::string_view name) { return g.node(t).op->name == name; }

Tensor through_reshapes(const Graph& g, Tensor t) {
  while (is_op(g, t, "reshape")) t = g.node(t).inputs[0];
  return t;
}

/// The part of an optimizer's input list that starts at `run` (0 parameters, 1 gradients, 2.. state).
std::span<const Tensor> optimizer_inputs(const Node& node, int run) {
  const auto n = static_cast<std::size_t>(node.as<OptimizerAttributes>().parameters);
  return std::span(node.inputs).subspan(1 + n * static_cast<std::size_t>(run), n);
}

struct Bundle {
  std::int64_t bytes = 0;
  std::vector<std::int64_t> offsets;
  std::int32_t value = -1;
};

class Drafter {
 public:
  Drafter(const Graph& graph, const std::vector<Group>& groups, const StateLayout& state) : g_(graph), groups_(groups), state_(state) {}

  Draft run() {
    find_bundles();
    find_sinks();
    for (const Group& group : groups_) {
      const std::string_view name = group.anchor >= 0 ? g_.node(group.anchor).op->name : "elementwise";
      if (name == "optimizer")
        add_optimizer(group);
      else if (name == "gradient_norm")
        add_gradient_norm(group);
      else
        add_group(group);
    }
    finish_outputs();
    finish_updates();
    return std::move(draft_);
  }

 private:
  // ---- values

  std::int32_t state_value(const std::string& name) {
    if (const auto known = variables_.find(name); known != variables_.end()) return known->second;
    const StateSlot& slot = state_.at(name);
    return variables_[name] = draft_.add({slot.type.bytes(), Storage::state, slot.block, slot.offset});
  }

  std::int32_t value_of(Tensor t) {
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

  /// The place for a result that a step is about to write.
  std::int32_t result_value(Tensor t) {
    const std::int64_t bytes = t.type().bytes();
    DraftValue value{bytes};
    if (const auto sink = sinks_.find(t); sink != sinks_.end()) value = sink->second;
    value.bytes = bytes;
    const std::int32_t index = draft_.add(value);
    if (value.storage == Storage::output) draft_.outputs[static_cast<std::size_t>(value.block)].region = index;
    return values_[t] = index;
  }

  // ---- where results go

  void find_bundles() {
    for (const Group& group : groups_) {
      if (group.anchor < 0 || std::string_view(g_.node(group.anchor).op->name) != "optimizer") continue;
      const Node& node = g_.node(group.anchor);
      Bundle bundle;
      const auto parameters = optimizer_inputs(node, 0);
      const StateSlot& first = slot_of(parameters[0]);
      for (Tensor parameter : parameters) {
        const StateSlot& slot = slot_of(parameter);
        bundle.offsets.push_back(slot.offset - first.offset);
        bundle.bytes = std::max(bundle.bytes, bundle.offsets.back() + (slot.type.bytes() + 255) / 256 * 256);
        if (slot.block != first.block) throw Error(ErrorCode::internal, "optimizer: the parameters lie in several state blocks");
      }
      add_bundle(optimizer_inputs(node, 1), bundle);
    }
    for (const Group& group : groups_) {
      if (group.anchor < 0 || std::string_view(g_.node(group.anchor).op->name) != "gradient_norm") continue;
      const std::span gradients = std::span(g_.node(group.anchor).inputs).subspan(1);
      if (bundles_.count(key_of(gradients))) continue;
      Bundle bundle;
      for (Tensor t : gradients) {
        bundle.offsets.push_back(bundle.bytes);
        bundle.bytes += (t.type().bytes() + 255) / 256 * 256;
      }
      add_bundle(gradients, bundle);
    }
  }

  std::vector<Tensor> key_of(std::span<const Tensor> gradients) const { return {gradients.begin(), gradients.end()}; }

  void add_bundle(std::span<const Tensor> gradients, Bundle bundle) {
    if (bundles_.count(key_of(gradients))) return;
    DraftValue whole{bundle.bytes};
    whole.forever = true;
    bundle.value = draft_.add(whole);
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      const Tensor t = through_reshapes(g_, gradients[i]);
      if (is_op(g_, t, "variable") || is_op(g_, t, "input") || is_op(g_, t, "constant") || sinks_.count(t)) continue;
      DraftValue part;
      part.offset = bundle.offsets[i];
      part.bundle = bundle.value;
      sinks_[t] = part;
    }
    bundles_[key_of(gradients)] = bundle;
  }

  /// The name of the variable that a tensor's in-place history starts from; throws when it is not one.
  const std::string& variable_name(Tensor t) const {
    const Tensor root = state_root(g_, t);
    if (root.node < 0) throw Error(ErrorCode::internal, "optimizer: a parameter is not a variable");
    return g_.node(root).as<LeafAttributes>().name;
  }
  const StateSlot& slot_of(Tensor t) const { return state_.at(variable_name(t)); }

  bool computed(Tensor t) const {
    return !is_op(g_, t, "variable") && !is_op(g_, t, "input") && !is_op(g_, t, "constant") && state_root(g_, t).node < 0;
  }

  void find_sinks() {
    for (const auto& [name, tensor] : g_.outputs()) {
      const auto block = static_cast<std::int32_t>(draft_.outputs.size());
      draft_.outputs.push_back({name, tensor.type(), -1});
      const Tensor t = through_reshapes(g_, tensor);
      if (!computed(t) || sinks_.count(t)) continue;
      DraftValue place;
      place.storage = Storage::output;
      place.block = block;
      sinks_[t] = place;
    }
    for (const Update& update : g_.updates()) {
      const Tensor t = through_reshapes(g_, update.value);
      if (!computed(t) || sinks_.count(t) || !is_op(g_, t, "elementwise") || read_after(update.variable, t.node)) continue;
      const StateSlot& slot = slot_of(update.variable);
      sinks_[t] = {slot.type.bytes(), Storage::state, slot.block, slot.offset};
    }
  }

  /// Whether a group that runs after `position` reads the variable as it was before the run, or this group reads it in a way that
  /// is not element by element.
  bool read_after(Tensor variable, std::int32_t position) const {
    for (const Group& group : groups_) {
      if (group.root < position) continue;
      const auto reads = [&](Tensor t) { return through_reshapes(g_, t) == variable; };
      for (const Leaf& leaf : group.leaves)
        if (reads(leaf.tensor) && (group.root > position || leaf.mode != InputMode::full)) return true;
      if (group.anchor >= 0)
        for (Tensor input : g_.node(group.anchor).inputs)
          if (reads(input)) return true;
    }
    return false;
  }

  // ---- steps

  void add_group(const Group& group) {
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
      if (in_place.count(o))
        step.outputs.push_back(values_[t] = step.inputs[static_cast<std::size_t>(in_place[o])]);
      else
        step.outputs.push_back(result_value(t));
    }
    draft_.steps.push_back(std::move(step));
  }

  /// Weights [R,S,C,K] with the last two axes swapped, made once for every value of the weights.
  std::int32_t repacked(Tensor weights) {
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

  void add_copy(std::int32_t from, std::int32_t to, const TensorType& type, const std::string& label) {
    DraftStep step;
    const TensorType flat{{type.bytes() / 4}, DType::f32};
    if (type.bytes() % 4 != 0)
      throw Error(ErrorCode::unsupported, "copy: " + to_text(type.shape) + " is not a whole number of 32-bit words");
    step.launch = {"copy", {}, {flat}, {flat}, {}, label};
    step.inputs = {from};
    step.outputs = {to};
    draft_.steps.push_back(step);
  }

  /// The flat gradients of a bundle; tensors that could not be computed in place are copied in.
  std::int32_t flat_gradients(std::span<const Tensor> gradients) {
    Bundle& bundle = bundles_.at(key_of(gradients));
    if (gathered_.insert(bundle.value).second)
      for (std::size_t i = 0; i < gradients.size(); ++i) {
        const std::int32_t value = value_of(gradients[i]);
        const DraftValue& place = draft_.values[static_cast<std::size_t>(value)];
        if (place.bundle == bundle.value && place.offset == bundle.offsets[i]) continue;
        DraftValue part{gradients[i].type().bytes()};
        part.offset = bundle.offsets[i];
        part.bundle = bundle.value;
        add_copy(value, draft_.add(part), gradients[i].type(), "gradient");
      }
    return bundle.value;
  }

  static TensorType flat_type(std::int64_t bytes) { return {{bytes / 4}, DType::f32}; }

  void add_gradient_norm(const Group& group) {
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

  void add_optimizer(const Group& group) {
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

  void finish_outputs() {
    for (std::size_t i = 0; i < draft_.outputs.size(); ++i) {
      if (draft_.outputs[i].region >= 0) continue;
      const auto& [name, tensor] = g_.outputs()[i];
      const std::int32_t place = draft_.add({tensor.type().bytes(), Storage::output, static_cast<std::int32_t>(i)});
      add_copy(value_of(tensor), place, tensor.type(), name);
      draft_.outputs[i].region = place;
    }
  }

  void finish_updates() {
    for (const Update& update : g_.updates()) {
      const std::int32_t from = value_of(update.value);
      const std::string& name = variable_name(update.variable);
      const StateSlot& slot = state_.at(name);
      const DraftValue& place = draft_.values[static_cast<std::size_t>(from)];
      if (place.storage == Storage::state && place.block == slot.block && place.offset == slot.offset) continue;
      add_copy(from, state_value(name), slot.type, name);
    }
  }

  const Graph& g_;
  const std::vector<Group>& groups_;
  const StateLayout& state_;
  Draft draft_;
  std::map<Tensor, std::int32_t> values_, repacked_;
  std::map<std::string, std::int32_t> variables_;
  std::map<Tensor, DraftValue> sinks_;
  std::map<std::vector<Tensor>, Bundle> bundles_;
  std::set<std::int32_t> gathered_;
};

}  // namespace

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

Draft draft_steps(const Graph& graph, const std::vector<Group>& groups, const StateLayout& state) {
  return Drafter(graph, groups, state).run();
}

}  // namespace gouache
