// How is a model trained on a device?
#include "host/runtime/trainer.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstring>
#include <optional>
#include <utility>

#include "host/kernels/family.h"
#include "host/runtime/buffers.h"
#include "host/runtime/checkpoint.h"
#include "host/runtime/generator.h"
#include "host/runtime/labels.h"
#include "host/runtime/plans.h"
#include "host/runtime/runner.h"
#include "host/runtime/state.h"
#include "host/runtime/training_setup.h"
#include "host/vulkan/device.h"
#include "host/vulkan/pipeline.h"

namespace gouache {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::int64_t kSampleBatch = 64;
constexpr double kSubmitSeconds = 0.1;  // of steps that nobody asks for one by one

std::string rows_of(const Device& device, const Plan& plan) {
  std::string rows;
  for (const Step& step : plan.steps) rows += step.kernel.row + "\n";
  return device.caps().name + ", " + device.caps().driver + ", rows " + fingerprint(std::as_bytes(std::span(rows)));
}

bool is_finite(float value) { return (std::bit_cast<std::uint32_t>(value) & 0x7f800000u) != 0x7f800000u; }

/// The type of the images. Throws where they or their labels are not what they should be.
TensorType checked_type(const TrainingImages& i, const Recipe& recipe) {
  TensorType type{{i.count, i.height, i.width, i.channels}, DType::u8};
  if (static_cast<std::int64_t>(i.pixels.size()) != type.bytes())
    throw Error("training images: " + std::to_string(i.pixels.size()) + " bytes, expected " + std::to_string(type.bytes()));
  check_training_labels(i, recipe);
  return type;
}

float scalar(std::span<const std::byte> output) {
  float value = 0;
  std::memcpy(&value, output.data(), sizeof value);
  return value;
}

}  // namespace

struct Trainer::Body {
  Body(Device& d, const TrainerOptions& o, const TrainingImages& i)
      : device(d),
        catalog(d.catalog()),
        options(o),
        images(checked_type(i, o.recipe)),
        planned(plan_trainer(o, images, catalog)),
        ahead(d.pipelines().begin_all(dispatches_of(planned.plan))),
        state(d, planned.layout) {
    const bool averaged = planned.optimizers.count("G") && planned.optimizers.at("G").ema_decay > 0;
    prefix = averaged ? kAverage : "";
    state.upload(kImages, std::as_bytes(i.pixels));
    std::string data = to_text(images.shape) + " " + fingerprint(std::as_bytes(i.pixels));
    if (!i.labels.empty()) {
      const std::vector<float> numbers(i.labels.begin(), i.labels.end());
      state.upload(kLabels, std::as_bytes(std::span(numbers)));
      data += ", labels " + fingerprint(std::as_bytes(i.labels));
    }
    record = {o.recipe, 0, o.seed, o.batch, data, rows_of(d, planned.plan)};
    for (const ParameterSpec& spec : planned.parameters) begin(spec, initial_values(spec, o.seed));
    if (o.start_from)
      for (const ParameterSpec& spec : generator_of(planned)) begin(spec, o.start_from->values(spec));
    options.start_from = nullptr;
    const ControlWords control = control_words(o.seed, 0);
    state.upload(kControl, std::as_bytes(std::span(control)));
    step_runner = std::make_unique<Runner>(d, state, planned.plan, true);
    ahead.finish();
    first_update = step_runner->executable().command_count();
    for (const ParameterSpec& spec : generator_of(planned))
      first_update = std::min(first_update, step_runner->executable().first_write(state.layout().at(painted_name(spec)).block));
    metrics.resize(planned.metrics.size());
  }

  /// Uploads the first values of a parameter and of its average.
  void begin(const ParameterSpec& spec, const std::vector<float>& values) {
    state.upload(spec.name, std::as_bytes(std::span(values)));
    if (state.layout().slots.count(kAverage + spec.name)) state.upload(kAverage + spec.name, std::as_bytes(std::span(values)));
  }

