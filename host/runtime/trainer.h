// How is a model trained on a device?  The whole step lies on the GPU; the host submits it and reads a few numbers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/models/recipe.h"
#include "host/runtime/buffers.h"
#include "host/runtime/live_weights.h"

namespace gouache {

class Device;
class Estimate;
class Generator;
class PacedRun;
class Pacer;
class Runner;
struct ParameterSpec;
struct TensorType;

/// Training images in host memory; copied to the device by the Trainer. Packed sRGB bytes, channels last, colour premultiplied by alpha.
struct TrainingImages {
  std::uint32_t count = 0, height = 0, width = 0, channels = 0;
  std::span<const std::uint8_t> pixels;   ///< [count, height, width, channels]
  std::span<const std::uint32_t> labels;  ///< [count], each below the recipe's classes; empty where it has none
};

struct TrainerOptions {
  Recipe recipe;
  std::int64_t batch = 64;  ///< images a step, 2..4096
  std::uint64_t seed = 0;
  std::int64_t memory_budget = 0;  ///< bytes of device memory; 0: no limit
  /// Where the generator begins: its weights, running statistics and averages; null: at weights drawn from the seed. Not kept.
  const Generator* start_from = nullptr;
};

/// What a Trainer on images u8 [count, H, W, C] would allocate; settings and images that do not fit each other are thrown.
Estimate estimate_training(Device& device, const TrainerOptions& options, const TensorType& images);

class Trainer {
 public:
  /// Plans and prepares everything; nothing is allocated or created by Vulkan after the first step.
  /// Throws Error: a model to start from that has other variables than the recipe's generator (the first is named), images or labels that
  /// do not fit the recipe (named sizes), unsupported ops, memory.
  Trainer(Device& device, const TrainerOptions& options, const TrainingImages& images);
  ~Trainer();

  /// Runs one step and waits for it. Throws Error(not_finite) when a gradient was NaN or Inf (the update was blocked).
  void step();
  /// Runs `count` steps, one after another, in a single submit, and waits for them: the same bits as `count` calls of step(). metrics() are
  /// the last step's. Throws as step(); the steps before the one that met NaN or Inf count as done.
  void steps(std::uint32_t count);
  /// Begins `count` steps, one after another: the first is submitted at once, each next one when poll_steps() or wait_steps() sees the one
  /// before finished. With a pacer they advance in its ticks alone (paced()), up to PacedRun::kAhead of them begun before poll_steps()
  /// takes a finished one; measure_step() must have been called.
  void begin_steps(std::uint64_t count, Pacer* pacer = nullptr);
  PacedRun* paced();  ///< what a tick advances; null: nothing
  /// Measures the step's dispatches, for cutting it into parts; waits, and leaves the training as it was. Without a queue it guesses.
  void measure_step();
  /// All that the training runs, made where it was not yet; for warming it up.
  std::vector<Runner*> runners();
  /// Whether the GPU may be at work on a step.
  bool in_flight() const;
  /// Takes the metrics of finished steps and goes on, never waiting; whether all begun are over. NaN or Inf in one ends the series.
  bool poll_steps();
  /// Drops the steps of which nothing was submitted.
  void cancel_steps();
  /// Waits for all (again, where waiting itself failed); without a pacer several short steps are handed over at once.
  void wait_steps();
  /// Throws as step() when a step of the finished series met NaN or Inf.
  void check_steps() const;

  std::uint64_t steps_done() const;
  /// What the host spent on the last step() or steps() call, waiting left out: microseconds of wall time to submit it and to read its
  /// figures.
  double host_microseconds() const;
  /// Names and values of the figures of the newest step that counts as done: losses, "D(real)", "D(fake)", gradient norms.
  const std::vector<std::string>& metric_names() const;
  std::span<const float> metrics() const;

  /// Images [count, H, W, C] in [-1, 1] from the averaged (EMA) or else the plain generator, latents of `seed`: image i is the same
  /// whatever the count. `labels`: [count] where the recipe has classes; empty: image i is of class i modulo classes.
  std::vector<float> sample(std::uint64_t seed, std::int64_t count, std::span<const std::uint32_t> labels = {});

  /// Whether the next save can read the variables. Without a queue the first call asks frames for them as they are now, and the next save
  /// writes those; with one always true.
  bool ready_to_save();
  /// Everything that a bit-identical continuation needs, to `path` (safetensors).
  void save_checkpoint(const std::string& path);
  /// Restores a checkpoint; throws Error naming the file and the first difference (recipe, batch, seed, data, shapes).
  void restore_checkpoint(const std::string& path);
  /// The generator alone, for Generator.
  void save_model(const std::string& path);

  /// Where the generator's variables lie, averaged where averages are kept: what save_model() writes.
  std::vector<WeightPlace> generator_weights() const;
  /// Whether they are those of a completed step (or the first ones): false while a paced step has begun, and not submitted, its update.
  bool weights_whole() const;
  /// Makes that true: submits what is left of the step.
  void complete_weights();
  /// While held, paced steps stop after the one at hand, where pictures wait for its weights.
  void hold_steps(bool held);
  /// Writes a trace of the next `steps` steps to `path` while running them (docs: README "Traces"); `after_step` is called after each.
  void trace(const std::string& path, int steps, const std::function<void()>& after_step);

  const Recipe& recipe() const;
  const std::vector<ParameterSpec>& parameters() const;
  /// The step, and the GPU microseconds that each of its commands is expected to take by now, as `pacer`'s ticks follow it; nothing where
  /// nobody measured it.
  const Plan& plan() const;
  std::vector<std::optional<double>> expected(Pacer* pacer) const;
  /// Bytes of the training's own buffers; a driver may round them up.
  MemoryBytes memory() const;

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace gouache
