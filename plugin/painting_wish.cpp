// What does a GouGenerate ask for?
#include "plugin/painting_wish.h"

#include "host/runtime/labels.h"
#include "plugin/checks.h"
#include "plugin/ticking.h"

namespace gouache {
namespace {

Resizing size_of(const GouGenerate& wish, const ImageShape& shape) {
  check_range(wish.filter, GOU_FILTER_SMOOTH, GOU_FILTER_NEAREST, "GouGenerate: filter");
  const ResizeFilter filter = wish.filter == GOU_FILTER_NEAREST ? ResizeFilter::nearest : ResizeFilter::smooth;
  return resizing_of({wish.width, wish.height, filter}, shape.height, shape.width);
}

}  // namespace

PaintingRequest painting_wish(GouModel_T& model, const GouGenerate& wish) {
  check_range(wish.count, 1, kMostImages, "GouGenerate: count");
  const ImageShape shape = model.generator->shape();
  PaintingRequest made;
  made.count = wish.count;
  made.ticked = is_ticked(*model.context, wish.pace, "GouGenerate: pace");
  if (wish.latents) {
    made.latents.assign(wish.latents, wish.latents + std::size_t{wish.count} * static_cast<std::size_t>(shape.latent));
  } else {
    check_range(wish.first, 0, UINT64_MAX - kMostImages, "GouGenerate: first");
    made.seed = wish.seed;
    made.first = wish.first;
  }
  made.labels.assign(wish.labels, wish.labels + (wish.labels ? wish.count : 0));
  check_labels(made.labels, shape.classes);
  made.size = size_of(wish, shape);
  if (model.live) made.live = &model.live->trainer;
  if (wish.target)
    made.destination = make_destination(*model.context, model.writers, model.generator->painted(wish.latents != nullptr), wish.target,
                                        wish.count, made.size);
  if (made.ticked || made.live || made.destination) made.pacer = &pacer_of(*model.context);
  return made;
}

}  // namespace gouache
