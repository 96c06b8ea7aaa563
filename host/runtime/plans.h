// Which plans does a model need?  One for a training step, one for painting; made without a GPU, from a recipe and a catalog.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/models/model.h"
#include "host/nn/training.h"
#include "host/plan/plan.h"
#include "shaders/shared/interface.h"

namespace gouache {

/// Images at once; adversaries learn from two at least.
inline constexpr std::uint32_t kLeastTrainingBatch = 2, kMostBatch = 4096;

struct TrainingPlan {
  StateLayout layout;
  Plan plan;
  std::vector<ParameterSpec> parameters;
  std::vector<std::string> metrics;  ///< names of outputs with one element, in order of report
  std::map<std::string, OptimizerSettings> optimizers;
};

/// One step of `recipe` on images u8 [count, H, W, C]. Throws Error when the images do not fit the recipe, or the model has no training.
TrainingPlan plan_training(const Recipe& recipe, const TensorType& images, std::int64_t batch, const KernelCatalog& catalog,
                           bool trace = false, std::int64_t memory_budget = 0);

/// The input that says what to paint: a control record.
inline constexpr const char* kSampleControl = "control";

/// Where the recipe has classes: the class number of each image, f32 [batch, 1].
inline constexpr const char* kSampleLabels = "labels";

enum class LatentSource {
  seed,   ///< from input kSampleControl: image i of batch k is sample k * batch + i
  input,  ///< from input "latents" [batch, latent], or "source" [batch, H, W, C] where the model reads an image
};

struct SamplingPlan {
  Plan plan;
  std::vector<ParameterSpec> parameters;  ///< of the generator
};

/// A batch of images as output "images". With `layout` null the variables are laid out by model_layout(). `prefix`: kAverage reads
/// averages. Throws Error for latents from a seed where the model reads an image.
SamplingPlan plan_sampling(const Recipe& recipe, std::int64_t batch, LatentSource latents, const KernelCatalog& catalog,
                           const StateLayout* layout = nullptr, const std::string& prefix = "");

/// The generator's variables alone, for painting from a model file.
StateLayout model_layout(const Recipe& recipe);

/// The control record at the start of a run, or for batch `step` of a request.
using ControlWords = std::array<std::uint32_t, CONTROL_WORDS>;
ControlWords control_words(std::uint64_t seed, std::uint32_t step);

/// First values of a variable, from the run's seed and its name.
std::vector<float> initial_values(const ParameterSpec& spec, std::uint64_t seed);

}  // namespace gouache
