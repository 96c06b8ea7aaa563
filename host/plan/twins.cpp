// Which nodes do the same to two batches, and could do it to both at once?  A discriminator sees real and painted images with the same
// weights: its convolutions and what is elementwise around them run on both batches, one behind the other in memory, and a sum of two
// weight gradients becomes the gradient over both. A batch norm treats them as groups of their own, where a kernel does that.
#include <algorithm>
#include <map>
#include <set>

#include "host/graph/simplify.h"
#include "host/ops/ops.h"
#include "host/ops/rows.h"
#include "host/plan/draft.h"
#include "shaders/shared/interface.h"

namespace gouache {
namespace {

class Twins {
 public:
  Twins(const Graph& graph, const KernelCatalog& catalog)
      : g_(graph),
        catalog_(catalog),
        alignment_(std::max(catalog.alignment(), kPartAlignment)),
        partner_(static_cast<std::size_t>(g_.size()), -1),
        made_(std::make_unique<Graph>()) {}

  std::unique_ptr<Graph> run() {
    list_users();
    for (std::int32_t i = 0; i < g_.size(); ++i) {
      find_sum(i);
      find_twin(i);
    }
    for (std::int32_t i = 0; i < g_.size(); ++i) {
      turn_ = i;
      emit(i);
    }
    if (pulled_update_) return nullptr;
    for (const auto& [name, tensor] : g_.outputs()) made_->output(name, at(tensor));
    for (const Update& update : g_.updates()) {
      const Node& variable = g_.node(update.variable);
      made_->update(made_->variable(variable.as<LeafAttributes>().name, variable.outputs[0]), at(update.value));
    }
    return std::move(made_);
  }

 private:
  using Couple = std::pair<Tensor, Tensor>;

  bool is_op(std::int32_t node, std::string_view name) const { return g_.node(node).op->name == name; }
  std::int32_t partner(std::int32_t node) const { return partner_[static_cast<std::size_t>(node)]; }
  bool is_leaf(std::int32_t node) const { return is_op(node, "variable") || is_op(node, "input") || is_op(node, "constant"); }

  void list_users() {
    users_.resize(static_cast<std::size_t>(g_.size()));
    for (std::int32_t i = 0; i < g_.size(); ++i)
      for (Tensor input : g_.node(i).inputs) users_[static_cast<std::size_t>(input.node)].push_back(i);
    for (const auto& [name, tensor] : g_.outputs()) read_outside_.insert(tensor.node);
    for (const Update& update : g_.updates()) read_outside_.insert(update.value.node);
  }

  /// Whether one node alone reads `node`, once.
  bool has_one_user(std::int32_t node) const { return users_[static_cast<std::size_t>(node)].size() == 1 && !read_outside_.count(node); }

  // ---- what can be joined

  /// Whether `a` and `b` are, or may become, the two halves of one tensor without a copy.
  bool joinable(Tensor a, Tensor b) const {
    if (a == b || a.type() != b.type() || a.shape().empty() || a.type().bytes() % alignment_ != 0) return false;
    if (are_halves(a, b)) return true;
    if (const auto known = joined_.find(a); known != joined_.end()) return known->second == b;
    if (joined_.count(b)) return false;
    return is_own_value(a) && is_own_value(b);
  }
  bool are_halves(Tensor a, Tensor b) const { return partner(a.node) == b.node && behind_.count(b.node) && a.output == b.output; }
  /// Whether `t` is a step's own result, which may be put anywhere.
  bool is_own_value(Tensor t) const {
    while (is_op(t.node, "reshape")) t = g_.node(t).inputs[0];
    return !is_leaf(t.node) && partner(t.node) < 0 && !is_op(t.node, "slice") && !is_op(t.node, "concat") && !is_op(t.node, "broadcast") &&
           state_root(g_, t).node < 0;
  }
  /// Which batch `t` was made from: 0 or 1, where all twins and joined values that it depends on directly agree; else -1.
  int side(Tensor t) const {
    std::set<std::int32_t> seen, sides;
    std::vector<Tensor> open{t};
    while (!open.empty()) {
      const Tensor one = open.back();
      open.pop_back();
      if (partner(one.node) >= 0) {
        sides.insert(static_cast<std::int32_t>(behind_.count(one.node)));
      } else if (const auto known = joined_.find(one); known != joined_.end()) {
        sides.insert(known->second == one);
      } else if (seen.insert(one.node).second) {
        for (Tensor input : g_.node(one).inputs) open.push_back(input);
      }
    }
    return sides.size() == 1 ? *sides.begin() : -1;
  }
  /// Whether `t` is the same for every image of a batch of `shape`.
  static bool repeats(Tensor t, const Shape& shape) { return t.shape().size() < shape.size() || t.shape()[0] == 1; }

