// gouache bench: how fast is this device at training, at painting and at single kernels, next to nothing but multiply-adds or copying?
#include "demo/cli/diagnostics_bench.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "demo/cli/command.h"
#include "demo/cli/diagnostics_ticks.h"
#include "demo/cli/diagnostics_tunings.h"

namespace gouache::cli {
namespace {

constexpr struct {
  const char* name;
  std::vector<BenchRow> (*run)(Bench&);
  void (*print)(const std::vector<BenchRow>&) = nullptr;  ///< null: the table of times and parts
} kSuites[] = {{"kernels", bench_kernels},
               {"train", bench_train},
               {"generate", bench_generate},
               {"start", bench_start, print_start},
               {"scale", bench_scale, print_scale}};

/// The rows of one group together.
struct Summary {
  std::string group, lowest_name;
  double log_sum = 0, lowest = 1e30;
  int rows = 0;
  double mean() const { return std::exp(log_sum / rows); }
};

std::vector<Summary> summaries_of(const std::vector<BenchRow>& rows, const Yardsticks& yardsticks) {
  std::vector<Summary> summaries;
  for (const BenchRow& row : rows) {
    if (row.group.empty()) continue;
    auto at = std::ranges::find(summaries, row.group, &Summary::group);
    if (at == summaries.end()) at = summaries.insert(at, Summary{row.group, ""});
    const double part = yardsticks.part(row);
    at->log_sum += std::log(part);
    at->rows++;
    if (part < at->lowest) at->lowest = part, at->lowest_name = row.name;
  }
  return summaries;
}

void print(const Yardsticks& yardsticks, const std::vector<BenchRow>& rows) {
  std::printf("%10s %10s %7s %9s %8s %7s  %s\n", "ms", "fastest", "spread", "GFLOP/s", "GB/s", "part", "what");
  for (const BenchRow& row : rows)
    std::printf("%10.3f %10.3f %6.0f%% %9.1f %8.1f %6.1f%%  %s%s%s\n", row.ms, row.best, 100 * row.spread, row.gflops(), row.gbytes(),
                100 * yardsticks.part(row), row.name.c_str(), row.kernel.empty() ? "" : "   ", row.kernel.c_str());
  for (const Summary& s : summaries_of(rows, yardsticks))
    std::printf("\n%s: %d rows, geometric mean %.1f%%, lowest %.1f%% (%s)", s.group.c_str(), s.rows, 100 * s.mean(), 100 * s.lowest,
                s.lowest_name.c_str());
  std::printf("\n");
}

nlohmann::ordered_json report_of(const std::string& device, const Yardsticks& yardsticks, const std::vector<BenchRow>& rows) {
  nlohmann::ordered_json report = {{"device", device},
                                   {"yardstick_gflops", yardsticks.gflops()},
                                   {"yardstick_gbytes", yardsticks.gbytes()},
                                   {"rows", nlohmann::ordered_json::array()},
                                   {"groups", nlohmann::ordered_json::array()}};
  for (const BenchRow& row : rows) {
    nlohmann::ordered_json one = {{"name", row.name},
                                  {"ms", row.ms},
                                  {"fastest_ms", row.best},
                                  {"spread", row.spread},
                                  {"gflops", row.gflops()},
                                  {"gbytes", row.gbytes()},
                                  {"against", row.against == Against::copy ? "copy" : "multiply_adds"},
                                  {"fraction", yardsticks.part(row)},
                                  {"kernel", row.kernel},
                                  {"group", row.group}};
    for (const auto& [key, value] : row.figures) one[key] = value;
    if (!row.note.empty()) one["note"] = row.note;
    report["rows"].push_back(std::move(one));
  }
  for (const Summary& s : summaries_of(rows, yardsticks))
    report["groups"].push_back(
        {{"name", s.group}, {"rows", s.rows}, {"geometric_mean", s.mean()}, {"lowest", s.lowest}, {"lowest_row", s.lowest_name}});
  return report;
}

int bench(const BenchOptions& o) {
  if (o.inside) return start_inside(o);
  Device device{std::string_view(o.device)};
  const Catalog catalog(device.caps(), o.tuned ? stored_tuning(device) : nullptr);
  Yardsticks yardsticks(device);
  yardsticks.run();
  Bench all{device, catalog, o, yardsticks};
  const auto suite = std::ranges::find(kSuites, o.what, [](const auto& one) { return one.name; });
  const std::vector<BenchRow> rows = suite->run(all);
  const std::string name = device.caps().name + ", " + device.caps().driver;
  if (o.json) {
    std::cout << report_of(name, yardsticks, rows).dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << std::endl;
    return kDone;
  }
  std::cout << name << "\n" << std::flush;
  std::printf("yardsticks: %.1f GFLOP/s (nothing but fma), %.1f GB/s (nothing but copying)\n\n", yardsticks.gflops(), yardsticks.gbytes());
  suite->print ? suite->print(rows) : print(yardsticks, rows);
  return kDone;
}

}  // namespace

std::function<int()> define_bench(CLI::App& app) {
  auto o = std::make_shared<BenchOptions>();
  auto ticks = std::make_shared<TickOptions>();
  std::vector<std::string> suites{"ticks"};
  for (const auto& suite : kSuites) suites.emplace_back(suite.name);
  app.add_option("what", o->what, "what to measure")->required()->type_name("SUITE")->check(CLI::IsMember(suites));
  const CLI::Option* model =
      app.add_option("--model", o->recipe,
                     "a model's name, a recipe (JSON) or a trained model (default: a fixed list of networks; scale: a DCGAN; ticks: also " +
                         ticks->recipes.front() + ")")
          ->type_name("MODEL|RECIPE");
  app.add_option("--batch", o->batch,
                 "images at once (default: those of the list; with --model 64 to train, 16 to generate, 1 to start; start: its trainings "
                 "at least 2)")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{4096}));
  app.add_flag("--ops", o->ops, "train, generate: what each op takes as well, the slowest first");
  app.add_flag("--training", o->training, "scale: training steps instead of painting; start: --model's training instead of its painting");
  app.add_option("--out", o->out, "scale: a picture of the curves")->type_name("FILE.png");
  app.add_option("--repeats", o->repeats, "runs of each, in turn with the yardsticks; the median counts")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  app.add_option("--filter", o->filter, "kernels: only rows with this in their name")->type_name("TEXT");
  app.add_flag("--every-row", o->every_row, "kernels: every kernel row that runs a shape, not the chosen one alone");
  app.add_option("--train-batch", ticks->train_batch, "ticks: images a step, where --batch is of painting")
      ->capture_default_str()
      ->check(CLI::Range(std::int64_t{2}, std::int64_t{4096}));
  app.add_option("--ticks", ticks->ticks, "ticks: how many of each budget at most")->capture_default_str()->check(CLI::Range(1, 100000));
  app.add_flag("--tuned", o->tuned, "all but start and ticks: with the kernel rows that gouache tune has found, where it was run here");
  app.add_flag("--json", o->json, "as JSON");
  app.add_flag("--inside", o->inside)->group("");  // what `start` runs in a process of its own
  add_device_option(app, o->device);
  return [o, ticks, model] {
    if (o->what != "ticks") return bench(*o);
    if (model->count()) ticks->recipes = {o->recipe};
    if (o->batch) ticks->batch = o->batch;
    ticks->device = o->device;
    ticks->json = o->json;
    return bench_ticks(*ticks);
  };
}

}  // namespace gouache::cli
