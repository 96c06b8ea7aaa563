// How does a trained model paint?
#include "host/runtime/generator.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "host/kernels/family.h"
#include "host/runtime/checkpoint.h"
#include "host/runtime/estimate.h"
#include "host/runtime/labels.h"
#include "host/runtime/live_weights.h"
#include "host/runtime/plans.h"
#include "host/runtime/runner.h"
#include "host/runtime/state.h"
#include "host/runtime/trainer.h"
#include "host/vulkan/device.h"
#include "host/vulkan/pipeline.h"

namespace gouache {

namespace {

/// What it takes to paint from seeds.
struct Painter {
  Recipe recipe;
  std::int64_t batch;
  Catalog catalog;
  StateLayout layout;
  SamplingPlan by_seed;
};

/// Throws Error: a batch out of range, a device that cannot.
Painter plan_painter(const Recipe& recipe, std::int64_t batch, const Device& device) {
  if (batch < 1 || batch > kMostBatch) throw Error("batch is " + std::to_string(batch) + ", expected 1.." + std::to_string(kMostBatch));
  Catalog catalog = device.catalog();
  SamplingPlan by_seed = plan_sampling(recipe, batch, LatentSource::seed, catalog);
  return {recipe, batch, std::move(catalog), model_layout(recipe), std::move(by_seed)};
}

/// The same of a model file; throws Error when it is none or damaged.
Painter plan_painter(const TensorFile& file, std::int64_t batch, const Device& device) {
  check_format(file);
  Painter painter = plan_painter(Recipe::from_json(std::string(recipe_text(file))), batch, device);
  check_model(file, painter.by_seed.parameters);
  return painter;
}

State filled_state(Device& device, const Painter& painter, const TensorFile* file) {
  State state(device, painter.layout);
  if (file) load_model(*file, state, painter.by_seed.parameters);
  return state;
}

}  // namespace

Estimate estimate_generator(Device& device, const TensorFile& file, std::int64_t batch) {
  Estimate estimate(device);
  estimate.plan([&] {
    const Painter painter = plan_painter(file, batch, device);
    estimate.add(painter.layout);
    estimate.add_staging();
    estimate.add(painter.by_seed.plan);
  });
  return estimate;
}

struct Generator::Body final : Companion {
  /// `file`: whose weights it paints with; null: none yet.
  Body(Device& d, Painter p, const TensorFile* file)
      : device(d),
        painter(std::move(p)),
        ahead(d.pipelines().begin_all(dispatches_of(painter.by_seed.plan))),
        state(filled_state(d, painter, file)),
        batch(painter.batch),
        shape(model(painter.recipe.model()).shape(painter.recipe)),
        seeded(d, state, painter.by_seed.plan) {
    ahead.finish();
    if (shape.classes > 0) classes.resize(static_cast<std::size_t>(batch));
  }

  void weights_changed() {
    for (std::size_t block = 0; block < state.layout().blocks.size(); ++block) state.changed(static_cast<std::int32_t>(block));
  }

  Runner& latent_runner() {
    if (!given) {
      by_latents = plan_sampling(painter.recipe, batch, LatentSource::input, painter.catalog);
      padded.reserve(static_cast<std::size_t>(batch * shape.latent));
      given = std::make_unique<Runner>(device, state, by_latents.plan);
    }
    return *given;
  }
  /// `first`: the number of the batch's first image, which decides its class where there are no labels.
  void begin(Runner& runner, const char* input, std::span<const std::byte> bytes, const Way& way, std::uint64_t first,
             std::span<const std::uint32_t> labels) {
    check_labels(labels, shape.classes);
    if (labels.size() > static_cast<std::size_t>(batch))
      throw Error("labels: " + std::to_string(labels.size()) + ", expected at most the batch, " + std::to_string(batch));
    runner.executable().set_input(input, bytes);
    if (shape.classes > 0) {
      class_numbers(labels, first, shape.classes, classes);
      runner.executable().set_input(kSampleLabels, std::as_bytes(std::span(classes)));
    }
    companion = way.companion;
    (running = &runner)->begin(way.pacer, way.pacer ? this : nullptr);
  }

  // As the companion of a run: the newest weights come first, then what the caller adds.
  std::uint32_t copies() const { return taking ? 1 : 0; }
  std::uint32_t before() const override { return copies() + (companion ? companion->before() : 0); }
  std::uint32_t after() const override { return companion ? companion->after() : 0; }
  void record(VkCommandBuffer commands, std::uint32_t item) override {
    if (item < copies())
      live->record(commands);
    else
      companion->record(commands, item - copies());
  }
  double microseconds(std::uint32_t item) const override {
    return item < copies() ? copy_time() : companion->microseconds(item - copies());
  }
  double copy_time() const {
    double bytes = 0;
    for (const StateLayout::Block& block : state.layout().blocks) bytes += static_cast<double>(block.bytes);
    return 20 + bytes / 2000;  // 2 GB/s
  }

  std::size_t image_values() const { return static_cast<std::size_t>(shape.height * shape.width * shape.channels); }

