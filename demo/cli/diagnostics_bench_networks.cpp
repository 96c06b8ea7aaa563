// Which networks do the suites of gouache bench measure, and how is one run?
#include "demo/cli/diagnostics_bench_networks.h"

#include <chrono>

#include "demo/cli/diagnostics_recipes.h"
#include "host/runtime/estimate.h"

namespace gouache::cli {
namespace {

using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point start) { return std::chrono::duration<double, std::milli>(Clock::now() - start).count(); }

struct Listed {
  Work work;
  const char *name, *recipe;
  std::vector<std::int64_t> batches;
};

/// Networks whose speed others have measured too.
const std::vector<Listed>& listed() {
  static const std::vector<Listed> kListed{
      {Work::paint, "DCGAN 64", R"({"model": "dcgan", "size": 64, "channels": 512, "latent": 100, "image_channels": 3})", {16, 1}},
      {Work::paint, "U-Net 256", R"({"model": "pix2pix"})", {1}},
      {Work::paint, "SRResNet x4", R"({"model": "srresnet"})", {1}},
      {Work::train, "DCGAN-32", R"({"model": "dcgan", "channels": 256, "latent": 100, "image_channels": 3})", {64, 16}},
      {Work::train, "DCGAN-small", R"({"model": "dcgan"})", {64}},
      {Work::train, "DCGAN 64", R"({"model": "dcgan", "size": 64, "channels": 512, "latent": 100, "image_channels": 3})", {16}}};
  return kListed;
}

/// Pixels for a training that looks at how fast they are used, not at what they show.
std::vector<std::byte> noisy_pixels(const TensorType& images) {
  std::vector<std::byte> pixels(static_cast<std::size_t>(images.bytes()));
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::byte>(i * 2654435761u >> 24);
  return pixels;
}

/// Training images of the recipe's shape.
TensorType images_of(const Recipe& recipe) {
  const ImageShape image = model(recipe.model()).shape(recipe);
  return {{256, image.height, image.width, image.channels}, DType::u8};
}

}  // namespace

std::vector<Network> networks(Work work, const BenchOptions& options, std::int64_t batch) {
  std::vector<Network> all;
  const auto add = [&](const std::string& name, const Recipe& recipe, std::int64_t images) {
    all.push_back({name + " batch " + std::to_string(images), recipe, images});
  };
  if (!options.recipe.empty()) {
    const Recipe recipe = recipe_of(options.recipe);
    add(recipe.model(), recipe, options.batch ? options.batch : batch);
    return all;
  }
  for (const Listed& one : listed()) {
    if (one.work != work) continue;
    const Recipe recipe = Recipe::from_json(one.recipe);
    for (const std::int64_t images : options.batch ? std::vector{options.batch} : one.batches) add(one.name, recipe, images);
  }
  return all;
}

Plan plan_of(Work work, const Recipe& recipe, std::int64_t batch, const Catalog& catalog) {
  return work == Work::train ? plan_training(recipe, images_of(recipe), batch, catalog).plan
                             : plan_sampling(recipe, batch, source_of(recipe), catalog).plan;
}

NetworkRun::NetworkRun(Device& device, const Catalog& catalog, Work work, const Network& network) {
  const Recipe& recipe = network.recipe;
  StateLayout layout;
  std::vector<ParameterSpec> parameters;
  const TensorType images = images_of(recipe);
  const auto planning = Clock::now();
  if (work == Work::train) {
    TrainingPlan planned = plan_training(recipe, images, network.batch, catalog);
    layout = std::move(planned.layout);
    parameters = std::move(planned.parameters);
    plan_ = std::move(planned.plan);
  } else {
    layout = model_layout(recipe);
    SamplingPlan planned = plan_sampling(recipe, network.batch, source_of(recipe), catalog);
    parameters = std::move(planned.parameters);
    plan_ = std::move(planned.plan);
  }
  plan_ms_ = ms_since(planning);
  Estimate estimate(device);
  estimate.add(layout);
  estimate.add(plan_);
  memory_ = estimate.total();
  state_ = std::make_unique<State>(device, layout);
  const auto filling = Clock::now();
  for (const ParameterSpec& spec : parameters) {
    const std::vector<float> values = initial_values(spec, 1);
    state_->upload(spec.name, std::as_bytes(std::span(values)));
  }
  if (work == Work::train) {
    const ControlWords control = control_words(1, 0);
    state_->upload(kControl, std::as_bytes(std::span(control)));
    state_->upload(kImages, noisy_pixels(images));
  }
  fill_ms_ = ms_since(filling);
  const auto making = Clock::now();
  executable_ = std::make_unique<Executable>(device, *state_, plan_);
  create_ms_ = ms_since(making);
}

double NetworkRun::run() {
  const auto start = Clock::now();
  executable_->submit();
  host_us_ = 1e3 * ms_since(start);
  executable_->wait();
  return ms_since(start);
}

std::vector<double> step_times(NetworkRun& run, int repeats) {
  const Profile profile = run.executable().profile(repeats);
  const std::vector<Command>& commands = run.plan().commands;
  std::vector<double> times(run.plan().steps.size(), 0.0);
  for (std::size_t i = run.executable().setup_count(); i < commands.size(); ++i)
    times[static_cast<std::size_t>(commands[i].step)] += profile.microseconds[i] * 1e-3;
  return times;
}

}  // namespace gouache::cli
