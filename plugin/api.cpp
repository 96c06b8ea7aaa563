// What happens at the boundary when models are loaded, painted with and trained?  Check, translate, call.
#include <cstring>

#include "gouache/gouache.h"
#include "host/runtime/platform.h"
#include "host/runtime/safetensors.h"
#include "plugin/checks.h"
#include "plugin/describe.h"
#include "plugin/guard.h"
#include "plugin/objects.h"
#include "plugin/pixels.h"
#include "plugin/ticking.h"

using namespace gouache;

namespace {

constexpr std::uint32_t kMostImages = 65536, kMostBatch = 4096;

void not_while_stepping(const GouTraining_T& training) {
  training.context->device->require_alive();  // a step that was lost is under way for ever
  if (training.stepping) throw Refusal(GOU_ERROR_WRONG_STATE, "a step is under way; finish it with gouFinishStep first");
  if (training.tracing) throw Refusal(GOU_ERROR_WRONG_STATE, "a trace is under way");
}

ImageShape shape_of(const GouTraining_T& training) {
  const Recipe& recipe = training.trainer.recipe();
  return model(recipe.model()).shape(recipe);
}

void give_shape(const ImageShape& from, std::int64_t batch, GouShape* to) {
  GouShape& shape = checked(to);
  shape.width = static_cast<std::uint32_t>(from.width);
  shape.height = static_cast<std::uint32_t>(from.height);
  shape.channels = static_cast<std::uint32_t>(from.channels);
  shape.latent = static_cast<std::uint32_t>(from.latent);
  shape.batch = static_cast<std::uint32_t>(batch);
}

}  // namespace

GouResult gouListModels(size_t* size, char* text) {
  return guarded("gouListModels", nullptr, [&] { give_text(models_json(), required(size, "size"), text); });
}

GouResult gouResolveRecipe(const char* recipe, size_t* size, char* text) {
  return guarded("gouResolveRecipe", nullptr,
                 [&] { give_text(Recipe::from_json(required(recipe, "recipe")).to_json(), required(size, "size"), text); });
}

GouResult gouTick(GouContext context, const GouBudget* budget, GouTick* tick) {
  return guarded("gouTick", context, [&] {
    required(context, "context");
    const GouBudget& most = checked(budget);
    advance(*context, nullptr, most, checked(tick));
  });
}

GouResult gouRecord(GouContext context, const GouFrame* frame, const GouBudget* budget, GouTick* tick) {
  return guarded("gouRecord", context, [&] {
    required(context, "context");
    const GouFrame& into = checked(frame);
    const GouBudget& most = checked(budget);
    required(into.commands, "GouFrame: commands");
    if (into.frame <= into.safe)
      throw Refusal(GOU_ERROR_INVALID_ARGUMENT,
                    "GouFrame: frame is " + std::to_string(into.frame) + ", expected more than safe, " + std::to_string(into.safe));
    advance(*context, &into, most, checked(tick));
  });
}

GouResult gouLoadModel(GouContext context, const GouModelSource* source, GouModel* model) {
  return guarded("gouLoadModel", context, [&] {
    required(context, "context");
    const GouModelSource& from = checked(source);
    required(model, "model");
    if (from.batch) check_range(from.batch, 1, kMostBatch, "GouModelSource: batch");
    std::vector<std::byte> file;
    std::span<const std::byte> bytes;
    if (from.path) {
      file = read_file(path_from_utf8(from.path), kMaxTensorFileBytes);
      bytes = file;
    } else {
      bytes = {static_cast<const std::byte*>(required(from.data, "GouModelSource: path and data")), from.bytes};
    }
    const std::string name = from.path ? from.path : from.name ? from.name : "model in memory";
    auto generator = std::make_unique<Generator>(*context->device, name, bytes, from.batch ? from.batch : 16);
    *model = new GouModel_T(context, std::move(generator));
    context->log(GOU_LOG_NOTE, ("loaded " + name).c_str());
  });
}

GouResult gouDestroyModel(GouModel model) {
  return guarded("gouDestroyModel", context_of(model), [&] {
    if (model) refuse_while_in_frames(model->painting.paced());
    delete model;  // waits for what is under way
  });
}

GouResult gouGetModelShape(GouModel model, GouShape* shape) {
  return guarded("gouGetModelShape", context_of(model), [&] {
    required(model, "model");
    give_shape(model->generator->shape(), model->generator->batch(), shape);
  });
}

GouResult gouDescribeModel(GouModel model, size_t* size, char* text) {
  return guarded("gouDescribeModel", context_of(model), [&] {
    const Generator& generator = *required(model, "model")->generator;
    give_text(model_json(generator.recipe(), generator.shape(), generator.batch()), required(size, "size"), text);
  });
}

