// Which plans does a model need?
#include "host/runtime/plans.h"

#include <algorithm>
#include <bit>

#include "host/graph/error.h"
#include "host/nn/layers.h"
#include "host/ops/ops.h"
#include "host/ops/philox.h"

namespace gouache {
namespace {

void check_images(const Recipe& recipe, const ImageShape& wanted, const TensorType& images) {
  const Shape expected{images.shape.at(0), wanted.height, wanted.width, wanted.channels};
  if (images.shape != expected)
    throw Error(recipe.model() + ": the images are " + to_text(images.shape) + " (count, height, width, channels), the recipe expects " +
                to_text(expected));
}

/// What the generator reads.
Tensor source(Graph& graph, const Recipe& recipe, const ImageShape& shape, std::int64_t batch, LatentSource latents) {
  if (!shape.source.empty()) {
    if (latents == LatentSource::seed)
      throw Error(recipe.model() + ": paints from an image, not from latents; there is no painting from a seed");
    Shape images = shape.source;
    images.insert(images.begin(), batch);
    return graph.input("source", {images, DType::f32});
  }
  if (latents == LatentSource::input) return graph.input("latents", {{batch, shape.latent}, DType::f32});
  return random(graph.input(kSampleControl, {{CONTROL_WORDS}, DType::u32}),
                {Distribution::normal, STREAM_LATENT, {batch, shape.latent}, batch, 0, 0});
}

/// Builds the generator's forward pass; gives its parameters.
std::vector<ParameterSpec> sampling_graph(Graph& graph, const Recipe& recipe, std::int64_t batch, LatentSource latents,
                                          const std::string& prefix) {
  const ModelRow& row = model(recipe.model());
  const ImageShape shape = row.shape(recipe);
  ParameterSet parameters(graph, Mode::inference, prefix);
  const Tensor z = source(graph, recipe, shape, batch, latents);
  Tensor labels;
  if (shape.classes > 0) labels = one_hot(graph.input(kSampleLabels, {{batch, 1}, DType::f32}), shape.classes);
  graph.output("images", row.generate({parameters, "G"}, z, labels, recipe));
  return parameters.specs();
}

}  // namespace

TrainingPlan plan_training(const Recipe& recipe, const TensorType& images, std::int64_t batch, const KernelCatalog& catalog, bool trace,
                           std::int64_t memory_budget) {
  const ModelRow& row = model(recipe.model());
  if (!row.train) throw Error(recipe.model() + ": there is no training for this model yet; it can be planned and measured");
  check_images(recipe, row.shape(recipe), images);
  if (batch < kLeastTrainingBatch || batch > kMostBatch)
    throw Error("batch is " + std::to_string(batch) + ", expected " + std::to_string(kLeastTrainingBatch) + ".." +
                std::to_string(kMostBatch));
  if (images.shape[0] < 1) throw Error("there are no training images, expected at least one");
  Graph graph;
  Training training(graph, images, batch, trace);
  row.train(training, recipe);
  training.finish();
  TrainingPlan result{training.layout(), {}, training.parameters().specs(), training.metrics(), training.optimizers()};
  PlanOptions options;
  options.name = "train " + recipe.model() + " batch " + std::to_string(batch) + (trace ? " traced" : "");
  options.memory_budget = memory_budget;
  result.plan = make_plan(graph, result.layout, catalog, options);
  return result;
}

SamplingPlan plan_sampling(const Recipe& recipe, std::int64_t batch, LatentSource latents, const KernelCatalog& catalog,
                           const StateLayout* layout, const std::string& prefix) {
  Graph graph;
  SamplingPlan result;
  result.parameters = sampling_graph(graph, recipe, batch, latents, prefix);
  PlanOptions options;
  options.name = "generate " + recipe.model() + " batch " + std::to_string(batch);
  options.setup = true;
  options.wanted_pipelines = 6;  // the first image is waited for
  result.plan = make_plan(graph, layout ? *layout : model_layout(recipe), catalog, options);
  return result;
}

StateLayout model_layout(const Recipe& recipe) {
  Graph graph;
  std::vector<std::pair<std::string, TensorType>> tensors;
  for (const ParameterSpec& spec : sampling_graph(graph, recipe, 1, LatentSource::input, "")) tensors.push_back({spec.name, spec.type});
  StateLayout layout;
  layout.add_block("model", tensors);
  return layout;
}

ControlWords control_words(std::uint64_t seed, std::uint32_t step) {
  ControlWords words{};
  words[CONTROL_SEED_LOW] = static_cast<std::uint32_t>(seed);
  words[CONTROL_SEED_HIGH] = static_cast<std::uint32_t>(seed >> 32);
  words[CONTROL_STEP] = step;
  words[CONTROL_RATE] = std::bit_cast<std::uint32_t>(1.0f);
  return words;
}

std::vector<float> initial_values(const ParameterSpec& spec, std::uint64_t seed) {
  std::vector<float> values(static_cast<std::size_t>(spec.type.count()), spec.init.value);
  if (spec.init.kind == Init::Kind::statistics)
    std::fill(values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end(), 1.0f);
  if (spec.init.kind != Init::Kind::normal) return values;
  std::uint64_t name = 14695981039346656037ull;  // FNV-1a: the variable's sample number
  for (char c : spec.name) name = (name ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  fill_normal(seed, STREAM_INITIALISATION, name, values);
  for (float& v : values) v = spec.init.value + spec.init.deviation * v;
  return values;
}

}  // namespace gouache
