// What does a host's GouTrain ask of a training?
#include "plugin/training_wish.h"

#include "host/runtime/plans.h"
#include "plugin/checks.h"

namespace gouache {

TrainerOptions training_options(const GouContext_T& context, const GouTrain& train) {
  if (train.batch) check_range(train.batch, kLeastTrainingBatch, kMostBatch, "GouTrain: batch");
  check_range(train.memory_budget, 0, INT64_MAX, "GouTrain: memory_budget");
  if (train.start_from && train.start_from->context != &context)
    throw Refusal(GOU_ERROR_INVALID_ARGUMENT, "GouTrain: start_from is a model of another context");
  return {.recipe = Recipe::from_json(required(train.recipe, "GouTrain: recipe")),
          .batch = train.batch ? train.batch : 64,
          .seed = train.seed,
          .memory_budget = static_cast<std::int64_t>(train.memory_budget),
          .start_from = train.start_from ? train.start_from->generator.get() : nullptr};
}

}  // namespace gouache
