// How does a trained model paint?  A model file becomes a plan for one batch size; requests run through it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/models/directions.h"
#include "host/models/model.h"
#include "host/runtime/texel_packer.h"

namespace gouache {

class Companion;
class Device;
class Estimate;
class PacedRun;
class Pacer;
class Runner;
class TensorFile;
class Trainer;
struct Plan;

/// How a batch is submitted.
struct Way {
  Pacer* pacer = nullptr;          ///< it advances in the pacer's ticks alone; null: submitted whole at once
  Companion* companion = nullptr;  ///< only with a pacer
  bool measured = true;            ///< with a pacer: prepare() or a warm-up is to have measured its parts; begin() never waits for that
};

/// What a Generator of these would allocate; errors of the file itself are thrown.
Estimate estimate_generator(Device& device, const TensorFile& file, std::int64_t batch);

class Generator {
 public:
  /// Reads a model file, which is not needed any more then. `batch` images are painted at once.
  Generator(Device& device, const TensorFile& file, std::int64_t batch = 16);
  /// Paints with the weights of `trainer`, which must outlive it: those it has now, until take_weights() says otherwise.
  Generator(Device& device, Trainer& trainer, std::int64_t batch = 16);
  ~Generator();

  /// For a generator made from a trainer: the next batch begins with the trainer's newest weights. It needs a pacer, and may only start
  /// while Trainer::weights_whole().
  void take_weights();
  /// Without a queue: whether frames have brought to the host what save() and latent_weights() read, which the first call asks for; else
  /// true.
  bool ready_to_save();
  /// Writes a model file of the weights that it paints with; waits.
  void save(const std::string& path);

  const Recipe& recipe() const;
  /// Parameters and running statistics, and the values of one.
  const std::vector<ParameterSpec>& variables() const;
  std::vector<float> values(const ParameterSpec& variable) const;
  ImageShape shape() const;
  /// Rows of the variable that latents are multiplied by, [latent, outputs], as they are now; waits, or reads what was fetched.
  std::vector<float> latent_weights(const LatentLayer& layer);

  /// Images [count, H, W, C] in [-1, 1]; image i depends on (seed, first + i) only, and where the recipe has classes is of class
  /// first + i modulo classes.
  std::vector<float> generate(std::uint64_t seed, std::uint64_t first, std::int64_t count);
  /// From given latents [count, latent].
  std::vector<float> generate(std::span<const float> latents);

  /// Makes what batches from seeds, or from given latents, need; for measured ways also measures it, which waits, unless such a batch is
  /// under way or there is no queue.
  void prepare(bool from_latents, bool measured);

  /// One batch without waiting: begin (first image of the batch is first), poll, read [batch, H, W, C].
  /// `labels`: at most [batch], each below shape().classes; empty: an image is of class its number modulo classes (with latents: its
  /// row). Throws Error naming a label that is out of range, or given where there are no classes.
  void begin(std::uint64_t seed, std::uint64_t batch_index, const Way& way = {}, std::span<const std::uint32_t> labels = {});
  /// `latents`: at most [batch, latent].
  void begin(std::span<const float> latents, const Way& way = {}, std::span<const std::uint32_t> labels = {});
  PacedRun* paced();  ///< what a tick advances; null: nothing
  bool done() const;
  bool in_flight() const;  ///< whether the GPU may be at work on a batch
  void abandon();          ///< ends a batch under way: waits for what was submitted and drops the rest
  /// Where the images of batches from seeds, or from given latents, lie on the device.
  PaintedImages painted(bool from_latents);
  std::span<const float> finish();  ///< waits; valid until the next begin
  std::int64_t batch() const;
  /// What the last batch ran (before there is one: what batches from seeds run), and the GPU microseconds that each of its commands is
  /// expected to take by now, as `pacer`'s ticks follow it; nothing where nobody measured it.
  const Plan& plan() const;
  std::vector<std::optional<double>> expected(Pacer* pacer) const;
  /// All that any request runs, made where it was not yet; for warming it up.
  std::vector<Runner*> runners();

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace gouache
