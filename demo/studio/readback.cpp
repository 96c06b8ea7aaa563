// How do painted pixels come to the host without anybody waiting for them?
#include "demo/studio/readback.h"

#include <utility>

namespace gouache::studio {

void Readback::ask(std::shared_ptr<OpenModel> model, PaintingWish wish) { next_ = Next{std::move(model), std::move(wish)}; }

Readback::~Readback() {
  if (at_work_) end_job(job_, *at_work_);
}

bool Readback::update() {
  const bool came = poll();
  if (!job_ && next_) begin();
  return came;
}

bool Readback::poll() {
  const ModelTurn turn(at_work_);
  if (!turn || !job_ || !api::check(gouPollJob(job_.get()))) return false;
  shape_ = at_work_->shape;
  count_ = coming_;
  pixels_.resize(std::size_t{count_} * shape_.width * shape_.height * 4);
  auto pixels = api::of_type<GouPixels>(GOU_TYPE_PIXELS);
  pixels.layout = GOU_PIXELS_UNORM8;
  pixels.channels = 4;
  pixels.data = pixels_.data();
  pixels.bytes = pixels_.size();
  api::check(gouReadJob(job_.get(), &pixels));
  job_.reset();
  at_work_.reset();
  return true;
}

void Readback::begin() {
  const ModelTurn turn(next_->model);
  if (!turn) return;
  Next next = *std::exchange(next_, std::nullopt);
  auto request = api::of_type<GouGenerate>(GOU_TYPE_GENERATE);
  request.seed = next.wish.seed;
  request.latents = next.wish.latents.empty() ? nullptr : next.wish.latents.data();
  request.labels = next.wish.labels.empty() ? nullptr : next.wish.labels.data();
  request.count = coming_ = next.wish.count;
  request.pace = GOU_PACE_TICKED;
  GouJob job = nullptr;
  api::check(gouBeginGenerate(next.model->model.get(), &request, &job));
  job_.reset(job);
  at_work_ = std::move(next.model);
}

std::span<const std::uint8_t> Readback::picture(std::uint32_t index) const {
  const std::size_t bytes = std::size_t{shape_.width} * shape_.height * 4;
  return std::span(pixels_).subspan(index * bytes, bytes);
}

}  // namespace gouache::studio
