// How do pictures that the library paints in a few milliseconds a frame come to be shown, without a flicker?
#include "demo/studio/painting.h"

#include <algorithm>
#include <utility>

namespace gouache::studio {
namespace {

GouShape shape_of(GouModel model, const PaintingWish& wish) {
  GouShape shape = api::shape(model);
  if (wish.width) shape.width = wish.width;
  if (wish.height) shape.height = wish.height;
  return shape;
}

}  // namespace

Painting::~Painting() { clear(); }

void Painting::paint(std::shared_ptr<OpenModel> model, PaintingWish wish) {
  GouModel handle = model->model.get();
  next_ = Next{std::move(model), handle, std::move(wish)};
}

void Painting::paint(GouModel model, PaintingWish wish) { next_ = Next{nullptr, model, std::move(wish)}; }

void Painting::begin() {
  const ModelTurn turn(next_->keeper);
  if (!turn) return;
  Next next = *std::exchange(next_, std::nullopt);
  const GouShape shape = shape_of(next.model, next.wish);
  const std::uint32_t columns = std::min(next.wish.columns, next.wish.count), rows = (next.wish.count + columns - 1) / columns;
  const std::uint32_t width = shape.width * columns, height = shape.height * rows;
  coming_ = std::exchange(spare_, std::nullopt);
  if (!coming_ || coming_->texture->width() != width || coming_->texture->height() != height ||
      (coming_->texture->mips() > 1) != next.wish.mips)
    coming_ = Sheet{std::make_unique<Texture>(renderer_, width, height, next.wish.mips ? 0 : 1), {}};
  GouImageTarget target = coming_->texture->target();
  if (next.wish.count > 1) target.columns = columns;
  if (next.wish.light && has_alpha(shape)) {  // opaque colours are the same bytes either way
    target.format = VK_FORMAT_R8G8B8A8_SRGB;
    target.flags |= GOU_TARGET_LINEAR;
  }
  auto request = api::of_type<GouGenerate>(GOU_TYPE_GENERATE);
  request.seed = next.wish.seed;
  request.latents = next.wish.latents.empty() ? nullptr : next.wish.latents.data();
  request.labels = next.wish.labels.empty() ? nullptr : next.wish.labels.data();
  request.count = next.wish.count;
  request.pace = GOU_PACE_TICKED;
  request.target = &target;
  request.width = shape.width;
  request.height = shape.height;
  request.filter = next.wish.nearest ? GOU_FILTER_NEAREST : GOU_FILTER_SMOOTH;
  coming_->wish = std::move(next.wish);
  coming_->wish.columns = columns;
  GouJob job = nullptr;
  api::check(gouBeginGenerate(next.model, &request, &job));
  job_.reset(job);
  at_work_ = std::move(next.keeper);
}

void Painting::update() {
  poll();
  if (!job_ && next_) begin();
}

void Painting::poll() {
  const ModelTurn turn(at_work_);
  if (!turn || !job_ || !api::check(gouPollJob(job_.get()))) return;
  job_.reset();
  at_work_.reset();
  spare_ = std::exchange(shown_, std::exchange(coming_, std::nullopt));
  ++painted_;
}

void Painting::clear() {
  next_.reset();
  if (const std::shared_ptr<OpenModel> model = std::exchange(at_work_, nullptr)) end_job(job_, *model);
  job_.reset();
  shown_.reset();
  coming_.reset();
  spare_.reset();
}

Painting::Cell Painting::cell(std::uint32_t index) const {
  const std::uint32_t columns = shown_->wish.columns, rows = (shown_->wish.count + columns - 1) / columns;
  const float width = 1.0f / static_cast<float>(columns), height = 1.0f / static_cast<float>(rows);
  const float x = static_cast<float>(index % columns) * width, y = static_cast<float>(index / columns) * height;
  return {{x, y}, {x + width, y + height}};
}

}  // namespace gouache::studio
