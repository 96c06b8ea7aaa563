// Which networks do the suites of gouache bench measure, and how is one run?
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "demo/cli/diagnostics_bench.h"
#include "host/models/recipe.h"
#include "host/runtime/plans.h"

namespace gouache::cli {

enum class Work { paint, train };

struct Network {
  std::string name;
  Recipe recipe;
  std::int64_t batch = 0;
};

/// The fixed list, or the one that --model names; --batch overrides theirs. `batch`: of a network of --model's.
std::vector<Network> networks(Work work, const BenchOptions& options, std::int64_t batch);

/// The plan of a training step on 256 images, or of painting a batch.
Plan plan_of(Work work, const Recipe& recipe, std::int64_t batch, const Catalog& catalog);

/// A network ready to run, its variables as a training begins them. What is not filled is zeros: seed 0, a grey image.
class NetworkRun {
 public:
  NetworkRun(Device& device, const Catalog& catalog, Work work, const Network& network);

  /// A training step, or a batch painted, waited for. Milliseconds.
  double run();
  const Plan& plan() const { return plan_; }
  Executable& executable() { return *executable_; }
  std::uint64_t memory() const { return memory_; }  ///< bytes of device memory
  /// Microseconds that the last run() spent on the host before the device had its work.
  double host_us() const { return host_us_; }
  /// Milliseconds that planning took; that making the executable took, its pipelines and memory.
  double plan_ms() const { return plan_ms_; }
  double create_ms() const { return create_ms_; }
  double fill_ms() const { return fill_ms_; }  ///< that making up the variables and copying them took

 private:
  std::uint64_t memory_ = 0;
  double host_us_ = 0, plan_ms_ = 0, create_ms_ = 0, fill_ms_ = 0;
  Plan plan_;
  std::unique_ptr<State> state_;
  std::unique_ptr<Executable> executable_;
};

/// Milliseconds of every step of a plan, its dispatches together, setup not; the median of `repeats`.
std::vector<double> step_times(NetworkRun& run, int repeats);

}  // namespace gouache::cli
