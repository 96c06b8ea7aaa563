// Which steps can do with pipelines that the plan has anyway?  Drivers take from a tenth of a second to a whole one to make a tile's.
#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
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
    const double most = cost_of(step, step.kernel) + step.kernel.cost * (allowed.factor - 1);
    if (has_estimate(step) && !has_all(made, step.kernel))
      for (Kernel& other : kernels_of(draft, step, catalog)) {
        if (cost_of(step, other) > most) break;
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
        for (const Dispatch& dispatch : kernel.dispatches) option.pipelines.push_back(number_of(key_of(dispatch)));
        option.loss = (cost_of(step, kernel) - cost_of(step, step.kernel)) / step.kernel.cost * work_of(step) / all;
        option.kernel = std::move(kernel);
      }
    }
    made_ = made_by(chosen());
  }

  std::size_t pipelines() const { return count(made_); }

  /// Does without the pipeline whose loss is the least for every pipeline less, if that is at most `most` of the plan's speed. What needs
  /// it makes do with what is there and, if `for_another`, one new pipeline.
  bool give_one_up(double most, bool for_another) {
    std::optional<Chosen> best;
    const double now = loss_of(chosen());
    for (std::size_t unwanted = 0; unwanted < made_.size(); ++unwanted) {
      if (!made_[unwanted]) continue;
      for (const std::size_t further : for_another ? instead_of(unwanted) : Numbers{unwanted}) {
        Made allowed = made_;
        allowed[further] = true;
        allowed[unwanted] = false;
        const auto without = chosen_from(allowed);
        const std::size_t left = without ? count(made_by(*without)) : pipelines();
        if (left >= pipelines()) continue;
        const double loss = (loss_of(*without) - now) / static_cast<double>(pipelines() - left);
        if (loss > most) continue;
        most = loss;
        best = without;
      }
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
  using Numbers = std::vector<std::size_t>;
  using Made = std::vector<bool>;  ///< by number of a pipeline
  struct Option {
    Kernel kernel;
    Numbers pipelines;
    double loss = 0;  ///< of the plan's speed, as a part of it, against the kernel that runs the step at first
  };
  struct Choice {
    std::size_t step = 0, chosen = 0;
    std::vector<Option> options;
  };
  using Chosen = std::vector<std::size_t>;  ///< an option for each choice

  std::size_t number_of(const PipelineKey& key) { return numbers_.emplace(key, numbers_.size()).first->second; }
  static std::size_t count(const Made& made) { return static_cast<std::size_t>(std::ranges::count(made, true)); }
  static bool uses(const Option& option, std::size_t pipeline) {
    return std::ranges::find(option.pipelines, pipeline) != option.pipelines.end();
  }

  Chosen chosen() const {
    Chosen chosen;
    for (const Choice& choice : choices_) chosen.push_back(choice.chosen);
    return chosen;
  }

  Made made_by(const Chosen& chosen) const {
    Made made(numbers_.size());
    for (std::size_t i = 0; i < choices_.size(); ++i)
      for (const std::size_t pipeline : choices_[i].options[chosen[i]].pipelines) made[pipeline] = true;
    return made;
  }

  double loss_of(const Chosen& chosen) const {
    double loss = 0;
    for (std::size_t i = 0; i < choices_.size(); ++i) loss += choices_[i].options[chosen[i]].loss;
    return loss;
  }

  /// What could take the place of `unwanted`: pipelines each of which alone is missing from an option of a step that needs it.
  Numbers instead_of(std::size_t unwanted) const {
    std::set<std::size_t> further;
    for (const Choice& choice : choices_) {
      if (!uses(choice.options[choice.chosen], unwanted)) continue;
      for (const Option& option : choice.options) {
        if (uses(option, unwanted)) continue;
        std::set<std::size_t> missing;
        std::ranges::copy_if(option.pipelines, std::inserter(missing, missing.end()), [&](std::size_t p) { return !made_[p]; });
        if (missing.size() == 1) further.merge(missing);
      }
    }
    return {further.begin(), further.end()};
  }

  /// The least loss with the pipelines that are `allowed`; nothing where a step cannot do with them.
  std::optional<Chosen> chosen_from(const Made& allowed) const {
    Chosen chosen;
    for (const Choice& choice : choices_) {
      const auto runs = [&](const Option& option) {
        return std::ranges::all_of(option.pipelines, [&](std::size_t p) { return allowed[p]; });
      };
      std::size_t next = choice.chosen;
      if (!runs(choice.options[next])) {
        const auto found = std::ranges::find_if(choice.options, runs);  // in the order of their costs
        if (found == choice.options.end()) return std::nullopt;
        next = static_cast<std::size_t>(found - choice.options.begin());
      }
      chosen.push_back(next);
    }
    return chosen;
  }

  std::vector<Choice> choices_;
  std::map<PipelineKey, std::size_t> numbers_;
  Made made_;
};

}  // namespace

void share_pipelines(Draft& draft, const KernelCatalog& catalog, std::size_t wanted) {
  constexpr double kMostLoss = 0.05;  // of a plan's speed, for a pipeline less
  use_what_is_there(draft, catalog);
  Choices choices(draft, catalog);
  if (choices.pipelines() <= wanted) return;
  while (choices.pipelines() > wanted && (choices.give_one_up(kMostLoss, false) || choices.give_one_up(kMostLoss, true))) {}
  choices.apply(draft);
}

}  // namespace gouache
