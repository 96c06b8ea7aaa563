// How does one request for any number of images run through a generator that paints a fixed batch at a time?
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "host/runtime/generator.h"
#include "host/runtime/pacer.h"
#include "plugin/targets.h"

namespace gouache {

/// What to paint, how it is submitted and where it goes.
struct PaintingRequest {
  std::uint64_t seed = 0, first = 0;
  std::int64_t count = 0;
  std::vector<float> latents;                ///< [count, latent]; empty: painted from the seed
  std::vector<std::uint32_t> labels;         ///< [count], checked; empty: an image is of class its number modulo classes
  Pacer* pacer = nullptr;                    ///< needed for ticks, for a destination, and for live weights
  bool ticked = false;                       ///< it advances in the pacer's ticks alone
  Trainer* live = nullptr;                   ///< whose newest weights it begins with; null: the generator's own
  std::unique_ptr<Destination> destination;  ///< null: the images are kept in host memory
  Resizing size;                             ///< from resizing_of(), of the images that images() gives
};

/// One request; borrows the generator, which it has to itself from start() on until it is finished or abandoned.
class Painting final : private Companion {
 public:
  Painting(Generator& generator, PaintingRequest request);

  /// Submits the first batch, or leaves that to ticks. A request with live weights starts later where a training step is half-way.
  void start();
  /// What a tick advances; null: nothing that may go on now.
  PacedRun* paced();
  /// Goes on as far as that takes no waiting: takes a finished batch and submits the next. Whether every image is painted.
  bool advance();
  /// Paints what is left, and waits for it.
  void wait();
  bool finished() const { return painted_ == request_.count; }
  bool ticked() const { return request_.ticked; }
  /// Whether the GPU may be at work for it.
  bool in_flight() const { return begun_ && generator_.in_flight(); }
  /// Whether it begins with the weights of a training and did not begin yet.
  bool waits_for_weights() const;
  /// Whether frames of the host hold work of it.
  bool in_frames() const;
  /// Waits for what was submitted and drops the rest.
  void abandon();

  bool keeps_images() const { return !request_.destination; }
  /// [count, H, W, C] in [-1, 1] of shape(), where it keeps them and is finished.
  std::vector<float> images() const;
  ImageShape shape() const;
  std::int64_t count() const { return request_.count; }

 private:
  // As the companion of a batch's run: its images go to the destination.
  std::uint32_t after() const override { return request_.destination ? std::uint32_t(batch_images()) : 0; }
  void record(VkCommandBuffer commands, std::uint32_t item) override;
  double microseconds(std::uint32_t) const override { return request_.destination->microseconds(); }

  bool from_latents() const { return !request_.latents.empty(); }
  std::int64_t skipped() const;       ///< images of the batch at hand that come before those asked for
  std::int64_t batch_images() const;  ///< images of the batch at hand that were asked for
  bool may_start() const;
  void begin_batch();
  /// The classes of the batch that begins with image `number`; empty where the model has none.
  std::span<const std::uint32_t> classes_from(std::uint64_t number);
  void push();  ///< hands all that is left of the batch to the queue, where it does not wait for ticks
  void take();  ///< waits for the batch

  Generator& generator_;
  PaintingRequest request_;
  std::int64_t painted_ = 0;
  bool begun_ = false;  ///< a batch
  std::vector<float> images_;
  std::vector<std::uint32_t> classes_;  ///< of the batch
};

}  // namespace gouache
