// What happens in one training step?  Models write it down here: batches, losses, who is updated, what is reported.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/nn/scope.h"
#include "host/plan/state_layout.h"

namespace gouache {

struct OptimizerSettings {
  OptimizerKind kind = OptimizerKind::adam;
  float rate = 2e-4f, beta1 = 0.5f, beta2 = 0.999f, epsilon = 1e-8f;
  float ema_decay = 0.0f;  ///< > 0: an exponential moving average of the parameters is kept beside them
};

/// Names of the variables that a training run keeps besides parameters.
inline constexpr const char* kControl = "control";      ///< u32[CONTROL_WORDS]
inline constexpr const char* kImages = "data/images";   ///< u8 [count, H, W, C]
inline constexpr const char* kLabels = "data/labels";   ///< f32 [count, 1]: the number of each image's class
inline constexpr const char* kFirstMoment = "adam_m/";  ///< prefix
inline constexpr const char* kSecondMoment = "adam_v/";
inline constexpr const char* kAverage = "ema/";

/// Whether a variable is training data: uploaded once, the same in every step, in no checkpoint and no trace.
inline bool is_training_data(const std::string& variable) { return variable.starts_with("data/"); }

/// Builds one step's graph. Phases run in the order in which they are written; a later one sees the updates of an earlier one.
class Training {
 public:
  /// `images`: u8 [count, H, W, C]; `trace`: inputs and gradients become outputs too.
  Training(Graph& graph, TensorType images, std::int64_t batch, bool trace = false);

  /// How many batches a step draws (critic steps); before the first of images() and latents(). Default 1.
  void rounds(int count) { rounds_ = count; }
  /// The next batch of real images, [batch, H, W, C] f32 in [-1, 1]; every image once an epoch.
  Tensor images();
  /// The classes of the images that images() drew last, one-hot [batch, classes].
  Tensor labels(std::int64_t classes);
  /// The next batch of latents, standard normal [batch, size].
  Tensor latents(std::int64_t size);
  /// New random numbers for the batch, [batch, sample...]: normal(0, 1) or uniform in [0, 1). Up to kDraws a step.
  Tensor draw(Distribution distribution, const Shape& sample);
  static constexpr int kDraws = 128;
  Scope module(const std::string& name) { return {parameters_, name}; }

  /// Updates the trained parameters of `module` against `loss`, and its running statistics with what its batch norms have seen
  /// since the last phase; reports the gradient's norm. What other modules' batch norms saw is forgotten unless they are in
  /// `keep`.
  void minimize(const std::string& module, Tensor loss, const OptimizerSettings& settings, const std::vector<std::string>& keep = {});

  /// A figure of the step (one element) that the caller may read.
  void report(const std::string& name, Tensor value);

  /// Adds the step counter and the updates; call once, last.
  void finish();
  /// Where the variables lie; after finish().
  StateLayout layout() const;

  std::int64_t batch() const { return batch_; }
  const ParameterSet& parameters() const { return parameters_; }
  const std::vector<std::string>& metrics() const { return metrics_; }
  /// Modules with an optimizer and what it keeps.
  const std::map<std::string, OptimizerSettings>& optimizers() const { return optimizers_; }

 private:
  Tensor current(const std::string& variable, const Shape& shape);
  void update_statistics(const std::string& module, Tensor norm);

  Graph& graph_;
  ParameterSet parameters_;
  TensorType images_;
  std::int64_t batch_;
  bool trace_;
  int rounds_ = 1, image_round_ = 0, latent_round_ = 0, draws_ = 0;
  Tensor control_;
  Tensor drawn_;  ///< u32 [batch]: the images of the last images()
  bool labelled_ = false;
  std::map<std::string, Tensor> current_;  ///< newest value of moments, averages and running statistics
  std::map<std::string, OptimizerSettings> optimizers_;
  std::map<std::string, int> updates_;  ///< minimize calls so far, by module
  std::vector<std::string> metrics_;
};

/// Runs of a module's block for these settings: "", moments, average.
std::vector<std::string> state_runs(const OptimizerSettings& settings);

}  // namespace gouache
