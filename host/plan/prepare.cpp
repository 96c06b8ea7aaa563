// Which weights are made ready once, not in every launch that reads them?  A kernel names the dispatches that depend on its weights
// alone; they become a step of their own, shared by all launches that prepare the same value in the same way.
#include <algorithm>
#include <map>

#include "host/plan/draft.h"
#include "shaders/shared/interface.h"

namespace gouache {
namespace {

constexpr std::size_t kWeights = 1;  // the input that Kernel::prepares speaks of

/// What a dispatch does, as a key.
std::string text_of(const Dispatch& dispatch) {
  std::string text = dispatch.module;
  for (const SpecConstant& constant : dispatch.constants) text += " " + std::to_string(constant.id) + "=" + std::to_string(constant.value);
  for (const std::uint32_t word : dispatch.push) text += " " + std::to_string(word);
  return text;
}

/// Values that are ready, by what they were made from and how.
struct Ready {
  std::int32_t weights = -1, value = -1;
  std::string how;
};

/// The step that makes `kernel`'s weights ready in a value of their own.
DraftStep preparing_step(const DraftStep& step, std::int32_t value, std::int64_t bytes) {
  DraftStep made;
  made.launch = {"prepare", {}, {step.launch.inputs[kWeights]}, {{{bytes / 4}, DType::f32}}, {}, step.launch.label};
  made.inputs = {step.inputs[kWeights]};
  made.outputs = {value};
  made.kernel.row = step.kernel.row;
  const auto& all = step.kernel.dispatches;
  made.kernel.dispatches.assign(all.begin(), all.begin() + step.kernel.prepares);
  for (Dispatch& dispatch : made.kernel.dispatches)
    for (Binding& binding : dispatch.bindings) {
      if (binding.operand.kind == OperandKind::input) binding.operand.index = 0;
      if (binding.operand.kind == OperandKind::scratch) binding.operand = {OperandKind::output, 0};
    }
  return made;
}

/// The rest of the kernel reads `value` as a further input in the place of its scratch 0.
void read_prepared(DraftStep& step, std::int32_t value) {
  const auto input = static_cast<std::uint16_t>(step.inputs.size());
  step.inputs.push_back(value);
  auto& dispatches = step.kernel.dispatches;
  dispatches.erase(dispatches.begin(), dispatches.begin() + step.kernel.prepares);
  for (Dispatch& dispatch : dispatches)
    for (Binding& binding : dispatch.bindings) {
      OperandRef& operand = binding.operand;
      if (operand.kind != OperandKind::scratch) continue;
      operand = operand.index == 0 ? OperandRef{OperandKind::input, input}
                                   : OperandRef{OperandKind::scratch, static_cast<std::uint16_t>(operand.index - 1)};
    }
  step.kernel.scratch.erase(step.kernel.scratch.begin());
  step.kernel.prepares = 0;
}

/// The value that `step` repacks the weights of a transposed convolution from; -1 when it does something else.
std::int32_t repacked_from(const DraftStep& step) {
  const auto* permute = std::get_if<PermuteAttributes>(&step.launch.attributes);
  return permute && is_swap(permute->order) ? step.inputs[0] : -1;
}

/// Kernels that make weights ready from the graph's own read those; what was repacked for them alone is not.
void skip_repacking(Draft& draft) {
  std::map<std::int32_t, std::int32_t> natural;  // by repacked value
  for (DraftStep& step : draft.steps) {
    if (const std::int32_t from = repacked_from(step); from >= 0) natural[step.outputs[0]] = from;
    const auto known = step.kernel.natural.empty() ? natural.end() : natural.find(step.inputs[kWeights]);
    if (known == natural.end()) continue;
    step.inputs[kWeights] = known->second;
    step.launch.natural_weights = true;
    std::ranges::copy(step.kernel.natural, step.kernel.dispatches.begin());
  }
  std::erase_if(draft.steps, [&](const DraftStep& step) {
    if (repacked_from(step) < 0) return false;
    const DraftValue& value = draft.values[static_cast<std::size_t>(step.outputs[0])];
    return value.storage == Storage::arena && value.bundle < 0 && std::ranges::none_of(draft.steps, [&](const DraftStep& other) {
             return std::ranges::count(other.inputs, step.outputs[0]) != 0;
           });
  });
}

/// Whether two steps that prepare may be one: the same module, weights that lie in one block of the state and are not written in between.
bool may_pair(const Draft& draft, const std::vector<DraftStep>& steps, std::size_t first, std::size_t second) {
  const auto value = [&](std::int32_t v) -> const DraftValue& { return draft.values[static_cast<std::size_t>(v)]; };
  const auto is_single = [&](const DraftStep& step) {
    return step.launch.op == "prepare" && step.inputs.size() == 1 && step.kernel.dispatches.size() == 1 &&
           step.kernel.dispatches[0].job_words > 0 && value(step.inputs[0]).storage == Storage::state;
  };
  if (!is_single(steps[first]) || !is_single(steps[second])) return false;
  const Dispatch &a = steps[first].kernel.dispatches[0], &b = steps[second].kernel.dispatches[0];
  const DraftValue &from = value(steps[first].inputs[0]), &other = value(steps[second].inputs[0]);
  if (a.module != b.module || a.constants != b.constants || from.block != other.block) return false;
  const std::int64_t read = std::max(from.offset + from.bytes, other.offset + other.bytes) - std::min(from.offset, other.offset);
  const std::int64_t written = part_aligned(value(steps[first].outputs[0]).bytes) + value(steps[second].outputs[0]).bytes;
  if (std::max(read, written) > std::min(a.job_reach, b.job_reach) || a.grid[1] + b.grid[1] > 2 || a.grid[0] + b.grid[0] > 65535)
    return false;
  return std::none_of(steps.begin() + static_cast<std::ptrdiff_t>(first), steps.begin() + static_cast<std::ptrdiff_t>(second),
                      [&](const DraftStep& between) {
                        return std::ranges::any_of(between.outputs, [&](std::int32_t v) { return overlap(value(v), other); });
                      });
}

/// `step` does the work of `other` too.
void pair(Draft& draft, DraftStep& step, const DraftStep& other) {
  const std::int32_t sources[] = {step.inputs[0], other.inputs[0]}, targets[] = {step.outputs[0], other.outputs[0]};
  const auto value = [&](std::int32_t v) -> DraftValue& { return draft.values[static_cast<std::size_t>(v)]; };
  DraftValue read = value(sources[0]);
  read.offset = std::min(value(sources[0]).offset, value(sources[1]).offset);
  read.bytes =
      std::max(value(sources[0]).offset + value(sources[0]).bytes, value(sources[1]).offset + value(sources[1]).bytes) - read.offset;
  const std::int64_t behind = part_aligned(value(targets[0]).bytes);
  const std::int32_t whole = draft.add({behind + value(targets[1]).bytes});
  for (const std::int32_t target : targets) value(target).bundle = whole;
  value(targets[1]).offset = behind;

  Dispatch& dispatch = step.kernel.dispatches[0];
  const auto job = [&](std::size_t i) { return dispatch.push.begin() + 1 + static_cast<std::ptrdiff_t>(i * dispatch.job_words); };
  std::copy_n(other.kernel.dispatches[0].push.begin() + 1, dispatch.job_words, job(1));
  for (std::size_t i = 0; i < 2; ++i) {
    job(i)[1] = static_cast<std::uint32_t>((value(sources[i]).offset - read.offset) / 16);
    job(i)[2] = static_cast<std::uint32_t>(value(targets[i]).offset / 16);
  }
  const auto lanes = std::ranges::find(dispatch.constants, CONSTANT_LOCAL_SIZE, &SpecConstant::id)->value;
  dispatch.grid = {(job(0)[0] + job(1)[0] + lanes - 1) / lanes, 1, 1};
  dispatch.push[0] = dispatch.grid[0];
  dispatch.job_words = 0;
  const auto flat = [](std::int64_t bytes) { return TensorType{{bytes / 4}, DType::f32}; };
  step.launch.inputs = {flat(read.bytes), step.launch.inputs[0], other.launch.inputs[0]};
  step.launch.outputs = {flat(value(whole).bytes), step.launch.outputs[0], other.launch.outputs[0]};
  step.inputs = {draft.add(read), sources[0], sources[1]};
  step.outputs = {whole, targets[0], targets[1]};
}

}  // namespace

void weigh_preparations(Draft& draft, bool setup) {
  std::map<std::pair<std::string, std::int32_t>, std::vector<std::size_t>> sharers;  // steps, by op and weights
  Variance variance(draft);
  for (std::size_t i = 0; i < draft.steps.size(); ++i) {
    const DraftStep& step = draft.steps[i];
    if (step.inputs.size() > kWeights && (!setup || variance.varies(step.inputs[kWeights])))
      sharers[{step.launch.op, step.inputs[kWeights]}].push_back(i);
    variance.pass(step);
  }
  for (const auto& [key, steps] : sharers)
    for (const std::size_t i : steps) draft.steps[i].preparations = 1.0 / static_cast<double>(steps.size());
}

void pair_prepared(Draft& draft) {
  std::vector<DraftStep>& steps = draft.steps;
  for (std::size_t first = 0; first < steps.size(); ++first)
    for (std::size_t second = first + 1; second < steps.size(); ++second) {
      if (!may_pair(draft, steps, first, second)) continue;
      pair(draft, steps[first], steps[second]);
      steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(second));
      break;
    }
}

void share_prepared(Draft& draft) {
  skip_repacking(draft);
  std::vector<DraftStep> steps;
  std::vector<Ready> ready;
  for (DraftStep& step : draft.steps) {
    if (step.kernel.prepares > 0) {
      const std::int32_t weights = step.inputs[kWeights];
      std::string how;
      for (std::int32_t i = 0; i < step.kernel.prepares; ++i) how += text_of(step.kernel.dispatches[static_cast<std::size_t>(i)]) + ";";
      auto known = std::ranges::find_if(ready, [&](const Ready& r) { return r.weights == weights && r.how == how; });
      if (known == ready.end()) {
        const std::int64_t bytes = step.kernel.scratch[0];
        known = ready.insert(known, {weights, draft.add({bytes}), how});
        steps.push_back(preparing_step(step, known->value, bytes));
      }
      read_prepared(step, known->value);
    }
    for (const std::int32_t written : step.outputs)
      std::erase_if(ready, [&](const Ready& r) {
        return r.weights == written ||
               overlap(draft.values[static_cast<std::size_t>(r.weights)], draft.values[static_cast<std::size_t>(written)]);
      });
    steps.push_back(std::move(step));
  }
  draft.steps = std::move(steps);
}

}  // namespace gouache
