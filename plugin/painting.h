// How does one request for any number of images run through a generator that paints a fixed batch at a time?
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "host/runtime/generator.h"

namespace gouache {

/// One request at a time; borrows the generator.
class Painting {
 public:
  explicit Painting(Generator& generator) : generator_(generator) {}

  /// Images first..first + count - 1 of `seed`; submits the first batch, or with a pacer leaves that to its ticks.
  /// `labels`, which are copied: one an image, checked; empty: an image is of class its number modulo classes.
  void begin(std::uint64_t seed, std::uint64_t first, std::int64_t count, std::span<const std::uint32_t> labels, Pacer* pacer);
  /// From latents [count, latent], which are copied; images are numbered from 0.
  void begin(std::span<const float> latents, std::span<const std::uint32_t> labels, Pacer* pacer);

  /// What a tick advances; null: no ticked batch is under way.
  PacedRun* paced() { return generator_.paced(); }
  /// Whether a request was begun and not all its images are here yet.
  bool under_way() const { return painted_ < count_; }
  /// Whether there are images to read.
  bool has_images() const { return count_ > 0 && !under_way(); }
  /// Takes a finished batch and submits the next, without waiting; whether every image is here.
  bool poll();
  /// Waits for the whole request; [count, H, W, C] in [-1, 1], valid until the next begin.
  std::span<const float> images();
  std::int64_t count() const { return count_; }

 private:
  void submit();  ///< the batch that holds image painted_
  void take();    ///< waits for it and keeps its images that were asked for
  void start(std::int64_t count, std::span<const std::uint32_t> labels);
  /// The classes of the batch that begins with image `number`; empty where there are none.
  std::span<const std::uint32_t> classes_from(std::uint64_t number);

  Generator& generator_;
  std::uint64_t seed_ = 0, first_ = 0;
  std::int64_t count_ = 0, painted_ = 0;
  Pacer* pacer_ = nullptr;
  std::vector<float> latents_;  ///< empty when seeds are painted
  std::vector<float> images_;
  std::vector<std::uint32_t> labels_;   ///< of the request; empty: none were given
  std::vector<std::uint32_t> classes_;  ///< of the batch
};

}  // namespace gouache
