// What happens at the boundary when models are trained?  Check, translate, call.
#include <algorithm>

#include "gouache/gouache.h"
#include "plugin/checks.h"
#include "plugin/describe.h"
#include "plugin/guard.h"
#include "plugin/objects.h"
#include "plugin/pixels.h"
#include "plugin/prewarming.h"
#include "plugin/ticking.h"
#include "plugin/training_pixels.h"
#include "plugin/training_wish.h"

using namespace gouache;

namespace {

void not_while_stepping(const GouTraining_T& training) {
  training.context->device->require_alive();  // a step that was lost is under way for ever
  if (training.stepping) throw Refusal(GOU_ERROR_WRONG_STATE, "steps are under way; finish them with gouFinishSteps first");
  if (training.tracing) throw Refusal(GOU_ERROR_WRONG_STATE, "a trace is under way");
}

void only_while_stepping(const GouTraining training) {
  if (!required(training, "training")->stepping) throw Refusal(GOU_ERROR_WRONG_STATE, "no step was begun");
}

ImageShape shape_of(const GouTraining_T& training) {
  const Recipe& recipe = training.trainer.recipe();
  return model(recipe.model()).shape(recipe);
}

}  // namespace

GouResult gouCreateTraining(GouContext context, const GouTrain* train, GouTraining* training) {
  return guarded("gouCreateTraining", context, [&] {
    required(context, "context");
    const GouTrain& wish = checked(train);
    required(training, "training");
    required(wish.pixels, "GouTrain: pixels");
    check_training_pixels(wish);
    const TrainerOptions options = training_options(*context, wish);
    const auto channels = static_cast<std::uint32_t>(model(options.recipe.model()).shape(options.recipe).channels);
    std::vector<std::uint8_t> converted;
    const TrainingImages images{.count = wish.count,
                                .height = wish.height,
                                .width = wish.width,
                                .channels = channels,
                                .pixels = training_bytes(wish, channels, converted),
                                .labels = training_labels(wish)};
    const bool ticked = is_ticked(*context, wish.pace, "GouTrain: pace");
    if (ticked) pacer_of(*context);
    auto made = std::make_unique<GouTraining_T>(context, options, images);
    made->ticked = ticked;
    if (ticked) made->trainer.measure_step();
    context->join(context->trainings, made.get());
    *training = made.release();
    context->log(GOU_LOG_NOTE, ("training " + options.recipe.model()).c_str());
  });
}

GouResult gouDestroyTraining(GouTraining training, uint32_t when) {
  return guarded("gouDestroyTraining", context_of(training), [&] {
    if (!training) return;
    if (training->tracing) throw Refusal(GOU_ERROR_WRONG_STATE, "a trace is under way");
    {
      GouContext_T& context = *training->context;
      const std::lock_guard held(context.turn);
      if (const auto live = std::ranges::count(context.models, training, &GouModel_T::live))
        throw Refusal(GOU_ERROR_WRONG_STATE, std::to_string(live) + " live models of this training are still alive; destroy them first");
      const PacedRun* const run = training->trainer.paced();
      refuse_while_busy(when, training->trainer.in_flight(), run && run->in_frames());
      refuse_while_warming(context, training->warming, nullptr);
      std::erase(context.trainings, training);
    }
    delete training;  // waits for what is under way
  });
}

GouResult gouGetTrainingShape(GouTraining training, GouShape* shape) {
  return guarded("gouGetTrainingShape", context_of(training), [&] {
    required(training, "training");
    give_shape(shape_of(*training), training->batch, shape);
  });
}

GouResult gouDescribeTraining(GouTraining training, size_t* size, char* text) {
  return guarded("gouDescribeTraining", context_of(training), [&] {
    const Trainer& trainer = required(training, "training")->trainer;
    required(size, "size");
    const PlannedWork work = planned_work(*training->context, trainer, trainer.parameters());
    std::uint64_t steps = 0;
    {
      const std::lock_guard held(training->context->turn);  // ticks count
      steps = trainer.steps_done();
    }
    give_text(training_json(trainer.recipe(), training->batch, work, trainer.memory(), steps), size, text);
  });
}

GouResult gouBeginSteps(GouTraining training, uint64_t count) {
  return guarded("gouBeginSteps", context_of(training), [&] {
    not_while_stepping(*required(training, "training"));
    const Alone alone(*training);
    check_range(count, 1, UINT64_MAX, "count");
    training->trainer.begin_steps(count, training->ticked ? training->context->pacer.get() : nullptr);
    training->stepping = true;
  });
}

GouResult gouPollSteps(GouTraining training) {
  return guarded("gouPollSteps", context_of(training), [&] {
    only_while_stepping(training);
    const std::lock_guard held(training->context->turn);
    return training->trainer.poll_steps() ? GOU_SUCCESS : GOU_NOT_READY;
  });
}

GouResult gouCancelSteps(GouTraining training) {
  return guarded("gouCancelSteps", context_of(training), [&] {
    only_while_stepping(training);
    const std::lock_guard held(training->context->turn);
    training->trainer.cancel_steps();
  });
}

GouResult gouFinishSteps(GouTraining training) {
  return guarded("gouFinishSteps", context_of(training), [&] {
    only_while_stepping(training);
    const Alone alone(*training);
    training->trainer.wait_steps();
    training->stepping = false;
    training->trainer.check_steps();
  });
}

GouResult gouGetStepsDone(GouTraining training, uint64_t* steps) {
  return guarded("gouGetStepsDone", context_of(training), [&] {
    required(training, "training");
    const std::lock_guard held(training->context->turn);  // ticks count
    *required(steps, "steps") = training->trainer.steps_done();
  });
}

GouResult gouGetMetrics(GouTraining training, uint32_t* count, const char** names, float* values) {
  return guarded("gouGetMetrics", context_of(training), [&] {
    const Trainer& trainer = required(training, "training")->trainer;
    const std::lock_guard held(training->context->turn);  // ticks take metrics
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
    require_queue(*training->context);
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
    required(path, "path");
    if (!training->trainer.ready_to_save()) return GOU_NOT_READY;
    training->trainer.save_checkpoint(path);
    return GOU_SUCCESS;
  });
}

GouResult gouRestoreCheckpoint(GouTraining training, const char* path) {
  return guarded("gouRestoreCheckpoint", context_of(training), [&] {
    not_while_stepping(*required(training, "training"));
    training->trainer.restore_checkpoint(required(path, "path"));
  });
}

GouResult gouSaveTraining(GouTraining training, const char* path) {
  return guarded("gouSaveTraining", context_of(training), [&] {
    not_while_stepping(*required(training, "training"));
    required(path, "path");
    if (!training->trainer.ready_to_save()) return GOU_NOT_READY;
    training->trainer.save_model(path);
    return GOU_SUCCESS;
  });
}

GouResult gouTraceSteps(GouTraining training, const char* path, uint32_t steps, void (*after_step)(void* user), void* user) {
  return guarded("gouTraceSteps", context_of(training), [&] {
    not_while_stepping(*required(training, "training"));
    require_queue(*training->context);
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
