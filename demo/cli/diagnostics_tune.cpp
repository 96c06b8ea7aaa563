// gouache tune: which kernel row is the fastest for each op of a model on this device, and what does the choice without tuning lose?
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "demo/cli/command.h"
#include "demo/cli/diagnostics_bench_networks.h"
#include "demo/cli/diagnostics_recipes.h"
#include "demo/cli/diagnostics_tunings.h"
#include "host/runtime/median.h"
#include "host/runtime/platform.h"
#include "host/runtime/tuner.h"
#include "host/runtime/tuning_text.h"

namespace gouache::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string recipe, device, filter, out;
  std::vector<std::int64_t> batches;
  int rounds = 7;
  bool train = false, generate = false, json = false;
};

/// One plan of the model: a training step, or a batch painted.
struct Planned {
  Work work;
  Network network;
  Plan plan;
  double static_ms = 0, tuned_ms = 0;  ///< a whole run of it
  int went_back = 0;                   ///< ops whose winners were left, for the run was slower with them
};

std::vector<Planned> plans_of(const Options& o, const Catalog& catalog) {
  const Recipe recipe = recipe_of(o.recipe);
  const bool trains = model(recipe.model()).train != nullptr;
  std::vector<Planned> all;
  for (const Work work : {Work::train, Work::paint}) {
    const bool wanted = work == Work::train ? o.train || (!o.generate && trains) : o.generate || !o.train;
    if (!wanted) continue;
    const std::vector<std::int64_t> usual = work == Work::train ? std::vector<std::int64_t>{64} : std::vector<std::int64_t>{16, 1};
    for (const std::int64_t batch : o.batches.empty() ? usual : o.batches) {
      if (work == Work::train && batch < 2 && !o.train) continue;  // a training needs two images
      const std::string name = (work == Work::train ? "train " : "paint ") + recipe.model() + " batch " + std::to_string(batch);
      all.push_back({work, {name, recipe, batch}, plan_of(work, recipe, batch, catalog)});
    }
  }
  return all;
}

/// Whole runs of a plan with either choice of rows, in turns of a tenth of a second or one run.
void compare(Device& device, const Catalog& fixed, const Catalog& tuned, int rounds, Planned& planned) {
  constexpr double kTurn = 100;
  NetworkRun runs[] = {{device, fixed, planned.work, planned.network}, {device, tuned, planned.work, planned.network}};
  std::vector<double> times[2];
  for (NetworkRun& run : runs) run.run();  // some drivers compile only now
  const int repeats = std::clamp(static_cast<int>(kTurn / std::max(runs[0].run(), 1e-3)), 1, 50);
  for (int turn = 0; turn < 2 * rounds; ++turn) {
    const int which = (turn + turn / 2) % 2;  // 0 1 1 0 0 1 1 0: neither always comes first
    for (int i = 0; i < repeats; ++i) times[which].push_back(runs[which].run());
  }
  planned.static_ms = median(times[0]);
  planned.tuned_ms = median(times[1]);
}

/// What was known before with the winners of `ops` among it, but for those of plans that are slower as a whole with them: these go back.
Tuning settle(Device& device, const Catalog& fixed, int rounds, const Tuning& before, std::vector<TunedOp>& ops,
              std::vector<Planned>& plans) {
  for (;;) {
    Tuning tuning = before;
    for (const auto& [signature, row] : tuning_of(ops).rows) tuning.rows[signature] = row;
    const Catalog tuned(device.caps(), std::make_shared<const Tuning>(tuning));
    int changed = 0;
    for (Planned& planned : plans) {
      compare(device, fixed, tuned, rounds, planned);
      if (planned.tuned_ms <= planned.static_ms) continue;
      const int back = go_back(planned.plan, ops);
      planned.went_back += back;
      changed += back;
    }
    if (changed == 0) return tuning;
  }
}

/// Milliseconds of all ops with either choice.
struct Sums {
  double fixed = 0, tuned = 0;
  void add(const TunedOp& op) {
    fixed += 1e-3 * op.steps * op.tuned.static_microseconds;
    tuned += 1e-3 * op.steps * op.tuned.microseconds;
  }
  double part() const { return fixed > 0 ? tuned / fixed : 1; }  ///< speed of the static choice over that of the tuned one
};

std::string op_of(const TunedOp& op) { return op.signature.substr(0, op.signature.find(' ')); }

void print(const std::vector<TunedOp>& ops, const std::vector<Planned>& plans) {
  std::printf("%6s %5s %11s %11s %7s  %s\n", "times", "rows", "static, ms", "tuned, ms", "part", "what");
  std::map<std::string, Sums> kinds;
  Sums all;
  for (const TunedOp& op : ops) {
    if (!op.note.empty()) {
      std::printf("%6d %5d %31s  %s\n%37s %s\n", op.steps, op.rows, "not measured", op.signature.c_str(), "", op.note.c_str());
      continue;
    }
    Sums sums;
    sums.add(op);
    all.add(op);
    kinds[op_of(op)].add(op);
    std::printf("%6d %5d %11.3f %11.3f %6.1f%%  %s\n%37s %s", op.steps, op.rows, sums.fixed, sums.tuned, 100 * sums.part(),
                op.signature.c_str(), "", op.static_row.c_str());
    if (op.tuned.row != op.static_row) std::printf(" -> %s", op.tuned.row.c_str());
    std::printf("\n");
  }
  std::printf("\nspeed of the static choice over that of the tuned one, by op:\n");
  for (const auto& [op, sums] : kinds)
    std::printf("%6.1f%%  %s (%.3f against %.3f ms)\n", 100 * sums.part(), op.c_str(), sums.fixed, sums.tuned);
  std::printf("%6.1f%%  all ops with several rows (%.3f against %.3f ms, static over tuned time %.3f)\n", 100 * all.part(), all.fixed,
              all.tuned, all.part() > 0 ? 1 / all.part() : 1.0);
  for (const Planned& planned : plans) {
    std::printf("%6.1f%%  %s as a whole (%.3f against %.3f ms, static over tuned time %.3f)\n", 100 * planned.tuned_ms / planned.static_ms,
                planned.network.name.c_str(), planned.static_ms, planned.tuned_ms, planned.static_ms / planned.tuned_ms);
    if (planned.went_back > 0)
      std::printf("%9s%d of its ops went back to their static rows: as a whole it was slower with the winners\n", "", planned.went_back);
  }
}

