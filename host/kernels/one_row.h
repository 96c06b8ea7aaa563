// Does one kernel row compute what the definition says?  A catalog that offers that row alone, and the comparison of its results.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "host/graph/graph.h"
#include "host/plan/plan.h"

namespace gouache {

/// `all`, but for launches that read as `launch` only their row number `row`. Other launches keep their rows, so what is fused
/// does not depend on the row.
class OneRow final : public KernelCatalog {
 public:
  OneRow(const KernelCatalog& all, const Launch& launch, std::size_t row) : all_(all), launch_(to_text(launch)), row_(row) {}
  std::vector<Kernel> candidates(const Launch& launch) const override;
  bool takes_program(const std::string& op) const override { return all_.takes_program(op); }
  bool has_composite(const std::string& name) const override { return all_.has_composite(name); }
  std::int64_t alignment() const override { return all_.alignment(); }

 private:
  const KernelCatalog& all_;
  std::string launch_;
  std::size_t row_;
};

/// The launch of `op` in a plan of `graph`; throws Error when there is none.
Launch launch_of(const Graph& graph, const StateLayout& state, const KernelCatalog& catalog, const std::string& op);

/// All that `graph` computes, by the definitions: its outputs, then its updates.
std::vector<Array> expected_of(const Graph& graph, const std::map<std::string, Array>& fed);

/// The element furthest from what was expected.
struct Worst {
  double error = 0;   ///< as a part of what is allowed; above 1 is wrong
  std::string where;  ///< "y[0,3,1] is 1.5, expected 2, allowed difference 1e-05"
};

/// Floats may differ by `tolerance` of the largest value expected, or of `least` where that is more; integers are exact.
struct Tolerance {
  double part = 3e-5, least = 0.03;
};

/// Updates `worst` with the elements of `got`.
void compare(const std::string& name, const Array& got, const Array& expected, const Tolerance& tolerance, Worst& worst);

}  // namespace gouache
