// Where do results go?  Gradients of a module lie side by side, as its parameters do, so that one launch updates all; outputs, updated
// variables and the parts of a concat are written where they belong.
#include <algorithm>

#include "host/plan/drafter.h"

namespace gouache {

void Drafter::find_bundles() {
  for (const Group& group : groups_) {
    if (group.anchor < 0 || std::string_view(g_.node(group.anchor).op->name) != "optimizer") continue;
    const Node& node = g_.node(group.anchor);
    Bundle bundle;
    const auto parameters = optimizer_inputs(node, 0);
    const StateSlot& first = slot_of(parameters[0]);
    for (Tensor parameter : parameters) {
      const StateSlot& slot = slot_of(parameter);
      bundle.offsets.push_back(slot.offset - first.offset);
      bundle.bytes = std::max(bundle.bytes, bundle.offsets.back() + part_aligned(slot.type.bytes()));
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
      bundle.bytes += part_aligned(t.type().bytes());
    }
    add_bundle(gradients, bundle);
  }
}

void Drafter::add_bundle(std::span<const Tensor> gradients, Bundle bundle) {
  if (bundles_.count(key_of(gradients))) return;
  DraftValue whole{bundle.bytes};
  whole.forever = true;
  bundle.value = draft_.add(whole);
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    const Tensor t = through_reshapes(g_, gradients[i]);
    if (is_op(g_, t, "variable") || is_op(g_, t, "input") || is_op(g_, t, "constant") || sinks_.count(t)) continue;
    sinks_[t] = part_of(bundle.value, bundle.offsets[i], t.type().bytes());
  }
  bundles_[key_of(gradients)] = bundle;
}

const std::string& Drafter::variable_name(Tensor t) const {
  const Tensor root = state_root(g_, t);
  if (root.node < 0) throw Error(ErrorCode::internal, "optimizer: a parameter is not a variable");
  return g_.node(root).as<LeafAttributes>().name;
}

bool Drafter::computed(Tensor t) const {
  return !is_op(g_, t, "variable") && !is_op(g_, t, "input") && !is_op(g_, t, "constant") && state_root(g_, t).node < 0;
}

void Drafter::find_sinks() {
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
  for (const Group& group : groups_)
    if (group.anchor >= 0 && is_op(g_, tensor(group.anchor), "concat")) place_parts(group.anchor);
}

void Drafter::place_parts(std::int32_t concat) {
  const Node& node = g_.node(concat);
  const std::vector<std::int64_t> offsets = concat_offsets(node);
  const bool aligned = std::ranges::all_of(offsets, [](std::int64_t offset) { return offset % kPartAlignment == 0; });
  if (offsets.empty()) return place_bands(concat);
  if (!aligned || sinks_.count(tensor(concat)) || node.outputs[0].bytes() % 4 != 0) return;
  const std::int32_t whole = draft_.add({node.outputs[0].bytes()});
  joins_[concat] = {whole, offsets, {}};
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    const Tensor part = through_reshapes(g_, node.inputs[i]);
    if (computed(part) && !is_op(g_, part, "slice") && !is_op(g_, part, "concat"))
      sinks_.try_emplace(part, part_of(whole, offsets[i], part.type().bytes()));
  }
}

void Drafter::place_bands(std::int32_t concat) {
  const Node& node = g_.node(concat);
  const TensorType& type = node.outputs[0];
  if (type.dtype != DType::f32) return;
  const auto width_of = [&](const Shape& shape) {
    std::int64_t width = 1;
    for (auto i = static_cast<std::size_t>(node.as<ConcatAttributes>().axis); i < shape.size(); ++i) width *= shape[i];
    return width;
  };
  Join join;
  std::vector<Tensor> placed;
  Band band{0, width_of(type.shape), 0};
  for (Tensor input : node.inputs) {
    const Tensor part = through_reshapes(g_, input);
    band.width = width_of(input.shape());
    join.bands.push_back(band);
    if (may_be_band(part, band)) {
      placed.push_back(part);
      bands_[part].band = band;
    }
    band.first += band.width;
  }
  if (placed.empty()) return;  // the concat's own kernel does no more
  join.value = result_value(tensor(concat));
  for (Tensor part : placed) bands_[part].whole = join.value;
  joins_[concat] = std::move(join);
}

bool Drafter::may_be_band(Tensor part, const Band& band) const {
  if (!computed(part) || sinks_.count(part) || reads_of(part) != 1) return false;
  const auto maker = std::ranges::find(groups_, part.node, &Group::root);
  if (maker == groups_.end() || part.output != 0) return false;
  Launch launch = launch_of(g_, *maker);
  launch.band = band;
  return !catalog_.candidates(launch).empty();
}

std::int64_t Drafter::reads_of(Tensor t) const {
  std::int64_t reads = 0;
  const auto count = [&](Tensor read) { reads += through_reshapes(g_, read) == t ? 1 : 0; };
  for (std::int32_t i = 0; i < g_.size(); ++i)
    if (!is_op(g_, tensor(i), "reshape")) std::ranges::for_each(g_.node(i).inputs, count);
  for (const auto& [name, output] : g_.outputs()) count(output);
  for (const Update& update : g_.updates()) count(update.value);
  return reads;
}

bool Drafter::read_after(Tensor variable, std::int32_t position) const {
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
}  // namespace gouache
