// Which nodes run in one kernel?  Elementwise chains are pulled, from their last node upward, into one program, and into the
// epilogue or prologue of a matmul, convolution, normalisation or reduction where the catalog has a kernel for the result.
#include <algorithm>
#include <limits>
#include <numeric>
#include <set>

#include "host/graph/simplify.h"
#include "host/plan/draft.h"

namespace gouache {
namespace {

bool is_op(const Graph& g, std::int32_t node, const char* name) { return std::string_view(g.node(node).op->name) == name; }
bool is_elementwise(const Graph& g, std::int32_t node) { return is_op(g, node, "elementwise"); }
bool is_leaf_node(const Graph& g, std::int32_t node) {
  return is_op(g, node, "variable") || is_op(g, node, "input") || is_op(g, node, "constant") || is_op(g, node, "reshape");
}

std::string launch_name(const Node& node) {
  const auto* composite = std::get_if<CompositeAttributes>(&node.attributes);
  return composite ? composite->row->name : node.op->name;
}

/// Ops whose program runs on their input instead of their result.
bool runs_prologue(const std::string& op) { return op == "reduce" || op == "batch_norm_gradient"; }

InputMode mode_of(const Shape& leaf, const Shape& iterated) {
  if (leaf == iterated) return InputMode::full;
  const std::int64_t count = element_count(leaf);
  if (count == element_count(iterated)) return InputMode::full;  // differs only in extents of 1
  if (count == 1) return InputMode::scalar;
  if (!iterated.empty() && count == iterated.back() && leaf.back() == iterated.back()) return InputMode::channel;
  return InputMode::strided;
}

/// A tensor of so few values is computed again wherever it is read, if that spares the dispatch that would keep it.
constexpr std::int64_t kCheapAgain = 4096;

class Fuser {
 public:
  Fuser(const Graph& graph, const KernelCatalog& catalog, bool enabled) : g_(graph), catalog_(catalog), enabled_(enabled) {
    count_uses();
    find_overwrites();
  }

  std::vector<Group> run() {
    std::vector<Group> groups;
    for (std::int32_t i = g_.size() - 1; i >= 0; --i) {
      if (taken_.count(i) || is_leaf_node(g_, i)) continue;
      const bool inlined =
          is_op(g_, i, "broadcast") || is_op(g_, i, "permute") || is_elementwise(g_, i);  // wherever it is read, unless somebody needs it
      if (inlined && !is_needed({const_cast<Graph*>(&g_), i, 0})) continue;
      groups.push_back(is_elementwise(g_, i) ? grow_elementwise(i) : grow_prologue(i));
      for (const Leaf& leaf : groups.back().leaves) need(leaf.tensor);
      const std::int32_t anchor = groups.back().anchor;
      if (anchor >= 0)
        for (Tensor input : std::span(g_.node(anchor).inputs).subspan(groups.back().prologue ? 1 : 0)) {
          const bool swaps = is_op(g_, anchor, "conv2d_transpose") && input == g_.node(anchor).inputs[1];
          const Tensor natural = swaps ? unswapped(g_, input) : Tensor{};
          need(natural ? natural : input);
        }
    }
    std::reverse(groups.begin(), groups.end());
    return groups;
  }

 private:
  void need(Tensor t) {
    for (; is_op(g_, t.node, "reshape"); t = g_.node(t).inputs[0]) {}
    needed_.insert(t);
  }
  bool is_needed(Tensor t) const { return needed_.count(t) != 0; }

  void count_uses() {
    for (std::int32_t i = 0; i < g_.size(); ++i)
      for (Tensor input : g_.node(i).inputs) ++uses_[input];
    for (const auto& [name, tensor] : g_.outputs()) {
      uses_[tensor] += 2;
      need(tensor);
    }
    for (const Update& update : g_.updates()) {
      uses_[update.value] += 1;
      need(update.value);
      pinned_.insert(update.value);
    }
  }

  /// When each state tensor's bytes are overwritten: its readers may not move behind that node.
  void find_overwrites() {
    for (std::int32_t i = 0; i < g_.size(); ++i) {
      const Node& node = g_.node(i);
      if (!node.op->in_place) continue;
      for (auto [output, input] : node.op->in_place(node)) overwritten_[node.inputs[static_cast<std::size_t>(input)]] = i;
    }
    for (const Update& update : g_.updates())
      if (!overwritten_.count(update.variable)) overwritten_[update.variable] = update.value.node;
  }

