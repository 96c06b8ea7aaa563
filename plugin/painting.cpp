// How does one request for any number of images run through a generator that paints a fixed batch at a time?
#include "plugin/painting.h"

#include <algorithm>

namespace gouache {

void Painting::begin(std::uint64_t seed, std::uint64_t first, std::int64_t count, Pacer* pacer) {
  latents_.clear();
  pacer_ = pacer;
  seed_ = seed;
  first_ = first;
  start(count);
}

void Painting::begin(std::span<const float> latents, Pacer* pacer) {
  pacer_ = pacer;
  latents_.assign(latents.begin(), latents.end());
  first_ = 0;
  start(static_cast<std::int64_t>(latents.size()) / generator_.shape().latent);
}

void Painting::reserve() {
  const ImageShape shape = generator_.shape();
  images_.reserve(static_cast<std::size_t>(generator_.batch() * shape.height * shape.width * shape.channels));
  latents_.reserve(static_cast<std::size_t>(generator_.batch() * shape.latent));
}

void Painting::start(std::int64_t count) {
  const ImageShape shape = generator_.shape();
  count_ = painted_ = 0;  // a request that cannot begin leaves none
  images_.resize(static_cast<std::size_t>(count * shape.height * shape.width * shape.channels));
  submit();
  count_ = count;
}

void Painting::submit() {
  const auto batch = static_cast<std::uint64_t>(generator_.batch());
  const auto painted = static_cast<std::uint64_t>(painted_);
  if (latents_.empty()) {
    generator_.begin(seed_, (first_ + painted) / batch, pacer_);
    return;
  }
  const auto row = static_cast<std::size_t>(generator_.shape().latent);
  const std::span<const float> left = std::span<const float>(latents_).subspan(painted * row);
  generator_.begin(left.first(std::min<std::size_t>(left.size(), batch * row)), pacer_);
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