  /// The variable that pictures are painted with instead of a parameter: its average, where one is kept.
  std::string painted_name(const ParameterSpec& spec) const { return (spec.trained ? prefix : "") + spec.name; }

  /// A finished step's figures, from `output(name)`. The step counts as done if they are finite; else no further one will.
  template <class Output>
  void take_step(const Output& output) {
    if (not_finite) return;
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      metrics[i] = scalar(output(planned.metrics[i]));
      if (!not_finite && !is_finite(metrics[i])) not_finite = i;
    }
    if (not_finite)
      drop_unbegun();
    else
      ++record.step;
  }
  void take_step(Executable& executable) {
    take_step([&](const std::string& name) { return executable.output(name); });
  }
  void drop_unbegun() {
    left = 0;
    if (PacedRun* run = step_runner->paced()) run->drop_unbegun();
  }
  void check_finite() const {
    if (not_finite)
      throw Error(ErrorCode::not_finite, "training met NaN or Inf in step " + std::to_string(record.step + 1) + " ('" +
                                             planned.metrics[*not_finite] +
                                             "'); no update was made from a gradient that is not finite. A lower learning_rate may help");
  }

  /// Runs `count` steps in one submit. One that is not finite changes nothing, nor do those after it: the device has counted the others.
  void run(std::uint32_t count) {
    Executable& executable = step_runner->executable();
    const Clock::time_point start = Clock::now();
    executable.submit_runs(count);
    const Clock::duration submitting = Clock::now() - start;
    executable.wait();
    const Clock::time_point finished = Clock::now();
    take_step(executable);
    host_time = std::chrono::duration<double, std::micro>(submitting + (Clock::now() - finished)).count();
    if (not_finite) {
      ControlWords control{};
      state.download(kControl, std::as_writable_bytes(std::span(control)));
      record.step = control[CONTROL_STEP];
    } else {
      record.step += count - 1;
    }
  }

  /// Waits for the steps that were begun without a pacer; as many at once are submitted as take kSubmitSeconds.
  void finish() {
    if (submitted) step_runner->wait();
    if (std::exchange(submitted, false)) take_step(step_runner->executable());
    for (std::uint32_t together = 1; left;) {
      const auto now = static_cast<std::uint32_t>(std::min<std::uint64_t>(left, together));
      const Clock::time_point start = Clock::now();
      left -= now;
      run(now);
      const double seconds = std::chrono::duration<double>(Clock::now() - start).count() / now;
      together = static_cast<std::uint32_t>(std::clamp(kSubmitSeconds / seconds, 1.0, double{Executable::kSeries}));
    }
  }

  Runner& sampler() {
    if (!sample_program) {
      sampling = plan_sampling(options.recipe, kSampleBatch, LatentSource::seed, catalog, &planned.layout, prefix);
      sample_program = std::make_unique<Runner>(device, state, sampling.plan);
    }
    return *sample_program;
  }

  Device& device;
  Catalog catalog;
  TrainerOptions options;
  TensorType images;
  TrainingPlan planned;
  PipelinesAhead ahead;  ///< makes pipelines while memory is allocated and filled
  State state;
  RunRecord record, saved;  ///< now, and when what is being saved was asked for
  std::string prefix;
  SamplingPlan sampling;
  std::unique_ptr<Runner> step_runner;
  std::uint32_t first_update = 0;  ///< the step's first command that changes what pictures are painted with
  std::unique_ptr<Runner> sample_program;
  std::vector<float> metrics;
  std::optional<std::size_t> not_finite;  ///< the metric that was NaN or Inf
  Pacer* pacer = nullptr;                 ///< of the steps under way
  std::uint64_t left = 0;                 ///< without a pacer: steps to be submitted
  bool submitted = false;                 ///< without a pacer: one is under way
  double host_time = 0;                   ///< microseconds
};

Trainer::Trainer(Device& device, const TrainerOptions& options, const TrainingImages& images)
    : body_(std::make_unique<Body>(device, options, images)) {}
Trainer::~Trainer() = default;

