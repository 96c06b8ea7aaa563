// How does a trained model paint?
#include "host/runtime/generator.h"

#include <algorithm>
#include <cstring>

#include "host/kernels/family.h"
#include "host/runtime/checkpoint.h"
#include "host/runtime/estimate.h"
#include "host/runtime/labels.h"
#include "host/runtime/plans.h"
#include "host/runtime/runner.h"
#include "host/runtime/state.h"
#include "host/vulkan/device.h"

namespace gouache {

namespace {

constexpr int kProfileRuns = 3;  ///< behind the times that parts are cut by

/// What a model file makes of a device.
struct Painter {
  Recipe recipe;
  StateLayout layout;
  SamplingPlan by_seed;
};

/// Throws Error: a file that is no model or damaged, a batch out of range, a device that cannot.
Painter plan_painter(const TensorFile& file, std::int64_t batch, const Catalog& catalog) {
  if (batch < 1 || batch > 4096) throw Error("batch is " + std::to_string(batch) + ", expected 1..4096");
  check_format(file);
  const Recipe recipe = Recipe::from_json(std::string(recipe_text(file)));
  Painter painter{recipe, model_layout(recipe), plan_sampling(recipe, batch, LatentSource::seed, catalog)};
  check_model(file, painter.by_seed.parameters);
  return painter;
}

}  // namespace

Estimate estimate_generator(Device& device, const std::string& name, std::span<const std::byte> file, std::int64_t batch) {
  Estimate estimate(device);
  estimate.plan([&] {
    const Painter painter = plan_painter(parse_safetensors(name, file), batch, Catalog(device.caps()));
    estimate.add(painter.layout);
    estimate.add_staging();
    estimate.add(painter.by_seed.plan);
  });
  return estimate;
}

struct Generator::Body {
  Body(Device& d, const TensorFile& file, std::int64_t batch_size)
      : device(d),
        catalog(d.caps()),
        painter(plan_painter(file, batch_size, catalog)),
        state(d, painter.layout),
        batch(batch_size),
        shape(model(painter.recipe.model()).shape(painter.recipe)),
        seeded(d, state, painter.by_seed.plan) {
    load_model(file, state, painter.by_seed.parameters);
    if (shape.classes > 0) classes.resize(static_cast<std::size_t>(batch));
  }

  Runner& latent_runner() {
    if (!given) {
      by_latents = plan_sampling(painter.recipe, batch, LatentSource::input, catalog);
      given = std::make_unique<Runner>(device, state, by_latents.plan);
    }
    return *given;
  }
  void begin(Runner& runner, const char* input, std::span<const std::byte> bytes, Pacer* pacer, std::uint64_t first,
             std::span<const std::uint32_t> labels) {
    check_labels(labels, shape.classes);
    if (labels.size() > static_cast<std::size_t>(batch))
      throw Error("labels: " + std::to_string(labels.size()) + ", expected at most the batch, " + std::to_string(batch));
    if (pacer && !runner.is_cut()) runner.cut(runner.executable().profile(kProfileRuns));
    runner.executable().set_input(input, bytes);
    if (shape.classes > 0) {
      class_numbers(labels, first, shape.classes, classes);
      runner.executable().set_input(kSampleLabels, std::as_bytes(std::span(classes)));
    }
    (running = &runner)->begin(pacer);
  }

  std::size_t image_values() const { return static_cast<std::size_t>(shape.height * shape.width * shape.channels); }