  /// The nodes that `node` reads once what was joined runs as one.
  void sources(std::int32_t node, std::vector<std::int32_t>& into) const {
    const auto own = [&](std::int32_t n) {
      for (Tensor t : g_.node(n).inputs) into.push_back(t.node);
    };
    if (const auto sum = sums_.find(node); sum != sums_.end()) {
      own(sum->second.first.node);
      own(sum->second.second.node);
      return;
    }
    own(node);
    if (partner(node) >= 0) own(partner(node));
  }

  /// Whether both can run where the first does: neither depends on the other, nor on an update in place that comes in between.
  bool may_run_together(std::int32_t first, std::int32_t second) const {
    std::set<std::int32_t> seen;
    std::vector<std::int32_t> open;
    sources(first, open);
    sources(second, open);
    while (!open.empty()) {
      const std::int32_t node = open.back();
      open.pop_back();
      if (node == first || node == second) return false;
      if (!seen.insert(node).second) continue;
      if (node > first && g_.node(node).op->in_place) return false;
      sources(node, open);
    }
    return true;
  }

  /// Makes twins of the two, if they can be: `ahead` gives the first half.
  bool couple(std::int32_t ahead, std::int32_t behind) {
    if (!is_twin(ahead, behind) || !may_run_together(std::min(ahead, behind), std::max(ahead, behind))) return false;
    partner_[static_cast<std::size_t>(ahead)] = behind;
    partner_[static_cast<std::size_t>(behind)] = ahead;
    behind_.insert(behind);
    const Node &a = g_.node(ahead), &b = g_.node(behind);
    for (std::size_t i = 0; i < a.inputs.size(); ++i)
      if (a.inputs[i] != b.inputs[i]) note_join(a.inputs[i], b.inputs[i]);
    if (is_composite(behind, kBatchNormGradientRow))
      for (const std::int32_t o : {1, 2})
        if (const std::int32_t sum = sum_of(self(ahead, o), self(behind, o)); sum >= 0) added_[sum] = self(ahead, o);
    return true;
  }
  /// The same in either order; halves stay in the order of the batches they come from.
  bool couple_ordered(std::int32_t first, std::int32_t second) {
    const bool swapped = side(g_.node(first).inputs[0]) == 1 && side(g_.node(second).inputs[0]) == 0;
    return swapped ? couple(second, first) || couple(first, second) : couple(first, second) || couple(second, first);
  }
  void note_join(Tensor a, Tensor b) {
    if (!are_halves(a, b)) joined_[a] = joined_[b] = b;
  }

  /// Looks for the node before `second` that does the same to another batch.
  void find_twin(std::int32_t second) {
    const Node& node = g_.node(second);
    const bool norm = is_composite(second, kBatchNormRow), back = is_composite(second, kBatchNormGradientRow);
    if ((node.outputs.size() != 1 && !norm && !back) || node.inputs.empty() || partner(second) >= 0 || sums_.count(second)) return;
    if (norm || back) {
      for (std::int32_t first : users_[static_cast<std::size_t>(node.inputs[norm ? 1 : 2].node)])
        if (first < second && partner(first) < 0 && couple_ordered(first, second)) return;
    } else if (is_op(second, "conv2d") || is_op(second, "conv2d_transpose") || is_op(second, "matmul")) {
      for (std::int32_t first : users_[static_cast<std::size_t>(node.inputs[1].node)])
        if (first < second && partner(first) < 0 && couple_ordered(first, second)) return;
    } else if (is_op(second, "elementwise") || is_op(second, "reshape")) {
      for (Tensor input : node.inputs)
        if (partner(input.node) >= 0)
          for (std::int32_t first : users_[static_cast<std::size_t>(partner(input.node))])
            if (first < second && partner(first) < 0 && couple_ordered(first, second)) return;
    }
  }

