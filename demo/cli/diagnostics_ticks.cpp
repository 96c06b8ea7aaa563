// gouache bench ticks: how well do ticks keep their budget?  Each is waited for like a frame; what counts is its time on the GPU.
#include "demo/cli/diagnostics_ticks.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>

#include "demo/cli/command.h"
#include "demo/cli/diagnostics_recipes.h"
#include "host/kernels/family.h"
#include "host/models/model.h"
#include "host/runtime/pacer.h"
#include "host/runtime/plans.h"
#include "host/runtime/runner.h"
#include "host/runtime/trainer.h"

namespace gouache::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kBudgets[] = {4000, 8000, 16000};  ///< microseconds
constexpr double kSeconds = 20;                     ///< in all, but for what is measured before the first tick

struct Row {
  std::string name;
  double budget = 0;  ///< microseconds
  std::size_t ticks = 0, parts = 0;
  double median_part = 0, longest_part = 0;  ///< microseconds
  double p50 = 0, p90 = 0, p99 = 0;          ///< of a tick's GPU time over its budget
};

double quantile(std::vector<double> values, double at) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(at * static_cast<double>(values.size() - 1) + 0.5)];
}

/// One row a budget. `next` gives the run to tick, which never ends.
std::vector<Row> measure(Pacer& pacer, const std::string& name, const std::function<PacedRun&()>& next, int ticks, double seconds) {
  std::vector<Row> rows;
  for (const double budget : kBudgets) {
    std::vector<double> shares, times;
    const Clock::time_point start = Clock::now();
    while (static_cast<int>(shares.size()) < ticks && std::chrono::duration<double>(Clock::now() - start).count() < seconds) {
      PacedRun* const runs[] = {&next()};
      if (pacer.tick(runs, {budget, 0}).parts == 0) continue;
      pacer.wait();
      shares.push_back(pacer.measured() / budget);
    }
    for (const Part& part : next().parts()) times.push_back(part.microseconds);
    rows.push_back({name, budget, shares.size(), times.size(), quantile(times, 0.5), quantile(times, 1), quantile(shares, 0.5),
                    quantile(shares, 0.9), quantile(shares, 0.99)});
  }
  return rows;
}

std::vector<Row> painting(Device& device, const std::string& name, const Recipe& recipe, const TickOptions& o, double seconds) {
  const Catalog catalog(device.caps());
  const SamplingPlan planned = plan_sampling(recipe, o.batch, LatentSource::seed, catalog);
  State state(device, model_layout(recipe));
  for (const ParameterSpec& spec : planned.parameters) {
    const std::vector<float> values = initial_values(spec, 1);
    state.upload(spec.name, std::as_bytes(std::span(values)));
  }
  Pacer pacer(device);
  Runner runner(device, state, planned.plan);
  Runner* const all[] = {&runner};
  warm_up(device, all, {}, {});
  const auto next = [&]() -> PacedRun& {
    if (!runner.paced()) runner.begin(&pacer, nullptr, UINT64_MAX);  // the same batch again and again
    runner.done();
    return *runner.paced();
  };
  return measure(pacer, "generate " + name + ", batch " + std::to_string(o.batch), next, o.ticks, seconds);
}

std::vector<Row> training(Device& device, const std::string& name, const Recipe& recipe, const TickOptions& o, double seconds) {
  const ImageShape shape = model(recipe.model()).shape(recipe);
  constexpr std::uint32_t kImages = 256;
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(kImages * shape.height * shape.width * shape.channels));
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * 2654435761u >> 24);
  Pacer pacer(device);
  TrainerOptions options;
  options.recipe = recipe;
  options.batch = o.train_batch;
  Trainer trainer(device, options,
                  {kImages,
                   static_cast<std::uint32_t>(shape.height),
                   static_cast<std::uint32_t>(shape.width),
                   static_cast<std::uint32_t>(shape.channels),
                   pixels,
                   {}});
  trainer.measure_step();
  trainer.begin_steps(UINT64_MAX, &pacer);
  const auto next = [&]() -> PacedRun& {
    if (trainer.poll_steps()) trainer.check_steps();  // they end by NaN alone
    return *trainer.paced();
  };
  const std::vector<Row> rows = measure(pacer, "train " + name + ", batch " + std::to_string(o.train_batch), next, o.ticks, seconds);
  trainer.cancel_steps();
  trainer.wait_steps();
  return rows;
}

void print(const std::string& device, const std::vector<Row>& rows) {
  std::cout << device << "\n";
  std::printf("GPU time of a tick over its budget\n\n%6s %6s %6s %6s  %5s %5s  %9s %9s  %s\n", "budget", "p50", "p90", "p99", "ticks",
              "parts", "median ms", "longest", "what");
  for (const Row& row : rows)
    std::printf("%3.0f ms %6.2f %6.2f %6.2f  %5zu %5zu  %9.3f %9.3f  %s\n", row.budget * 1e-3, row.p50, row.p90, row.p99, row.ticks,
                row.parts, row.median_part * 1e-3, row.longest_part * 1e-3, row.name.c_str());
}

}  // namespace

int bench_ticks(const TickOptions& o) {
  Device device{std::string_view(o.device)};
  const double seconds = kSeconds / static_cast<double>(2 * o.recipes.size() * std::size(kBudgets));
  std::vector<Row> rows;
  for (const std::string& name : o.recipes)
    for (const auto& work : {painting, training}) {
      const std::vector<Row> measured = work(device, name, recipe_of(name), o, seconds);
      rows.insert(rows.end(), measured.begin(), measured.end());
    }
  const std::string name = device.caps().name + ", " + device.caps().driver;
  if (!o.json) {
    print(name, rows);
    return kDone;
  }
  nlohmann::ordered_json report = {{"device", name}, {"rows", nlohmann::ordered_json::array()}};
  for (const Row& row : rows)
    report["rows"].push_back({{"name", row.name},
                              {"budget_ms", row.budget * 1e-3},
                              {"ticks", row.ticks},
                              {"parts", row.parts},
                              {"median_part_ms", row.median_part * 1e-3},
                              {"longest_part_ms", row.longest_part * 1e-3},
                              {"p50", row.p50},
                              {"p90", row.p90},
                              {"p99", row.p99}});
  std::cout << report.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << std::endl;
  return kDone;
}

}  // namespace gouache::cli
