// What stands behind the opaque handles of gouache.h?
#pragma once

#include <memory>
#include <mutex>
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

/// A device at work, what went wrong on it last, and the objects that lean on it.
/// The order of locks: turn, the pacer's, the device's (device.h). Nobody waits for the GPU, compiles or reads files while holding turn.
struct GouContext_T {
  std::unique_ptr<gouache::Device> device;
  void (*write_log)(void* user, GouLogLevel level, const char* message) = nullptr;
  void* log_user = nullptr;

  std::mutex turn;                        ///< of what follows, of every object's `away`, and of the objects that are not away
  std::unique_ptr<gouache::Pacer> pacer;  ///< from the first ticked work on
  std::vector<GouModel> models;           ///< alive and whole
  std::vector<GouTraining> trainings;
  std::vector<GouImage> images;
  std::uint64_t safe_frame = 0;          ///< the newest that the host called so
  std::vector<gouache::PacedRun*> runs;  ///< of the tick at hand; as much room as there are models and trainings

  std::mutex speaking;  ///< of error; taken alone
  char error[1024] = "";

  /// An object that is whole: from now on ticks see it.
  template <class Handle>
  void join(std::vector<Handle>& list, Handle object) {
    const std::lock_guard held(turn);
    runs.reserve(models.size() + trainings.size() + 1);
    list.push_back(object);
  }
  void log(GouLogLevel level, const char* message) const {
    if (write_log) write_log(log_user, level, message);
  }
};

/// Something to paint with, and the requests that are to be painted with it, one after the other.
struct GouModel_T {
  GouModel_T(GouContext owner, std::unique_ptr<gouache::Generator> model, GouTraining training = nullptr)
      : context(owner), generator(std::move(model)), live(training) {}

  /// The request at work; null: all are finished.
  GouJob at_work() const;

  GouContext context;
  bool away = false;  ///< a call works on it: ticks leave it alone
  std::unique_ptr<gouache::Generator> generator;
  GouTraining live;  ///< whose newest weights each request begins with; null: the weights never change
  gouache::TargetWriters writers;
  std::vector<gouache::Runner*> warming;  ///< what frames may be warming up
  std::vector<GouJob> jobs;               ///< alive, in the order in which they were begun
};

/// One request.
struct GouJob_T {
  GouJob_T(GouModel owner, gouache::PaintingRequest request)
      : context(owner->context), model(owner), painting(*owner->generator, std::move(request)) {}
  GouContext context;
  GouModel model;
  gouache::Painting painting;
};

/// A training and whether a step is under way.
struct GouTraining_T {
  GouTraining_T(GouContext owner, const gouache::TrainerOptions& options, const gouache::TrainingImages& images)
      : context(owner), batch(options.batch), trainer(*owner->device, options, images) {}
  GouContext context;
  bool away = false;  ///< a call works on it, or on a live model of it: ticks leave it alone
  std::int64_t batch;
  gouache::Trainer trainer;
  std::vector<gouache::Runner*> warming;  ///< what frames may be warming up
  bool ticked = false, stepping = false, tracing = false;
};

namespace gouache {

/// Keeps ticks away from a training, or from a model and the training it paints with, while a call works on it, which may take long.
class Alone {
 public:
  explicit Alone(GouTraining_T& training) : context_(*training.context), training_(&training) { set(true); }
  explicit Alone(GouModel_T& model) : context_(*model.context), model_(&model), training_(model.live) { set(true); }
  ~Alone() { set(false); }
  Alone(const Alone&) = delete;
  Alone& operator=(const Alone&) = delete;

 private:
  void set(bool away) {
    const std::lock_guard held(context_.turn);
    if (model_) model_->away = away;
    if (training_) training_->away = away;
  }
  GouContext_T& context_;
  GouModel model_ = nullptr;
  GouTraining training_ = nullptr;
};

}  // namespace gouache
