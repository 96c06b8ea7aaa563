// What does a plan look like while it is being made?  Launches over values that have no place yet.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/plan/plan.h"

namespace gouache {

/// Bytes that one or more steps write and read.
struct DraftValue {
  std::int64_t bytes = 0;
  Storage storage = Storage::arena;
  std::int32_t block = 0;  ///< state, input, output: known from the start
  std::int64_t offset = 0;
  std::int32_t bundle = -1;            ///< value this one is a part of, at `offset` in it
  bool forever = false;                ///< arena: not shared with any other value
  std::int32_t first = -1, last = -1;  ///< steps that touch it first and last
};

struct DraftStep {
  Launch launch;
  std::vector<std::int32_t> inputs, outputs;  ///< indices of values
  std::vector<std::int32_t> scratch;          ///< filled by schedule
  Kernel kernel;
  double preparations = 0;   ///< how many times a run prepares weights for it: a part of one where steps share them, 0 where the setup does
  std::int32_t origin = -1;  ///< index among the steps before weights were prepared; -1: it prepares them
};

/// Bytes to which tensors inside others are aligned.
constexpr std::int64_t kPartAlignment = 256;
constexpr std::int64_t part_aligned(std::int64_t bytes) { return (bytes + kPartAlignment - 1) / kPartAlignment * kPartAlignment; }

/// A view of a value of a multiple of this many bytes shows some of what lies behind it (Executable::viewed): the arena leaves a gap there.
constexpr std::int64_t kViewedFurther = 65536;

/// Steps in the order in which they run.
struct Draft {
  std::vector<DraftValue> values;
  std::vector<DraftStep> steps;
  std::vector<float> constants;
  std::vector<NamedTensor> inputs, outputs;  ///< region: index of the value
  std::int32_t setup_steps = 0;

  std::int32_t add(DraftValue value) {
    values.push_back(value);
    return static_cast<std::int32_t>(values.size()) - 1;
  }
};

/// An elementwise program over tensors of one graph.
struct Leaf {
  Tensor tensor;
  InputMode mode = InputMode::full;
  bool operator==(const Leaf&) const = default;
};

/// One launch-to-be: a node of its own (`anchor`), the elementwise nodes fused around it, or those alone.
struct Group {
  std::int32_t root = -1;    ///< last node of the group: its result is the group's, its place in the order too
  std::int32_t anchor = -1;  ///< matmul, conv2d, reduce ...; -1: elementwise alone
  bool prologue = false;     ///< the program runs on the anchor's input 0, not on its result
  Program program;
  std::vector<Leaf> leaves;  ///< the program's inputs; epilogue: leaves[0] is the anchor's result
};

/// The graph with what is done alike to two batches done once to both, in halves of one tensor, as far as kernels do that. Null where
/// that would move an update in place.
std::unique_ptr<Graph> batch_twins(const Graph& graph, const KernelCatalog& catalog);

/// Where a slice's bytes begin in its input, if they lie there one after the other; -1 if not.
std::int64_t slice_offset(const Node& slice);

/// Where each part of a concat begins, bytes, if they lie one behind the other in the result; empty if not.
std::vector<std::int64_t> concat_offsets(const Node& concat);

/// Partitions the nodes of a simplified graph into groups, in order of their roots. Leaves and reshapes are in none.
std::vector<Group> fuse(const Graph& graph, const KernelCatalog& catalog, bool enabled);

/// Whether `order` swaps the last two axes and leaves the others.
bool is_swap(const std::vector<int>& order);

/// The tensor of which `weights` is the one with its last two axes swapped; empty if it is computed otherwise.
Tensor unswapped(const Graph& graph, Tensor weights);

/// The launch of a group as the catalog sees it.
Launch launch_of(const Graph& graph, const Group& group);

/// The variable whose storage `t` is (through reshapes and in-place results); node -1 when none.
Tensor state_root(const Graph& graph, Tensor t);

/// Turns groups into steps with values: state, constants, inputs, outputs, bundles, repacked weights.
Draft draft_steps(const Graph& graph, const std::vector<Group>& groups, const StateLayout& state, const KernelCatalog& catalog);

/// Makes one of elementwise steps that run the same program on tensors that lie side by side, or may.
void merge_neighbours(Draft& draft, const KernelCatalog& catalog);

/// Whether both lie in the state and share bytes.
bool overlap(const DraftValue& a, const DraftValue& b);

/// Which values differ from run to run. Steps that depend on state and constants only are setup: they run when the state has changed.
class Variance {
 public:
  explicit Variance(const Draft& draft) : draft_(draft), written_(draft.values.size(), false) {}

  /// Whether a run writes `value`, or what it is a part of.
  bool varies(std::int32_t value) const;

  bool is_setup(const DraftStep& step) const;

  /// To be called for every step, in their order.
  void pass(const DraftStep& step);

 private:
  const Draft& draft_;
  std::vector<bool> written_;  ///< by a step of the run that was passed, by value
};

/// Moves the setup before the other steps.
void hoist_setup(Draft& draft);

/// Sets DraftStep::preparations, as if all steps of an op prepared the same weights in the same way. `setup`: hoist_setup will follow.
void weigh_preparations(Draft& draft, bool setup);

/// Makes steps of the dispatches that only make weights ready (Kernel::prepares); kernels are picked.
void share_prepared(Draft& draft);

/// Makes one of two such steps whose weights lie in the same block: what they make lives longer.
void pair_prepared(Draft& draft);

/// Gives steps whose preferred row needs a pipeline that no other step has a row that does without, where its estimated cost is little
/// higher: 5 %, half as high again in steps of less than 1 % of the plan's work, twice as high in those of less than 0.5 %. Where products
/// and convolutions still need more than `wanted`, the plan does without one after the other, the cheapest to miss first, as long as each
/// costs at most 5 % of its speed.
void share_pipelines(Draft& draft, const KernelCatalog& catalog, std::size_t wanted);

/// What a step's run takes with `kernel`, its preparations counted, in the unit of Kernel::cost.
inline double cost_of(const DraftStep& step, const Kernel& kernel) { return kernel.cost + step.preparations * kernel.prepare_cost; }

/// The kernels that may run a step, the preferred one first (by cost_of): where it updates in place, none that reads what it writes as
/// texels.
std::vector<Kernel> kernels_of(const Draft& draft, const DraftStep& step, const KernelCatalog& catalog);

/// Where most of the arena is alive at once, and how much.
struct Peak {
  std::int32_t step = 0;
  std::int64_t bytes = 0;
};
Peak peak_of(const Draft& draft);

/// Changes `draft`, whose kernels are picked, so that it needs less memory at the peak of `planned`, which is what became of it; false
/// when there is no way.
bool save_memory(Draft& draft, const Draft& planned, const KernelCatalog& catalog);

/// Picks kernels, gives every value its lifetime, places arena values; the finished plan with barriers.
Plan schedule(Draft draft, const KernelCatalog& catalog, const PlanOptions& options);

/// Places arena values in blocks: values that live together get disjoint bytes. Gives the blocks' sizes.
std::vector<std::int64_t> alias(Draft& draft, std::int64_t alignment, const PlanOptions& options);

}  // namespace gouache
