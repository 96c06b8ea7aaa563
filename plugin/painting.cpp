// How does one request for any number of images run through a generator that paints a fixed batch at a time?
#include "plugin/painting.h"

#include <algorithm>

#include "host/runtime/trainer.h"

namespace gouache {

Painting::Painting(Generator& generator, PaintingRequest request) : generator_(generator), request_(std::move(request)) {
  const ImageShape shape = generator_.shape();
  if (keeps_images()) images_.resize(static_cast<std::size_t>(request_.count * shape.height * shape.width * shape.channels));
}

ImageShape Painting::shape() const {
  ImageShape shape = generator_.shape();
  shape.width = request_.size.width;
  shape.height = request_.size.height;
  return shape;
}

std::vector<float> Painting::images() const {
  const ImageShape from = generator_.shape(), to = shape();
  if (from.width == to.width && from.height == to.height) return images_;
  const std::size_t image = images_.size() / static_cast<std::size_t>(request_.count);
  std::vector<float> all;
  for (std::size_t at = 0; at < images_.size(); at += image) {
    const std::vector<float> one =
        resize_image(std::span(images_).subspan(at, image), from.height, from.width, from.channels, request_.size);
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

void Painting::start() {
  if (!begun_) begin_batch();
}

bool Painting::may_start() const { return !request_.live || painted_ > 0 || request_.live->weights_whole(); }

void Painting::begin_batch() {
  if (request_.live && painted_ == 0) generator_.take_weights();
  const Way way{request_.pacer, request_.pacer ? this : nullptr, request_.ticked};
  const auto batch = static_cast<std::uint64_t>(generator_.batch());
  const auto painted = static_cast<std::uint64_t>(painted_);
  if (from_latents()) {
    const auto row = static_cast<std::size_t>(generator_.shape().latent);
    const std::span<const float> left = std::span<const float>(request_.latents).subspan(painted * row);
    generator_.begin(left.first(std::min<std::size_t>(left.size(), batch * row)), way, classes_from(painted));
  } else {
    const std::uint64_t index = (request_.first + painted) / batch;
    generator_.begin(request_.seed, index, way, classes_from(index * batch));
  }
  begun_ = true;
  push();
}

std::span<const std::uint32_t> Painting::classes_from(std::uint64_t number) {
  const auto classes = static_cast<std::uint64_t>(generator_.shape().classes);
  if (classes == 0) return {};
  classes_.resize(static_cast<std::size_t>(generator_.batch()));
  for (std::uint64_t i = 0; i < classes_.size(); ++i) {
    const std::uint64_t image = number + i - request_.first;  // wraps round for those before the first, which nobody asked for
    const std::uint64_t otherwise = request_.labels.empty() ? (number + i) % classes : 0;
    classes_[i] = image < request_.labels.size() ? request_.labels[image] : static_cast<std::uint32_t>(otherwise);
  }
  return classes_;
}

void Painting::push() {
  PacedRun* const run = request_.ticked ? nullptr : paced();
  if (!run || !run->pending()) return;
  try {
    PacedRun* const runs[] = {run};
    request_.pacer->tick(runs, {1e12, 0});
  } catch (...) {
    abandon();
    throw;
  }
}

PacedRun* Painting::paced() {
  PacedRun* const run = begun_ ? generator_.paced() : nullptr;
  return run && (run->started() || may_start()) ? run : nullptr;
}

bool Painting::waits_for_weights() const {
  const PacedRun* const run = begun_ ? generator_.paced() : nullptr;
  return request_.live && painted_ == 0 && !(run && run->started());
}

bool Painting::in_frames() const {
  const PacedRun* const run = begun_ ? generator_.paced() : nullptr;
  return run && run->in_frames();
}

std::int64_t Painting::skipped() const {  // batches of a seed begin at multiples of the batch, so a request may begin inside one
  const auto batch = static_cast<std::uint64_t>(generator_.batch());
  return from_latents() ? 0 : static_cast<std::int64_t>((request_.first + static_cast<std::uint64_t>(painted_)) % batch);
}

std::int64_t Painting::batch_images() const { return std::min(generator_.batch() - skipped(), request_.count - painted_); }

void Painting::record(VkCommandBuffer commands, std::uint32_t item) {
  request_.destination->record(commands, skipped() + item, painted_ + item);
}

void Painting::take() {
  const std::span<const float> fresh = generator_.finish();
  const std::int64_t taken = batch_images();
  if (keeps_images()) {
    const std::size_t image = images_.size() / static_cast<std::size_t>(request_.count);
    const auto wanted = fresh.subspan(static_cast<std::size_t>(skipped()) * image, static_cast<std::size_t>(taken) * image);
    std::ranges::copy(wanted, images_.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(painted_) * image));
  }
  painted_ += taken;
  begun_ = false;
}

bool Painting::advance() {
  if (finished()) return true;
  start();
  push();
  if (!generator_.done()) return false;
  take();
  if (!finished()) begin_batch();
  return finished();
}

void Painting::wait() {
  while (!finished()) {
    start();
    if (request_.live && !paced()) request_.live->complete_weights();
    take();
  }
}

void Painting::abandon() {
  if (begun_) generator_.abandon();
  begun_ = false;
}

}  // namespace gouache