void Trainer::step() { steps(1); }
void Trainer::steps(std::uint32_t count) {
  if (count == 0) throw Error("steps: 0 steps, expected at least one");
  body_->not_finite.reset();
  body_->run(count);
  body_->check_finite();
}
double Trainer::host_microseconds() const { return body_->host_time; }

void Trainer::begin_steps(std::uint64_t count, Pacer* pacer) {
  Body& b = *body_;
  b.step_runner->begin(pacer, nullptr, pacer ? count : 1);
  b.pacer = pacer;
  b.submitted = !pacer;
  b.left = pacer ? 0 : count - 1;
  b.not_finite.reset();
}

PacedRun* Trainer::paced() { return body_->step_runner->paced(); }
void Trainer::measure_step() {
  if (!body_->device.queue()) return body_->step_runner->cut_by_guess();
  Runner* const step[] = {body_->step_runner.get()};
  warm_up(body_->device, step, {}, {});
}
std::vector<Runner*> Trainer::runners() {
  std::vector<Runner*> all{body_->step_runner.get()};
  if (body_->device.queue()) all.push_back(&body_->sampler());  // sampling submits
  return all;
}
bool Trainer::in_flight() const { return !body_->device.lost() && body_->step_runner->in_flight(); }
bool Trainer::poll_steps() {
  Body& b = *body_;
  if (b.pacer) {
    PacedRun* run = b.step_runner->paced();
    if (!run) return true;
    while (const std::optional<std::size_t> copy = b.pacer->take(*run))
      b.take_step([&](const std::string& name) { return run->kept(*copy, name); });
    return b.pacer->done(*run);
  }
  if (b.submitted) {
    if (!b.step_runner->done()) return false;
    b.submitted = false;
    b.take_step(b.step_runner->executable());
  }
  if (!b.left) return true;
  b.step_runner->begin();
  --b.left;
  b.submitted = true;
  return false;
}

void Trainer::cancel_steps() { body_->drop_unbegun(); }

void Trainer::wait_steps() {
  Body& b = *body_;
  if (!b.pacer) return b.finish();
  while (!poll_steps())
    if (PacedRun* run = b.step_runner->paced()) b.pacer->push(*run);
}

void Trainer::check_steps() const { body_->check_finite(); }

std::uint64_t Trainer::steps_done() const { return body_->record.step; }
const std::vector<std::string>& Trainer::metric_names() const { return body_->planned.metrics; }
std::span<const float> Trainer::metrics() const { return body_->metrics; }
const Recipe& Trainer::recipe() const { return body_->options.recipe; }
const std::vector<ParameterSpec>& Trainer::parameters() const { return body_->planned.parameters; }
const Plan& Trainer::plan() const { return body_->planned.plan; }
std::vector<std::optional<double>> Trainer::expected(Pacer* pacer) const { return body_->step_runner->expected(pacer); }
MemoryBytes Trainer::memory() const {
  MemoryBytes bytes = training_memory(body_->planned);
  if (body_->sample_program) add_memory(bytes, body_->sampling.plan);
  return bytes;
}

std::vector<float> Trainer::sample(std::uint64_t seed, std::int64_t count, std::span<const std::uint32_t> labels) {
  Executable& program = body_->sampler().executable();
  const ImageShape shape = model(recipe().model()).shape(recipe());
  const auto image = static_cast<std::size_t>(shape.height * shape.width * shape.channels);
  check_labels(labels, shape.classes);
  if (!labels.empty() && labels.size() != static_cast<std::size_t>(count))
    throw Error("sample: " + std::to_string(labels.size()) + " labels for " + std::to_string(count) + " images");
  std::vector<float> result(image * static_cast<std::size_t>(count)), numbers(kSampleBatch);
  for (std::int64_t done = 0; done < count; done += kSampleBatch) {
    const ControlWords control = control_words(seed, static_cast<std::uint32_t>(done / kSampleBatch));
    program.set_input(kSampleControl, std::as_bytes(std::span(control)));
    if (shape.classes > 0) {
      const auto at = static_cast<std::size_t>(done);
      class_numbers(labels.empty() ? labels : labels.subspan(at), at, shape.classes, numbers);
      program.set_input(kSampleLabels, std::as_bytes(std::span(numbers)));
    }
    program.run();
    const std::size_t wanted = image * static_cast<std::size_t>(std::min(kSampleBatch, count - done));
    std::memcpy(result.data() + image * static_cast<std::size_t>(done), program.output("images").data(), wanted * sizeof(float));
  }
  return result;
}

