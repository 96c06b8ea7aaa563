// Which steps can do with pipelines that the plan has anyway?  Drivers take from a tenth of a second to a whole one to make a tile's.
#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

#include "host/plan/draft.h"

namespace gouache {
namespace {

/// What tells pipelines apart: module, specialization, subgroup size.
using PipelineKey = std::tuple<std::string, std::vector<std::pair<std::uint32_t, std::uint32_t>>, std::uint32_t>;

PipelineKey key_of(const Dispatch& dispatch) {
  PipelineKey key{dispatch.module, {}, dispatch.subgroup_size};
  for (const SpecConstant& constant : dispatch.constants) std::get<1>(key).emplace_back(constant.id, constant.value);
  return key;
}

}  // namespace

void share_pipelines(Draft& draft, const KernelCatalog& catalog) {
  // How many times the best row's cost a step's row may cost, where it takes less than a share of the plan's operations. Twice up to 0.01
  // costs nothing that shows but where one image is painted: a DCGAN's stem in rows for 16 images took 0.8 ms of 8 for 0.4.
  struct Allowance {
    double share, factor;
  };
  constexpr Allowance kAllowances[] = {{0.005, 2.0}, {0.01, 1.5}, {2.0, 1.05}};
  double all = 0;
  for (const DraftStep& step : draft.steps) all += step.kernel.flops;
  std::vector<std::size_t> order(draft.steps.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return draft.steps[a].kernel.flops > draft.steps[b].kernel.flops; });

  std::set<PipelineKey> made;
  const auto has = [&](const Kernel& kernel) {
    return std::ranges::all_of(kernel.dispatches, [&](const Dispatch& d) { return made.contains(key_of(d)); });
  };
  for (const std::size_t index : order) {
    DraftStep& step = draft.steps[index];
    const auto& allowed = *std::ranges::find_if(kAllowances, [&](const Allowance& one) { return step.kernel.flops <= one.share * all; });
    const double most = step.kernel.cost * allowed.factor;
    if (step.kernel.cost > 0 && !has(step.kernel))
      for (Kernel& other : kernels_of(draft, step, catalog)) {
        if (other.cost > most) break;
        if (!has(other)) continue;
        step.kernel = std::move(other);
        break;
      }
    for (const Dispatch& dispatch : step.kernel.dispatches) made.insert(key_of(dispatch));
  }
}

}  // namespace gouache
