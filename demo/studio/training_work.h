// What of a training takes long, and is done on the worker's thread?
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "demo/api/objects.h"
#include "demo/data/source.h"
#include "demo/studio/metrics.h"
#include "demo/studio/run_folder.h"
#include "demo/studio/sheet_history.h"
#include "demo/studio/worker.h"

namespace gouache::studio {

using SharedImages = std::shared_ptr<const data::Images>;

/// How many samples a sheet shows, in how many columns, and how many are painted at once: fewer the larger they are.
struct SheetPlan {
  std::uint32_t largest;  ///< side in pixels up to which this holds
  std::uint32_t count, columns, batch;
};
SheetPlan sheet_plan(std::uint32_t width, std::uint32_t height);

/// A training with what belongs to it. Whoever works on it, UI thread or worker, does so alone. The library's objects end in this order.
struct OpenTraining {
  api::Training training;
  api::Model live;  ///< paints with the weights of the newest step
  api::Job job;     ///< the sheet being painted
  GouShape shape{};
  SheetPlan plan{};
  RunFolder folder;
  SharedImages images;
  double images_diversity = 0;
  std::vector<std::string> figures;  ///< names
  bool margins = false;              ///< D gives scores without ends
};

/// Premultiplied RGBA bytes of some of the images, as a model of so many channels sees them.
std::vector<std::uint8_t> rgba_of(const data::Images& images, std::span<const std::uint32_t> which, std::uint32_t channels);
/// `count` of them, spread over all.
std::vector<std::uint32_t> spread(std::uint32_t all, std::uint32_t count);

/// The images that a wish asks for, with labels where its recipe has classes. Throws std::exception in plain words.
SharedImages load_images(const TrainingWish& wish);
/// Makes a training and its live model, ready to step and paint without waiting. With `checkpoint` it goes on from there. Throws
/// std::exception; api::Failure(GOU_ERROR_CANCELLED) when the progress was cancelled.
std::shared_ptr<OpenTraining> open_training(GouContext context, const TrainingWish& wish, SharedImages images,
                                            const std::optional<Checkpoint>& checkpoint, Progress& progress);

/// Reads the finished sheet and ends its job.
Sheet read_sheet(OpenTraining& open, std::uint64_t step);
/// Writes checkpoint, sheet (where given) and figures, and thins the folder to `most`. What the folder holds then.
std::vector<Checkpoint> save_checkpoint(OpenTraining& open, const Checkpoint& place, const Pixels& sheet, const Metrics& figures,
                                        std::size_t most);

}  // namespace gouache::studio