  bool is_composite(std::int32_t node, const CompositeRow& row) const {
    const auto* composite = std::get_if<CompositeAttributes>(&g_.node(node).attributes);
    return composite && composite->row == &row;
  }
  /// The node that adds `a` to `b`, if nobody else reads either; -1 if not.
  std::int32_t sum_of(Tensor a, Tensor b) const {
    std::set<std::int32_t> readers;
    for (const Tensor t : {a, b})
      for (const std::int32_t user : users_[static_cast<std::size_t>(t.node)])
        if (std::ranges::count(g_.node(user).inputs, t)) readers.insert(user);
    if (readers.size() != 1 || read_outside_.count(a.node) || read_outside_.count(b.node)) return -1;
    const Node& sum = g_.node(*readers.begin());
    const bool adds = is_op(*readers.begin(), "elementwise") && sum.as<ElementwiseAttributes>().function == FUNCTION_ADD;
    return adds && std::ranges::count(sum.inputs, a) == 1 && std::ranges::count(sum.inputs, b) == 1 ? *readers.begin() : -1;
  }
  bool is_read(Tensor t) const {
    const auto reads = [&](std::int32_t user) { return std::ranges::count(g_.node(user).inputs, t) != 0; };
    return read_outside_.count(t.node) || std::ranges::any_of(users_[static_cast<std::size_t>(t.node)], reads);
  }

  /// Whether a kernel runs `node` on two batches that are normalised apart.
  bool runs_in_groups(std::int32_t node) const {
    const Node& one = g_.node(node);
    Launch launch{one.as<CompositeAttributes>().row->name, {}, {}, {}, {}, {}};
    launch.attributes = in_groups(one.as<CompositeAttributes>());
    for (const Tensor input : one.inputs) launch.inputs.push_back(input.type());
    launch.outputs = one.outputs;
    const auto twice = [](TensorType& type) { type.shape[0] *= 2; };
    for (TensorType* type : {&launch.inputs[0], &launch.outputs[0]}) twice(*type);
    if (is_composite(node, kBatchNormRow)) {
      twice(launch.outputs[1]);
    } else {
      twice(launch.inputs[1]);
      twice(launch.inputs[3]);
    }
    return !catalog_.candidates(launch).empty();
  }
  static CompositeAttributes in_groups(CompositeAttributes attributes) {
    attributes.parameters.push_back(2.0f);
    return attributes;
  }

  bool are_norm_twins(std::int32_t ahead, std::int32_t behind) const {
    const Node &a = g_.node(ahead), &b = g_.node(behind);
    const bool norm = is_composite(behind, kBatchNormRow);
    if (a.as<CompositeAttributes>().parameters.size() != 1 || !runs_in_groups(behind)) return false;
    if (norm)
      return a.inputs[1] == b.inputs[1] && a.inputs[2] == b.inputs[2] && joinable(a.inputs[0], b.inputs[0]) &&
             b.outputs[1].bytes() % alignment_ == 0;
    for (const std::int32_t o : {1, 2}) {
      const bool read = is_read(self(ahead, o)) || is_read(self(behind, o));
      if (read && sum_of(self(ahead, o), self(behind, o)) < 0) return false;
    }
    return a.inputs[2] == b.inputs[2] && joinable(a.inputs[0], b.inputs[0]) && joinable(a.inputs[1], b.inputs[1]) &&
           are_halves(a.inputs[3], b.inputs[3]) && a.inputs[0] != a.inputs[1];
  }

  /// Whether only reductions read it, which may compute it themselves.
  bool only_reduced(std::int32_t node) const {
    return !read_outside_.count(node) &&
           std::ranges::all_of(users_[static_cast<std::size_t>(node)], [&](std::int32_t user) { return is_op(user, "reduce"); });
  }

  bool is_twin(std::int32_t ahead, std::int32_t behind) const {
    const Node &a = g_.node(ahead), &b = g_.node(behind);
    const Shape& shape = b.outputs[0].shape;
    if (a.op != b.op || !(a.attributes == b.attributes) || a.inputs.size() != b.inputs.size() || a.outputs != b.outputs) return false;
    if (shape.empty() || b.outputs[0].bytes() % alignment_ != 0 || joined_.count(self(ahead)) || joined_.count(self(behind))) return false;
    if (is_op(behind, "composite")) return are_norm_twins(ahead, behind);
    if (is_op(behind, "elementwise")) {
      if (only_reduced(ahead) || only_reduced(behind)) return false;
      for (std::size_t i = 0; i < a.inputs.size(); ++i)
        if (a.inputs[i] == b.inputs[i] ? !repeats(b.inputs[i], shape)
                                       : !are_halves(a.inputs[i], b.inputs[i]) || b.inputs[i].shape() != shape)
          return false;
      return true;
    }
    if (is_op(behind, "reshape")) return are_halves(a.inputs[0], b.inputs[0]);  // rows of both lie one after the other, whatever they are
    if (is_op(behind, "matmul") && (b.as<MatmulAttributes>().transpose_a || shape.size() != 2)) return false;
    return a.inputs[1] == b.inputs[1] && joinable(a.inputs[0], b.inputs[0]);
  }

