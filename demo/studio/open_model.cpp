// What does the studio know of the model that it paints with?
#include "demo/studio/open_model.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "demo/studio/rehearsal.h"

namespace gouache::studio {
namespace {

constexpr std::uint32_t kBatch = 16;  ///< pictures painted at once

int tell(void* user, std::uint32_t done, std::uint32_t total) { return (*static_cast<const Parts*>(user))(done, total) ? 0 : 1; }

/// Prewarms requests that write into an image of so many pictures beside one another, with one mip level or all (0), as encoded numbers or
/// for linear light.
void prewarm(GouContext context, GouModel model, std::uint32_t columns, std::uint32_t mips, bool light, const Parts& progress) {
  const GouShape shape = api::shape(model);
  auto wanted = api::of_type<GouImageDescription>(GOU_TYPE_IMAGE_DESCRIPTION);
  wanted.format = light ? VK_FORMAT_R8G8B8A8_SRGB : VK_FORMAT_R8G8B8A8_UNORM;
  wanted.width = shape.width * columns;
  wanted.height = shape.height;
  wanted.mip_levels = mips;
  GouImage made = nullptr;
  api::check(gouCreateImage(context, &wanted, &made));
  const api::Image image(made);
  auto target = api::of_type<GouImageTarget>(GOU_TYPE_IMAGE_TARGET);
  api::check(gouGetImage(image.get(), &target, nullptr));
  target.columns = columns > 1 ? columns : 0;
  if (light) target.flags |= GOU_TARGET_LINEAR;
  auto request = api::of_type<GouGenerate>(GOU_TYPE_GENERATE);
  request.count = columns;
  request.pace = GOU_PACE_TICKED;
  request.target = &target;
  auto wish = api::of_type<GouPrewarm>(GOU_TYPE_PREWARM);
  wish.progress = tell;
  wish.user = const_cast<Parts*>(&progress);
  wish.request = &request;
  api::check(gouPrewarmModel(model, &wish));
}

}  // namespace

void end_job(api::Job& job, OpenModel& model) {
  if (!job) return;
  const std::lock_guard held(model.calls);
  job.reset();
}

void prewarm(GouContext context, GouModel model, const Parts& progress) {
  prewarm(context, model, 2, 1, false, progress);
  prewarm(context, model, 1, 0, false, progress);
  if (has_alpha(api::shape(model))) prewarm(context, model, 1, 0, true, progress);
}

std::shared_ptr<OpenModel> prepare(GouContext context, api::Model model, std::string name, std::string path, const Parts& progress) {
  auto open = std::make_shared<OpenModel>();
  open->model = std::move(model);
  open->name = std::move(name);
  open->path = std::move(path);
  open->shape = api::shape(open->model.get());
  const auto about =
      nlohmann::ordered_json::parse(api::text([&](size_t* size, char* to) { return gouDescribeModel(open->model.get(), size, to); }));
  if (about.contains("recipe"))
    for (const auto& [key, value] : about["recipe"].items())
      open->recipe.emplace_back(key, value.is_string() ? value.get<std::string>() : value.dump());
  for (std::uint32_t i = 0; i < open->shape.classes; ++i) open->class_names.push_back("class " + std::to_string(i));
  std::uint32_t count = open->shape.latent;
  open->directions.resize(std::size_t{count} * count);
  open->strengths.resize(count);
  const GouResult found = gouGetDirections(open->model.get(), &count, open->directions.data(), open->strengths.data());
  if (found != GOU_ERROR_UNSUPPORTED) {
    api::check(found);
  } else {  // no sliders then
    open->directions.clear();
    open->strengths.clear();
  }
  prewarm(context, open->model.get(), progress);
  return open;
}

std::shared_ptr<OpenModel> open_file(const Gpu& gpu, const std::string& path, const Parts& progress) {
  rehearse(gpu, [&](GouContext context) { prewarm(context, api::load_model(context, path, kBatch).get(), progress); });
  return prepare(gpu.painter(), api::load_model(gpu.painter(), path, kBatch), std::filesystem::path(path).stem().string(), path, progress);
}

}  // namespace gouache::studio
