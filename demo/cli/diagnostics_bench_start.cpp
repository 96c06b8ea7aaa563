// gouache bench start: how long until a fresh process has its first image, and what of it is compiling?  Every figure comes from a process
// of its own: one with an empty folder for the driver's cache, then some with what the first has left there.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "demo/cli/command.h"
#include "demo/cli/diagnostics_bench_networks.h"
#include "demo/cli/diagnostics_recipes.h"
#include "host/runtime/checkpoint.h"
#include "host/runtime/generator.h"
#include "host/runtime/plans.h"
#include "host/runtime/platform.h"
#include "host/runtime/safetensors.h"

namespace gouache::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point start) { return std::chrono::duration<double, std::milli>(Clock::now() - start).count(); }

bool is_product(const std::string& op) { return op == "matmul" || op.starts_with("conv2d"); }

/// Pipelines of a plan: those of products and convolutions, and all, as the device tells them apart.
std::pair<std::size_t, std::size_t> count_pipelines(const Plan& plan) {
  std::set<std::string> products, all;
  for (const Step& step : plan.steps)
    for (const Dispatch& d : step.kernel.dispatches) {
      std::string key = d.module + " " + std::to_string(d.push.size()) + " " + std::to_string(d.subgroup_size);
      for (const SpecConstant& c : d.constants) key += " " + std::to_string(c.id) + "=" + std::to_string(c.value);
      std::vector<int> kinds(d.bindings.size());
      for (const Binding& b : d.bindings) kinds.at(b.slot) = static_cast<int>(b.kind);
      for (const int kind : kinds) key += ":" + std::to_string(kind);
      all.insert(key);
      if (is_product(step.launch.op)) products.insert(key);
    }
  return {products.size(), all.size()};
}

/// A folder that is gone with it.
class FreshFolder {
 public:
  FreshFolder() {
    std::random_device random;
    path_ = fs::temp_directory_path() / ("gouache-start-" + std::to_string(random()) + std::to_string(random()));
    fs::create_directories(path_ / "cache");
  }
  ~FreshFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  FreshFolder(const FreshFolder&) = delete;
  FreshFolder& operator=(const FreshFolder&) = delete;
  const fs::path& path() const { return path_; }
  std::uintmax_t cached() const {
    std::uintmax_t bytes = 0;
    for (const auto& entry : fs::recursive_directory_iterator(path_ / "cache"))
      if (entry.is_regular_file()) bytes += entry.file_size();
    return bytes;
  }

 private:
  fs::path path_;
};

std::string own_program() {
  std::error_code none;
  const fs::path linked = fs::read_symlink("/proc/self/exe", none);
  return none ? "gouache" : path_text(linked);
}

/// One word of a command line, whatever is in it.
std::string quoted(const std::string& word) {
#if defined(_WIN32)
  return "\"" + word + "\"";
#else
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? "'\\''" : std::string(1, c);
  return text + "'";
#endif
}

/// Where drivers are told to keep what they compiled: Mesa's, NVIDIA's.
std::string with_cache(const fs::path& folder) {
  const std::string path = path_text(folder);
  const std::pair<const char*, std::string> variables[] = {{"MESA_SHADER_CACHE_DIR", path},
                                                           {"MESA_SHADER_CACHE_DISABLE", "false"},
                                                           {"__GL_SHADER_DISK_CACHE_PATH", path},
                                                           {"__GL_SHADER_DISK_CACHE", "1"}};
  std::string text;
  for (const auto& [name, value] : variables) {
#if defined(_WIN32)
    text += std::string("set ") + name + "=" + value + "&& ";
#else
    text += std::string(name) + "=" + quoted(value) + " ";
#endif
  }
  return text;
}

/// Whether there is a model file to start from: what is painted from a seed.
bool paints_from_seed(Work work, const Recipe& recipe) { return work == Work::paint && source_of(recipe) == LatentSource::seed; }

