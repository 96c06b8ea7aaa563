// What does a training need before its first step: do its settings, images and model fit each other, what is planned, what memory is taken?
#pragma once

#include <vector>

#include "host/runtime/buffers.h"
#include "host/runtime/plans.h"
#include "host/runtime/trainer.h"

namespace gouache {

/// Throws Error naming a label that is out of range, or labels that are not one for each image where the recipe has classes.
void check_training_labels(const TrainingImages& images, const Recipe& recipe);

/// The generator's variables.
std::vector<ParameterSpec> generator_of(const TrainingPlan& planned);

/// The step on images u8 [count, H, W, C]. Throws Error as plan_training() does, and where the model to start from has other variables.
TrainingPlan plan_trainer(const TrainerOptions& options, const TensorType& images, const KernelCatalog& catalog);

/// Of the variables, the step and its kept outputs.
MemoryBytes training_memory(const TrainingPlan& planned);

}  // namespace gouache
