// gouache bench: how fast is this device at training, at painting and at single kernels, next to nothing but multiply-adds?
#include <CLI/CLI.hpp>
#include <algorithm>
#include <bit>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "demo/cli/command.h"
#include "demo/cli/diagnostics_cases.h"
#include "demo/cli/diagnostics_recipes.h"
#include "host/kernels/family.h"
#include "host/plan/feeds.h"
#include "host/runtime/executable.h"
#include "host/runtime/plans.h"
#include "host/vulkan/device.h"
#include "shaders/shared/interface.h"

namespace gouache::cli {
namespace {

struct Options {
  std::string what, recipe = "dcgan", device;
  std::int64_t batch = 0;
  int repeats = 5;
  bool json = false;
};

struct Row {
  std::string name;
  double ms = 0, flops = 0;  ///< flops: useful operations in that time
  std::string kernel;
  double gflops() const { return ms > 0 ? flops / ms * 1e-6 : 0; }
};

/// The fastest of `repeats` whole runs after one to warm up, in milliseconds: other work on the machine only ever adds.
double whole_run(Executable& executable, int repeats) {
  executable.run();
  double best = 1e30;
  for (int i = 0; i < repeats; ++i) {
    const auto start = std::chrono::steady_clock::now();
    executable.run();
    best = std::min(best, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

/// GFLOP/s of nothing but fma: 4096 invocations of shaders/yardstick.comp, 192 operations a loop.
double yardstick(Device& device, int repeats) {
  constexpr std::uint32_t kGroups = 512, kInvocations = kGroups * 8, kLoops = 2000;
  Plan plan;
  plan.name = "yardstick";
  plan.arena_blocks = {kInvocations * 4};
  plan.regions = {{Storage::arena, 0, 0, kInvocations * 4}};
  Step step;
  step.launch.op = step.launch.label = "yardstick";
  step.launch.outputs = {{{kInvocations}, DType::f32}};
  step.kernel.row = "yardstick";
  Dispatch dispatch;
  dispatch.module = "yardstick";
  dispatch.push = {kLoops, std::bit_cast<std::uint32_t>(0.5f), std::bit_cast<std::uint32_t>(0.25f)};
  dispatch.grid = {kGroups, 1, 1};
  dispatch.bindings = {{0, BindingKind::storage, {OperandKind::output, 0}, false, true}};
  step.kernel.dispatches = {dispatch};
  step.outputs = {0};
  plan.steps = {step};
  plan.commands = {{0, 0, false}};
  State state(device, {});
  Executable executable(device, state, plan);
  const double ms = whole_run(executable, std::max(repeats, 5));
  return 192.0 * kLoops * kInvocations / ms * 1e-6;
}

/// A row a step of the plan: its dispatches together, as profiled one after the other.
std::vector<Row> rows_by_step(Executable& executable, const Plan& plan, int repeats) {
  const Profile profile = executable.profile(repeats);
  std::vector<Row> rows(plan.steps.size());
  for (std::size_t i = 0; i < plan.commands.size(); ++i) {
    const auto index = static_cast<std::size_t>(plan.commands[i].step);
    const Step& step = plan.steps[index];
    rows[index].name = (step.launch.label.empty() ? "" : step.launch.label + " ") + to_text(step.launch);
    rows[index].kernel = step.kernel.row;
    rows[index].flops = step.kernel.flops;
    rows[index].ms += profile.microseconds[i] * 1e-3;
  }
  std::ranges::stable_sort(rows, [](const Row& a, const Row& b) { return a.ms > b.ms; });
  return rows;
}

/// The whole plan first, then its steps, the slowest first. An input that is not filled is zeros: seed 0.
std::vector<Row> measure(Device& device, const Plan& plan, State& state, int repeats) {
  Executable executable(device, state, plan);
  std::vector<Row> rows{{plan.name, whole_run(executable, repeats), plan.flops(), ""}};
  std::vector<Row> steps = rows_by_step(executable, plan, repeats);
  rows.insert(rows.end(), steps.begin(), steps.end());
  return rows;
}

/// Starting weights, as a training has them.
void begin_state(State& state, const std::vector<ParameterSpec>& parameters) {
  for (const ParameterSpec& spec : parameters) {
    const std::vector<float> values = initial_values(spec, 1);
    state.upload(spec.name, std::as_bytes(std::span(values)));
  }
}

std::vector<Row> bench_train(Device& device, const Catalog& catalog, const Options& o) {
  const Recipe recipe = recipe_of(o.recipe);
  const ImageShape image = model(recipe.model()).shape(recipe);
  const TensorType images{{256, image.height, image.width, image.channels}, DType::u8};
  const TrainingPlan planned = plan_training(recipe, images, o.batch ? o.batch : 64, catalog);
  State state(device, planned.layout);
  begin_state(state, planned.parameters);
  const ControlWords control = control_words(1, 0);
  state.upload(kControl, std::as_bytes(std::span(control)));
  std::vector<std::byte> pixels(static_cast<std::size_t>(images.bytes()));
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::byte>(i * 2654435761u >> 24);
  state.upload(kImages, pixels);
  return measure(device, planned.plan, state, o.repeats);
}

std::vector<Row> bench_generate(Device& device, const Catalog& catalog, const Options& o) {
  const Recipe recipe = recipe_of(o.recipe);
  const SamplingPlan planned = plan_sampling(recipe, o.batch ? o.batch : 16, LatentSource::seed, catalog);
  State state(device, model_layout(recipe));
  begin_state(state, planned.parameters);
  return measure(device, planned.plan, state, o.repeats);
}

std::vector<Row> bench_kernels(Device& device, const Catalog& catalog, const Options& o) {
  std::vector<Row> rows;
  for (const KernelCase& one : bench_cases()) {
    Graph graph;
    one.build(graph);
    const Plan plan = make_plan(graph, layout_of(graph), catalog, {.name = one.name});
    State state(device, layout_of(graph));
    Executable executable(device, state, plan);
    for (const auto& [name, array] : feeds(graph))
      if (std::ranges::any_of(plan.inputs, [&name = name](const NamedTensor& input) { return input.name == name; }))
        executable.set_input(name, to_bytes(array));
    Row row{one.name, 0, 0, ""};
    for (const Row& step : rows_by_step(executable, plan, o.repeats)) {  // repacked weights and the like are part of the cost
      row.ms += step.ms;
      row.flops += step.flops;
    }
    for (const Step& step : plan.steps)
      if (step.launch.op == one.op) row.kernel = step.kernel.row;
    rows.push_back(std::move(row));
  }
  return rows;
}

void print(const std::string& device, double yard, const std::vector<Row>& rows) {
  std::cout << device << "\n";
  std::printf("yardstick %.1f GFLOP/s (nothing but fma)\n\n%10s %9s %6s  %s\n", yard, "ms", "GFLOP/s", "of it", "what");
  for (const Row& row : rows)
    std::printf("%10.3f %9.1f %5.1f%%  %s%s%s\n", row.ms, row.gflops(), 100 * row.gflops() / yard, row.name.c_str(),
                row.kernel.empty() ? "" : "   ", row.kernel.c_str());
}

constexpr struct {
  const char* name;
  std::vector<Row> (*run)(Device&, const Catalog&, const Options&);
} kBenches[] = {{"train", bench_train}, {"generate", bench_generate}, {"kernels", bench_kernels}};

int bench(const Options& o) {
  Device device{std::string_view(o.device)};
  const Catalog catalog(device.caps());
  const double yard = yardstick(device, o.repeats);
  std::vector<Row> rows;
  for (const auto& one : kBenches)
    if (o.what == one.name) rows = one.run(device, catalog, o);
  const std::string name = device.caps().name + ", " + device.caps().driver;
  if (!o.json) {
    print(name, yard, rows);
    return kDone;
  }
  nlohmann::ordered_json report = {{"device", name}, {"yardstick_gflops", yard}, {"rows", nlohmann::ordered_json::array()}};
  for (const Row& row : rows)
    report["rows"].push_back(
        {{"name", row.name}, {"ms", row.ms}, {"gflops", row.gflops()}, {"fraction", row.gflops() / yard}, {"kernel", row.kernel}});
  std::cout << report.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << std::endl;
  return kDone;
}

}  // namespace

std::function<int()> define_bench(CLI::App& app) {
  auto o = std::make_shared<Options>();
  app.add_option("what", o->what, "what to measure")
      ->required()
      ->type_name("train|generate|kernels")
      ->check(CLI::IsMember({"train", "generate", "kernels"}));
  app.add_option("--model", o->recipe, "train, generate: a model's name, a recipe (JSON) or a trained model")
      ->capture_default_str()
      ->type_name("MODEL|RECIPE");
  app.add_option("--batch", o->batch, "images at once (default: 64 to train, 16 to generate)")
      ->check(CLI::Range(std::int64_t{2}, std::int64_t{4096}));
  app.add_option("--repeats", o->repeats, "runs of each; the fastest, or a step's median, counts")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  app.add_flag("--json", o->json, "as JSON");
  add_device_option(app, o->device);
  return [o] { return bench(*o); };
}

}  // namespace gouache::cli
