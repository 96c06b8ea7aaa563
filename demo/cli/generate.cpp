// gouache generate: what does a trained model paint?
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <sstream>
#include <vector>

#include "demo/cli/command.h"
#include "demo/cli/painter.h"
#include "demo/cli/sheets.h"

namespace gouache::cli {
namespace {

struct GenerateOptions {
  std::string model, out = "generated.png", separate, latents, device, size, filter = "smooth";
  std::uint32_t count = 64;
  std::uint64_t seed = 0;
  std::vector<std::uint32_t> classes;
};

/// "128" or "128x96".
void set_size(const std::string& text, GouGenerate& request) {
  char x = 0;
  std::istringstream in(text);
  in >> request.width;
  if (in && in.peek() == 'x')
    in >> x >> request.height;
  else
    request.height = request.width;
  if (text.find_first_not_of("0123456789x") != text.npos || !in || in.peek() != std::istringstream::traits_type::eof() ||
      request.width == 0 || request.height == 0)
    throw Misuse("--size is '" + text + "', expected WIDTHxHEIGHT or one number for both, in pixels");
}

std::vector<float> read_latents(GouModel model, const std::string& path) {
  std::uint32_t count = 0;
  check(gouReadLatents(model, path.c_str(), &count, nullptr));
  std::vector<float> latents(std::size_t{count} * shape(model).latent);
  check(gouReadLatents(model, path.c_str(), &count, latents.data()));
  return latents;
}

}  // namespace

std::function<int()> define_generate(CLI::App& app) {
  auto options = std::make_shared<GenerateOptions>();
  app.add_option("model", options->model, "a model file that training wrote")->required()->type_name("MODEL");
  CLI::Option* count = app.add_option("--count", options->count, "images")->capture_default_str()->check(CLI::Range(1u, 65536u));
  CLI::Option* seed = app.add_option("--seed", options->seed, "the same seed gives the same picture")->capture_default_str();
  app.add_option("--out", options->out, "the sheet to write (PNG)")->capture_default_str()->type_name("FILE");
  app.add_option("--separate", options->separate, "also write each image to this folder")->type_name("DIR");
  app.add_option("--latents", options->latents, "paint from the tensor \"latents\" [count, latent] of a safetensors file")
      ->type_name("FILE")
      ->excludes(count)
      ->excludes(seed);
  app.add_option("--class", options->classes, "which class to paint, or several with commas, in turn (default: all of the model's in turn)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("N,...");
  app.add_option("--size", options->size, "pixels of each image (default: what the model was trained on)")->type_name("WxH");
  app.add_option("--filter", options->filter, "how another size is made: smooth for textures, nearest for hard pixels")
      ->capture_default_str()
      ->check(CLI::IsMember({"smooth", "nearest"}));
  add_device_option(app, options->device);
  return [options] {
    auto request = of_type<GouGenerate>(GOU_TYPE_GENERATE);
    if (!options->size.empty()) set_size(options->size, request);
    request.filter = options->filter == "nearest" ? GOU_FILTER_NEAREST : GOU_FILTER_SMOOTH;
    const Context context = open_context(options->device);
    const Model model = load_model(context.get(), options->model, 0);
    const GouShape image = shape(model.get(), request);
    request.seed = options->seed;
    request.count = options->count;
    std::vector<float> latents;
    if (!options->latents.empty()) {
      latents = read_latents(model.get(), options->latents);
      request.latents = latents.data();
      request.count = static_cast<std::uint32_t>(latents.size() / image.latent);
    }
    std::vector<std::uint32_t> labels;
    for (std::uint32_t i = 0; !options->classes.empty() && i < request.count; ++i)
      labels.push_back(options->classes[i % options->classes.size()]);
    if (!labels.empty()) request.labels = labels.data();
    const std::vector<std::uint8_t> pixels = generate(model.get(), request);
    const Painted painted{pixels,       request.count,  image.width,
                          image.height, image.channels, columns_of(labels.empty() ? image.classes : options->classes.size())};
    write_sheet(options->out, painted);
    if (!options->separate.empty()) write_separate(options->separate, painted);
    std::cout << options->out << ": " << request.count << " images of " << image.width << " x " << image.height << " pixels\n";
    return kDone;
  };
}

}  // namespace gouache::cli