  bool readable_at(Tensor t, std::int32_t position) const {
    for (;;) {
      const auto found = overwritten_.find(t);
      if (found != overwritten_.end() && found->second < position) return false;
      if (!is_op(g_, t.node, "reshape") && !is_op(g_, t.node, "broadcast")) return true;
      t = g_.node(t).inputs[0];
    }
  }

  bool single_use(Tensor t) const { return uses_.at(t) == 1 && !pinned_.count(t); }

  /// Whether the nodes `inside` alone read `t`, and no other program computes one of those again; what `root` computes is read outside.
  bool used_inside(Tensor t, const std::set<std::int32_t>& inside, std::int32_t root) const {
    std::ptrdiff_t reads = 0;
    for (const std::int32_t i : inside) {
      const std::ptrdiff_t here = std::ranges::count(g_.node(i).inputs, t);
      if (here > 0 && i != root && !used_inside({const_cast<Graph*>(&g_), i, 0}, inside, root)) return false;
      reads += here;
    }
    return uses_.at(t) == reads && !pinned_.count(t);
  }

  /// Whether every tensor that `node` reads may still be read at `position`.
  bool may_move(std::int32_t node, std::int32_t position) const {
    const auto& inputs = g_.node(node).inputs;
    return std::all_of(inputs.begin(), inputs.end(), [&](Tensor t) { return readable_at(t, position); });
  }

  // ---- programs

  struct Emitter {
    const Graph& g;
    const std::set<std::int32_t>& inside;
    const Shape& iterated;
    std::vector<Leaf> leaves;
    Program program;
    std::map<Tensor, int> operands;
    bool fits = true;

    /// The inside node that `t` repeats, or `t`.
    Tensor looked_through(Tensor t) const {
      Tensor inner = t;
      while (is_op(g, inner.node, "broadcast")) inner = g.node(inner).inputs[0];
      return inside.count(inner.node) ? inner : t;
    }
    Leaf leaf_of(Tensor t) const {
      while (is_op(g, t.node, "broadcast")) t = g.node(t).inputs[0];
      return {t, mode_of(t.shape(), iterated)};
    }
    void collect(Tensor t) {
      if (is_fill(g, t)) return;
      t = looked_through(t);
      if (inside.count(t.node)) {
        for (Tensor input : g.node(t).inputs) collect(input);
        return;
      }
      const Leaf leaf = leaf_of(t);
      if (std::find(leaves.begin(), leaves.end(), leaf) == leaves.end()) leaves.push_back(leaf);
    }
    int scalar(float value) {
      auto& scalars = program.scalars;
      const auto index = static_cast<int>(std::find(scalars.begin(), scalars.end(), value) - scalars.begin());
      if (index == static_cast<int>(scalars.size())) scalars.push_back(value);
      return PROGRAM_OPERAND_SCALAR + index;
    }
    int emit(Tensor t) {
      float value = 0;
      if (is_fill(g, t, &value)) return scalar(value);
      t = looked_through(t);
      if (!inside.count(t.node)) return static_cast<int>(std::find(leaves.begin(), leaves.end(), leaf_of(t)) - leaves.begin());
      if (const auto known = operands.find(t); known != operands.end()) return known->second;
      const Node& node = g.node(t);
      Instruction instruction{node.as<ElementwiseAttributes>().function, 0, 0, 0};
      std::uint8_t* slots[3] = {&instruction.a, &instruction.b, &instruction.c};
      for (std::size_t i = 0; i < node.inputs.size(); ++i) *slots[i] = static_cast<std::uint8_t>(emit(node.inputs[i]));
      program.code.push_back(instruction);
      return operands[t] = PROGRAM_OPERAND_RESULT + static_cast<int>(program.code.size()) - 1;
    }
  };

  /// Fills `group`'s program from the nodes `inside` that end in `result`; false when it does not fit into a program.
  bool build(Group& group, Tensor result, const std::set<std::int32_t>& inside, Tensor first) const {
    Emitter e{g_, inside, result.shape(), {}, {}, {}, true};
    if (first) e.leaves.push_back({first, InputMode::full});
    e.collect(result);
    std::stable_sort(e.leaves.begin() + (first ? 1 : 0), e.leaves.end(), [](const Leaf& a, const Leaf& b) { return a.mode < b.mode; });
    if (inside.count(result.node)) e.emit(result);
    group.leaves = e.leaves;
    group.program = e.program;
    for (const Leaf& leaf : e.leaves) group.program.inputs.push_back(leaf.mode);
    return e.leaves.size() <= PROGRAM_MAX_INPUTS && e.program.scalars.size() <= PROGRAM_MAX_SCALARS &&
           e.program.code.size() <= PROGRAM_MAX_LENGTH && !e.leaves.empty();
  }

