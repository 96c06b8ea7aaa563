// gouache bench train, gouache bench generate: how long does a whole training step or a painted batch take, and what in it?
#include <algorithm>
#include <cmath>

#include "demo/cli/diagnostics_bench_networks.h"

namespace gouache::cli {
namespace {

/// A row an op of the plan, the slowest first: its dispatches together, as profiled one after the other. An op with so few operations a
/// byte that copying takes longer than they do is held against copying.
std::vector<BenchRow> rows_by_op(Bench& bench, const std::string& network, NetworkRun& run) {
  const std::vector<double> times = step_times(run, bench.options.repeats);
  std::vector<BenchRow> rows;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const Step& step = run.plan().steps[i];
    BenchRow row;
    row.name = network + ": " + (step.launch.label.empty() ? "" : step.launch.label + " ") + to_text(step.launch);
    row.kernel = step.kernel.row;
    row.flops = step.kernel.flops;
    row.bytes = step.kernel.bytes;
    row.ms = row.best = times[i];
    if (row.bytes / bench.yardsticks.gbytes() > row.flops / bench.yardsticks.gflops()) row.against = Against::copy;
    if (row.ms > 0) rows.push_back(std::move(row));  // what is set up once takes no time in a run
  }
  std::ranges::stable_sort(rows, [](const BenchRow& a, const BenchRow& b) { return a.ms > b.ms; });
  return rows;
}

/// Rounds in which every network has its turn, and the yardsticks theirs.
std::vector<BenchRow> measure(Bench& bench, Work work, std::int64_t batch) {
  const std::vector<Network> all = networks(work, bench.options, batch);
  std::vector<std::unique_ptr<NetworkRun>> runs;
  for (const Network& network : all) {
    runs.push_back(std::make_unique<NetworkRun>(bench.device, bench.catalog, work, network));
    runs.back()->run();  // some drivers compile only now
  }
  std::vector<std::vector<double>> times(all.size()), host(all.size());
  for (int round = 0; round < bench.options.repeats; ++round) {
    bench.yardsticks.run();
    for (std::size_t i = 0; i < all.size(); ++i) {
      times[i].push_back(runs[i]->run());
      host[i].push_back(runs[i]->host_us());
    }
  }
  std::vector<BenchRow> rows;
  for (std::size_t i = 0; i < all.size(); ++i) {
    BenchRow row;
    row.name = all[i].name;
    row.flops = runs[i]->plan().flops();
    set_times(row, times[i]);
    const auto& commands = runs[i]->plan().commands;
    const auto dispatches = static_cast<double>(commands.size()) - runs[i]->plan().setup_commands;
    std::ranges::nth_element(host[i], host[i].begin() + static_cast<std::ptrdiff_t>(host[i].size() / 2));
    const double host_us = host[i][host[i].size() / 2];
    row.kernel = std::to_string(std::lround(dispatches)) + " dispatches, " + std::to_string(std::lround(host_us)) + " us on the host";
    row.figures = {{"batch", static_cast<double>(all[i].batch)},
                   {"dispatches", dispatches},
                   {"host_us", host_us},
                   {"ms_per_image", row.ms / static_cast<double>(all[i].batch)},
                   {"memory_bytes", static_cast<double>(runs[i]->memory())}};
    rows.push_back(std::move(row));
    if (!bench.options.ops) continue;
    std::vector<BenchRow> ops = rows_by_op(bench, all[i].name, *runs[i]);
    std::ranges::move(ops, std::back_inserter(rows));
  }
  return rows;
}

}  // namespace

std::vector<BenchRow> bench_train(Bench& bench) { return measure(bench, Work::train, 64); }
std::vector<BenchRow> bench_generate(Bench& bench) { return measure(bench, Work::paint, 16); }

}  // namespace gouache::cli