  Device& device;
  Catalog catalog;
  Painter painter;
  State state;
  std::int64_t batch;
  ImageShape shape;
  SamplingPlan by_latents;
  std::vector<float> padded;   ///< latents of the batch under way
  std::vector<float> classes;  ///< and its class numbers, where the recipe has classes
  Runner seeded;
  std::unique_ptr<Runner> given;  ///< from the first request with latents on
  Runner* running = nullptr;
};

Generator::Generator(Device& device, const std::string& name, std::span<const std::byte> file, std::int64_t batch)
    : body_(std::make_unique<Body>(device, parse_safetensors(name, file), batch)) {}
Generator::~Generator() = default;

const Recipe& Generator::recipe() const { return body_->painter.recipe; }
const std::vector<ParameterSpec>& Generator::variables() const { return body_->painter.by_seed.parameters; }
std::vector<float> Generator::values(const ParameterSpec& variable) const {
  std::vector<float> values(static_cast<std::size_t>(variable.type.count()));
  body_->state.download(variable.name, std::as_writable_bytes(std::span(values)));
  return values;
}
ImageShape Generator::shape() const { return body_->shape; }
std::int64_t Generator::batch() const { return body_->batch; }

void Generator::begin(std::uint64_t seed, std::uint64_t batch_index, Pacer* pacer, std::span<const std::uint32_t> labels) {
  const ControlWords words = control_words(seed, static_cast<std::uint32_t>(batch_index));
  body_->begin(body_->seeded, kSampleControl, std::as_bytes(std::span(words)), pacer,
               batch_index * static_cast<std::uint64_t>(body_->batch), labels);
}

void Generator::begin(std::span<const float> latents, Pacer* pacer, std::span<const std::uint32_t> labels) {
  std::vector<float>& padded = body_->padded;
  padded.assign(static_cast<std::size_t>(body_->batch * body_->shape.latent), 0.0f);
  if (latents.empty() || latents.size() > padded.size() || latents.size() % static_cast<std::size_t>(body_->shape.latent) != 0)
    throw Error("latents: " + std::to_string(latents.size()) + " values, expected a multiple of " + std::to_string(body_->shape.latent) +
                ", at most " + std::to_string(padded.size()));
  std::copy(latents.begin(), latents.end(), padded.begin());
  body_->begin(body_->latent_runner(), "latents", std::as_bytes(std::span(padded)), pacer, 0, labels);
}

PacedRun* Generator::paced() { return body_->running ? body_->running->paced() : nullptr; }

bool Generator::done() const { return !body_->running || body_->running->done(); }

std::span<const float> Generator::finish() {
  if (!body_->running) throw Error("generate: nothing was begun");
  body_->running->wait();
  const auto bytes = body_->running->executable().output("images");
  return {reinterpret_cast<const float*>(bytes.data()), static_cast<std::size_t>(body_->batch) * body_->image_values()};
}

std::vector<float> Generator::generate(std::uint64_t seed, std::uint64_t first, std::int64_t count) {
  const std::size_t image = body_->image_values();
  std::vector<float> result;
  const auto batch = static_cast<std::uint64_t>(body_->batch);
  for (std::uint64_t at = first, end = first + static_cast<std::uint64_t>(count); at < end;) {
    begin(seed, at / batch);
    const std::span<const float> painted = finish();
    const std::uint64_t stop = std::min(end, (at / batch + 1) * batch);
    const auto wanted = painted.subspan((at % batch) * image, (stop - at) * image);
    result.insert(result.end(), wanted.begin(), wanted.end());
    at = stop;
  }
  return result;
}

std::vector<float> Generator::generate(std::span<const float> latents) {
  const auto per_image = static_cast<std::size_t>(body_->shape.latent);
  if (latents.empty() || latents.size() % per_image != 0)
    throw Error("latents: " + std::to_string(latents.size()) + " values, expected a multiple of " + std::to_string(per_image));
  std::vector<float> result;
  const std::size_t step = static_cast<std::size_t>(body_->batch) * per_image;
  const auto classes = static_cast<std::size_t>(body_->shape.classes);
  std::vector<std::uint32_t> labels;
  for (std::size_t at = 0; at < latents.size(); at += step) {
    const auto part = latents.subspan(at, std::min(step, latents.size() - at));
    labels.clear();
    for (std::size_t i = 0; classes && i < part.size() / per_image; ++i)
      labels.push_back(static_cast<std::uint32_t>((at / per_image + i) % classes));
    begin(part, nullptr, labels);
    const auto wanted = finish().subspan(0, part.size() / per_image * body_->image_values());
    result.insert(result.end(), wanted.begin(), wanted.end());
  }
  return result;
}

}  // namespace gouache
