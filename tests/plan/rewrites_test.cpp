// Do plans compute what their graphs say where steps were joined, left out or replaced?  Slices and joins of the outermost axis, two
// batches passed through the same weights, convolutions of doubled images, channels of reshaped products.
#include <gtest/gtest.h>

#include <algorithm>

#include "host/kernels/family.h"
#include "host/ops/ops.h"
#include "host/runtime/plans.h"
#include "shaders/shared/interface.h"
#include "tests/plan/proofs.h"
#include "tests/plan/software_caps.h"

namespace gouache::test {
namespace {

/// Steps of an op.
std::size_t count_of(const Plan& plan, const std::string& op) {
  return static_cast<std::size_t>(std::ranges::count(plan.steps, op, [](const Step& step) { return step.launch.op; }));
}

TEST(Plan, JoinsAndSlicesOfTheOutermostAxisAreNoWork) {
  Graph g;
  const Tensor a = g.input("a", {{4, 64}}), b = g.input("b", {{2, 64}});
  const Tensor joined = concat({tanh(a), sigmoid(b), a}, 0);  // an input stays where it is: that part is copied
  const Tensor product = matmul(joined, g.variable("w", {{64, 64}}));
  g.output("first", matmul(slice(product, {0, 0}, {4, 64}), g.variable("v", {{64, 64}})));
  g.output("second", sum(slice(product, {4, 0}, {6, 64}), {1}));
  g.output("inner", sum(slice(product, {0, 4}, {10, 32}), {1}));  // rows are not whole: a step of its own
  const StateLayout layout = layout_of(g);
  const Plan plan = make_plan(g, layout, Catalog(software_caps()), {.name = "joined"});
  EXPECT_EQ(count_of(plan, "concat"), 0u) << to_text(plan);
  EXPECT_EQ(count_of(plan, "copy"), 1u) << to_text(plan);
  EXPECT_EQ(count_of(plan, "slice"), 1u) << to_text(plan);
  expect_computed(g, plan, layout);
}

TEST(Plan, PartsSideBySideAreWrittenWhereTheyBelong) {
  Graph g;
  const Tensor a = g.input("a", {{2, 4, 4, 8}}), b = g.input("b", {{2, 4, 4, 8}});
  const Tensor normal = relu(instance_norm(b, g.variable("gamma", {{8}}), g.variable("beta", {{8}}), 1e-5f));
  const Tensor twice = sigmoid(a);  // read by others too: it needs a place of its own
  const Tensor joined = concat({tanh(a), normal, twice, a}, 3);
  g.output("y", conv2d(joined, g.variable("w", {{3, 3, 32, 8}}), conv_attributes({.kernel = 3, .pad = 1})));
  g.output("z", sum(twice, {1, 2}));
  const StateLayout layout = layout_of(g);
  const Plan plan = make_plan(g, layout, Catalog(software_caps()), {.name = "side by side"});
  EXPECT_EQ(count_of(plan, "concat"), 0u) << to_text(plan);
  EXPECT_EQ(count_of(plan, "copy"), 2u) << to_text(plan);
  EXPECT_EQ(std::ranges::count_if(plan.steps, [](const Step& step) { return step.launch.band.width == 8; }), 4) << to_text(plan);
  expect_computed(g, plan, layout);
}

TEST(Plan, PartsThatNoKernelWritesSideBySideAreCopiedByTheConcat) {
  Graph g;
  const Tensor a = g.input("a", {{2, 64}}), w = g.variable("w", {{64, 32}});
  g.output("y", sum(concat({matmul(a, w), a}, 1), {1}));
  const StateLayout layout = layout_of(g);
  const Plan plan = make_plan(g, layout, Catalog(software_caps()), {.name = "copied"});
  EXPECT_EQ(count_of(plan, "concat"), 1u) << to_text(plan);
  EXPECT_EQ(count_of(plan, "copy"), 0u) << to_text(plan);
  expect_computed(g, plan, layout);
}

TEST(Plan, ABandThatDependsOnStateAloneIsWrittenInEveryRun) {
  Graph g;
  const Tensor a = g.input("a", {{4, 8}}), learned = g.variable("learned", {{4, 8}});
  g.output("y", matmul(concat({tanh(learned), tanh(a)}, 1), g.variable("w", {{16, 8}})));
  const StateLayout layout = layout_of(g);
  const Plan plan = make_plan(g, layout, Catalog(software_caps()), {.name = "state", .setup = true});
  EXPECT_EQ(plan.setup_commands, 0) << to_text(plan);
  EXPECT_EQ(count_of(plan, "concat"), 0u) << to_text(plan);
  expect_computed(g, plan, layout);
}

TEST(Plan, ASliceOfWhatIsOverwrittenIsCopied) {
  Graph g;
  const Tensor v = g.variable("v", {{4, 64}});
  const Tensor first = slice(v, {0, 0}, {2, 64});
  g.update(v, v * 0.5f);
  g.output("y", matmul(first, g.variable("w", {{64, 64}})));
  const StateLayout layout = layout_of(g);
  const Plan plan = make_plan(g, layout, Catalog(software_caps()), {.name = "overwritten"});
  EXPECT_EQ(count_of(plan, "slice"), 1u) << to_text(plan);
  expect_computed(g, plan, layout);
}

TEST(Plan, TwoBatchesPassTheSameWeightsAtOnce) {
  Graph g;
  const ConvAttributes halve = conv_attributes({.kernel = 4, .stride = 2, .pad = 1});
  const Tensor w = g.variable("w", {{4, 4, 4, 8}}), b = g.variable("b", {{8}}), v = g.variable("v", {{8, 32}});
  const auto passed = [&](Tensor x) {
    const Tensor h = leaky_relu(conv2d(x, w, halve) + b, 0.2f);
    const BatchNorm normal = batch_norm(matmul(reshape(h, {-1, 8}), v), g.variable("gamma", {{32}}), g.variable("beta", {{32}}), 1e-5f);
    return normal.y;
  };
  const Tensor x = tanh(g.input("x", {{4, 8, 8, 4}})), y = sigmoid(g.input("y", {{4, 8, 8, 4}}));
  const Tensor loss = sum(square(passed(x))) - sum(tanh(passed(y)));
  const std::vector<Tensor> wrt{w, b, v, g.variable("gamma", {{32}})};
  const std::vector<Tensor> back = gradient(loss, wrt);
  g.output("loss", loss);
  for (std::size_t i = 0; i < wrt.size(); ++i) g.output("gradient " + std::to_string(i), back[i]);
  const StateLayout layout = layout_of(g);
  const Plan plan = make_plan(g, layout, Catalog(software_caps()), {.name = "twins"});
  for (const char* op : {"conv2d", "conv2d_weight_grad"}) EXPECT_EQ(count_of(plan, op), 1u) << op << "\n" << to_text(plan);
  EXPECT_EQ(count_of(plan, "matmul"), 3u) << to_text(plan);  // forward, for h, for v
  for (const char* op : {"batch_norm", "batch_norm_gradient"}) EXPECT_EQ(count_of(plan, op), 1u) << op << "\n" << to_text(plan);
  EXPECT_EQ(count_of(plan, "concat") + count_of(plan, "slice") + count_of(plan, "copy"), 0u) << to_text(plan);
  expect_computed(g, plan, layout);
}

TEST(Plan, OneBatchThatDependsOnTheOtherIsNotItsTwin) {
  Graph g;
  const Tensor w = g.variable("w", {{64, 64}});
  const Tensor once = matmul(tanh(g.input("x", {{4, 64}})), w), twice = matmul(sigmoid(once), w);
  g.output("y", sum(once) + sum(twice));
  const StateLayout layout = layout_of(g);
  const Plan plan = make_plan(g, layout, Catalog(software_caps()), {.name = "chain"});
  EXPECT_EQ(count_of(plan, "matmul"), 2u) << to_text(plan);
  expect_computed(g, plan, layout);
}

TEST(Plan, AnUpdateBetweenTwoBatchesKeepsThemApart) {
  Graph g;
  const Tensor control = g.variable("control", {{CONTROL_WORDS}, DType::u32}), w = g.variable("G/w", {{64, 64}});
  const auto passed = [&](Tensor x, Tensor weights) { return matmul(tanh(x), weights); };
  const Tensor first = passed(g.input("x", {{4, 64}}), w);
  const std::vector<Tensor> wrt{w};
  const std::vector<Tensor> back = gradient(sum(square(first)), wrt);
  const Tensor updated = optimizer({control, w, back[0]}, {OptimizerKind::sgd, 1, 0.1f})[0];
  g.output("y", passed(g.input("z", {{4, 64}}), updated));
  g.output("first", sum(first));
  g.update(w, updated);
  const StateLayout layout = layout_of(g);
  const Plan plan = make_plan(g, layout, Catalog(software_caps()), {.name = "updated between"});
  expect_computed(g, plan, layout);
}

TEST(Plan, WeightsOfOneBlockAreMadeReadyInPairs) {
  Graph g;
  const ConvAttributes keep = conv_attributes({.kernel = 3, .stride = 1, .pad = 1});
  Tensor x = tanh(g.input("x", {{4, 16, 16, 64}}));
  for (const char* name : {"a", "b", "c"}) x = relu(conv2d(x, g.variable(name, {{3, 3, 64, 64}}), keep));
  g.output("y", x);
  StateLayout layout;
  layout.add_block("module", {{"a", {{3, 3, 64, 64}}}, {"b", {{3, 3, 64, 64}}}, {"c", {{3, 3, 64, 64}}}});
  const Plan plan = make_plan(g, layout, Catalog(software_caps()), {.name = "pairs"});
  EXPECT_EQ(count_of(plan, "prepare"), 2u) << to_text(plan);
  expect_computed(g, plan, layout);
}

/// A 3x3 convolution of a doubled image, and its derivatives.
void convolve_doubled(Graph& g, const ConvSettings& settings) {
  const Tensor w = g.variable("w", {{settings.kernel, settings.kernel, 32, 32}}), x = tanh(g.input("x", {{8, 8, 8, 32}}));
  const Tensor y = conv2d(upsample_nearest(x, 2), w, conv_attributes(settings));
  const std::vector<Tensor> wrt{x, w};
  const std::vector<Tensor> back = gradient(sum(y * sigmoid(y)), wrt);
  g.output("y", y);
  g.output("dx", back[0]);
  g.output("dw", back[1]);
}

TEST(Plan, ConvolutionsOfDoubledImagesReadTheSmallOnes) {
  Graph g;
  convolve_doubled(g, {.kernel = 3, .stride = 1, .pad = 1});
  const StateLayout layout = layout_of(g);
  const Plan plan = make_plan(g, layout, Catalog(software_caps()), {.name = "doubled"});
  EXPECT_EQ(count_of(plan, "resample"), 0u) << to_text(plan);
  for (const char* op : {"conv2d", "conv2d_transpose", "conv2d_weight_grad"})
    EXPECT_EQ(count_of(plan, op), 1u) << op << "\n" << to_text(plan);
  expect_computed(g, plan, layout);
  const Plan written = make_plan(g, layout, Catalog(software_caps()), {.name = "as written", .fuse = false});
  EXPECT_LT(plan.flops(), 0.6 * written.flops());
}

TEST(Plan, OtherConvolutionsOfDoubledImagesStay) {
  for (const ConvSettings& settings : {ConvSettings{.kernel = 3, .stride = 2, .pad = 1}, ConvSettings{.kernel = 5, .stride = 1, .pad = 2},
                                       ConvSettings{.kernel = 3, .stride = 1, .pad = 0}}) {
    Graph g;
    convolve_doubled(g, settings);
    const StateLayout layout = layout_of(g);
    const Plan plan = make_plan(g, layout, Catalog(software_caps()), {.name = "doubled"});
    EXPECT_EQ(count_of(plan, "resample"), 2u) << to_text(plan);
    expect_computed(g, plan, layout);
  }
}

TEST(Plan, ChannelsOfAReshapedProductAreItsEpilogue) {
  Graph g;
  const auto vector = [&](const char* name) { return g.variable(name, {{8}}); };
  const Tensor rows = reshape(matmul(tanh(g.input("x", {{4, 12}})), g.variable("w", {{12, 128}})), {4, 4, 4, 8});
  g.output("y", relu(rows * (vector("scale") * rsqrt(sigmoid(vector("variance")))) + vector("shift")) * 0.5f);
  const Tensor other = reshape(matmul(tanh(g.input("z", {{4, 12}})), g.variable("v", {{12, 128}})), {4, 4, 4, 8});
  g.output("drawn", other * tanh(g.input("channels", {{8}})));  // changes from run to run: stays where it is
  const StateLayout layout = layout_of(g);
  const Plan plan = make_plan(g, layout, Catalog(software_caps()), {.name = "spread", .setup = true});
  expect_computed(g, plan, layout);
  std::vector<std::size_t> programs;
  for (const Step& step : plan.steps)
    if (step.launch.op == "matmul") programs.push_back(step.launch.program.code.size());
  EXPECT_EQ(programs, (std::vector<std::size_t>{4, 0})) << to_text(plan);
}

}  // namespace
}  // namespace gouache::test
