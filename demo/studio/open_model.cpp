// What does the studio know of the model that it paints with?
#include "demo/studio/open_model.h"

#include <filesystem>

namespace gouache::studio {
namespace {

constexpr std::uint32_t kBatch = 16;  ///< pictures painted at once

int tell(void* user, std::uint32_t done, std::uint32_t total) {
  return (*static_cast<const std::function<bool(unsigned, unsigned)>*>(user))(done, total) ? 0 : 1;
}

/// Prewarms requests that write into an image of so many pictures beside one another, for linear light or as encoded numbers.
void prewarm(GouContext context, const OpenModel& open, std::uint32_t columns, std::uint32_t mips, bool light,
             const std::function<bool(unsigned, unsigned)>& progress) {
  auto wanted = api::of_type<GouImageDescription>(GOU_TYPE_IMAGE_DESCRIPTION);
  wanted.format = light ? VK_FORMAT_R8G8B8A8_SRGB : VK_FORMAT_R8G8B8A8_UNORM;
  wanted.width = open.shape.width * columns;
  wanted.height = open.shape.height;
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
  wish.user = const_cast<std::function<bool(unsigned, unsigned)>*>(&progress);
  wish.request = &request;
  api::check(gouPrewarmModel(open.model.get(), &wish));
}

}  // namespace

std::shared_ptr<OpenModel> prepare(GouContext context, api::Model model, std::string name, std::string path,
                                   const std::function<bool(unsigned done, unsigned total)>& progress) {
  auto open = std::make_shared<OpenModel>();
  open->model = std::move(model);
  open->name = std::move(name);
  open->path = std::move(path);
  open->shape = api::shape(open->model.get());
  open->about =
      nlohmann::ordered_json::parse(api::text([&](size_t* size, char* to) { return gouDescribeModel(open->model.get(), size, to); }));
  for (std::uint32_t i = 0; i < open->shape.classes; ++i) open->class_names.push_back("class " + std::to_string(i));
  prewarm(context, *open, 2, 1, false, progress);
  prewarm(context, *open, 1, 0, false, progress);
  if (has_alpha(open->shape)) prewarm(context, *open, 1, 0, true, progress);
  return open;
}

std::shared_ptr<OpenModel> open_file(GouContext context, const std::string& path,
                                     const std::function<bool(unsigned done, unsigned total)>& progress) {
  return prepare(context, api::load_model(context, path, kBatch), std::filesystem::path(path).stem().string(), path, progress);
}

}  // namespace gouache::studio
