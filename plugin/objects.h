// What stands behind the opaque handles of gouache.h?
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "gouache/gouache.h"
#include "host/graph/error.h"
#include "host/runtime/generator.h"
#include "host/runtime/pacer.h"
#include "host/runtime/trainer.h"
#include "host/vulkan/device.h"
#include "plugin/images.h"
#include "plugin/painting.h"

/// A device at work, what went wrong on it last, and how many objects lean on it.
struct GouContext_T {
  std::unique_ptr<gouache::Device> device;
  std::unique_ptr<gouache::Pacer> pacer;  ///< from the first work on that needs it
  std::vector<GouModel> models;           ///< alive
  std::vector<GouTraining> trainings;
  std::vector<GouImage> images;
  std::vector<gouache::PacedRun*> runs;  ///< of the tick at hand; as much room as there are models and trainings
  void (*write_log)(void* user, GouLogLevel level, const char* message) = nullptr;
  void* log_user = nullptr;
  char error[1024] = "";

  void log(GouLogLevel level, const char* message) const {
    if (write_log) write_log(log_user, level, message);
  }
};

/// Something to paint with, and the requests that are to be painted with it, one after the other.
struct GouModel_T {
  GouModel_T(GouContext owner, std::unique_ptr<gouache::Generator> model, GouTraining training = nullptr)
      : context(owner), generator(std::move(model)), live(training) {
    context->models.push_back(this);
    context->runs.reserve(context->models.size() + context->trainings.size());
  }
  ~GouModel_T() { std::erase(context->models, this); }

  /// The request at work; null: all are finished.
  GouJob at_work() const;
  /// Goes on as far as that takes no waiting.
  void advance();

  GouContext context;
  std::unique_ptr<gouache::Generator> generator;
  GouTraining live;  ///< whose newest weights each request begins with; null: the weights never change
  gouache::TargetWriters writers;
  std::vector<GouJob> jobs;  ///< alive, in the order in which they were begun
};

/// One request.
struct GouJob_T {
  GouJob_T(GouModel owner, gouache::PaintingRequest request)
      : context(owner->context), model(owner), painting(*owner->generator, std::move(request)) {
    model->jobs.push_back(this);
  }
  ~GouJob_T() { std::erase(model->jobs, this); }
  GouContext context;
  GouModel model;
  gouache::Painting painting;
};

/// A training and whether a step is under way.
struct GouTraining_T {
  GouTraining_T(GouContext owner, const gouache::TrainerOptions& options, const gouache::TrainingImages& images)
      : context(owner), batch(options.batch), trainer(*owner->device, options, images) {
    context->trainings.push_back(this);
    context->runs.reserve(context->models.size() + context->trainings.size());
  }
  ~GouTraining_T() { std::erase(context->trainings, this); }
  GouContext context;
  std::int64_t batch;
  gouache::Trainer trainer;
  bool ticked = false, stepping = false, tracing = false;
};
