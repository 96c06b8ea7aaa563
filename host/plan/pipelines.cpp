// Which steps can do with pipelines that the plan has anyway?  Drivers take from a tenth of a second to a whole one to make a tile's.
#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>

#include "host/plan/draft.h"

namespace gouache {
namespace {

/// What tells pipelines apart: module, specialization, subgroup size.
using PipelineKey = std::tuple<std::string, std::vector<std::pair<std::uint32_t, std::uint32_t>>, std::uint32_t>;
using PipelineSet = std::set<PipelineKey>;

PipelineKey key_of(const Dispatch& dispatch) {
  PipelineKey key{dispatch.module, {}, dispatch.subgroup_size};
  for (const SpecConstant& constant : dispatch.constants) std::get<1>(key).emplace_back(constant.id, constant.value);
  return key;
}

bool has_all(const PipelineSet& made, const Kernel& kernel) {
  return std::ranges::all_of(kernel.dispatches, [&](const Dispatch& d) { return made.contains(key_of(d)); });
}

bool has_estimate(const DraftStep& step) { return step.kernel.cost > 0; }

/// How much there is to do, in floating-point operations: those of a step, or what could be computed while its tensors are read and
/// written (software drivers: 150 GFLOP/s, 15 GB/s).
double work_of(const DraftStep& step) {
  constexpr double kOperationsAByte = 10;
  return std::max(step.kernel.flops, kOperationsAByte * step.kernel.bytes);
}
double work_of(const Draft& draft) {
  return std::transform_reduce(draft.steps.begin(), draft.steps.end(), 0.0, std::plus(), [](const DraftStep& s) { return work_of(s); });
}

/// Lets steps of little work use what those of more work need anyway.
void use_what_is_there(Draft& draft, const KernelCatalog& catalog) {
  // How many times the best row's cost a step's row may cost, where it is less than a share of the plan's work.
  struct Allowance {
    double share, factor;
  };
  constexpr Allowance kAllowances[] = {{0.005, 2.0}, {0.01, 1.5}, {2.0, 1.05}};
  const double all = work_of(draft);
  std::vector<std::size_t> order(draft.steps.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return work_of(draft.steps[a]) > work_of(draft.steps[b]); });

  PipelineSet made;
  for (const std::size_t index : order) {
    DraftStep& step = draft.steps[index];
    const auto& allowed = *std::ranges::find_if(kAllowances, [&](const Allowance& one) { return work_of(step) <= one.share * all; });
    const double most = step.kernel.cost * allowed.factor;
    if (has_estimate(step) && !has_all(made, step.kernel))
      for (Kernel& other : kernels_of(draft, step, catalog)) {
        if (other.cost > most) break;
        if (!has_all(made, other)) continue;
        step.kernel = std::move(other);
        break;
      }
    for (const Dispatch& dispatch : step.kernel.dispatches) made.insert(key_of(dispatch));
  }
}

/// What may run each step whose kernel has an estimate, and what does.
class Choices {
 public:
  Choices(const Draft& draft, const KernelCatalog& catalog) {
    const double all = work_of(draft);
    for (std::size_t i = 0; i < draft.steps.size(); ++i) {
      const DraftStep& step = draft.steps[i];
      if (!has_estimate(step)) continue;
      Choice& choice = choices_.emplace_back();
      choice.step = i;
      for (Kernel& kernel : kernels_of(draft, step, catalog)) {
        if (kernel.row == step.kernel.row) choice.chosen = choice.options.size();
        Option& option = choice.options.emplace_back();
        for (const Dispatch& dispatch : kernel.dispatches) option.pipelines.insert(key_of(dispatch));
        option.loss = (kernel.cost / step.kernel.cost - 1) * work_of(step) / all;
        option.kernel = std::move(kernel);
      }
    }
    made_ = made_by(chosen());
  }

  std::size_t pipelines() const { return made_.size(); }

  /// Does without the pipeline whose loss is the least for every pipeline less, if that is at most `most` of the plan's speed.
  bool give_one_up(double most) {
    std::optional<Chosen> best;
    for (const PipelineKey& unwanted : made_) {
      const auto without = chosen_without(unwanted);
      if (!without) continue;
      const double loss = (loss_of(*without) - loss_of(chosen())) / static_cast<double>(made_.size() - made_by(*without).size());
      if (loss > most) continue;
      most = loss;
      best = without;
    }
    if (!best) return false;
    for (std::size_t i = 0; i < choices_.size(); ++i) choices_[i].chosen = (*best)[i];
    made_ = made_by(*best);
    return true;
  }

  void apply(Draft& draft) {
    for (Choice& choice : choices_) draft.steps[choice.step].kernel = std::move(choice.options[choice.chosen].kernel);
  }

 private:
  struct Option {
    Kernel kernel;
    PipelineSet pipelines;
    double loss = 0;  ///< of the plan's speed, as a part of it, against the kernel that runs the step at first
  };
  struct Choice {
    std::size_t step = 0, chosen = 0;
    std::vector<Option> options;
  };
  using Chosen = std::vector<std::size_t>;  ///< an option for each choice

  Chosen chosen() const {
    Chosen chosen;
    for (const Choice& choice : choices_) chosen.push_back(choice.chosen);
    return chosen;
  }

  PipelineSet made_by(const Chosen& chosen) const {
    PipelineSet made;
    for (std::size_t i = 0; i < choices_.size(); ++i) {
      const PipelineSet& pipelines = choices_[i].options[chosen[i]].pipelines;
      made.insert(pipelines.begin(), pipelines.end());
    }
    return made;
  }

  double loss_of(const Chosen& chosen) const {
    double loss = 0;
    for (std::size_t i = 0; i < choices_.size(); ++i) loss += choices_[i].options[chosen[i]].loss;
    return loss;
  }

  /// The least loss with all that is made but `unwanted`; nothing where a step cannot do without it.
  std::optional<Chosen> chosen_without(const PipelineKey& unwanted) const {
    Chosen chosen;
    for (const Choice& choice : choices_) {
      std::size_t next = choice.chosen;
      if (choice.options[next].pipelines.contains(unwanted)) {
        const auto runs = [&](const Option& option) {
          return !option.pipelines.contains(unwanted) && std::ranges::includes(made_, option.pipelines);
        };
        const auto found = std::ranges::find_if(choice.options, runs);  // in the order of their costs
        if (found == choice.options.end()) return std::nullopt;
        next = static_cast<std::size_t>(found - choice.options.begin());
      }
      chosen.push_back(next);
    }
    return chosen;
  }

  std::vector<Choice> choices_;
  PipelineSet made_;
};

}  // namespace

void share_pipelines(Draft& draft, const KernelCatalog& catalog, std::size_t wanted) {
  constexpr double kMostLoss = 0.04;  // of a plan's speed, for a pipeline less
  use_what_is_there(draft, catalog);
  Choices choices(draft, catalog);
  if (choices.pipelines() <= wanted) return;
  while (choices.pipelines() > wanted && choices.give_one_up(kMostLoss)) {}
  choices.apply(draft);
}

}  // namespace gouache
