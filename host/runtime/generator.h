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
class Estimate;
class PacedRun;
class Pacer;

/// What a Generator of these would allocate; errors of the file itself are thrown.
Estimate estimate_generator(Device& device, const std::string& name, std::span<const std::byte> file, std::int64_t batch);

class Generator {
 public:
  /// Reads a model file (safetensors bytes; `name` for errors). `batch` images are painted at once.
  Generator(Device& device, const std::string& name, std::span<const std::byte> file, std::int64_t batch = 16);
  ~Generator();

  const Recipe& recipe() const;
  /// Parameters and running statistics, and the values of one.
  const std::vector<ParameterSpec>& variables() const;
  std::vector<float> values(const ParameterSpec& variable) const;
  ImageShape shape() const;

  /// Images [count, H, W, C] in [-1, 1]; image i depends on (seed, first + i) only, and where the recipe has classes is of class
  /// first + i modulo classes.
  std::vector<float> generate(std::uint64_t seed, std::uint64_t first, std::int64_t count);
  /// From given latents [count, latent].
  std::vector<float> generate(std::span<const float> latents);

  /// One batch without waiting: begin (first image of the batch is first), poll, read [batch, H, W, C].
  /// With a pacer the batch advances in its ticks alone (paced()); the first paced batch measures the plan first, which waits.
  /// `labels`: at most [batch], each below shape().classes; empty: an image is of class its number modulo classes (with latents: its
  /// row). Throws Error naming a label that is out of range, or given where there are no classes.
  void begin(std::uint64_t seed, std::uint64_t batch_index, Pacer* pacer = nullptr, std::span<const std::uint32_t> labels = {});
  /// `latents`: at most [batch, latent].
  void begin(std::span<const float> latents, Pacer* pacer = nullptr, std::span<const std::uint32_t> labels = {});
  PacedRun* paced();  ///< what a tick advances; null: nothing
  bool done() const;
  std::span<const float> finish();  ///< waits; valid until the next begin
  std::int64_t batch() const;

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace gouache
