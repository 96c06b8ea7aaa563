// What does the studio know of the model that it paints with?
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "demo/api/objects.h"
#include "demo/studio/gpu.h"

namespace gouache::studio {

/// A model at work: loaded from a file, or made from a training. Shared by those whose requests are under way.
struct OpenModel {
  /// Held for every call for the model or its jobs: the worker reads pictures and saves it with calls that take long. The UI thread only
  /// tries, and comes back in the next frame. The rest does not change once it is open.
  std::mutex calls;
  api::Model model;
  std::string name;  ///< for people: the file's name, or "training at step 1200"
  std::string path;  ///< of its file; "" where it has none yet
  GouShape shape{};
  std::vector<std::pair<std::string, std::string>> recipe;  ///< each setting's name and value, from gouDescribeModel; may be empty
  std::vector<std::string> class_names;                     ///< [shape.classes]
  std::vector<float> directions;  ///< [count, latent], those that change the picture most first; empty: it has none
  std::vector<float> strengths;   ///< [count]
};

/// Whether its pictures are transparent in places.
inline bool has_alpha(const GouShape& shape) { return shape.channels == 2 || shape.channels == 4; }

/// Told parts done and in all; false ends what is under way (as api::Failure, GOU_ERROR_CANCELLED).
using Parts = std::function<bool(unsigned done, unsigned total)>;

/// Prewarms a model for pages of pictures and for single textures with mip levels, lit or not. Takes long: for the worker.
void prewarm(GouContext context, GouModel model, const Parts& progress);
/// The UI thread's turn to call for a model: there is none where the worker has it just now. A live model, null here, is called by nobody
/// else.
class ModelTurn {
 public:
  explicit ModelTurn(std::shared_ptr<OpenModel> model) : model_(std::move(model)) {
    if (model_) held_ = std::unique_lock(model_->calls, std::try_to_lock);
  }
  explicit operator bool() const { return !model_ || held_.owns_lock(); }

 private:
  std::shared_ptr<OpenModel> model_;  // outlives its lock
  std::unique_lock<std::mutex> held_;
};
/// Ends a job, waiting for the worker where it has the model.
void end_job(api::Job& job, OpenModel& model);

/// Completes and prewarms a model that was just made. For the worker.
std::shared_ptr<OpenModel> prepare(GouContext context, api::Model model, std::string name, std::string path, const Parts& progress);
/// Loads a model file, and prepares it. For the worker.
std::shared_ptr<OpenModel> open_file(const Gpu& gpu, const std::string& path, const Parts& progress);

}  // namespace gouache::studio
