// Which steps need not run every time?  Those that depend on state and constants only come first: they run when the state has changed.
#include <algorithm>
#include <iterator>

#include "host/plan/draft.h"

namespace gouache {
namespace {

/// Calls `visit` with `value` and all that it is a part of.
template <typename Visit>
void with_wholes(const Draft& draft, std::int32_t value, const Visit& visit) {
  for (; value >= 0; value = draft.values[static_cast<std::size_t>(value)].bundle) visit(static_cast<std::size_t>(value));
}

}  // namespace

bool Variance::varies(std::int32_t value) const {
  bool result = draft_.values[static_cast<std::size_t>(value)].storage == Storage::input;
  with_wholes(draft_, value, [&](std::size_t index) { result = result || written_[index]; });
  return result;
}

/// Random numbers depend on a control record that changes from run to run.
bool Variance::is_setup(const DraftStep& step) const {
  const bool shares_its_result = step.launch.band.width > 0;  // with what the run may write there
  return step.launch.op != "random" && !shares_its_result && std::ranges::none_of(step.inputs, [&](std::int32_t v) { return varies(v); }) &&
         std::ranges::all_of(step.outputs,
                             [&](std::int32_t v) { return draft_.values[static_cast<std::size_t>(v)].storage == Storage::arena; });
}

void Variance::pass(const DraftStep& step) {
  if (is_setup(step)) return;
  for (const std::int32_t v : step.outputs) with_wholes(draft_, v, [&](std::size_t index) { written_[index] = true; });
}

void hoist_setup(Draft& draft) {
  std::vector<bool> made_by_setup(draft.values.size(), false);
  std::vector<DraftStep> setup, rest;
  Variance variance(draft);
  for (DraftStep& step : draft.steps) {
    if (variance.is_setup(step)) {
      for (const std::int32_t v : step.outputs) with_wholes(draft, v, [&](std::size_t index) { made_by_setup[index] = true; });
      setup.push_back(std::move(step));
    } else {
      variance.pass(step);
      rest.push_back(std::move(step));
    }
  }
  draft.setup_steps = static_cast<std::int32_t>(setup.size());
  for (const DraftStep& step : rest)
    for (const std::int32_t v : step.inputs)
      with_wholes(draft, v, [&](std::size_t index) { draft.values[index].forever |= made_by_setup[index]; });
  draft.steps = std::move(setup);
  std::move(rest.begin(), rest.end(), std::back_inserter(draft.steps));
}

}  // namespace gouache