Json report_of(const Device& device, const std::vector<TunedOp>& ops, const std::vector<Planned>& plans, const std::string& file) {
  Sums all;
  Json report = {{"device", device.caps().name + ", " + device.caps().driver},
                 {"key", tuning_key(device.facts())},
                 {"file", file},
                 {"ops", Json::array()},
                 {"plans", Json::array()}};
  for (const TunedOp& op : ops) {
    Json one = {{"signature", op.signature}, {"op", op_of(op)},          {"steps", op.steps},
                {"rows", op.rows},           {"gflop", op.flops * 1e-9}, {"static_row", op.static_row}};
    if (op.note.empty()) {
      all.add(op);
      one["row"] = op.tuned.row;
      one["static_ms"] = op.tuned.static_microseconds * 1e-3;
      one["tuned_ms"] = op.tuned.microseconds * 1e-3;
    } else {
      one["note"] = op.note;
    }
    report["ops"].push_back(std::move(one));
  }
  for (const Planned& planned : plans)
    report["plans"].push_back({{"name", planned.network.name},
                               {"static_ms", planned.static_ms},
                               {"tuned_ms", planned.tuned_ms},
                               {"static_over_tuned", planned.static_ms / planned.tuned_ms},
                               {"went_back", planned.went_back}});
  report["static_ms"] = all.fixed;
  report["tuned_ms"] = all.tuned;
  report["static_over_tuned"] = 1 / all.part();
  return report;
}

/// What was tuned before and is known to hold, or nothing: a file of no use is named.
Tuning begun(const Device& device, const std::string& file) {
  try {
    if (const auto text = tuning_in(file)) return read_tuning(device.facts(), file, *text);
  } catch (const Error& error) { std::cerr << "gouache: " << error.what() << "; it is written anew" << std::endl; }
  return {};
}

int tune_model(const Options& o) {
  Device device{std::string_view(o.device)};
  const Catalog fixed(device.caps());
  std::vector<Planned> plans = plans_of(o, fixed);
  const std::string file = o.out.empty() ? tuning_file(tuning_key(device.facts())) : o.out;
  const Tuning before = begun(device, file);
  if (!o.json) std::cout << device.caps().name << ", " << device.caps().driver << std::endl;

  std::vector<PlanToTune> wanted;
  for (const Planned& planned : plans) wanted.push_back({&planned.plan, planned.work == Work::paint});
  TunerOptions options{.rounds = o.rounds, .filter = o.filter, .progress = {}};
  options.progress = [](std::size_t done, std::size_t total, const TunedOp& last) {
    std::cerr << done << "/" << total << "  " << last.signature << std::endl;
  };
  std::vector<TunedOp> ops = tune(device, fixed, wanted, options);
  if (ops.empty()) throw Misuse("no op with '" + o.filter + "' in its signature has more than one row to choose from");
  const Tuning settled = settle(device, fixed, o.rounds, before, ops, plans);
  std::ranges::stable_sort(ops, std::greater{}, [](const TunedOp& op) { return op.steps * op.tuned.static_microseconds; });

  const std::string text = tuning_text(device.facts(), settled);
  const std::filesystem::path path = path_from_utf8(file);
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path());
  write_file_atomically(path, std::as_bytes(std::span(text)));
  if (o.json) {
    std::cout << report_of(device, ops, plans, file).dump(2, ' ', false, Json::error_handler_t::replace) << std::endl;
    return kDone;
  }
  print(ops, plans);
  std::printf("%zu choices are kept in %s\n", settled.rows.size(), file.c_str());
  return kDone;
}

}  // namespace

std::function<int()> define_tune(CLI::App& app) {
  auto o = std::make_shared<Options>();
  app.add_option("recipe", o->recipe, "a model's name, a recipe (JSON) or a trained model")->required()->type_name("MODEL|RECIPE");
  app.add_option("--batch", o->batches, "images at once, or several numbers with commas (default: 64 to train, 16 and 1 to paint)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{4096}))
      ->type_name("N,...");
  app.add_flag("--train", o->train, "training steps only");
  app.add_flag("--generate", o->generate, "painting only");
  app.add_option("--rounds", o->rounds, "turns of each row, and of the winner against the static choice; medians count")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  app.add_option("--filter", o->filter, "only ops with this in their signature")->type_name("TEXT");
  app.add_option("--out", o->out,
                 "the file to keep the choices in, added to those already there (default: the device's own in the user's cache folder)")
      ->type_name("FILE");
  app.add_flag("--json", o->json, "report as JSON");
  add_device_option(app, o->device);
  return [o] { return tune_model(*o); };
}

}  // namespace gouache::cli
