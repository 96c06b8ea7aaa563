// What of a training takes long, and is done on the worker's thread?
#include "demo/studio/training_work.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "demo/data/picture.h"
#include "demo/studio/alarms.h"

namespace gouache::studio {
namespace {

using Json = nlohmann::ordered_json;

constexpr SheetPlan kPlans[] = {{32, 36, 6, 12}, {64, 16, 4, 16}, {128, 9, 3, 9}, {1u << 31, 4, 2, 4}};

void stop_if_cancelled(const Progress& progress) {
  if (progress.cancelled) throw api::Failure(GOU_ERROR_CANCELLED, "The preparation of the training was cancelled.");
}

int tell(void* progress, std::uint32_t done, std::uint32_t total) { return static_cast<Progress*>(progress)->parts(done, total) ? 0 : 1; }

api::Training create(GouContext context, const TrainingWish& wish, const data::Images& images, std::uint32_t classes) {
  auto train = api::of_type<GouTrain>(GOU_TYPE_TRAIN);
  train.recipe = wish.recipe.c_str();
  train.pixels = images.pixels.data();
  train.bytes = images.pixels.size();
  train.labels = classes > 0 ? images.labels.data() : nullptr;
  train.count = images.count;
  train.height = images.height;
  train.width = images.width;
  train.channels = images.channels;
  train.batch = wish.batch;
  train.seed = wish.seed;
  train.pace = GOU_PACE_TICKED;
  GouTraining training = nullptr;
  api::check(gouCreateTraining(context, &train, &training));
  return api::Training(training);
}

/// Requests into an image, and those into memory, make and measure nothing later.
void prewarm(GouContext context, OpenTraining& open, Progress& progress) {
  auto wanted = api::of_type<GouImageDescription>(GOU_TYPE_IMAGE_DESCRIPTION);
  wanted.format = VK_FORMAT_R8G8B8A8_UNORM;
  wanted.width = open.shape.width * open.plan.columns;
  wanted.height = open.shape.height * ((open.plan.count + open.plan.columns - 1) / open.plan.columns);
  wanted.mip_levels = 1;
  GouImage made = nullptr;
  api::check(gouCreateImage(context, &wanted, &made));
  const api::Image image(made);
  auto target = api::of_type<GouImageTarget>(GOU_TYPE_IMAGE_TARGET);
  api::check(gouGetImage(image.get(), &target, nullptr));
  target.columns = open.plan.columns;
  auto request = api::of_type<GouGenerate>(GOU_TYPE_GENERATE);
  request.count = open.plan.count;
  request.pace = GOU_PACE_TICKED;
  request.target = &target;
  auto prewarm = api::of_type<GouPrewarm>(GOU_TYPE_PREWARM);
  prewarm.progress = tell;
  prewarm.user = &progress;
  prewarm.request = &request;
  api::check(gouPrewarmModel(open.live.get(), &prewarm));
}

std::vector<std::string> figure_names(GouTraining training) {
  std::uint32_t count = 0;
  api::check(gouGetMetrics(training, &count, nullptr, nullptr));
  std::vector<const char*> names(count);
  api::check(gouGetMetrics(training, &count, names.data(), nullptr));
  return {names.begin(), names.end()};
}

/// Rec. 709 luma of encoded bytes, in 16.16 fixed point, as the library takes it.
std::uint8_t luma(const std::uint8_t* p) {
  return static_cast<std::uint8_t>((13933u * p[0] + 46871u * p[1] + 4732u * p[2] + 32768u) >> 16);
}

}  // namespace

SheetPlan sheet_plan(std::uint32_t width, std::uint32_t height) {
  return *std::ranges::find_if(kPlans, [&](const SheetPlan& plan) { return std::max(width, height) <= plan.largest; });
}

std::vector<std::uint8_t> rgba_of(const data::Images& images, std::span<const std::uint32_t> which, std::uint32_t channels) {
  std::vector<std::uint8_t> all;
  all.reserve(which.size() * images.width * images.height * 4);
  const bool in_alpha = images.channels % 2 == 0, grey = images.channels < 3, to_grey = channels < 3, to_alpha = channels % 2 == 0;
  for (const std::uint32_t i : which) {
    const auto image = images.image(i);
    for (std::size_t at = 0; at < image.size(); at += images.channels) {
      const std::uint8_t* in = image.data() + at;
      std::uint8_t out[4] = {in[0], in[grey ? 0 : 1], in[grey ? 0 : 2], in_alpha && to_alpha ? in[images.channels - 1] : std::uint8_t{255}};
      if (to_grey) out[0] = out[1] = out[2] = luma(out);
      all.insert(all.end(), out, out + 4);
    }
  }
  return all;
}

std::vector<std::uint32_t> spread(std::uint32_t all, std::uint32_t count) {
  count = std::min(all, count);
  std::vector<std::uint32_t> which(count);
  for (std::uint32_t i = 0; i < count; ++i) which[i] = static_cast<std::uint32_t>(std::uint64_t{i} * all / count);
  return which;
}

SharedImages load_images(const TrainingWish& wish) {
  const Json recipe = Json::parse(wish.recipe);
  std::vector<std::string> damaged;  // were told when the images were chosen
  return std::make_shared<data::Images>(
      data::load(wish.source, {.size = recipe.value("size", 2u), .seed = wish.seed, .damaged = &damaged}));
}

std::shared_ptr<OpenTraining> open_training(GouContext context, const TrainingWish& wish, SharedImages images,
                                            const std::optional<Checkpoint>& checkpoint, Progress& progress) {
  const Json recipe = Json::parse(wish.recipe);
  const auto classes = recipe.value("classes", 0u);
  if (classes > 0 && classes != images->label_names.size())
    throw std::runtime_error("The recipe asks for " + std::to_string(classes) + " kinds of images, but " + wish.source + " has " +
                             (images->label_names.empty() ? std::string("no labels. Set \"Kinds of images\" to 0.")
                                                          : std::to_string(images->label_names.size()) + "."));
  stop_if_cancelled(progress);
  auto open = std::make_shared<OpenTraining>();
  open->training = create(context, wish, *images, classes);
  stop_if_cancelled(progress);
  open->shape = api::shape(open->training.get());
  open->plan = sheet_plan(open->shape.width, open->shape.height);
  if (checkpoint) api::check(gouRestoreCheckpoint(open->training.get(), checkpoint->path.c_str()));
  GouModel live = nullptr;
  api::check(gouCreateModel(open->training.get(), GOU_WEIGHTS_LIVE, open->plan.batch, &live));
  open->live.reset(live);
  prewarm(context, *open, progress);
  const std::vector<std::uint32_t> some = spread(images->count, open->plan.count);
  open->images_diversity = diversity(rgba_of(*images, some, open->shape.channels), some.size());
  open->images = std::move(images);
  open->figures = figure_names(open->training.get());
  open->margins = recipe.value("loss", std::string()) == "hinge";
  return open;
}

Sheet read_sheet(OpenTraining& open, std::uint64_t step) {
  auto bytes = std::make_shared<std::vector<std::uint8_t>>(std::size_t{open.plan.count} * open.shape.width * open.shape.height * 4);
  auto pixels = api::of_type<GouPixels>(GOU_TYPE_PIXELS);
  pixels.layout = GOU_PIXELS_UNORM8;
  pixels.channels = 4;
  pixels.data = bytes->data();
  pixels.bytes = bytes->size();
  const api::Job job = std::move(open.job);
  api::check(gouReadJob(job.get(), &pixels));
  const double varied = diversity(*bytes, open.plan.count);
  return {step, std::move(bytes), open.images_diversity > 0 ? varied / open.images_diversity : 1};
}

std::vector<Checkpoint> save_checkpoint(OpenTraining& open, const Checkpoint& place, const Pixels& sheet, const Metrics& figures,
                                        std::size_t most) {
  api::check(gouSaveCheckpoint(open.training.get(), place.path.c_str()));
  data::write_atomically(place.figures, [&](std::ostream& out) { figures.write(out); });
  if (sheet)
    data::write_png(place.sheet, data::sheet(*sheet, open.plan.count, open.shape.width, open.shape.height, 4,
                                             {.columns = open.plan.columns, .zoom = 1, .gap = 1}));
  open.folder.thin(most, place);
  return open.folder.checkpoints();
}

}  // namespace gouache::studio
