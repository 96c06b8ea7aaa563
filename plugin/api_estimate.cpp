// What happens at the boundary when a host asks what a model or a training would take?  Check, translate, call.
#include <cstdio>

#include "gouache/gouache.h"
#include "host/runtime/estimate.h"
#include "host/runtime/labels.h"
#include "plugin/checks.h"
#include "plugin/guard.h"
#include "plugin/model_source.h"
#include "plugin/ticking.h"
#include "plugin/training_pixels.h"
#include "plugin/training_wish.h"

using namespace gouache;

namespace {

void give_estimate(const Estimate& from, const Device& device, GouEstimate& to) {
  for (std::size_t i = 0; i < kMemoryPurposes; ++i) to.bytes[i] = from.bytes(static_cast<MemoryPurpose>(i));
  to.total = from.total();
  to.in_use = device.memory().bytes;
  to.limit = device.memory_limit();
  to.fits = from.refusal().empty();
  std::snprintf(to.refusal, sizeof to.refusal, "%s", from.refusal().c_str());
}

}  // namespace

GouResult gouCheckModel(GouContext context, const GouModelSource* source, GouEstimate* estimate) {
  return guarded("gouCheckModel", context, [&] {
    required(context, "context");
    const ModelSource from = open_model(source);
    GouEstimate& to = checked(estimate);
    give_estimate(estimate_generator(*context->device, from.file, from.batch), *context->device, to);
  });
}

GouResult gouCheckTraining(GouContext context, const GouTrain* train, GouEstimate* estimate) {
  return guarded("gouCheckTraining", context, [&] {
    required(context, "context");
    const GouTrain& wish = checked(train);
    GouEstimate& to = checked(estimate);
    check_training_pixels(wish);
    (void)is_ticked(*context, wish.pace, "GouTrain: pace");
    const TrainerOptions options = training_options(*context, wish);
    const ImageShape shape = model(options.recipe.model()).shape(options.recipe);
    check_labels(training_labels(wish), shape.classes);
    const TensorType images{{wish.count, wish.height, wish.width, shape.channels}, DType::u8};
    give_estimate(estimate_training(*context->device, options, images), *context->device, to);
  });
}