/// What a start begins with: a model with the weights that a training begins with, or a recipe.
std::string write_beginning(Device& device, const FreshFolder& folder, Work work, const Recipe& recipe) {
  const bool has_model = paints_from_seed(work, recipe);
  const std::string path = path_text(folder.path() / (has_model ? "model.safetensors" : "recipe.json"));
  if (has_model) {
    State state(device, model_layout(recipe));
    const std::vector<ParameterSpec> variables = plan_sampling(recipe, 1, LatentSource::seed, device.catalog(), &state.layout()).parameters;
    for (const ParameterSpec& spec : variables) {
      const std::vector<float> values = initial_values(spec, 1);
      state.upload(spec.name, std::as_bytes(std::span(values)));
    }
    write_model(path, state, variables, "", recipe);
  } else {
    const std::string text = recipe.to_json();
    write_file_atomically(path_from_utf8(path), std::as_bytes(std::span(text)));
  }
  return path;
}

/// Runs one start in a process of its own.
Json start_once(const FreshFolder& folder, const BenchOptions& o, Work work, const Network& network, const std::string& beginning) {
  const std::string result = path_text(folder.path() / "result.json");
  std::string command = with_cache(folder.path() / "cache") + quoted(own_program()) + " bench start --inside --model " + quoted(beginning) +
                        " --batch " + std::to_string(network.batch);
  if (work == Work::train) command += " --training";
  if (!o.device.empty()) command += " --device " + quoted(o.device);
  std::cout << std::flush;
  const int code = std::system((command + " > " + quoted(result)).c_str());
  if (code != 0) throw Error(network.name + ": the process that was to start it ended with code " + std::to_string(code));
  const std::vector<std::byte> bytes = read_file(path_from_utf8(result), 65536);
  return Json::parse(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

BenchRow start(Bench& bench, Work work, const Network& network) {
  const BenchOptions& o = bench.options;
  const FreshFolder folder;
  const std::string beginning = write_beginning(bench.device, folder, work, network.recipe);
  const Json cold = start_once(folder, o, work, network, beginning);
  const std::uintmax_t kept = folder.cached();
  Json cached = start_once(folder, o, work, network, beginning);
  for (int again = 1; again < o.repeats; ++again)
    if (Json next = start_once(folder, o, work, network, beginning); next["first_image_ms"] < cached["first_image_ms"]) cached = next;
  BenchRow row;
  row.name = (work == Work::train ? "train " : "paint ") + network.name;
  row.ms = row.best = cold["first_image_ms"].get<double>();
  row.flops = cold["flops"].get<double>();
  row.figures = {{"pipelines", cold["pipelines"].get<double>()},
                 {"product_pipelines", cold["product_pipelines"].get<double>()},
                 {"driver_cache_bytes", static_cast<double>(kept)}};
  for (const auto& [prefix, json] : {std::pair{"cold_", &cold}, {"cached_", &cached}})
    for (const char* key : {"device_ms", "plan_ms", "create_ms", "compile_ms", "run_ms", "first_image_ms"})
      row.figures.emplace_back(std::string(prefix) + key, (*json)[key].get<double>());
  if (kept == 0) row.note = "this driver left nothing in the folder it was given for its cache: both starts are cold";
  return row;
}

double figure(const BenchRow& row, const std::string& key) {
  for (const auto& [name, value] : row.figures)
    if (name == key) return value;
  throw Error(ErrorCode::internal, "bench start: no figure '" + key + "'");
}

}  // namespace

std::vector<BenchRow> bench_start(Bench& bench) {
  const BenchOptions& o = bench.options;
  std::vector<BenchRow> rows;
  const auto all = [&](Work work, std::int64_t batch) {
    BenchOptions chosen = o;
    if (o.recipe.empty() && o.batch && work == Work::train) chosen.batch = std::max(o.batch, std::int64_t{kLeastTrainingBatch});
    std::set<std::string> seen;  // a network once, at its first batch
    for (const Network& network : networks(work, chosen, batch))
      if (seen.insert(network.recipe.to_json()).second) rows.push_back(start(bench, work, network));
  };
  if (o.recipe.empty() || !o.training) all(Work::paint, 1);
  if (o.recipe.empty() || o.training) all(Work::train, 64);
  return rows;
}

void print_start(const std::vector<BenchRow>& rows) {
  std::printf("%18s %35s %35s\n", "pipelines", "cold: ms", "with the driver's cache: ms");
  std::printf("%9s %8s %11s %11s %11s %11s %11s %11s  %s\n", "products", "all", "create", "compile", "first image", "create", "compile",
              "first image", "what");
  for (const BenchRow& row : rows) {
    std::printf("%9.0f %8.0f", figure(row, "product_pipelines"), figure(row, "pipelines"));
    for (const std::string prefix : {"cold_", "cached_"})
      for (const char* key : {"create_ms", "compile_ms", "first_image_ms"}) std::printf(" %11.1f", figure(row, prefix + key));
    std::printf("  %s\n", row.name.c_str());
    if (!row.note.empty()) std::printf("%18s %s\n", "", row.note.c_str());
  }
  std::printf(
      "\ncreate: pipelines, memory and, of a painter, its file; compile: what the first run takes longer than the second (some drivers "
      "compile at the first dispatch);\n"
      "first image: all from the process's first word on, with loading the driver and planning; with the cache the fastest of --repeats "
      "processes. Of a training: its first step.\n");
}

namespace {

/// A start that is over, in milliseconds.
struct Started {
  Plan plan;
  double plan_ms = 0, create_ms = 0, first = 0, second = 0, first_image = 0;
};

/// A whole model file, as an engine starts it.
Started start_model(Device& device, const BenchOptions& o, Clock::time_point begun) {
  Started started;
  const auto loading = Clock::now();
  Generator generator(device, read_safetensors(path_from_utf8(o.recipe)), o.batch);
  const double loaded = ms_since(loading);
  const auto paint = [&] {
    const auto start = Clock::now();
    (void)generator.generate(1, 0, o.batch);
    return ms_since(start);
  };
  started.first = paint();
  started.first_image = ms_since(begun);
  started.second = paint();
  const auto planning = Clock::now();
  started.plan = plan_sampling(generator.recipe(), o.batch, LatentSource::seed, device.catalog()).plan;
  started.plan_ms = std::min(ms_since(planning), loaded);
  started.create_ms = loaded - started.plan_ms;
  return started;
}

/// A training, or a network that reads images: making up its weights, which its file would hold, is no part of painting.
Started start_network(Device& device, const BenchOptions& o, Clock::time_point begun) {
  NetworkRun run(device, device.catalog(), o.training ? Work::train : Work::paint, {"inside", recipe_of(o.recipe), o.batch});
  Started started;
  started.first = run.run();
  started.first_image = ms_since(begun) - (o.training ? 0 : run.fill_ms());
  started.second = run.run();
  started.plan = run.plan();
  started.plan_ms = run.plan_ms();
  started.create_ms = run.create_ms();
  return started;
}

}  // namespace

int start_inside(const BenchOptions& o) {
  const auto begun = Clock::now();
  Device device{std::string_view(o.device)};
  const double device_ms = ms_since(begun);
  const Started started = o.recipe.ends_with(".safetensors") ? start_model(device, o, begun) : start_network(device, o, begun);
  const auto [products, pipelines] = count_pipelines(started.plan);
  const Json result = {{"pipelines", pipelines},
                       {"product_pipelines", products},
                       {"flops", started.plan.flops()},
                       {"device_ms", device_ms},
                       {"plan_ms", started.plan_ms},
                       {"create_ms", started.create_ms},
                       {"compile_ms", std::max(started.first - started.second, 0.0)},
                       {"run_ms", started.second},
                       {"first_image_ms", started.first_image}};
  std::cout << result << std::endl;
  return kDone;
}

}  // namespace gouache::cli