GouResult gouBeginGenerate(GouModel model, const GouGenerate* request) {
  return guarded("gouBeginGenerate", context_of(model), [&] {
    required(model, "model");
    const GouGenerate& wish = checked(request);
    check_range(wish.count, 1, kMostImages, "GouGenerate: count");
    model->context->device->require_alive();
    if (model->painting.under_way()) throw Refusal(GOU_ERROR_WRONG_STATE, "a request is under way; poll it until it is ready, or read it");
    Pacer* const pacer = pacer_of(*model->context, wish.pace, "GouGenerate: pace");
    if (wish.latents) {
      const auto values = std::size_t{wish.count} * static_cast<std::size_t>(model->generator->shape().latent);
      model->painting.begin(std::span(wish.latents, values), pacer);
    } else {
      check_range(wish.first, 0, UINT64_MAX - kMostImages, "GouGenerate: first");
      model->painting.begin(wish.seed, wish.first, wish.count, pacer);
    }
  });
}

GouResult gouPollGenerate(GouModel model) {
  return guarded("gouPollGenerate", context_of(model), [&] {
    Painting& painting = required(model, "model")->painting;
    if (painting.count() == 0) throw Refusal(GOU_ERROR_WRONG_STATE, "no request was begun");
    return painting.poll() ? GOU_SUCCESS : GOU_NOT_READY;
  });
}

GouResult gouReadGenerated(GouModel model, const GouPixels* pixels) {
  return guarded("gouReadGenerated", context_of(model), [&] {
    Painting& painting = required(model, "model")->painting;
    const GouPixels& to = checked(pixels);
    if (painting.count() == 0) throw Refusal(GOU_ERROR_WRONG_STATE, "no request was begun");
    const ImageShape shape = model->generator->shape();
    check_pixels(to, shape, painting.count());
    write_pixels(painting.images(), shape, to);
  });
}

GouResult gouReadLatents(GouModel model, const char* path, uint32_t* count, float* latents) {
  return guarded("gouReadLatents", context_of(model), [&] {
    const std::int64_t latent = required(model, "model")->generator->shape().latent;
    const TensorFile file = read_safetensors(path_from_utf8(required(path, "path")));
    const TensorEntry& tensor = file.at("latents");
    const std::uint32_t room = *required(count, "count");
    const Shape shape = tensor.shape;
    if (shape.size() != 2 || shape[0] < 1 || shape[0] > kMostImages || shape[1] != latent)
      throw Error(ErrorCode::bad_file, file.name() + ": tensor 'latents' has shape " + to_text(shape) + ", expected [count, " +
                                           std::to_string(latent) + "] with count 1.." + std::to_string(kMostImages));
    const std::vector<float> values = file.f32("latents", shape);
    *count = static_cast<std::uint32_t>(shape[0]);
    if (!latents) return;
    if (room < *count)
      throw Refusal(GOU_ERROR_TOO_SMALL,
                    "the file holds " + std::to_string(*count) + " latents, there is room for " + std::to_string(room));
    std::memcpy(latents, values.data(), values.size() * sizeof(float));
  });
}

GouResult gouCreateTraining(GouContext context, const GouTrain* train, GouTraining* training) {
  return guarded("gouCreateTraining", context, [&] {
    required(context, "context");
    const GouTrain& wish = checked(train);
    required(training, "training");
    if (wish.batch) check_range(wish.batch, 2, kMostBatch, "GouTrain: batch");
    check_range(wish.memory_budget, 0, INT64_MAX, "GouTrain: memory_budget");
    check_range(wish.count, 1, UINT32_MAX, "GouTrain: count");
    check_range(wish.height, 1, kMostImages, "GouTrain: height");
    check_range(wish.width, 1, kMostImages, "GouTrain: width");
    check_range(wish.channels, 1, 4, "GouTrain: channels");
    required(wish.pixels, "GouTrain: pixels");
    const std::uint64_t row = std::uint64_t{wish.width} * wish.channels, image = row * wish.height;
    if (wish.bytes % image != 0 || wish.bytes / image != wish.count)
      throw Refusal(GOU_ERROR_INVALID_ARGUMENT, "GouTrain: bytes is " + std::to_string(wish.bytes) +
                                                    ", expected count * height * width * channels = " + std::to_string(wish.count) + " * " +
                                                    std::to_string(image));
    const TrainerOptions options{.recipe = Recipe::from_json(required(wish.recipe, "GouTrain: recipe")),
                                 .batch = wish.batch ? wish.batch : 64,
                                 .seed = wish.seed,
                                 .memory_budget = static_cast<std::int64_t>(wish.memory_budget)};
    const TrainingImages images{wish.count, wish.height, wish.width, wish.channels, std::span(wish.pixels, wish.bytes)};
    Pacer* const pacer = pacer_of(*context, wish.pace, "GouTrain: pace");
    auto made = std::make_unique<GouTraining_T>(context, options, images);
    made->ticked = pacer != nullptr;
    if (pacer) made->trainer.measure_step();
    *training = made.release();
    context->log(GOU_LOG_NOTE, ("training " + options.recipe.model()).c_str());
  });
}

