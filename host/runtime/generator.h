// How does a trained model paint?  A model file becomes a plan for one batch size; requests run through it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "host/models/model.h"

namespace gouache {

class Device;
class PacedRun;
class Pacer;
class Runner;

class Generator {
 public:
  /// Reads a model file (safetensors bytes; `name` for errors). `batch` images are painted at once.
  Generator(Device& device, const std::string& name, std::span<const std::byte> file, std::int64_t batch = 16);
  ~Generator();

  const Recipe& recipe() const;
  ImageShape shape() const;

  /// Images [count, H, W, C] in [-1, 1]; image i depends on (seed, first + i) only.
  std::vector<float> generate(std::uint64_t seed, std::uint64_t first, std::int64_t count);
  /// From given latents [count, latent].
  std::vector<float> generate(std::span<const float> latents);

  /// One batch without waiting: begin (first image of the batch is first), poll, read [batch, H, W, C].
  /// With a pacer the batch advances in its ticks alone (paced()); a plan that was not warmed up is measured first, which waits;
  /// without a queue it is cut by a guess.
  void begin(std::uint64_t seed, std::uint64_t batch_index, Pacer* pacer = nullptr);
  void begin(std::span<const float> latents, Pacer* pacer = nullptr);  ///< at most [batch, latent]
  PacedRun* paced();                                                   ///< what a tick advances; null: nothing
  bool done() const;
  std::span<const float> finish();  ///< waits; valid until the next begin
  std::int64_t batch() const;
  /// All that any request runs, made where it was not yet; for warming it up.
  std::vector<Runner*> runners();

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace gouache
