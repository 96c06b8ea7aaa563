// How does one request for any number of images run through a generator that paints a fixed batch at a time?
#include "plugin/painting.h"

#include <algorithm>

namespace gouache {

void Painting::begin(std::uint64_t seed, std::uint64_t first, std::int64_t count, std::span<const std::uint32_t> labels, Pacer* pacer) {
  latents_.clear();
  pacer_ = pacer;
  seed_ = seed;
  first_ = first;
  start(count, labels);
}

void Painting::begin(std::span<const float> latents, std::span<const std::uint32_t> labels, Pacer* pacer) {
  pacer_ = pacer;
  latents_.assign(latents.begin(), latents.end());
  first_ = 0;
  start(static_cast<std::int64_t>(latents.size()) / generator_.shape().latent, labels);
}

void Painting::start(std::int64_t count, std::span<const std::uint32_t> labels) {
  const ImageShape shape = generator_.shape();
  count_ = painted_ = 0;  // a request that cannot begin leaves none
  labels_.assign(labels.begin(), labels.end());
  images_.resize(static_cast<std::size_t>(count * shape.height * shape.width * shape.channels));
  submit();
  count_ = count;
}

void Painting::submit() {
  const auto batch = static_cast<std::uint64_t>(generator_.batch());
  const auto painted = static_cast<std::uint64_t>(painted_);
  if (latents_.empty()) {
    const std::uint64_t index = (first_ + painted) / batch;
    generator_.begin(seed_, index, pacer_, classes_from(index * batch));
    return;
  }
  const auto row = static_cast<std::size_t>(generator_.shape().latent);
  const std::span<const float> left = std::span<const float>(latents_).subspan(painted * row);
  generator_.begin(left.first(std::min<std::size_t>(left.size(), batch * row)), pacer_, classes_from(painted));
}

std::span<const std::uint32_t> Painting::classes_from(std::uint64_t number) {
  const auto classes = static_cast<std::uint64_t>(generator_.shape().classes);
  if (classes == 0) return {};
  classes_.resize(static_cast<std::size_t>(generator_.batch()));
  for (std::uint64_t i = 0; i < classes_.size(); ++i) {
    const std::uint64_t image = number + i - first_;  // wraps round for those before the first, which nobody asked for
    const std::uint64_t otherwise = labels_.empty() ? (number + i) % classes : 0;
    classes_[i] = image < labels_.size() ? labels_[image] : static_cast<std::uint32_t>(otherwise);
  }
  return classes_;
}

void Painting::take() {
  const std::int64_t batch = generator_.batch();
  const std::span<const float> fresh = generator_.finish();
  const std::size_t image = images_.size() / static_cast<std::size_t>(count_);
  // Batches of a seed begin at multiples of the batch, so a request may begin in the middle of one.
  const auto skipped =
      latents_.empty() ? static_cast<std::int64_t>((first_ + static_cast<std::uint64_t>(painted_)) % static_cast<std::uint64_t>(batch)) : 0;
  const std::int64_t taken = std::min(batch - skipped, count_ - painted_);
  const auto wanted = fresh.subspan(static_cast<std::size_t>(skipped) * image, static_cast<std::size_t>(taken) * image);
  std::copy(wanted.begin(), wanted.end(), images_.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(painted_) * image));
  painted_ += taken;
}

bool Painting::poll() {
  if (under_way() && generator_.done()) {
    take();
    if (under_way()) submit();
  }
  return !under_way();
}

std::span<const float> Painting::images() {
  while (under_way()) {
    take();
    if (under_way()) submit();
  }
  return images_;
}

}  // namespace gouache