GouResult gouDestroyTraining(GouTraining training) {
  return guarded("gouDestroyTraining", context_of(training), [&] {
    if (training && training->tracing) throw Refusal(GOU_ERROR_WRONG_STATE, "a trace is under way");
    if (training) refuse_while_in_frames(training->trainer.paced());
    delete training;  // waits for what is under way
  });
}

GouResult gouGetTrainingShape(GouTraining training, GouShape* shape) {
  return guarded("gouGetTrainingShape", context_of(training), [&] {
    required(training, "training");
    give_shape(shape_of(*training), training->batch, shape);
  });
}

GouResult gouBeginStep(GouTraining training) {
  return guarded("gouBeginStep", context_of(training), [&] {
    not_while_stepping(*required(training, "training"));
    training->trainer.begin_step(training->ticked ? training->context->pacer.get() : nullptr);
    training->stepping = true;
  });
}

GouResult gouPollStep(GouTraining training) {
  return guarded("gouPollStep", context_of(training), [&] {
    if (!required(training, "training")->stepping) throw Refusal(GOU_ERROR_WRONG_STATE, "no step was begun");
    return training->trainer.step_done() ? GOU_SUCCESS : GOU_NOT_READY;
  });
}

GouResult gouFinishStep(GouTraining training) {
  return guarded("gouFinishStep", context_of(training), [&] {
    if (!required(training, "training")->stepping) throw Refusal(GOU_ERROR_WRONG_STATE, "no step was begun");
    training->trainer.wait_step();
    training->stepping = false;
    training->trainer.finish_step();
  });
}

GouResult gouGetStepsDone(GouTraining training, uint64_t* steps) {
  return guarded("gouGetStepsDone", context_of(training), [&] {
    required(training, "training");
    *required(steps, "steps") = training->trainer.steps_done();
  });
}

GouResult gouGetMetrics(GouTraining training, uint32_t* count, const char** names, float* values) {
  return guarded("gouGetMetrics", context_of(training), [&] {
    const Trainer& trainer = required(training, "training")->trainer;
    const std::vector<std::string>& all = trainer.metric_names();
    const std::span<const float> figures = trainer.metrics();
    const std::uint32_t room = *required(count, "count");
    *count = static_cast<std::uint32_t>(all.size());
    for (std::size_t i = 0; i < all.size() && i < room; ++i) {
      if (names) names[i] = all[i].c_str();
      if (values) values[i] = i < figures.size() ? figures[i] : 0.0f;
    }
  });
}

GouResult gouSampleTraining(GouTraining training, uint64_t seed, uint32_t count, const GouPixels* pixels) {
  return guarded("gouSampleTraining", context_of(training), [&] {
    not_while_stepping(*required(training, "training"));
    const GouPixels& to = checked(pixels);
    check_range(count, 1, kMostImages, "count");
    const ImageShape shape = shape_of(*training);
    check_pixels(to, shape, count);
    write_pixels(training->trainer.sample(seed, count), shape, to);
  });
}

GouResult gouSaveCheckpoint(GouTraining training, const char* path) {
  return guarded("gouSaveCheckpoint", context_of(training), [&] {
    not_while_stepping(*required(training, "training"));
    training->trainer.save_checkpoint(required(path, "path"));
  });
}

GouResult gouRestoreCheckpoint(GouTraining training, const char* path) {
  return guarded("gouRestoreCheckpoint", context_of(training), [&] {
    not_while_stepping(*required(training, "training"));
    training->trainer.restore_checkpoint(required(path, "path"));
  });
}

GouResult gouSaveModel(GouTraining training, const char* path) {
  return guarded("gouSaveModel", context_of(training), [&] {
    not_while_stepping(*required(training, "training"));
    training->trainer.save_model(required(path, "path"));
  });
}

GouResult gouTraceSteps(GouTraining training, const char* path, uint32_t steps, void (*after_step)(void* user), void* user) {
  return guarded("gouTraceSteps", context_of(training), [&] {
    not_while_stepping(*required(training, "training"));
    required(path, "path");
    check_range(steps, 1, 1000, "steps");
    struct Busy {  // lowered whatever ends the trace
      bool& flag;
      explicit Busy(bool& f) : flag(f) { flag = true; }
      ~Busy() { flag = false; }
    } const busy(training->tracing);
    training->trainer.trace(path, static_cast<int>(steps), [&] {
      if (after_step) after_step(user);
    });
  });
}