  bool runs(const Group& group) const { return !catalog_.candidates(launch_of(g_, group)).empty(); }

  /// Whether the node behind a leaf may be computed where it is read, in a program over `shape`: it is as large, or one value.
  /// `alone`: nobody else reads it.
  bool inlinable(const Leaf& leaf, const Shape& shape, std::int32_t position, bool alone) const {
    const Tensor t = leaf.tensor;
    if (!enabled_ || !is_elementwise(g_, t.node) || !may_move(t.node, position) || is_needed(t)) return false;
    const bool again = t.type().count() <= kCheapAgain && (is_sign(t) || !ends_an_epilogue(t));
    if (!alone && !again) return false;
    return leaf.mode == InputMode::full ? t.shape() == shape : leaf.mode == InputMode::scalar && again;
  }

  /// Whether `t` is another value with the other sign: in the kernel of what it is made from that would be a pipeline for nothing.
  bool is_sign(Tensor t) const { return g_.node(t).as<ElementwiseAttributes>().function == FUNCTION_NEGATE; }

  /// Whether `t` can be computed by the kernel of what it is made from: better there once than again wherever it is read.
  bool ends_an_epilogue(Tensor t) const {
    return std::ranges::any_of(g_.node(t).inputs, [&](Tensor input) {
      if (is_leaf_node(g_, input.node) || !single_use(input)) return false;
      if (is_elementwise(g_, input.node)) return ends_an_epilogue(input);
      const std::string name = launch_name(g_.node(input));
      return catalog_.takes_program(name) && !runs_prologue(name);
    });
  }

  /// Pulls producers into the program of `group`, which ends in `result`, as long as a kernel runs the whole.
  void absorb(Group& group, Tensor result, std::set<std::int32_t>& inside, Tensor first) {
    for (bool changed = true; changed;) {
      changed = false;
      for (const Leaf& leaf : std::vector<Leaf>(group.leaves)) {  // what is computed again may not take a further input
        const bool alone = used_inside(leaf.tensor, inside, result.node);
        if (!inlinable(leaf, result.shape(), group.root, alone)) continue;
        Group larger = group;
        inside.insert(leaf.tensor.node);
        if (build(larger, result, inside, first) && (alone || larger.leaves.size() <= group.leaves.size()) && runs(larger)) {
          group = larger;
          changed = true;
          break;
        }
        inside.erase(leaf.tensor.node);
      }
    }
  }

  Group grow_elementwise(std::int32_t root) {
    const Tensor result{const_cast<Graph*>(&g_), root, 0};
    std::set<std::int32_t> inside{root};
    Group group;
    group.root = root;
    if (!build(group, result, inside, {})) throw Error(ErrorCode::internal, "fuse: one elementwise node does not fit into a program");
    absorb(group, result, inside, {});
    if (enabled_)
      for (const Leaf& leaf : std::vector<Leaf>(group.leaves))
        if (leaf.mode == InputMode::full && attach(group, result, inside, leaf.tensor)) break;
    if (group.anchor >= 0) taken_.insert(group.anchor);
    return group;
  }

  /// Where results have one channel, a single value is that channel's vector, which kernels may take where they take no scalar.
  static bool read_as_channels(Group& group, Tensor result) {
    if (result.shape().empty() || result.shape().back() != 1) return false;
    bool changed = false;
    for (std::size_t i = 1; i < group.leaves.size(); ++i) {
      if (group.leaves[i].mode != InputMode::scalar) continue;
      group.leaves[i].mode = group.program.inputs[i] = InputMode::channel;
      changed = true;
    }
    return changed;
  }

  /// Makes the group the epilogue of the node that computes `first`; drops nodes from the far end of the chain until it fits.
  bool attach(Group& group, Tensor result, std::set<std::int32_t>& inside, Tensor first) {
    const std::int32_t anchor = first.node;
    if (is_leaf_node(g_, anchor) || is_elementwise(g_, anchor) || first.output != 0 || taken_.count(anchor)) return false;
    const std::string name = launch_name(g_.node(anchor));
    if (!catalog_.takes_program(name) || runs_prologue(name) || !single_use(first) || is_needed(first)) return false;
    if (first.shape() != result.shape() || !may_move(anchor, group.root)) return false;
    for (std::int32_t o = 1; o < static_cast<std::int32_t>(g_.node(anchor).outputs.size()); ++o) {
      const Tensor other{first.graph, anchor, o};  // read between the anchor's place and the group's: it cannot move
      for (std::int32_t i = anchor + 1; i < group.root; ++i)
        for (Tensor input : g_.node(i).inputs)
          if (input == other) return false;
    }
    std::set<std::int32_t> kept = inside;
    for (;;) {
      Group attached;
      attached.root = group.root;
      attached.anchor = anchor;
      if (runs_alone(kept, group.root) && build(attached, result, kept, first) &&
          (runs(attached) || (read_as_channels(attached, result) && runs(attached)))) {
        group = attached;
        inside = kept;
        return true;
      }
      if (kept.size() == 1) return false;
      const std::int32_t furthest = furthest_from(first, kept);
      if (furthest < 0) return false;
      kept.erase(furthest);
    }
  }