  // ---- sums over a batch

  /// `sum` = a + b, each the sum over the images of a batch: one sum over both.
  void find_sum(std::int32_t sum) {
    const Node& node = g_.node(sum);
    if (!is_op(sum, "elementwise") || node.as<ElementwiseAttributes>().function != FUNCTION_ADD) return;
    Tensor a = node.inputs[0], b = node.inputs[1];
    if (a.shape() != node.outputs[0].shape || b.shape() != node.outputs[0].shape) return;
    std::vector<std::int32_t> reshapes;
    for (Tensor* t : {&a, &b})
      for (; has_one_user(t->node) && is_op(t->node, "reshape"); *t = g_.node(*t).inputs[0]) reshapes.push_back(t->node);
    if (a.node > b.node) std::swap(a, b);
    const Node &first = g_.node(a), &second = g_.node(b);
    if (first.op != second.op || !(first.attributes == second.attributes) || a.type() != b.type() || !has_one_user(a.node) ||
        !has_one_user(b.node) || a.node == b.node || sums_.count(a.node) || sums_.count(b.node) || partner(a.node) >= 0 ||
        partner(b.node) >= 0)
      return;
    for (const Node* part : {&first, &second})
      for (Tensor input : part->inputs)
        if (state_root(g_, input).node >= 0) return;
    if (is_op(a.node, "reduce")) {
      const auto kind = first.as<ReduceAttributes>().kind;
      if ((kind != ReduceKind::sum && kind != ReduceKind::mean) || first.inputs[0].type() != second.inputs[0].type()) return;
    } else {
      const bool over_batch =
          is_op(a.node, "conv2d_weight_grad") || (is_op(a.node, "matmul") && first.as<MatmulAttributes>().transpose_a &&
                                                  !first.as<MatmulAttributes>().transpose_b && first.outputs[0].shape.size() == 2);
      if (!over_batch) return;
      const auto join_both = [&](const Node& ahead, const Node& behind) {
        for (std::size_t i = 0; i < 2; ++i)
          if (!joinable(ahead.inputs[i], behind.inputs[i])) return false;
        for (std::size_t i = 0; i < 2; ++i) note_join(ahead.inputs[i], behind.inputs[i]);
        return true;
      };
      const bool swapped = side(first.inputs[0]) == 1 && side(second.inputs[0]) == 0;
      if (swapped || !join_both(first, second)) {
        if (!join_both(second, first)) return;
        std::swap(a, b);
      }
    }
    sums_[sum] = {a, b};
    absorbed_.insert({a.node, b.node});
    absorbed_.insert(reshapes.begin(), reshapes.end());
  }

  // ---- the new graph

  Tensor self(std::int32_t node, std::int32_t output = 0) const { return {const_cast<Graph*>(&g_), node, output}; }

  /// `t` in the new graph.
  Tensor at(Tensor t) {
    const auto known = map_.find(t);
    if (known != map_.end()) return known->second;
    const bool behind = behind_.count(t.node) != 0;  // a half of a tensor that holds both
    const Tensor whole = whole_.at(behind ? self(partner(t.node), t.output) : t);
    Shape begin(t.shape().size(), 0);
    if (behind) begin[0] = t.shape()[0];
    return map_[t] = slice(whole, begin, t.shape());
  }

  /// Both in the new graph, `b` behind `a`.
  Tensor join(Tensor a, Tensor b) {
    if (are_halves(a, b)) return whole_.at(a);
    const auto [place, added] = joins_.try_emplace({a, b});
    if (added) place->second = concat({at(a), at(b)}, 0);
    return place->second;
  }

