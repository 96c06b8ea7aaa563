// What does a training need before its first step?
#include "host/runtime/training_setup.h"

#include <algorithm>

#include "host/runtime/estimate.h"
#include "host/runtime/generator.h"
#include "host/runtime/labels.h"
#include "host/runtime/pacer.h"
#include "host/vulkan/device.h"

namespace gouache {
namespace {

/// Throws Error naming the first variable of either that the other has not, or has in another shape.
void check_same_variables(const std::vector<ParameterSpec>& models, const std::vector<ParameterSpec>& ours) {
  const auto shape_in = [](const std::vector<ParameterSpec>& all, const std::string& name) {
    const auto found = std::ranges::find(all, name, &ParameterSpec::name);
    return found == all.end() ? std::string("missing") : to_text(found->type.shape);
  };
  for (const std::vector<ParameterSpec>* side : {&ours, &models})
    for (const ParameterSpec& spec : *side)
      if (const std::string theirs = shape_in(models, spec.name), own = shape_in(ours, spec.name); theirs != own)
        throw Error("start_from: the model's variable '" + spec.name + "' is " + theirs + ", the recipe's generator has it as " + own);
}

}  // namespace

void check_training_labels(const TrainingImages& images, const Recipe& recipe) {
  const std::int64_t classes = model(recipe.model()).shape(recipe).classes;
  check_labels(images.labels, classes);
  if (classes > 0 && images.labels.size() != images.count)
    throw Error("training images: " + std::to_string(images.labels.size()) + " labels, the recipe has " + std::to_string(classes) +
                " classes, expected a label for each of " + std::to_string(images.count) + " images");
}

std::vector<ParameterSpec> generator_of(const TrainingPlan& planned) {
  std::vector<ParameterSpec> specs;
  for (const ParameterSpec& spec : planned.parameters)
    if (spec.module() == "G") specs.push_back(spec);
  return specs;
}

TrainingPlan plan_trainer(const TrainerOptions& o, const TensorType& images, const KernelCatalog& catalog) {
  TrainingPlan planned = plan_training(o.recipe, images, o.batch, catalog, false, o.memory_budget);
  if (o.start_from) check_same_variables(o.start_from->variables(), generator_of(planned));
  return planned;
}

Estimate estimate_training(Device& device, const TrainerOptions& options, const TensorType& images) {
  Estimate estimate(device);
  estimate.plan([&] {
    const TrainingPlan planned = plan_trainer(options, images, device.catalog());
    estimate.add(planned.layout);
    estimate.add_staging();
    estimate.add(planned.plan);
    estimate.add(kept_outputs_buffer(planned.plan, PacedRun::kAhead));
  });
  return estimate;
}

MemoryBytes training_memory(const TrainingPlan& planned) {
  MemoryBytes bytes{};
  for (const BufferWish& wish : state_buffers(planned.layout)) add_memory(bytes, wish);
  add_memory(bytes, planned.plan);
  add_memory(bytes, kept_outputs_buffer(planned.plan, PacedRun::kAhead));
  return bytes;
}

}  // namespace gouache
