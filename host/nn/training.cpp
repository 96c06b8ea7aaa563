// What happens in one training step?
#include "host/nn/training.h"

#include <algorithm>
#include <limits>

#include "host/nn/layers.h"
#include "host/ops/ops.h"
#include "shaders/shared/interface.h"

namespace gouache {

Training::Training(Graph& graph, TensorType images, std::int64_t batch, bool trace)
    : graph_(graph), parameters_(graph, Mode::training), images_(std::move(images)), batch_(batch), trace_(trace) {
  control_ = graph_.variable(kControl, {{CONTROL_WORDS}, DType::u32});
}

Tensor Training::images() {
  graph_.set_label("images");
  drawn_ = random(control_, {Distribution::permutation, STREAM_DATA, {batch_}, batch_ * rounds_, batch_ * image_round_, images_.shape[0]});
  const Tensor batch = gather(graph_.variable(kImages, images_), drawn_, 2.0f / 255.0f, -1.0f);
  if (trace_) graph_.output("real/" + std::to_string(image_round_), batch);
  ++image_round_;
  return batch;
}

Tensor Training::labels(std::int64_t classes) {
  if (!drawn_) throw Error("labels: no images were drawn yet");
  labelled_ = true;
  graph_.set_label("labels");
  const Tensor batch = one_hot(gather(graph_.variable(kLabels, {{images_.shape[0], 1}, DType::f32}), drawn_), classes);
  if (trace_) graph_.output("labels/" + std::to_string(image_round_ - 1), batch);
  return batch;
}

Tensor Training::latents(std::int64_t size) {
  graph_.set_label("latents");
  const Tensor z = random(control_, {Distribution::normal, STREAM_LATENT, {batch_, size}, batch_ * rounds_, batch_ * latent_round_, 0});
  if (trace_) graph_.output("latents/" + std::to_string(latent_round_), z);
  ++latent_round_;
  return z;
}

Tensor Training::draw(Distribution distribution, const Shape& sample) {
  if (draws_ == kDraws) throw Error("draw: a step may draw " + std::to_string(kDraws) + " times");
  Shape shape{batch_};
  shape.insert(shape.end(), sample.begin(), sample.end());
  const Tensor values = random(control_, {distribution, STREAM_AUGMENTATION, shape, batch_ * kDraws, batch_ * draws_, 0});
  if (trace_) graph_.output("noise/" + std::to_string(draws_), values);
  ++draws_;
  return values;
}

std::vector<std::string> state_runs(const OptimizerSettings& settings) {
  std::vector<std::string> runs{""};
  if (settings.kind == OptimizerKind::adam) runs.insert(runs.end(), {kFirstMoment, kSecondMoment});
  if (settings.ema_decay > 0) runs.push_back(kAverage);
  return runs;
}

Tensor Training::current(const std::string& variable, const Shape& shape) {
  const auto [place, added] = current_.try_emplace(variable);
  if (added) place->second = graph_.variable(variable, {shape, DType::f32});
  return place->second;
}

void Training::minimize(const std::string& module, Tensor loss, const OptimizerSettings& settings, const std::vector<std::string>& keep) {
  std::vector<std::string> names;
  std::vector<Tensor> values;
  for (const ParameterSpec& spec : parameters_.specs())
    if (spec.module() == module && spec.trained) {
      names.push_back(spec.name);
      values.push_back(parameters_.current(spec.name));
    }
  if (names.empty()) throw Error("minimize: module '" + module + "' has no parameters");
  graph_.set_label(module + " gradient");
  const std::vector<Tensor> gradients = gradient(loss, values);
  graph_.set_label(module + " update");
  const auto [control, norm] = gradient_norm(control_, gradients);
  control_ = control;
  update_statistics(module, norm);
  for (const ParameterSpec& spec : parameters_.specs())
    if (std::find(keep.begin(), keep.end(), spec.module()) == keep.end()) parameters_.drop_observations(spec.module());

  const std::vector<std::string> runs = state_runs(settings);
  std::vector<Tensor> inputs{control_};
  inputs.insert(inputs.end(), values.begin(), values.end());
  inputs.insert(inputs.end(), gradients.begin(), gradients.end());
  for (std::size_t r = 1; r < runs.size(); ++r)
    for (std::size_t i = 0; i < names.size(); ++i) inputs.push_back(current(runs[r] + names[i], values[i].shape()));
  const int update = updates_[module]++;
  const std::vector<Tensor> updated =
      optimizer(inputs, {settings.kind, static_cast<std::int32_t>(names.size()), settings.rate, settings.beta1, settings.beta2,
                         settings.epsilon, settings.ema_decay, module == "G" ? 1 : rounds_, update});
  for (std::size_t i = 0; i < names.size(); ++i) parameters_.replace(names[i], updated[i]);
  for (std::size_t r = 1; r < runs.size(); ++r)
    for (std::size_t i = 0; i < names.size(); ++i) current_[runs[r] + names[i]] = updated[r * names.size() + i];
  optimizers_[module] = settings;
  if (trace_)
    for (std::size_t i = 0; i < names.size(); ++i) graph_.output("gradient/" + std::to_string(update) + "/" + names[i], gradients[i]);
  report("gradient " + module, norm);
}

void Training::update_statistics(const std::string& module, Tensor norm) {
  const Tensor finite = greater(graph_.scalar(std::numeric_limits<float>::max()), norm);
  const auto observations = parameters_.take_observations(module);
  for (std::size_t first = 0; first < observations.size(); ++first) {
    const auto& seen = observations[first];
    const auto same = [&](const auto& other) { return other.name == seen.name && other.samples == seen.samples; };
    if (std::any_of(observations.begin(), observations.begin() + static_cast<std::ptrdiff_t>(first), same)) continue;
    // One batch after another: old (1-m)^batches + m (... (1-m) statistics + the next one's).
    Tensor together;
    float kept = 1.0f;
    for (const auto& next : observations) {
      if (!same(next)) continue;
      together = together ? together * (1.0f - kBatchNormMomentum) + next.statistics : next.statistics;
      kept *= 1.0f - kBatchNormMomentum;
    }
    const auto n = static_cast<float>(seen.samples);
    const Tensor old = current(seen.name, seen.statistics.shape());
    const float unbiased = kBatchNormMomentum * n / std::max(n - 1.0f, 1.0f);
    const std::int64_t channels = seen.statistics.shape()[1];
    std::vector<float> weights(static_cast<std::size_t>(2 * channels), kBatchNormMomentum);
    std::fill(weights.begin() + static_cast<std::ptrdiff_t>(channels), weights.end(), unbiased);
    current_[seen.name] = select(finite, old * kept + together * graph_.constant({2, channels}, weights), old);
  }
}

void Training::report(const std::string& name, Tensor value) {
  if (value.type().count() != 1) throw Error("report: '" + name + "' is " + to_text(value.shape()) + ", expected one element");
  if (std::find(metrics_.begin(), metrics_.end(), name) != metrics_.end()) return;  // a critic's later rounds
  metrics_.push_back(name);
  graph_.output(name, value);
}

void Training::finish() {
  graph_.set_label("step");
  control_ = advance_step(control_);
  graph_.update(graph_.variable(kControl, control_.type()), control_);
  for (const auto& [module, settings] : optimizers_)
    for (const ParameterSpec& spec : parameters_.specs())
      if (spec.module() == module && spec.trained) graph_.update(graph_.variable(spec.name, spec.type), parameters_.current(spec.name));
  for (const auto& [name, value] : current_) graph_.update(graph_.variable(name, value.type()), value);
}

StateLayout Training::layout() const {
  StateLayout layout;
  layout.add_block("control", {{kControl, {{CONTROL_WORDS}, DType::u32}}});
  layout.add_block("images", {{kImages, images_}});
  if (labelled_) layout.add_block("labels", {{kLabels, {{images_.shape[0], 1}, DType::f32}}});
  std::vector<std::pair<std::string, TensorType>> statistics;
  for (const auto& [module, settings] : optimizers_) {
    std::vector<std::pair<std::string, TensorType>> trained;
    for (const ParameterSpec& spec : parameters_.specs())
      if (spec.module() == module && spec.trained) trained.push_back({spec.name, spec.type});
    layout.add_block(module, trained, state_runs(settings));
  }
  for (const ParameterSpec& spec : parameters_.specs())
    if (!spec.trained) statistics.push_back({spec.name, spec.type});
  if (!statistics.empty()) layout.add_block("statistics", statistics);
  return layout;
}

}  // namespace gouache
