// What happens at the boundary when models are loaded and painted with?  Check, translate, call.
#include <cstring>

#include "gouache/gouache.h"
#include "host/runtime/labels.h"
#include "host/runtime/platform.h"
#include "host/runtime/safetensors.h"
#include "plugin/checks.h"
#include "plugin/describe.h"
#include "plugin/guard.h"
#include "plugin/model_source.h"
#include "plugin/objects.h"
#include "plugin/pixels.h"
#include "plugin/ticking.h"

using namespace gouache;

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
    const ModelSource from(source);
    required(model, "model");
    auto generator = std::make_unique<Generator>(*context->device, from.name, from.bytes, from.batch);
    *model = new GouModel_T(context, std::move(generator));
    context->log(GOU_LOG_NOTE, ("loaded " + from.name).c_str());
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
    const std::span labels(wish.labels, wish.labels ? wish.count : 0);
    check_labels(labels, model->generator->shape().classes);
    if (wish.latents) {
      const auto values = std::size_t{wish.count} * static_cast<std::size_t>(model->generator->shape().latent);
      model->painting.begin(std::span(wish.latents, values), labels, pacer);
    } else {
      check_range(wish.first, 0, UINT64_MAX - kMostImages, "GouGenerate: first");
      model->painting.begin(wish.seed, wish.first, wish.count, labels, pacer);
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