  void emit(std::int32_t index) {
    if (!emitted_.insert(index).second) return;
    if (absorbed_.count(index)) return;
    const Node& node = g_.node(index);
    pulled_update_ |= index > turn_ && node.op->in_place;
    std::vector<std::int32_t> before;
    sources(index, before);
    for (std::int32_t source : before) emit(source);
    made_->set_label(node.label);
    if (is_op(index, "variable") || is_op(index, "input")) {
      const std::string& name = node.as<LeafAttributes>().name;
      map_[self(index)] = is_op(index, "variable") ? made_->variable(name, node.outputs[0]) : made_->input(name, node.outputs[0]);
    } else if (is_op(index, "constant")) {
      map_[self(index)] = made_->constant(node.outputs[0].shape, node.as<ConstantAttributes>().values);
    } else if (const auto added = added_.find(index); added != added_.end()) {
      map_[self(index)] = whole_.at(added->second);
    } else if (const auto sum = sums_.find(index); sum != sums_.end()) {
      map_[self(index)] = reshape(emit_sum(g_.node(sum->second.first), g_.node(sum->second.second)), node.outputs[0].shape);
    } else if (partner(index) >= 0) {
      behind_.count(index) ? emit_both(partner(index), index) : emit_both(index, partner(index));
    } else {
      std::vector<Tensor> inputs;
      for (Tensor input : node.inputs) inputs.push_back(at(input));
      const Tensor made = made_->add(*node.op, std::move(inputs), node.attributes);
      for (std::int32_t o = 0; o < static_cast<std::int32_t>(node.outputs.size()); ++o) map_[self(index, o)] = {made.graph, made.node, o};
    }
  }

  Tensor emit_sum(const Node& a, const Node& b) {
    if (std::string_view(a.op->name) != "reduce")
      return made_->add(*a.op, {join(a.inputs[0], b.inputs[0]), join(a.inputs[1], b.inputs[1])}, a.attributes);
    const auto& axes = a.as<ReduceAttributes>().axes;
    const bool over_batch = a.as<ReduceAttributes>().kind == ReduceKind::sum && (axes.empty() || axes[0] == 0);
    const Tensor both = !over_batch                            ? Tensor{}
                        : are_halves(a.inputs[0], b.inputs[0]) ? join(a.inputs[0], b.inputs[0])
                        : are_halves(b.inputs[0], a.inputs[0]) ? join(b.inputs[0], a.inputs[0])
                                                               : Tensor{};
    return made_->add(*a.op, {both ? both : at(a.inputs[0]) + at(b.inputs[0])}, a.attributes);
  }

  void emit_both(std::int32_t ahead, std::int32_t behind) {
    emitted_.insert({ahead, behind});
    const Node &a = g_.node(ahead), &b = g_.node(behind);
    std::vector<Tensor> inputs;
    for (std::size_t i = 0; i < a.inputs.size(); ++i)
      inputs.push_back(a.inputs[i] == b.inputs[i] ? at(a.inputs[i]) : join(a.inputs[i], b.inputs[i]));
    Attributes attributes = a.attributes;
    if (auto* conv = std::get_if<ConvAttributes>(&attributes); conv && !conv->result.empty()) conv->result[0] *= 2;
    if (auto* shape = std::get_if<ShapeAttributes>(&attributes)) shape->shape[0] *= 2;
    if (auto* composite = std::get_if<CompositeAttributes>(&attributes)) *composite = in_groups(*composite);
    const Tensor both = made_->add(*a.op, std::move(inputs), std::move(attributes));
    for (std::int32_t o = 0; o < static_cast<std::int32_t>(a.outputs.size()); ++o) whole_[self(ahead, o)] = {both.graph, both.node, o};
  }

  const Graph& g_;
  const KernelCatalog& catalog_;
  const std::int64_t alignment_;
  std::vector<std::vector<std::int32_t>> users_;
  std::set<std::int32_t> read_outside_;
  std::vector<std::int32_t> partner_;     ///< by node: the other of two twins
  std::set<std::int32_t> behind_;         ///< twins whose results are the second halves
  std::map<Tensor, Tensor> joined_;       ///< values that will lie one behind the other: either to the second
  std::map<std::int32_t, Couple> sums_;   ///< by the node that adds: the two it adds
  std::map<std::int32_t, Tensor> added_;  ///< by the node that adds: what the joint step has added already
  std::set<std::int32_t> absorbed_;       ///< nodes that run as a part of a sum
  std::unique_ptr<Graph> made_;
  std::map<Tensor, Tensor> map_, whole_;  ///< old tensors in the new graph; first twins to the tensor of both
  std::map<Couple, Tensor> joins_;
  std::set<std::int32_t> emitted_;
  std::int32_t turn_ = 0;       ///< node whose place in the order it is
  bool pulled_update_ = false;  ///< an update in place would run before what reads the old value
};

}  // namespace

std::unique_ptr<Graph> batch_twins(const Graph& graph, const KernelCatalog& catalog) { return Twins(graph, catalog).run(); }

}  // namespace gouache
