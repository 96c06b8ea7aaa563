// gouache bench kernels: how fast is each op over the fixed list of shapes, in rounds that take turns with the yardsticks?
#include <algorithm>
#include <cstring>

#include "demo/cli/diagnostics_bench.h"
#include "host/kernels/one_row.h"
#include "host/plan/feeds.h"

namespace gouache::cli {
namespace {

/// Noise in [-0.5, 0.5), the same for every tensor of a size.
std::vector<std::byte> noise(std::int64_t bytes) {
  std::vector<std::byte> result(static_cast<std::size_t>(bytes));
  std::uint32_t state = 1;
  for (std::size_t i = 0; i + 4 <= result.size(); i += 4) {
    state = state * 1664525u + 1013904223u;
    const float value = static_cast<float>(state >> 8) * 0x1p-24f - 0.5f;
    std::memcpy(&result[i], &value, 4);
  }
  return result;
}

/// One case (or one kernel row of it), ready to run.
struct Runner {
  Runner(Bench& bench, const BenchCase& one, const Graph& graph, const KernelCatalog& catalog)
      : plan(make_plan(graph, layout_of(graph), catalog, {.name = one.name, .setup = one.setup})),
        state(bench.device, layout_of(graph)),
        executable(bench.device, state, plan) {
    for (const auto& [name, slot] : state.layout().slots) {
      if (name != "control") state.upload(name, noise(slot.type.bytes()));
    }
    for (const NamedTensor& input : plan.inputs) executable.set_input(input.name, noise(input.type.bytes()));
    row.name = one.name;
    row.against = one.against;
    row.group = one.group;
    for (const Step& step : plan.steps) {
      row.flops += step.kernel.flops;
      if (step.launch.op != one.op) continue;
      row.kernel = step.kernel.row;
      row.bytes += step.kernel.bytes;
    }
    executable.run();
  }
  /// Weights that are repacked every time are part of the cost; what is set up once is not. Run once before it is measured: what
  /// the other rows have left in the caches is not its own.
  void run() {
    executable.run();
    const Profile profile = executable.profile(1);
    double sum = 0;
    for (std::size_t i = executable.setup_count(); i < profile.microseconds.size(); ++i) sum += profile.microseconds[i];
    times.push_back(sum * 1e-3);
  }

  Plan plan;
  State state;
  Executable executable;
  BenchRow row;
  std::vector<double> times;
};

void add_runners(Bench& bench, const BenchCase& one, std::vector<std::unique_ptr<Runner>>& runners) {
  Graph graph;
  one.build(graph);
  if (!bench.options.every_row) {
    runners.push_back(std::make_unique<Runner>(bench, one, graph, bench.catalog));
    return;
  }
  const Launch launch = launch_of(graph, layout_of(graph), bench.catalog, one.op);
  const std::vector<Kernel> rows = bench.catalog.candidates(launch);
  for (std::size_t row = 0; row < rows.size(); ++row)
    if (rows[row].row != "plain") runners.push_back(std::make_unique<Runner>(bench, one, graph, OneRow(bench.catalog, launch, row)));
}

}  // namespace

std::vector<BenchRow> bench_kernels(Bench& bench) {
  std::vector<std::unique_ptr<Runner>> runners;
  for (const BenchCase& one : bench_cases())
    if (one.name.find(bench.options.filter) != std::string::npos) add_runners(bench, one, runners);
  for (int round = 0; round < bench.options.repeats; ++round) {
    bench.yardsticks.run();
    for (const auto& runner : runners) runner->run();
  }
  std::vector<BenchRow> rows;
  for (const auto& runner : runners) {
    set_times(runner->row, runner->times);
    rows.push_back(runner->row);
  }
  return rows;
}

}  // namespace gouache::cli