  Device& device;
  Painter painter;
  PipelinesAhead ahead;  ///< makes pipelines while memory is allocated and filled
  State state;
  std::int64_t batch;
  ImageShape shape;
  SamplingPlan by_latents;
  std::vector<float> padded;   ///< latents of the batch under way
  std::vector<float> classes;  ///< and its class numbers, where the recipe has classes
  Runner seeded;
  std::unique_ptr<Runner> given;  ///< from the first request with latents on
  Runner* running = nullptr;
  Companion* companion = nullptr;   ///< of the batch under way
  std::optional<LiveWeights> live;  ///< where the weights are a trainer's
  bool taking = false;              ///< whether the batch at hand begins by copying them
};

Generator::Generator(Device& device, const TensorFile& file, std::int64_t batch)
    : body_(std::make_unique<Body>(device, plan_painter(file, batch, device), &file)) {}

Generator::Generator(Device& device, Trainer& trainer, std::int64_t batch)
    : body_(std::make_unique<Body>(device, plan_painter(trainer.recipe(), batch, device), nullptr)) {
  body_->live.emplace(device, trainer.generator_weights(), body_->state);
  body_->live->copy();
  body_->weights_changed();
}

void Generator::take_weights() {
  if (!body_->live) throw Error(ErrorCode::internal, "take_weights: the weights are no trainer's");
  body_->taking = true;
  body_->weights_changed();
}

bool Generator::ready_to_save() { return body_->state.fetch(""); }

void Generator::save(const std::string& path) {
  write_model(path, body_->state, body_->painter.by_seed.parameters, "", body_->painter.recipe);
  body_->state.forget_fetched();
}

Generator::~Generator() = default;

const Recipe& Generator::recipe() const { return body_->painter.recipe; }
const std::vector<ParameterSpec>& Generator::variables() const { return body_->painter.by_seed.parameters; }
std::vector<float> Generator::values(const ParameterSpec& variable) const {
  std::vector<float> values(static_cast<std::size_t>(variable.type.count()));
  body_->state.download(variable.name, std::as_writable_bytes(std::span(values)));
  return values;
}
ImageShape Generator::shape() const { return body_->shape; }
std::vector<float> Generator::latent_weights(const LatentLayer& layer) {
  const auto found = std::ranges::find(variables(), layer.variable, &ParameterSpec::name);
  if (found == variables().end()) throw Error(ErrorCode::internal, "there is no variable '" + layer.variable + "'");
  std::vector<float> all = values(*found);
  body_->state.forget_fetched();
  const auto begin = all.begin() + layer.first_row * layer.outputs;
  return {begin, begin + layer.rows * layer.outputs};
}
std::int64_t Generator::batch() const { return body_->batch; }

void Generator::begin(std::uint64_t seed, std::uint64_t batch_index, const Way& way, std::span<const std::uint32_t> labels) {
  const ControlWords words = control_words(seed, static_cast<std::uint32_t>(batch_index));
  body_->begin(body_->seeded, kSampleControl, std::as_bytes(std::span(words)), way, batch_index * static_cast<std::uint64_t>(body_->batch),
               labels);
}

void Generator::begin(std::span<const float> latents, const Way& way, std::span<const std::uint32_t> labels) {
  std::vector<float>& padded = body_->padded;
  padded.assign(static_cast<std::size_t>(body_->batch * body_->shape.latent), 0.0f);
  if (latents.empty() || latents.size() > padded.size() || latents.size() % static_cast<std::size_t>(body_->shape.latent) != 0)
    throw Error("latents: " + std::to_string(latents.size()) + " values, expected a multiple of " + std::to_string(body_->shape.latent) +
                ", at most " + std::to_string(padded.size()));
  std::copy(latents.begin(), latents.end(), padded.begin());
  body_->begin(body_->latent_runner(), "latents", std::as_bytes(std::span(padded)), way, 0, labels);
}

void Generator::prepare(bool from_latents, bool measured) {
  Runner& runner = from_latents ? body_->latent_runner() : body_->seeded;
  if (!measured || runner.executable().under_way() || !body_->device.queue()) return;
  Runner* const one[] = {&runner};
  warm_up(body_->device, one, {}, {});
}

const Plan& Generator::plan() const {
  const Body& b = *body_;
  return b.given && b.running == b.given.get() ? b.by_latents.plan : b.painter.by_seed.plan;
}
std::vector<std::optional<double>> Generator::expected(Pacer* pacer) const {
  return (body_->running ? body_->running : &body_->seeded)->expected(pacer);
}

std::vector<Runner*> Generator::runners() { return {&body_->seeded, &body_->latent_runner()}; }

PacedRun* Generator::paced() { return body_->running ? body_->running->paced() : nullptr; }

bool Generator::done() const { return !body_->running || body_->running->done(); }

bool Generator::in_flight() const { return !body_->device.lost() && body_->running && body_->running->in_flight(); }

void Generator::abandon() {
  if (body_->running && !body_->device.lost()) body_->running->abandon();
  body_->taking = false;
}

PaintedImages Generator::painted(bool from_latents) {
  Runner& runner = from_latents ? body_->latent_runner() : body_->seeded;
  const Executable::Place place = runner.executable().output_place("images");
  const ImageShape& shape = body_->shape;
  return {place.buffer, place.offset, body_->batch, shape.height, shape.width, shape.channels};
}

std::span<const float> Generator::finish() {
  if (!body_->running) throw Error("generate: nothing was begun");
  body_->running->wait();
  body_->taking = false;
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
    begin(part, {}, labels);
    const auto wanted = finish().subspan(0, part.size() / per_image * body_->image_values());
    result.insert(result.end(), wanted.begin(), wanted.end());
  }
  return result;
}

}  // namespace gouache
