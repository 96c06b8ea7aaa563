// gouache plan: what runs in a training step, in which order, and where does every tensor lie?
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>

#include "demo/cli/command.h"
#include "demo/cli/diagnostics_recipes.h"
#include "host/kernels/family.h"
#include "host/runtime/plans.h"
#include "host/runtime/platform.h"
#include "host/runtime/safetensors.h"
#include "host/vulkan/device.h"

namespace gouache::cli {

Recipe recipe_of(const std::string& wish) {
  if (std::ranges::any_of(models(), [&](const ModelRow* row) { return row->name == wish; })) return Recipe::of_model(wish);
  if (wish.ends_with(".safetensors")) {
    const TensorFile file = read_safetensors(path_from_utf8(wish));
    check_format(file);
    return Recipe::from_json(recipe_text(file));
  }
  try {
    const std::vector<std::byte> bytes = read_file(path_from_utf8(wish), 65536);
    return Recipe::from_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  } catch (const Error& error) { throw Error(error.code(), wish + ": neither a model nor a recipe (" + error.what() + ")"); }
}

std::function<int()> define_plan(CLI::App& app) {
  struct Options {
    std::string recipe, device;
    std::int64_t batch = 64;
    bool generate = false;
  };
  auto o = std::make_shared<Options>();
  app.add_option("recipe", o->recipe, "a model's name, a recipe (JSON) or a trained model")->required()->type_name("MODEL|RECIPE");
  app.add_option("--batch", o->batch, "images a step")->capture_default_str()->check(CLI::Range(std::int64_t{2}, std::int64_t{4096}));
  app.add_flag("--generate", o->generate, "the plan that paints, instead of the one that trains");
  add_device_option(app, o->device);
  return [o] {
    const Recipe recipe = recipe_of(o->recipe);
    const Device device{std::string_view(o->device)};
    const Catalog catalog(device.caps());
    const ImageShape image = model(recipe.model()).shape(recipe);
    const TensorType images{{1024, image.height, image.width, image.channels}, DType::u8};
    std::cout << to_text(o->generate ? plan_sampling(recipe, o->batch, LatentSource::seed, catalog).plan
                                     : plan_training(recipe, images, o->batch, catalog).plan);
    return kDone;
  };
}

}  // namespace gouache::cli
