// What stands behind the opaque handles of gouache.h?
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "gouache/gouache.h"
#include "host/graph/error.h"
#include "host/runtime/generator.h"
#include "host/runtime/trainer.h"
#include "host/vulkan/device.h"
#include "plugin/painting.h"

/// A device at work, what went wrong on it last, and how many objects lean on it.
struct GouContext_T {
  std::unique_ptr<gouache::Device> device;
  std::atomic<int> models{0}, trainings{0};
  void (*write_log)(void* user, GouLogLevel level, const char* message) = nullptr;
  void* log_user = nullptr;
  char error[1024] = "";

  void log(GouLogLevel level, const char* message) const {
    if (write_log) write_log(log_user, level, message);
  }
};

/// A loaded model and the request it works on.
struct GouModel_T {
  GouModel_T(GouContext owner, std::unique_ptr<gouache::Generator> model)
      : context(owner), generator(std::move(model)), painting(*generator) {
    ++context->models;
  }
  ~GouModel_T() { --context->models; }
  GouContext context;
  std::unique_ptr<gouache::Generator> generator;
  gouache::Painting painting;
};

/// A training and whether a step is under way.
struct GouTraining_T {
  GouTraining_T(GouContext owner, const gouache::TrainerOptions& options, const gouache::TrainingImages& images)
      : context(owner), batch(options.batch), trainer(*owner->device, options, images) {
    ++context->trainings;
  }
  ~GouTraining_T() { --context->trainings; }
  GouContext context;
  std::int64_t batch;
  gouache::Trainer trainer;
  bool stepping = false, tracing = false;
};
