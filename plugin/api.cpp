// What happens at the boundary when models are loaded and painted with?  Check, translate, call.
#include <algorithm>
#include <cstring>

#include "gouache/gouache.h"
#include "host/runtime/plans.h"
#include "host/runtime/platform.h"
#include "host/runtime/safetensors.h"
#include "plugin/checks.h"
#include "plugin/describe.h"
#include "plugin/guard.h"
#include "plugin/model_source.h"
#include "plugin/objects.h"
#include "plugin/painting_wish.h"
#include "plugin/pixels.h"
#include "plugin/prewarming.h"
#include "plugin/ticking.h"

using namespace gouache;

namespace {

/// Paints the job and those before it, and waits.
void wait_for(GouJob_T& job) {
  const Alone alone(*job.model);
  while (!job.painting.finished()) job.model->at_work()->painting.wait();
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
    require_queue(*context);
    const GouBudget& most = checked(budget);
    advance(*context, nullptr, most, checked(tick));
  });
}

GouResult gouRecord(GouContext context, const GouFrame* frame, const GouBudget* budget, GouTick* tick) {
  return guarded("gouRecord", context, [&] {
    required(context, "context");
    const GouFrame& into = checked_frame(frame);
    const GouBudget& most = checked(budget);
    advance(*context, &into, most, checked(tick));
  });
}

GouResult gouLoadModel(GouContext context, const GouModelSource* source, GouModel* model) {
  return guarded("gouLoadModel", context, [&] {
    required(context, "context");
    const ModelSource from = open_model(source);
    required(model, "model");
    auto generator = std::make_unique<Generator>(*context->device, from.file, from.batch);
    auto made = std::make_unique<GouModel_T>(context, std::move(generator));
    context->join(context->models, made.get());
    *model = made.release();
    context->log(GOU_LOG_NOTE, ("loaded " + from.file.name()).c_str());
  });
}

GouResult gouCreateModel(GouTraining training, uint32_t weights, uint32_t batch, GouModel* model) {
  return guarded("gouCreateModel", context_of(training), [&] {
    required(training, "training");
    check_range(weights, GOU_WEIGHTS_SNAPSHOT, GOU_WEIGHTS_LIVE, "weights");
    if (batch) check_range(batch, 1, kMostBatch, "batch");
    required(model, "model");
    const Alone alone(*training);
    if (!training->trainer.weights_whole())
      throw Refusal(GOU_ERROR_BUSY, "the step under way is changing the weights; try again when its parts are all submitted");
    auto generator = std::make_unique<Generator>(*training->context->device, training->trainer, batch ? batch : 16);
    auto made = std::make_unique<GouModel_T>(training->context, std::move(generator), weights == GOU_WEIGHTS_LIVE ? training : nullptr);
    training->context->join(training->context->models, made.get());
    *model = made.release();
  });
}

GouResult gouSaveModel(GouModel model, const char* path) {
  return guarded("gouSaveModel", context_of(model), [&] {
    required(model, "model");
    required(path, "path");
    const Alone alone(*model);
    model->context->device->require_alive();
    if (!model->generator->ready_to_save()) return GOU_NOT_READY;
    model->generator->save(path);
    return GOU_SUCCESS;
  });
}

GouResult gouDestroyModel(GouModel model) {
  return guarded("gouDestroyModel", context_of(model), [&] {
    if (!model) return;
    if (!model->jobs.empty())
      throw Refusal(GOU_ERROR_WRONG_STATE, std::to_string(model->jobs.size()) + " jobs of this model are still alive; destroy them first");
    {
      const std::lock_guard held(model->context->turn);
      refuse_while_warming(*model->context, model->warming, &model->writers);
      std::erase(model->context->models, model);
    }
    delete model;
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
    required(size, "size");
    give_text(model_json(generator.recipe(), generator.batch(), planned_work(*model->context, generator, generator.variables())), size,
              text);
  });
}

GouResult gouGetDirections(GouModel model, uint32_t* count, float* directions, float* strengths) {
  return guarded("gouGetDirections", context_of(model), [&] {
    Generator& generator = *required(model, "model")->generator;
    const std::size_t room = *required(count, "count");
    const LatentLayer layer = latent_layer(generator.recipe());
    const auto latent = static_cast<std::size_t>(layer.rows), wanted = std::min(room, latent);
    *count = static_cast<std::uint32_t>(latent);
    if (!directions && !strengths) return GOU_SUCCESS;
    std::vector<float> weights;
    {
      const Alone alone(*model);
      model->context->device->require_alive();
      if (!generator.ready_to_save()) return GOU_NOT_READY;
      weights = generator.latent_weights(layer);
    }
    const Directions found = principal_directions(weights, layer.rows);
    if (directions) std::copy_n(found.vectors.begin(), wanted * latent, directions);
    if (strengths) std::copy_n(found.strengths.begin(), wanted, strengths);
    return GOU_SUCCESS;
  });
}

GouResult gouBeginGenerate(GouModel model, const GouGenerate* request, GouJob* job) {
  return guarded("gouBeginGenerate", context_of(model), [&] {
    required(model, "model");
    const GouGenerate& wish = checked(request);
    required(job, "job");
    const Alone alone(*model);
    model->context->device->require_alive();
    PaintingRequest made = painting_wish(*model, wish);
    model->generator->prepare(wish.latents != nullptr, made.ticked);  // a tick may be what begins it
    auto begun = std::make_unique<GouJob_T>(model, std::move(made));
    if (!model->at_work()) begun->painting.start();
    model->jobs.push_back(begun.get());
    *job = begun.release();
  });
}

GouResult gouPollJob(GouJob job) {
  return guarded("gouPollJob", context_of(job), [&] {
    GouModel_T& model = *required(job, "job")->model;
    const std::lock_guard held(model.context->turn);
    for (GouJob at = model.at_work(); at && at->painting.advance(); at = model.at_work()) {}
    return job->painting.finished() ? GOU_SUCCESS : GOU_NOT_READY;
  });
}

GouResult gouWaitJob(GouJob job) {
  return guarded("gouWaitJob", context_of(job), [&] { wait_for(*required(job, "job")); });
}

GouResult gouReadJob(GouJob job, const GouPixels* pixels) {
  return guarded("gouReadJob", context_of(job), [&] {
    const Painting& painting = required(job, "job")->painting;
    const GouPixels& to = checked(pixels);
    if (!painting.keeps_images()) throw Refusal(GOU_ERROR_WRONG_STATE, "the request's images went to its target");
    check_pixels(to, painting.shape(), painting.count());
    wait_for(*job);
    write_pixels(painting.images(), painting.shape(), to);
  });
}

GouResult gouDestroyJob(GouJob job, uint32_t when) {
  return guarded("gouDestroyJob", context_of(job), [&] {
    if (!job) return;
    {
      const Alone alone(*job->model);
      refuse_while_busy(when, job->painting.in_flight(), job->painting.in_frames());
      job->painting.abandon();
      std::erase(job->model->jobs, job);
    }
    delete job;
  });
}

GouResult gouReadLatents(GouModel model, const char* path, uint32_t* count, float* latents) {
  return guarded("gouReadLatents", context_of(model), [&] {
    const std::int64_t latent = required(model, "model")->generator->shape().latent;
    const TensorFile file = read_safetensors(path_from_utf8(required(path, "path")));
    const StoredTensor& tensor = file.at("latents");
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
