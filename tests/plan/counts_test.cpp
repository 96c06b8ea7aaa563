// Are plans as small as they should be?  Dispatches, barriers, pipelines and scratch memory of whole training steps and paintings, as
// software drivers run them.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "host/kernels/family.h"
#include "host/ops/ops.h"
#include "host/runtime/plans.h"
#include "tests/plan/software_caps.h"

namespace gouache::test {
namespace {

/// DCGAN-32, the model that speed is measured with, and the one that paints 64 x 64 pixels.
const char* const kTrained = R"({"model": "dcgan", "size": 32, "channels": 256, "latent": 100, "image_channels": 3})";
const char* const kPainting = R"({"model": "dcgan", "size": 64, "channels": 512, "latent": 100, "image_channels": 3})";

Plan training_of(const Recipe& recipe, std::int64_t batch, const DeviceCaps& caps = software_caps()) {
  const ImageShape image = model(recipe.model()).shape(recipe);
  return plan_training(recipe, {{1000, image.height, image.width, image.channels}, DType::u8}, batch, Catalog(caps)).plan;
}
Plan painting_of(const Recipe& recipe, std::int64_t batch) {
  const bool from_image = !model(recipe.model()).shape(recipe).source.empty();
  return plan_sampling(recipe, batch, from_image ? LatentSource::input : LatentSource::seed, Catalog(software_caps())).plan;
}

const Dispatch& dispatch_of(const Plan& plan, const Command& command) {
  return plan.steps[static_cast<std::size_t>(command.step)].kernel.dispatches[static_cast<std::size_t>(command.dispatch)];
}

std::size_t dispatches_a_run(const Plan& plan) { return plan.commands.size() - static_cast<std::size_t>(plan.setup_commands); }
std::size_t barriers_of(const Plan& plan) { return static_cast<std::size_t>(std::ranges::count(plan.commands, true, &Command::barrier)); }

/// Different pipelines of matmul and the convolutions: by module and specialization.
std::size_t tile_pipelines(const Plan& plan) {
  std::set<std::string> pipelines;
  for (const Command& command : plan.commands) {
    const Dispatch& d = dispatch_of(plan, command);
    if (!d.module.starts_with("matmul") && !d.module.starts_with("conv2d") && !d.module.starts_with("winograd")) continue;
    std::ostringstream text;
    text << d.module << " " << d.subgroup_size;
    for (const SpecConstant& constant : d.constants) text << " " << constant.id << "=" << constant.value;
    pipelines.insert(text.str());
  }
  return pipelines.size();
}

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
    EXPECT_LE(tile_pipelines(plan), 16u) << to_text(plan);     // Winograd's transforms are pipelines too
    EXPECT_LT(barriers_of(plan), plan.commands.size());
  }
}

TEST(PlanCounts, ATrainingStepOfDcgan64TakesFewPipelines) {
  for (const DeviceCaps& caps : {software_caps(), swiftshader_caps()}) {
    const Plan plan = training_of(Recipe::from_json(kPainting), 64, caps);
    EXPECT_LE(tile_pipelines(plan), 16u) << to_text(plan);
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
    EXPECT_LE(tile_pipelines(plan), batch == 1 ? 7u : 6u) << plan.name;  // one image's stem is a row alone
  }
}

/// Matmuls run in row A; those of few rows in row B, and in A for `cost` times what B takes.
class TwoRows final : public KernelCatalog {
 public:
  TwoRows(const KernelCatalog& all, double cost) : all_(all), cost_(cost) {}
  std::vector<Kernel> candidates(const Launch& launch) const override {
    std::vector<Kernel> kernels = all_.candidates(launch);
    if (launch.op != "matmul") return kernels;
    const auto row = [&](const char* name, double cost) {
      Kernel kernel = kernels.front();
      kernel.row = kernel.dispatches.front().module = name;
      kernel.dispatches.front().constants.clear();  // else a pipeline for each size
      kernel.cost = cost;
      return kernel;
    };
    if (launch.outputs[0].shape[0] >= 500) return {row("A", 1)};
    return {row("B", 1), row("A", cost_)};
  }
  bool takes_program(const std::string& op) const override { return all_.takes_program(op); }
  bool has_composite(const std::string& name) const override { return all_.has_composite(name); }

 private:
  const KernelCatalog& all_;
  double cost_;
};

TEST(PlanCounts, ARowThatIsThereAnywayMayCostMoreWhereLittleIsComputed) {
  const Catalog all(software_caps());
  struct Case {
    std::int64_t rows;  ///< of the small one of two matmuls, beside 1000
    double cost;
    const char* row;
  };
  for (const Case& c : {Case{4, 1.9, "A"}, {4, 2.1, "B"}, {8, 1.4, "A"}, {8, 1.6, "B"}, {50, 1.04, "A"}, {50, 1.06, "B"}}) {
    Graph graph;
    const Tensor w = graph.input("w", {{64, 64}, DType::f32}), small = graph.input("small", {{c.rows, 64}, DType::f32});
    graph.output("small y", matmul(small, w));
    graph.output("large y", matmul(graph.input("large", {{1000, 64}, DType::f32}), w));
    const Plan plan = make_plan(graph, {}, TwoRows(all, c.cost), {.name = "two"});
    ASSERT_EQ(plan.steps.size(), 2u);
    for (const Step& step : plan.steps)
      EXPECT_EQ(step.kernel.row, step.launch.outputs[0].shape[0] == 1000 ? "A" : c.row) << c.rows << " rows that cost " << c.cost;
  }
}

}  // namespace
}  // namespace gouache::test
