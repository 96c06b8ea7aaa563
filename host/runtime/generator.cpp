// How does a trained model paint?
#include "host/runtime/generator.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "host/kernels/family.h"
#include "host/runtime/checkpoint.h"
#include "host/runtime/labels.h"
#include "host/runtime/plans.h"
#include "host/runtime/runner.h"
#include "host/runtime/state.h"
#include "host/vulkan/device.h"

namespace gouache {

constexpr int kProfileRuns = 3;  ///< behind the times that parts are cut by

struct Generator::Body {
  Body(Device& d, const std::string& name, std::span<const std::byte> bytes, std::int64_t batch_size)
      : device(d),
        catalog(d.caps()),
        file(parse_safetensors(name, bytes)),
        recipe(read_recipe()),
        state(d, model_layout(recipe)),
        batch(batch_size) {
    if (batch < 1 || batch > 4096) throw Error("batch is " + std::to_string(batch) + ", expected 1..4096");
    by_seed = plan_sampling(recipe, batch, LatentSource::seed, catalog);
    load_model(*file, state, by_seed.parameters);
    shape = model(recipe.model()).shape(recipe);
    if (shape.classes > 0) classes.resize(static_cast<std::size_t>(batch));
    file.reset();
  }

  Recipe read_recipe() {
    check_format(*file);
    return Recipe::from_json(std::string(recipe_text(*file)));
  }

  Runner& seed_runner() {
    if (!seeded) seeded = std::make_unique<Runner>(device, state, by_seed.plan);
    return *seeded;
  }
  Runner& latent_runner() {
    if (!given) {
      by_latents = plan_sampling(recipe, batch, LatentSource::input, catalog);
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
  std::optional<TensorFile> file;  ///< only while loading: its bytes belong to the caller
  Recipe recipe;
  State state;
  std::int64_t batch;
  ImageShape shape;
  SamplingPlan by_seed, by_latents;
  std::vector<float> padded;   ///< latents of the batch under way
  std::vector<float> classes;  ///< and its class numbers, where the recipe has classes
  std::unique_ptr<Runner> seeded, given;
  Runner* running = nullptr;
};

Generator::Generator(Device& device, const std::string& name, std::span<const std::byte> file, std::int64_t batch)
    : body_(std::make_unique<Body>(device, name, file, batch)) {}
Generator::~Generator() = default;

const Recipe& Generator::recipe() const { return body_->recipe; }
const std::vector<ParameterSpec>& Generator::variables() const { return body_->by_seed.parameters; }
std::vector<float> Generator::values(const ParameterSpec& variable) const {
  std::vector<float> values(static_cast<std::size_t>(variable.type.count()));
  body_->state.download(variable.name, std::as_writable_bytes(std::span(values)));
  return values;
}
ImageShape Generator::shape() const { return body_->shape; }
std::int64_t Generator::batch() const { return body_->batch; }

void Generator::begin(std::uint64_t seed, std::uint64_t batch_index, Pacer* pacer, std::span<const std::uint32_t> labels) {
  const ControlWords words = control_words(seed, static_cast<std::uint32_t>(batch_index));
  body_->begin(body_->seed_runner(), kSampleControl, std::as_bytes(std::span(words)), pacer,
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
