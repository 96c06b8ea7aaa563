// gouache bench train, gouache bench generate: how long does a whole training step or a painted batch take, and what in it?
#include <algorithm>
#include <chrono>

#include "demo/cli/diagnostics_bench.h"
#include "demo/cli/diagnostics_recipes.h"
#include "host/runtime/plans.h"

namespace gouache::cli {
namespace {

/// A row a step of the plan: its dispatches together, as profiled one after the other.
std::vector<BenchRow> rows_by_step(Executable& executable, const Plan& plan, int repeats) {
  const Profile profile = executable.profile(repeats);
  std::vector<BenchRow> rows(plan.steps.size());
  for (std::size_t i = 0; i < plan.commands.size(); ++i) {
    const auto index = static_cast<std::size_t>(plan.commands[i].step);
    const Step& step = plan.steps[index];
    rows[index].name = (step.launch.label.empty() ? "" : step.launch.label + " ") + to_text(step.launch);
    rows[index].kernel = step.kernel.row;
    rows[index].flops = step.kernel.flops;
    rows[index].bytes = step.kernel.bytes;
    rows[index].ms += profile.microseconds[i] * 1e-3;
  }
  for (BenchRow& row : rows) row.best = row.ms;
  std::ranges::stable_sort(rows, [](const BenchRow& a, const BenchRow& b) { return a.ms > b.ms; });
  return rows;
}

/// The whole plan first, then its steps, the slowest first. An input that is not filled is zeros: seed 0.
std::vector<BenchRow> measure(Bench& bench, const Plan& plan, State& state) {
  Executable executable(bench.device, state, plan);
  executable.run();
  std::vector<double> times;
  for (int i = 0; i < bench.options.repeats; ++i) {
    bench.yardsticks.run();
    const auto start = std::chrono::steady_clock::now();
    executable.run();
    times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  BenchRow whole;
  whole.name = plan.name;
  whole.flops = plan.flops();
  set_times(whole, times);
  std::vector<BenchRow> rows{whole}, steps = rows_by_step(executable, plan, bench.options.repeats);
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

}  // namespace

std::vector<BenchRow> bench_train(Bench& bench) {
  const Recipe recipe = recipe_of(bench.options.recipe);
  const ImageShape image = model(recipe.model()).shape(recipe);
  const TensorType images{{256, image.height, image.width, image.channels}, DType::u8};
  const TrainingPlan planned = plan_training(recipe, images, bench.options.batch ? bench.options.batch : 64, bench.catalog);
  State state(bench.device, planned.layout);
  begin_state(state, planned.parameters);
  const ControlWords control = control_words(1, 0);
  state.upload(kControl, std::as_bytes(std::span(control)));
  std::vector<std::byte> pixels(static_cast<std::size_t>(images.bytes()));
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::byte>(i * 2654435761u >> 24);
  state.upload(kImages, pixels);
  return measure(bench, planned.plan, state);
}

std::vector<BenchRow> bench_generate(Bench& bench) {
  const Recipe recipe = recipe_of(bench.options.recipe);
  const SamplingPlan planned = plan_sampling(recipe, bench.options.batch ? bench.options.batch : 16, LatentSource::seed, bench.catalog);
  State state(bench.device, model_layout(recipe));
  begin_state(state, planned.parameters);
  return measure(bench, planned.plan, state);
}

}  // namespace gouache::cli
