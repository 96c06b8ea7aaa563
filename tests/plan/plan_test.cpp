// Is every plan right?  Barriers and aliasing are proved, and the planned steps give what the graph says, fused or not.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "host/kernels/family.h"
#include "host/ops/ops.h"
#include "host/plan/feeds.h"
#include "host/runtime/plans.h"
#include "tests/plan/interpreter.h"

namespace gouache::test {
namespace {

DeviceCaps software_caps() {
  DeviceCaps caps;
  caps.is_cpu = true;
  caps.subgroup_size = 8;
  caps.subgroup_shuffle = caps.subgroup_ballot = true;
  caps.max_invocations = 1024;
  caps.max_texels = 1u << 27;
  return caps;
}

Array random_array(const TensorType& type, std::mt19937& random, double low = -1, double high = 1) {
  Array array{type, {}};
  std::uniform_real_distribution<double> uniform(low, high);
  for (std::int64_t i = 0; i < type.count(); ++i)
    array.values.push_back(type.dtype == DType::f32 ? static_cast<float>(uniform(random)) : std::floor(128 + 127 * uniform(random)));
  return array;
}

void expect_same(const Array& got, const Array& expected, const std::string& what) {
  ASSERT_EQ(got.type.count(), expected.type.count()) << what;
  for (std::size_t i = 0; i < got.values.size(); ++i) {
    // Both are double; fusing only reorders sums, and constants of a program are floats in either.
    const double tolerance = 1e-9 * (1 + std::abs(expected.values[i]));
    ASSERT_NEAR(got.values[i], expected.values[i], tolerance) << what << " element " << i;
  }
}

void expect_proved(const Plan& plan) {
  for (const std::string& complaint : verify(plan)) ADD_FAILURE() << plan.name << ": " << complaint;
}

/// A training step planned in every way, against the graph itself.
void check_training(const Recipe& recipe, std::int64_t batch) {
  const ImageShape image = model(recipe.model()).shape(recipe);
  const TensorType images{{6, image.height, image.width, image.channels}, DType::u8};
  Graph graph;
  Training training(graph, images, batch);
  model(recipe.model()).train(training, recipe);
  training.finish();
  const StateLayout layout = training.layout();
  std::mt19937 random(7);
  std::map<std::string, Array> feeds;
  for (const auto& [name, slot] : layout.slots) feeds[name] = random_array(slot.type, random, name.find("adam_v") == 0 ? 0 : -0.3, 0.3);
  for (const ParameterSpec& spec : training.parameters().specs()) {
    const std::vector<float> values = initial_values(spec, 3);
    feeds[spec.name].values.assign(values.begin(), values.end());
  }
  if (layout.slots.count(kLabels)) feeds[kLabels].values = {0, 2, 1, 2, 2, 0};
  const ControlWords control = control_words(11, 4);
  feeds[kControl].values.assign(control.begin(), control.end());

  std::vector<Tensor> wanted;
  std::vector<std::string> names;
  for (const auto& [name, tensor] : graph.outputs()) {
    names.push_back(name);
    wanted.push_back(tensor);
  }
  for (const Update& update : graph.updates()) {
    names.push_back(graph.node(update.variable).as<LeafAttributes>().name);
    wanted.push_back(update.value);
  }
  const std::vector<Array> expected = evaluate(graph, feeds, wanted);

  for (const bool fused : {true, false})
    for (const bool aliased : {true, false})
      for (const DeviceCaps& caps : {software_caps(), DeviceCaps{}}) {
        PlanOptions options;
        options.name = recipe.model() + (fused ? " fused" : " unfused") + (aliased ? " aliased" : " apart") + " on " + caps.name;
        options.fuse = fused;
        options.alias = aliased;
        const Plan plan = make_plan(graph, layout, Catalog(caps), options);
        expect_proved(plan);
        const auto results = interpret(plan, layout, feeds);
        for (std::size_t i = 0; i < names.size(); ++i) expect_same(results.at(names[i]), expected[i], options.name + ": " + names[i]);
        EXPECT_LE(plan.lower_bound, plan.arena_bytes()) << options.name;
      }
}

Recipe recipe_of(const std::string& model_name, std::vector<std::pair<std::string, std::string>> settings = {}) {
  Recipe recipe = Recipe::of_model(model_name);
  for (const auto& [key, value] : settings) recipe.set(key, value);
  return recipe;
}

TEST(Plan, PreparesWeightsOncePerValue) {
  Graph g;
  const ConvAttributes same = conv_attributes({.kernel = 3, .stride = 1, .pad = 1});
  const Tensor w = g.variable("w", {{3, 3, 64, 64}}), a = g.input("a", {{4, 32, 32, 64}}), b = g.input("b", {{4, 32, 32, 64}});
  const Tensor changed = w * 0.5f;
  g.output("y", conv2d(a, w, same) + 1.0f);
  g.output("z", conv2d(b, w, same));
  g.output("later", conv2d(b, changed, same));
  g.update(w, changed);
  StateLayout layout = layout_of(g);
  for (const bool setup : {false, true}) {
    const Plan plan = make_plan(g, layout, Catalog(software_caps()), {.name = "shared weights", .setup = setup});
    expect_proved(plan);
    std::vector<std::int32_t> sources;
    std::size_t readers = 0;
    for (const Step& step : plan.steps) {
      if (step.launch.op == "prepare") sources.push_back(step.inputs[0]);
      if (step.launch.op == "conv2d") readers += step.inputs.size() > step.launch.inputs.size();
    }
    EXPECT_EQ(readers, 3u) << to_text(plan);
    ASSERT_EQ(sources.size(), 2u) << to_text(plan);
    EXPECT_NE(sources[0], sources[1]);
  }
}

TEST(Plan, TrainsFaces2x2AsTheGraphSays) { check_training(recipe_of("faces2x2"), 3); }
TEST(Plan, TrainsDcganAsTheGraphSays) {
  check_training(recipe_of("dcgan", {{"size", "8"}, {"channels", "4"}, {"latent", "3"}, {"image_channels", "4"}}), 2);
}
TEST(Plan, TrainsSeveralCriticStepsAsTheGraphSays) {
  check_training(
      recipe_of("dcgan", {{"size", "16"}, {"channels", "4"}, {"latent", "2"}, {"critic_steps", "2"}, {"loss", "hinge"}, {"ema", "0"}}), 2);
}
TEST(Plan, TrainsAugmentedImagesAsTheGraphSays) {
  check_training(recipe_of("dcgan", {{"size", "8"},
                                     {"channels", "4"},
                                     {"latent", "2"},
                                     {"image_channels", "4"},
                                     {"label_smoothing", "0.1"},
                                     {"augment_colour", "1"},
                                     {"augment_translation", "0.25"},
                                     {"augment_cutout", "0.5"},
                                     {"instance_noise", "0.1"}}),
                 2);
}
TEST(Plan, TrainsWithAGradientPenaltyAsTheGraphSays) {
  for (const char* norm : {"batch", "none"})
    check_training(
        recipe_of(
            "dcgan",
            {{"size", "8"}, {"channels", "4"}, {"latent", "2"}, {"r1", "0.5"}, {"discriminator_norm", norm}, {"image_layer", "resize"}}),
        2);
}
TEST(Plan, TrainsWithClassesAsTheGraphSays) {
  check_training(recipe_of("dcgan", {{"size", "8"}, {"channels", "4"}, {"latent", "2"}, {"classes", "3"}, {"r1", "0.5"}}), 2);
  check_training(recipe_of("dense_gan", {{"size", "2"}, {"latent", "2"}, {"classes", "3"}, {"critic_steps", "2"}}), 2);
}
TEST(Plan, TrainsDenseGanAsTheGraphSays) {
  check_training(recipe_of("dense_gan", {{"size", "2"}, {"latent", "2"}, {"loss", "least_squares"}}), 2);
}

Plan dcgan_plan() {
  const Recipe recipe = recipe_of("dcgan", {{"size", "32"}, {"channels", "64"}});
  return plan_training(recipe, {{100, 32, 32, 1}, DType::u8}, 64, Catalog(software_caps())).plan;
}

TEST(Plan, EveryDroppedBarrierIsNoticed) {
  const Plan plan = dcgan_plan();
  ASSERT_TRUE(verify(plan).empty());
  int dropped = 0;
  for (std::size_t i = 0; i < plan.commands.size(); ++i) {
    if (!plan.commands[i].barrier) continue;
    Plan broken = plan;
    broken.commands[i].barrier = false;
    EXPECT_FALSE(verify(broken).empty()) << "barrier before command " << i;
    ++dropped;
  }
  EXPECT_GT(dropped, 20);
  EXPECT_LT(dropped, static_cast<int>(plan.commands.size()));  // some dispatches run together
}

TEST(Plan, TwoTensorsOnTheSameBytesAreNoticed) {
  Plan plan = dcgan_plan();
  int noticed = 0;
  for (std::size_t a = 0; a < plan.regions.size(); ++a) {
    if (plan.regions[a].storage != Storage::arena || plan.regions[a].parent >= 0) continue;
    Plan broken = plan;
    for (std::size_t b = 0; b < plan.regions.size(); ++b)
      if (b != a && plan.regions[b].storage == Storage::arena && plan.regions[b].parent < 0 &&
          plan.regions[b].bytes == plan.regions[a].bytes)
        broken.regions[b].offset = plan.regions[a].offset;
    noticed += !verify(broken).empty();
  }
  EXPECT_GT(noticed, 10);
}

TEST(Plan, ArenaIsNearItsLowerBound) {
  const Plan plan = dcgan_plan();
  EXPECT_LE(static_cast<double>(plan.arena_bytes()), 1.10 * static_cast<double>(plan.lower_bound));
}

TEST(Plan, PaintingHoistsWhatDependsOnWeightsOnly) {
  const SamplingPlan sampling = plan_sampling(recipe_of("dcgan"), 16, LatentSource::seed, Catalog(software_caps()));
  expect_proved(sampling.plan);
  EXPECT_GT(sampling.plan.setup_commands, 0);
  for (std::size_t i = 0; i < sampling.plan.commands.size(); ++i) {
    const std::string& op = sampling.plan.steps[static_cast<std::size_t>(sampling.plan.commands[i].step)].launch.op;
    const bool setup = i < static_cast<std::size_t>(sampling.plan.setup_commands);
    if (op == "random" || op == "matmul" || op == "conv2d_transpose") { EXPECT_FALSE(setup) << op; }
    if (op == "permute") { EXPECT_TRUE(setup); }
  }
}

TEST(Plan, RefusesWhatDoesNotFitTheBudget) {
  const Recipe recipe = recipe_of("dcgan");
  try {
    plan_training(recipe, {{100, 32, 32, 1}, DType::u8}, 64, Catalog(software_caps()), false, 1000);
    FAIL() << "a budget of 1000 bytes was enough";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::out_of_memory);
    EXPECT_NE(std::string(error.what()).find("the budget is 1000"), std::string::npos) << error.what();
  }
}

TEST(Plan, RefusesImagesOfAnotherSize) {
  try {
    plan_training(recipe_of("dcgan"), {{100, 28, 28, 1}, DType::u8}, 64, Catalog(software_caps()));
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("[100,28,28,1]"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("[100,32,32,1]"), std::string::npos) << error.what();
  }
}

TEST(Plan, NamesAnOpThatNoKernelRuns) {
  Graph graph;
  ConvAttributes grouped_conv = conv_attributes({.kernel = 3, .stride = 1, .pad = 1});
  grouped_conv.groups = 2;
  graph.output("y", conv2d(graph.input("x", {{1, 4, 4, 4}}), graph.input("w", {{3, 3, 2, 4}}), grouped_conv));
  try {
    make_plan(graph, {}, Catalog(software_caps()), {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_NE(std::string(error.what()).find("conv2d [1,4,4,4] [3,3,2,4]"), std::string::npos) << error.what();
  }
}

TEST(Plan, RandomGraphsRunAsWritten) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const auto pick = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    Graph graph;
    std::map<std::string, Array> feeds;
    StateLayout layout;
    layout.add_block("state", {{"v", {{4, 8}}}, {"u", {{8}}}});
    std::vector<Tensor> square{graph.variable("v", {{4, 8}}), graph.input("x", {{4, 8}})};
    std::vector<Tensor> channel{graph.variable("u", {{8}})};
    for (const auto& name : {"v", "u"}) feeds[name] = random_array(layout.at(name).type, random);
    feeds["x"] = random_array({{4, 8}}, random);
    for (int i = 0; i < 24; ++i) {
      const Tensor a = square[pick(square.size())], b = square[pick(square.size())], c = channel[pick(channel.size())];
      switch (pick(11)) {
        case 0: square.push_back(a + b * 0.5f); break;
        case 1: square.push_back(tanh(a) * c); break;
        case 2: square.push_back(leaky_relu(a - b, 0.2f)); break;
        case 3:
          square.push_back(matmul(a, b, false, true).shape()[0] == 4 ? reshape(matmul(matmul(a, b, false, true), b) * 0.2f, {4, 8}) : a);
          break;
        case 4: channel.push_back(reshape(mean(square.back(), {0}), {8})); break;
        case 5: square.push_back(a * mean(b, {1})); break;
        case 6: square.push_back(concat({slice(a, {0, 0}, {2, 8}), slice(b, {1, 0}, {2, 8})}, 0)); break;
        case 7: square.push_back(permute(reshape(a, {8, 4}), {1, 0})); break;
        case 8: square.push_back(sigmoid(a) + sigmoid(a)); break;
        case 9: square.push_back(select(greater(a, b), b, c)); break;
        case 10: channel.push_back(sum_to(square.back() * 0.25f, {8})); break;
      }
    }
    graph.output("square", square.back());
    graph.output("channel", channel.back());
    graph.output("sum", sum(square[square.size() / 2] * 0.1f));
    graph.update(channel[0], channel.back() * 0.9f + channel[0] * 0.1f);
    std::vector<Tensor> wanted;
    for (const auto& [name, tensor] : graph.outputs()) wanted.push_back(tensor);
    wanted.push_back(graph.updates()[0].value);
    const std::vector<Array> expected = evaluate(graph, feeds, wanted);
    for (const bool fused : {true, false}) {
      PlanOptions options;
      options.fuse = fused;
      const Plan plan = make_plan(graph, layout, Catalog(software_caps()), options);
      expect_proved(plan);
      const auto results = interpret(plan, layout, feeds);
      for (std::size_t i = 0; i < 3; ++i) expect_same(results.at(graph.outputs()[i].first), expected[i], graph.outputs()[i].first);
      expect_same(results.at("u"), expected[3], "u");
    }
  }
}

TEST(Plan, DumpNamesOpsShapesRowsAndPlaces) {
  const std::string text = to_text(dcgan_plan());
  for (const char* part : {"train dcgan batch 64", "conv2d+add+leaky_relu(0.2)", "[64,32,32,1]",
                           "leaky_slope(in1,0.2)+multiply(in0,.)+batch_norm_gradient", "optimizer", "subgroup", "arena", "state"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

}  // namespace
}  // namespace gouache::test
