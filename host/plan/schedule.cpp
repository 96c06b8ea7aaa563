// When does each dispatch run, and where must the device wait?  Steps keep the graph's order; a barrier comes before a dispatch
// that touches bytes an earlier one wrote, or writes bytes an earlier one touched, since the last barrier.
#include <algorithm>

#include "host/graph/simplify.h"
#include "host/plan/draft.h"
#include "host/plan/rewrite.h"

namespace gouache {
namespace {

/// A value that is computed again may come to wait at the next peak: after so many changes that brought nothing there is no way.
constexpr int kMostInVain = 16;

void touch(Draft& draft, std::int32_t value, std::int32_t step) {
  DraftValue& v = draft.values[static_cast<std::size_t>(value)];
  if (v.first < 0) v.first = step;
  v.last = step;
  if (v.bundle >= 0) touch(draft, v.bundle, step);
}

/// Whether a dispatch would read bytes as texels that it writes: an update in place.
bool reads_texels_it_writes(const Draft& draft, const DraftStep& step, const Kernel& kernel) {
  const auto value = [&](std::int32_t index) { return draft.values[static_cast<std::size_t>(index)]; };
  return std::ranges::any_of(kernel.dispatches, [&](const Dispatch& dispatch) {
    return std::ranges::any_of(dispatch.bindings, [&](const Binding& read) {
      if (read.kind != BindingKind::texel || read.operand.kind != OperandKind::input) return false;
      const std::int32_t source = step.inputs[read.operand.index];
      return std::ranges::any_of(dispatch.bindings, [&](const Binding& write) {
        if (!write.writes || write.operand.kind != OperandKind::output) return false;
        const std::int32_t target = step.outputs[write.operand.index];
        return source == target || overlap(value(source), value(target));
      });
    });
  });
}

/// Scratch values, and from which step to which every value lives.
void find_lifetimes(Draft& draft) {
  for (std::size_t i = 0; i < draft.steps.size(); ++i) {
    DraftStep& step = draft.steps[i];
    for (std::int64_t bytes : step.kernel.scratch) step.scratch.push_back(draft.add({bytes}));
    for (const auto* list : {&step.inputs, &step.outputs, &step.scratch})
      for (std::int32_t value : *list) touch(draft, value, static_cast<std::int32_t>(i));
  }
}

/// The steps of `draft` as they will run, with their places in the arena; `blocks` becomes its blocks' sizes.
Draft arranged(Draft draft, std::int64_t alignment, const PlanOptions& options, std::vector<std::int64_t>& blocks) {
  for (std::size_t i = 0; i < draft.steps.size(); ++i) draft.steps[i].origin = static_cast<std::int32_t>(i);
  share_prepared(draft);
  if (options.fuse && options.memory_budget == 0) pair_prepared(draft);
  if (options.setup) hoist_setup(draft);
  find_lifetimes(draft);
  blocks = alias(draft, alignment, options);
  return draft;
}

void add_barriers(Plan& plan) {
  std::vector<Region> read, written;
  const auto hits = [](const std::vector<Region>& list, const Region& region) {
    return std::any_of(list.begin(), list.end(), [&](const Region& r) { return r.overlaps(region); });
  };
  for (Command& command : plan.commands) {
    std::vector<Region> reads, writes;
    const Step& step = plan.steps[static_cast<std::size_t>(command.step)];
    for (const Binding& binding : step.kernel.dispatches[static_cast<std::size_t>(command.dispatch)].bindings) {
      const std::int32_t index = region_of(step, binding.operand);
      if (index < 0) continue;
      if (binding.reads) reads.push_back(plan.regions[static_cast<std::size_t>(index)]);
      if (binding.writes) writes.push_back(plan.regions[static_cast<std::size_t>(index)]);
    }
    command.barrier = std::any_of(reads.begin(), reads.end(), [&](const Region& r) { return hits(written, r); }) ||
                      std::any_of(writes.begin(), writes.end(), [&](const Region& r) { return hits(written, r) || hits(read, r); });
    if (command.barrier) {
      read.clear();
      written.clear();
    }
    read.insert(read.end(), reads.begin(), reads.end());
    written.insert(written.end(), writes.begin(), writes.end());
  }
}

}  // namespace

bool overlap(const DraftValue& a, const DraftValue& b) {
  return a.storage == Storage::state && b.storage == Storage::state && a.block == b.block && a.offset < b.offset + b.bytes &&
         b.offset < a.offset + a.bytes;
}

std::int32_t region_of(const Step& step, const OperandRef& operand) {
  switch (operand.kind) {
    case OperandKind::input: return step.inputs.at(operand.index);
    case OperandKind::output: return step.outputs.at(operand.index);
    case OperandKind::scratch: return step.scratch.at(operand.index);
    case OperandKind::none: break;
  }
  return -1;
}

double Plan::flops() const {
  double sum = 0;
  const std::int32_t first =
      setup_commands < static_cast<std::int32_t>(commands.size()) ? commands[static_cast<std::size_t>(setup_commands)].step : 0;
  for (std::size_t i = static_cast<std::size_t>(first); i < steps.size(); ++i) sum += steps[i].kernel.flops;
  return sum;
}

std::vector<Kernel> kernels_of(const Draft& draft, const DraftStep& step, const KernelCatalog& catalog) {
  std::vector<Kernel> kernels = catalog.candidates(step.launch);
  std::erase_if(kernels, [&](const Kernel& kernel) { return reads_texels_it_writes(draft, step, kernel); });
  if (kernels.empty()) kernels.push_back(catalog.select(step.launch));
  if (step.preparations > 0) std::ranges::stable_sort(kernels, {}, [&](const Kernel& kernel) { return cost_of(step, kernel); });
  return kernels;
}

Plan schedule(Draft picked, const KernelCatalog& catalog, const PlanOptions& options) {
  if (options.fuse) merge_neighbours(picked, catalog);
  weigh_preparations(picked, options.setup);
  for (DraftStep& step : picked.steps) step.kernel = std::move(kernels_of(picked, step, catalog).front());
  if (options.fuse) share_pipelines(picked, catalog, options.wanted_pipelines);
  Plan plan;
  plan.name = options.name;
  Draft draft = arranged(picked, catalog.alignment(), options, plan.arena_blocks);
  std::int64_t least = plan.arena_bytes();
  for (int in_vain = 0; options.memory_budget > 0 && plan.arena_bytes() > options.memory_budget;) {
    if (in_vain > kMostInVain || !save_memory(picked, draft, catalog))
      throw Error(ErrorCode::out_of_memory, options.name + ": needs at least " + std::to_string(least) +
                                                " bytes of scratch memory, the budget is " + std::to_string(options.memory_budget));
    draft = arranged(picked, catalog.alignment(), options, plan.arena_blocks);
    in_vain = plan.arena_bytes() < least ? 0 : in_vain + 1;
    least = std::min(least, plan.arena_bytes());
  }
  plan.lower_bound = peak_of(draft).bytes;
  for (const DraftValue& v : draft.values) {
    const bool idle = v.storage == Storage::arena && v.bundle < 0 && v.first < 0;  // no step is left that touches it
    Region region{v.storage, v.block, v.offset, idle ? 0 : v.bytes, v.bundle};
    for (std::int32_t outer = v.bundle; outer >= 0; outer = draft.values[static_cast<std::size_t>(outer)].bundle) {
      const DraftValue& whole = draft.values[static_cast<std::size_t>(outer)];
      region.block = whole.block;
      region.offset += whole.offset;
    }
    plan.regions.push_back(region);
  }
  plan.constants = std::move(draft.constants);
  plan.inputs = std::move(draft.inputs);
  plan.outputs = std::move(draft.outputs);
  for (DraftStep& step : draft.steps) {
    const auto index = static_cast<std::int32_t>(plan.steps.size());
    if (index == draft.setup_steps) plan.setup_commands = static_cast<std::int32_t>(plan.commands.size());
    for (std::int32_t d = 0; d < static_cast<std::int32_t>(step.kernel.dispatches.size()); ++d) plan.commands.push_back({index, d, false});
    plan.steps.push_back(
        {std::move(step.launch), std::move(step.kernel), std::move(step.inputs), std::move(step.outputs), std::move(step.scratch)});
  }
  add_barriers(plan);
  return plan;
}

Plan make_plan(const Graph& graph, const StateLayout& state, const KernelCatalog& catalog, const PlanOptions& options) {
  const auto keep = [&](const std::string& name) { return catalog.has_composite(name); };
  auto simple = simplify(graph, keep);
  if (options.fuse) {
    if (const auto folded = fold_upsampling(*simple, options.setup)) simple = simplify(*folded, keep);
    if (options.setup)
      if (const auto spread = spread_channels(*simple)) simple = simplify(*spread, keep);
    if (auto twins = batch_twins(*simple, catalog)) simple = std::move(twins);
  }
  return schedule(draft_steps(*simple, fuse(*simple, catalog, options.fuse), state, catalog), catalog, options);
}

}  // namespace gouache
