// Are plans as small as they should be?  Dispatches, barriers, pipelines and scratch memory of whole training steps and paintings, as
// software drivers run them.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string_view>

#include "host/kernels/family.h"
#include "host/ops/ops.h"
#include "host/plan/feeds.h"
#include "host/runtime/plans.h"
#include "shaders/shared/interface.h"
#include "tests/plan/software_caps.h"

namespace gouache::test {
namespace {

/// The model that a recipe names at the least, DCGAN-32, which speed is measured with, and the one that paints 64 x 64 pixels.
const char* const kSmall = R"({"model": "dcgan"})";
const char* const kTrained = R"({"model": "dcgan", "size": 32, "channels": 256, "latent": 100, "image_channels": 3})";
const char* const kPainting = R"({"model": "dcgan", "size": 64, "channels": 512, "latent": 100, "image_channels": 3})";

Plan training_of(const Recipe& recipe, std::int64_t batch, const DeviceCaps& caps = software_caps()) {
  const ImageShape image = model(recipe.model()).shape(recipe);
  return plan_training(recipe, {{1000, image.height, image.width, image.channels}, DType::u8}, batch, Catalog(caps)).plan;
}
Plan painting_of(const Recipe& recipe, std::int64_t batch, const DeviceCaps& caps = software_caps()) {
  const bool from_image = !model(recipe.model()).shape(recipe).source.empty();
  return plan_sampling(recipe, batch, from_image ? LatentSource::input : LatentSource::seed, Catalog(caps)).plan;
}

const Dispatch& dispatch_of(const Plan& plan, const Command& command) {
  return plan.steps[static_cast<std::size_t>(command.step)].kernel.dispatches[static_cast<std::size_t>(command.dispatch)];
}

std::size_t dispatches_a_run(const Plan& plan) { return plan.commands.size() - static_cast<std::size_t>(plan.setup_commands); }
std::size_t barriers_of(const Plan& plan) { return static_cast<std::size_t>(std::ranges::count(plan.commands, true, &Command::barrier)); }

/// Different pipelines of modules whose names begin in one of these ways: by module and specialization, all but the constant `but`.
std::size_t pipelines_of(const Plan& plan, std::initializer_list<std::string_view> modules, std::int64_t but = -1) {
  std::set<std::string> pipelines;
  for (const Command& command : plan.commands) {
    const Dispatch& d = dispatch_of(plan, command);
    if (std::ranges::none_of(modules, [&](std::string_view begin) { return d.module.starts_with(begin); })) continue;
    std::ostringstream text;
    text << d.module << " " << d.subgroup_size;
    for (const SpecConstant& constant : d.constants)
      if (constant.id != but) text << " " << constant.id << "=" << constant.value;
    pipelines.insert(text.str());
  }
  return pipelines.size();
}

std::size_t tile_pipelines(const Plan& plan) { return pipelines_of(plan, {"matmul", "conv2d", "winograd"}); }

void expect_small_arena(const Plan& plan) {
  EXPECT_LE(static_cast<double>(plan.arena_bytes()), 1.10 * static_cast<double>(plan.lower_bound)) << plan.name;
}

TEST(PlanCounts, EveryModelsArenaIsNearItsLowerBound) {
  for (const ModelRow* row : models())
    for (const std::int64_t batch : {2, 16, 64}) {
      const Recipe recipe = Recipe::of_model(row->name);
      if (model(recipe.model()).shape(recipe).width > 64 && batch > 4) continue;  // tensors too long for a binding
      expect_small_arena(painting_of(recipe, batch));
      if (!row->train) continue;
      const Plan training = training_of(recipe, batch);
      expect_small_arena(training);
      EXPECT_LT(barriers_of(training), training.commands.size()) << training.name;
    }
  expect_small_arena(training_of(Recipe::from_json(kTrained), 64));
  for (const std::int64_t batch : {1, 16}) expect_small_arena(painting_of(Recipe::from_json(kPainting), batch));
}

TEST(PlanCounts, ATrainingStepOfDcgan32) {
  for (const DeviceCaps& caps : {software_caps(), swiftshader_caps()}) {
    const Plan plan = training_of(Recipe::from_json(kTrained), 64, caps);
    EXPECT_LE(dispatches_a_run(plan), 120u) << to_text(plan);  // Winograd rows run three a slab of tiles
    EXPECT_LT(barriers_of(plan), plan.commands.size());
  }
}

/// Winograd's transforms are pipelines too.
TEST(PlanCounts, DcgansTakeFewPipelines) {
  for (const DeviceCaps& caps : {software_caps(), swiftshader_caps()})
    for (const char* text : {kSmall, kTrained, kPainting}) {
      const Recipe recipe = Recipe::from_json(text);
      for (const std::int64_t batch : {16, 64}) {
        const Plan plan = training_of(recipe, batch, caps);
        EXPECT_LE(tile_pipelines(plan), 16u) << to_text(plan);
      }
      for (const std::int64_t batch : {1, 16, 64}) {
        const Plan plan = painting_of(recipe, batch, caps);
        EXPECT_LE(tile_pipelines(plan), 6u) << to_text(plan);
      }
    }
}

/// The scales and shifts of its normalisations, as many values each as a layer has channels, are made by two programs.
TEST(PlanCounts, ADcgansPainterHasAPipelineForEachElementwiseProgram) {
  for (const DeviceCaps& caps : {software_caps(), swiftshader_caps()}) {
    const Plan plan = painting_of(Recipe::from_json(kPainting), 1, caps);
    const std::size_t programs = pipelines_of(plan, {"elementwise"}, CONSTANT_LOCAL_SIZE);
    EXPECT_GE(programs, 2u);
    EXPECT_EQ(pipelines_of(plan, {"elementwise"}), programs) << to_text(plan);
  }
}

/// Some rows bind more storage buffers than every device has.
TEST(PlanCounts, NoDispatchBindsMoreStorageBuffersThanTheDeviceHas) {
  for (DeviceCaps caps : {software_caps(), swiftshader_caps()})
    for (const std::uint32_t most : {4u, 30u}) {
      caps.max_storage_buffers = most;
      const Plan plan = training_of(Recipe::from_json(kTrained), 64, caps);
      for (const Command& command : plan.commands) {
        const Dispatch& d = dispatch_of(plan, command);
        EXPECT_LE(std::ranges::count(d.bindings, BindingKind::storage, &Binding::kind), most) << d.module;
      }
    }
}

/// 3600 pixels would be seven parts of 512 and more, which do not come out even.
TEST(PlanCounts, APointwiseWeightGradientIsProductsOfOneLength) {
  Graph g;
  const Tensor w = g.input("w", {{1, 1, 32, 32}}), y = conv2d(g.input("x", {{1, 60, 60, 32}}), w, {});
  g.output("dw", gradient(sum(y * g.input("dy", {{1, 60, 60, 32}})), std::vector{w})[0]);
  const Plan plan = make_plan(g, {}, Catalog(software_caps()), {.name = "pointwise"});
  const auto step = std::ranges::find(plan.steps, "conv2d_weight_grad", [](const Step& s) { return s.launch.op; });
  ASSERT_NE(step, plan.steps.end());
  EXPECT_EQ(step->kernel.row, "product 32x1 unroll 2 shuffle texel parts 6");
  EXPECT_EQ(step->kernel.dispatches[0].grid[2], 6u);
}

TEST(PlanCounts, BatchNormWalksColumnsInOneDispatchUnlessTheyAreLong) {
  for (const DeviceCaps& caps : {software_caps(), swiftshader_caps()})
    for (const auto& [shape, dispatches] : {std::pair{Shape{64, 8, 8, 128}, 1u}, std::pair{Shape{16, 64, 64, 64}, 3u}}) {
      Graph g;
      const Tensor x = g.input("x", {shape}), gamma = g.input("gamma", {{shape.back()}}), beta = g.input("beta", {{shape.back()}});
      const Tensor y = batch_norm(x, gamma, beta, 1e-5f).y;
      g.output("dx", gradient(sum(y * g.input("dy", {shape})), std::vector{x})[0]);
      const Plan plan = make_plan(g, {}, Catalog(caps), {.name = "norm"});
      int norms = 0;
      for (const Step& step : plan.steps)
        if (step.launch.op.starts_with("batch_norm")) {
          EXPECT_EQ(step.kernel.dispatches.size(), dispatches) << to_text(plan);
          ++norms;
        }
      EXPECT_EQ(norms, 2);  // and the gradient
    }
}

TEST(PlanCounts, PaintingWithDcgan64) {
  for (const std::int64_t batch : {1, 16}) {
    const Plan plan = painting_of(Recipe::from_json(kPainting), batch);
    EXPECT_LE(dispatches_a_run(plan), 12u) << to_text(plan);
  }
}

/// One dispatch where its lanes read long pieces of each row; 64 channels, in which they would not, take three from some size on.
TEST(PlanCounts, BatchNormsGradientIsOneDispatchWhereChannelsAreMany) {
  const auto dispatches = [](std::int64_t batch) {
    std::map<std::int64_t, std::size_t> by_channels;  // of the generator's: the discriminator's are in groups
    for (const Step& step : training_of(Recipe::from_json(kTrained), batch).steps)
      if (step.launch.op == "batch_norm_gradient" && step.launch.label.starts_with("G/"))
        by_channels[step.launch.inputs[0].shape.back()] = step.kernel.dispatches.size();
    return by_channels;
  };
  EXPECT_EQ(dispatches(64), (std::map<std::int64_t, std::size_t>{{64, 3}, {128, 1}, {256, 1}}));
  EXPECT_EQ(dispatches(16), (std::map<std::int64_t, std::size_t>{{64, 1}, {128, 1}, {256, 1}}));
}

/// One image reads the deepest layers' 8 and 2 MB of weights a few times, from memory; the next one's stay in a cache.
TEST(PlanCounts, WeightsThatFewTilesReadFromMemoryArePacked) {
  const Plan plan = painting_of(Recipe::from_json(kPainting), 1);
  std::vector<std::string> rows;
  for (const Step& step : plan.steps)
    if (step.launch.op == "conv2d_transpose") rows.push_back(step.kernel.row.substr(0, step.kernel.row.find(" unroll")));
  EXPECT_EQ(rows, (std::vector<std::string>{"packed 16x2", "packed 16x2", "subgroup 16x2", "subgroup image 4x1"})) << to_text(plan);
  EXPECT_TRUE(std::ranges::none_of(
      plan.steps, [](const Step& step) { return step.launch.op == "permute" && step.launch.inputs[0].bytes() > (1 << 20); }))
      << "what is packed is not repacked before\n"
      << to_text(plan);
}

/// Where weights change from run to run, what packs them counts.
TEST(PlanCounts, WeightsArePackedOnlyWhereThatIsSetup) {
  Graph g;
  const Tensor x = g.input("x", {{1, 4, 4, 512}}), w = g.variable("w", {{4, 4, 256, 512}});
  g.output("y", conv2d_transpose(x, w, conv_attributes({.kernel = 4, .stride = 2, .pad = 1}), {1, 8, 8, 256}));
  for (const bool setup : {true, false}) {
    const Plan plan = make_plan(g, layout_of(g), Catalog(software_caps()), {.name = "conv", .setup = setup});
    EXPECT_EQ(plan.steps.back().kernel.row.starts_with("packed"), setup) << to_text(plan);
  }
}

}  // namespace
}  // namespace gouache::test