bool Trainer::ready_to_save() {
  Body& b = *body_;
  if (!b.state.is_fetching()) b.saved = b.record;
  return b.state.fetch(kImages);
}

void Trainer::save_checkpoint(const std::string& path) {
  write_checkpoint(path, body_->state, body_->device.queue() ? body_->record : body_->saved);
  body_->state.forget_fetched();
}

void Trainer::restore_checkpoint(const std::string& path) { body_->record.step = read_checkpoint(path, body_->state, body_->record).step; }

std::vector<WeightPlace> Trainer::generator_weights() const {
  std::vector<WeightPlace> places;
  for (const ParameterSpec& spec : generator_of(body_->planned)) {
    const StateSlot& slot = body_->state.layout().at(body_->painted_name(spec));
    places.push_back({spec.name, body_->state.block(slot.block).handle(), slot.offset, slot.type.bytes()});
  }
  return places;
}

bool Trainer::weights_whole() const {
  const PacedRun* const run = body_->step_runner->paced();
  return !run || !run->pending() || !run->reached(body_->first_update);
}

void Trainer::hold_steps(bool held) {
  if (PacedRun* run = body_->step_runner->paced()) run->hold(held);
}

void Trainer::complete_weights() {
  PacedRun* const run = body_->step_runner->paced();
  if (!run) return;
  run->hold(true);
  while (!weights_whole()) body_->pacer->push(*run);
  run->hold(false);
}

void Trainer::save_model(const std::string& path) {
  write_model(path, body_->state, generator_of(body_->planned), body_->prefix, recipe());
  body_->state.forget_fetched();
}

void Trainer::trace(const std::string& path, int steps, const std::function<void()>& after_step) {
  Body& b = *body_;
  const TrainingPlan traced = plan_training(b.options.recipe, b.images, b.options.batch, b.catalog, true, b.options.memory_budget);
  Executable program(b.device, b.state, traced.plan);
  std::vector<std::pair<TensorEntry, std::vector<std::byte>>> parts;
  const auto add = [&](const std::string& name, const TensorType& type, std::vector<std::byte> bytes) {
    parts.push_back({{name, type.dtype == DType::f32 ? "F32" : "U32", type.shape, {}}, std::move(bytes)});
  };
  const auto add_state = [&](int index) {
    for (const auto& [name, slot] : b.state.layout().slots) {
      if (is_training_data(name)) continue;
      std::vector<std::byte> bytes(static_cast<std::size_t>(slot.type.bytes()));
      b.state.download(name, bytes);
      add("state/" + std::to_string(index) + "/" + name, slot.type, std::move(bytes));
    }
  };
  add_state(0);
  for (int s = 0; s < steps; ++s) {
    program.run();
    for (const NamedTensor& output : traced.plan.outputs) {
      const auto bytes = program.output(output.name);
      add("step/" + std::to_string(s) + "/" + output.name, output.type,
          {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(output.type.bytes())});
    }
    b.not_finite.reset();
    b.take_step(program);
    b.check_finite();
    add_state(s + 1);
    if (after_step) after_step();
  }
  std::vector<TensorEntry> tensors;
  for (auto& [entry, bytes] : parts) {
    entry.data = bytes;
    tensors.push_back(entry);
  }
  write_safetensors(
      path, tensors,
      {{std::string(kFormatKey), "1"}, {std::string(kRecipeKey), recipe().to_json()}, {"gouache.trace_steps", std::to_string(steps)}});
}

}  // namespace gouache
