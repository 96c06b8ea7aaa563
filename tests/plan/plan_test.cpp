// Is every plan right?  Barriers and aliasing are proved, and the planned steps give what the graph says, fused or not.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "host/kernels/family.h"
#include "host/ops/ops.h"
#include "host/plan/feeds.h"
#include "host/runtime/plans.h"
#include "tests/plan/proofs.h"
#include "tests/plan/software_caps.h"
#include "tests/support/expect_error.h"

namespace gouache::test {
namespace {

Array random_array(const TensorType& type, std::mt19937& random, double low = -1, double high = 1) {
  Array array{type, {}};
  std::uniform_real_distribution<double> uniform(low, high);
  for (std::int64_t i = 0; i < type.count(); ++i)
    array.values.push_back(type.dtype == DType::f32 ? static_cast<float>(uniform(random)) : std::floor(128 + 127 * uniform(random)));
  return array;
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
}
TEST(Plan, TrainsDenseGanWithClassesAsTheGraphSays) {
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

/// Of the steps that touch a region or a part of it, the first and the last.
std::pair<std::size_t, std::size_t> life(const Plan& plan, std::int32_t region) {
  std::pair<std::size_t, std::size_t> seen{plan.steps.size(), 0};
  for (std::size_t i = 0; i < plan.steps.size(); ++i)
    for (const auto* list : {&plan.steps[i].inputs, &plan.steps[i].outputs, &plan.steps[i].scratch})
      for (std::int32_t touched : *list) {
        while (touched >= 0 && touched != region) touched = plan.regions[static_cast<std::size_t>(touched)].parent;
        if (touched == region) seen = {std::min(seen.first, i), std::max(seen.second, i)};
      }
  return seen;
}

TEST(Plan, NothingLiesRightBehindMultiplesOf64KiB) {  // for a view may show 256 bytes more
  const auto is_own = [](const Region& region) { return region.storage == Storage::arena && region.parent < 0 && region.bytes > 0; };
  int found = 0;
  for (const Plan& plan : {plan_sampling(recipe_of("dcgan"), 16, LatentSource::seed, Catalog(software_caps())).plan, dcgan_plan()})
    for (std::size_t a = 0; a < plan.regions.size(); ++a) {
      if (!is_own(plan.regions[a]) || plan.regions[a].bytes % 65536 != 0) continue;
      ++found;
      Region behind = plan.regions[a];
      behind.offset += behind.bytes;
      behind.bytes = 256;
      const auto [first, last] = life(plan, static_cast<std::int32_t>(a));
      for (std::size_t b = 0; b < plan.regions.size(); ++b) {
        if (!is_own(plan.regions[b]) || !plan.regions[b].overlaps(behind)) continue;
        const auto [begins, ends] = life(plan, static_cast<std::int32_t>(b));
        EXPECT_TRUE(b == a || begins > last || ends < first) << plan.name << ": regions " << a << " and " << b;
      }
    }
  EXPECT_GT(found, 5);
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
    const std::string text = error.what();
    const std::size_t least = text.find("needs at least ");
    ASSERT_NE(least, std::string::npos) << text;
    EXPECT_GT(std::stoll(text.substr(least + 15)), 1000) << text;
    EXPECT_NE(text.find("the budget is 1000"), std::string::npos) << text;
  }
}

/// Whether a step computes what another one did before it.
bool computes_again(const Plan& plan, std::size_t step) {
  for (std::size_t i = 0; i < step; ++i)
    if (plan.steps[i].inputs == plan.steps[step].inputs && plan.steps[i].kernel.row == plan.steps[step].kernel.row &&
        to_text(plan.steps[i].launch) == to_text(plan.steps[step].launch))
      return true;
  return false;
}

TEST(Plan, ABudgetHasValuesComputedAgain) {
  const Recipe recipe = recipe_of("dcgan", {{"size", "16"}, {"channels", "8"}, {"latent", "4"}, {"image_channels", "4"}});
  Graph graph;
  Training training(graph, {{6, 16, 16, 4}, DType::u8}, 8);
  model(recipe.model()).train(training, recipe);
  training.finish();
  const StateLayout layout = training.layout();
  const Catalog catalog(DeviceCaps{});
  const Plan full = make_plan(graph, layout, catalog, {.name = "unlimited"});
  PlanOptions options{.name = "within the budget"};
  options.memory_budget = full.arena_bytes() * 93 / 100;
  const Plan small = make_plan(graph, layout, catalog, options);
  expect_proved(small);
  EXPECT_LE(small.arena_bytes(), options.memory_budget);
  EXPECT_GT(small.steps.size(), full.steps.size());
  std::size_t again = 0;
  for (std::size_t i = 0; i < small.steps.size(); ++i) again += computes_again(small, i);
  EXPECT_GT(again, 0u) << to_text(small);
  const auto given = feeds(graph);
  const auto expected = interpret(full, layout, given), got = interpret(small, layout, given);
  for (const auto& [name, values] : expected) EXPECT_EQ(got.at(name).values, values.values) << name;
}

TEST(Plan, ABudgetThatCannotBeMetIsNamed) {
  for (const char* name : {"faces2x2", "dcgan"}) {
    const Recipe recipe = name == std::string("dcgan") ? recipe_of(name, {{"size", "16"}, {"channels", "8"}}) : recipe_of(name, {});
    Graph graph;
    const std::int64_t size = name == std::string("dcgan") ? 16 : 2;
    Training training(graph, {{6, size, size, 1}, DType::u8}, 4);
    model(recipe.model()).train(training, recipe);
    training.finish();
    PlanOptions options{.name = name};
    options.memory_budget = 16;
    gouache::testing::expect_error(ErrorCode::out_of_memory, "scratch memory, the budget is 16",
                                   [&] { (void)make_plan(graph, training.layout(), Catalog(DeviceCaps{}), options); });
  }
}

TEST(Plan, ABudgetHasKernelsWithLessScratchPicked) {
  const Recipe recipe = recipe_of("dcgan", {{"size", "32"}, {"channels", "64"}});
  const TensorType images{{100, 32, 32, 1}, DType::u8};
  const Plan full = plan_training(recipe, images, 64, Catalog(software_caps())).plan;
  const std::int64_t budget = full.arena_bytes() * 70 / 100;
  const Plan small = plan_training(recipe, images, 64, Catalog(software_caps()), false, budget).plan;
  expect_proved(small);
  EXPECT_LE(small.arena_bytes(), budget) << "of " << full.arena_bytes();
  const auto scratch = [](const Plan& plan) {
    std::int64_t most = 0;
    for (const Step& step : plan.steps) {
      std::int64_t sum = 0;
      for (const std::int64_t bytes : step.kernel.scratch) sum += bytes;
      most = std::max(most, sum);
    }
    return most;
  };
  EXPECT_LT(scratch(small), scratch(full));
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
        case 6:
          square.push_back(i % 2 ? concat({slice(a, {0, 0}, {2, 8}), slice(b, {1, 0}, {2, 8})}, 0)
                                 : concat({tanh(slice(a, {0, 1}, {4, 3})), slice(b, {0, 3}, {4, 5})}, 1));
          break;
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

TEST(Plan, TrainsWholeBatchesAsTheGraphSays) {
  check_training(recipe_of("dcgan", {{"size", "8"}, {"channels", "8"}, {"latent", "4"}, {"image_channels", "4"}, {"r1", "0.5"}}), 64);
}

TEST(Plan, DumpNamesOpsShapesRowsAndPlaces) {
  const std::string text = to_text(dcgan_plan());
  for (const char* part : {"train dcgan batch 64", "conv2d+add+leaky_relu(0.2)", "[64,32,32,1]",
                           "leaky_slope(in1,0.2)+multiply(in0,.)+batch_norm_gradient", "optimizer", "subgroup", "arena", "state"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

}  // namespace
}  // namespace gouache::test