  /// Whether no other group computes a node of `inside` again, and so reads what it reads.
  bool runs_alone(const std::set<std::int32_t>& inside, std::int32_t root) const {
    std::map<std::int32_t, int> reads;
    for (std::int32_t i : inside)
      for (Tensor input : g_.node(i).inputs) ++reads[input.node];
    return std::ranges::all_of(inside, [&](std::int32_t i) { return i == root || uses_.at({const_cast<Graph*>(&g_), i, 0}) == reads[i]; });
  }

  /// The first node of `inside` that does not lie on the way from `first` to the result; -1 when all do.
  std::int32_t furthest_from(Tensor first, const std::set<std::int32_t>& inside) const {
    std::set<std::int32_t> way{first.node};
    for (std::int32_t i : inside)
      for (Tensor input : g_.node(i).inputs)
        if (way.count(input.node)) way.insert(i);
    for (std::int32_t i : inside)
      if (!way.count(i)) return i;
    return -1;
  }

  Group grow_prologue(std::int32_t anchor) {
    Group group;
    group.root = group.anchor = anchor;
    const Node& node = g_.node(anchor);
    const std::string name = launch_name(node);
    taken_.insert(anchor);
    if (!enabled_ || !catalog_.takes_program(name) || !runs_prologue(name)) return group;
    const Tensor operand = node.inputs[0];
    if (!inlinable({operand, InputMode::full}, operand.shape(), anchor, single_use(operand))) return group;
    std::set<std::int32_t> inside{operand.node};
    Group larger = group;
    larger.prologue = true;
    if (!build(larger, operand, inside, {}) || larger.leaves[0].mode != InputMode::full || !runs(larger)) return group;
    absorb(larger, operand, inside, {});
    return larger;
  }

  const Graph& g_;
  const KernelCatalog& catalog_;
  const bool enabled_;
  std::map<Tensor, int> uses_;
  std::map<Tensor, std::int32_t> overwritten_;
  std::set<Tensor> pinned_;
  std::set<std::int32_t> taken_;
  std::set<Tensor> needed_;  ///< what groups so far read, and what outlives the run
};

}  // namespace

bool is_swap(const std::vector<int>& order) {
  if (order.size() < 2) return false;
  std::vector<int> swapped(order.size());
  std::iota(swapped.begin(), swapped.end(), 0);
  std::swap(swapped[order.size() - 1], swapped[order.size() - 2]);
  return order == swapped;
}

Tensor unswapped(const Graph& graph, Tensor weights) {
  const auto* permute = std::get_if<PermuteAttributes>(&graph.node(weights).attributes);
  return permute && is_swap(permute->order) ? graph.node(weights).inputs[0] : Tensor{};
}

Launch launch_of(const Graph& graph, const Group& group) {
  Launch launch;
  const Node& root = graph.node(group.root);
  launch.program = group.program;
  launch.label = root.label;
  if (group.anchor < 0) {
    launch.op = "elementwise";
    for (const Leaf& leaf : group.leaves) launch.inputs.push_back(leaf.tensor.type());
    launch.outputs = root.outputs;
    return launch;
  }
  const Node& anchor = graph.node(group.anchor);
  launch.op = launch_name(anchor);
  launch.attributes = anchor.attributes;
  if (!anchor.label.empty()) launch.label = anchor.label;
  for (Tensor input : anchor.inputs) launch.inputs.push_back(input.type());
  if (launch.op == "conv2d_transpose") std::swap(launch.inputs[1].shape.rbegin()[0], launch.inputs[1].shape.rbegin()[1]);
  if (group.prologue) launch.inputs[0] = group.leaves[0].tensor.type();
  for (std::size_t i = 1; i < group.leaves.size(); ++i) launch.inputs.push_back(group.leaves[i].tensor.type());
  launch.outputs = anchor.outputs;
  if (group.root != group.anchor) launch.outputs[0] = root.outputs[0];
  return launch;
}

std::vector<Group> fuse(const Graph& graph, const KernelCatalog& catalog, bool enabled) { return Fuser(graph, catalog, enabled).run(); }

}  // namespace gouache
