// gouache plan: what runs in a training step, in which order, and where does every tensor lie?
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>

#include "demo/cli/command.h"
#include "demo/cli/diagnostics_recipes.h"
#include "demo/cli/diagnostics_tunings.h"
#include "host/kernels/family.h"
#include "host/runtime/estimate.h"
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

LatentSource source_of(const Recipe& recipe) {
  return model(recipe.model()).shape(recipe).source.empty() ? LatentSource::seed : LatentSource::input;
}

namespace {

/// "device memory, bytes: arena 1,024, state 2,048, in all 3,072"
std::string memory_text(const Estimate& memory) {
  std::string text = "device memory, bytes:";
  for (std::size_t i = 0; i < kMemoryPurposes; ++i)
    if (const auto purpose = static_cast<MemoryPurpose>(i); memory.bytes(purpose))
      text += std::string(" ") + name_of(purpose) + " " + grouped(memory.bytes(purpose)) + ",";
  return text + " in all " + grouped(memory.total()) + (memory.refusal().empty() ? "" : "; " + memory.refusal()) + "\n";
}

}  // namespace

std::function<int()> define_plan(CLI::App& app) {
  struct Options {
    std::string recipe, device;
    std::int64_t batch = 64;
    bool generate = false, tuned = false;
  };
  auto o = std::make_shared<Options>();
  app.add_option("recipe", o->recipe, "a model's name, a recipe (JSON) or a trained model")->required()->type_name("MODEL|RECIPE");
  app.add_option("--batch", o->batch, "images a step")->capture_default_str()->check(CLI::Range(std::int64_t{1}, std::int64_t{4096}));
  app.add_flag("--generate", o->generate, "the plan that paints, instead of the one that trains");
  app.add_flag("--tuned", o->tuned, "with the kernel rows that gouache tune has found, where it was run on this device");
  add_device_option(app, o->device);
  return [o] {
    const Recipe recipe = recipe_of(o->recipe);
    Device device{std::string_view(o->device)};
    const Catalog catalog(device.caps(), o->tuned ? stored_tuning(device) : nullptr);
    const ImageShape image = model(recipe.model()).shape(recipe);
    const TensorType images{{1024, image.height, image.width, image.channels}, DType::u8};
    const TrainingPlan training = o->generate ? TrainingPlan{} : plan_training(recipe, images, o->batch, catalog);
    const Plan plan = o->generate ? plan_sampling(recipe, o->batch, source_of(recipe), catalog).plan : training.plan;
    Estimate memory(device);
    memory.add(o->generate ? model_layout(recipe) : training.layout);
    memory.add(plan);
    std::cout << to_text(plan) << memory_text(memory);
    return kDone;
  };
}

}  // namespace gouache::cli
