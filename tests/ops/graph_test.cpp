// Does a graph keep its promises: leaves, updates, gradients through composites and twice over, texts and errors?
#include <algorithm>

#include "host/graph/program.h"
#include "host/ops/ops.h"
#include "host/ops/rows.h"
#include "tests/ops/probe.h"

namespace gouache::probe {
namespace {

Tensor feed(Graph& g, const std::string& name, const Shape& shape) { return g.input(name, {shape, DType::f32}); }

TEST(Graph, LeavesAreFoundByName) {
  Graph g;
  const Tensor a = g.variable("G/8/weight", {{2, 3}, DType::f32});
  EXPECT_EQ(g.variable("G/8/weight", {{2, 3}, DType::f32}), a);
  EXPECT_EQ(g.size(), 1);
  EXPECT_EQ(error_of([&] {
              g.variable("G/8/weight", {{2, 4}, DType::f32});
            }),
            "variable 'G/8/weight': it is f32 [2,3], now asked for as f32 [2,4]");
  EXPECT_EQ(error_of([&] { g.input("G/8/weight", {{2, 3}, DType::f32}); }), "input 'G/8/weight': the graph has a variable of that name");
  EXPECT_EQ(error_of([&] { values_of(a); }), "evaluate: variable 'G/8/weight' [2,3] was given no value");
  EXPECT_EQ(error_of([&] {
              values_of(a, {{"G/8/weight", array_of({6}, {1, 2, 3, 4, 5, 6})}});
            }),
            "evaluate: variable 'G/8/weight' is f32 [2,3], the value given is f32 [6]");
  g.update(a, a * 2.0f);
  g.update(a, a * 3.0f);
  ASSERT_EQ(g.updates().size(), 1u);
  expect_close(values_of(g.updates()[0].value, {{"G/8/weight", array_of({2, 3}, {1, 2, 3, 4, 5, 6})}}), {3, 6, 9, 12, 15, 18});
  EXPECT_NE(error_of([&] { g.update(a, sum(a)); }).find("its new value f32 [1,1]"), std::string::npos);
  g.output("loss", sum(a));
  EXPECT_EQ(g.outputs()[0].first, "loss");
}

TEST(Graph, LabelsFollowIntoGradients) {
  Graph g;
  const Tensor x = feed(g, "x", {3});
  g.set_label("D/8");
  const Tensor y = tanh(x);
  g.set_label("loss");
  const Tensor loss = sum(y);
  const std::int32_t before = g.size();
  gradient(loss, std::span(&x, 1));
  EXPECT_EQ(g.label(), "loss");
  bool labelled = false;
  for (std::int32_t i = before; i < g.size(); i++) labelled = labelled || g.node(i).label == "D/8";
  EXPECT_TRUE(labelled);
}

TEST(Gradient, IndependentTensorsGetZeros) {
  Graph g;
  const Tensor x = feed(g, "x", {3}), other = feed(g, "other", {2, 2});
  const Tensor wrt[] = {other, x};
  const auto d = gradient(sum(square(x)), wrt);
  EXPECT_EQ(d[0].shape(), (Shape{2, 2}));
  expect_close(values_of(d[0]), {0, 0, 0, 0});
  expect_close(values_of(d[1], {{"x", array_of({3}, {1, 2, 3})}}), {2, 4, 6});
  EXPECT_EQ(error_of([&] { gradient(x, wrt); }), "gradient: the loss must be one f32 value, it is f32 [3]");
}

TEST(Gradient, OfAnInnerTensorStopsThere) {
  Graph g;
  const Tensor x = feed(g, "x", {2}), h = square(x);
  const Tensor wrt[] = {h, x};
  const auto d = gradient(sum(h * x), wrt);
  const Feeds feeds{{"x", array_of({2}, {2, 3})}};
  expect_close(values_of(d[0], feeds), {2, 3});
  expect_close(values_of(d[1], feeds), {12, 27});
}

TEST(Gradient, BuildsOnlyWhatLiesBetween) {
  Graph g;
  const Tensor x = feed(g, "x", {2, 3}), image = feed(g, "image", {1, 8, 8, 2}), w = feed(g, "w", {3, 3, 2, 2});
  const Tensor loss = sum(tanh(x)) + reshape(sum(conv2d(tanh(image), w, conv_attributes({}))), {1, 1});
  const std::int32_t before = g.size();
  gradient(loss, std::span(&x, 1));
  for (std::int32_t i = before; i < g.size(); i++) EXPECT_EQ(std::string(g.node(i).op->name).find("conv2d"), std::string::npos);
}

// The R1 penalty mean |grad_x D(x)|^2 of conv + leaky ReLU + dense, differentiated by the weights (Mescheder et al. 2018).
TEST(Gradient, R1PenaltyAgreesWithFiniteDifferences) {
  const std::int64_t n = 3;
  for (bool smooth : {false, true}) {
    SCOPED_TRACE(smooth ? "with a sigmoid at the end" : "logits");
    std::mt19937_64 random(2024);
    Graph g;
    Feeds feeds{{"x", random_array(random, {n, 6, 6, 2})}}, directions;
    const auto weight = [&](const std::string& name, const Shape& shape) {
      feeds[name] = random_array(random, shape, -0.5, 0.5);
      directions[name] = random_array(random, shape);
      return feed(g, name, shape);
    };
    const Tensor x = feed(g, "x", {n, 6, 6, 2});
    const Tensor wrt[] = {weight("w1", {4, 4, 2, 3}), weight("b1", {3}), weight("w2", {27, 1}), weight("b2", {1})};
    const Tensor h = leaky_relu(conv2d(x, wrt[0], conv_attributes({.kernel = 4, .stride = 2, .pad = 1})) + wrt[1], 0.2f);
    Tensor d = matmul(reshape(h, {n, -1}), wrt[2]) + wrt[3];
    if (smooth) d = sigmoid(d);
    const Tensor slope = gradient(sum(d), std::span(&x, 1))[0];
    const Tensor penalty = sum(square(slope)) / static_cast<float>(n);
    const std::vector<Tensor> gradients = gradient(penalty, wrt);
    const char* names[] = {"w1", "b1", "w2", "b2"};
    for (std::size_t i = 0; i < 4; i++) {
      const Feeds one{{names[i], directions.at(names[i])}};
      const double expected = slope_along(penalty, feeds, one);
      EXPECT_NEAR(dot(values_of(gradients[i], feeds), directions.at(names[i]).values), expected, 1e-6 * (1 + std::fabs(expected)))
          << names[i];
      if (smooth || i % 2 == 0) { EXPECT_GT(std::fabs(expected), 1e-6) << names[i]; }
    }
  }
}

const CompositeRow kBareBatchNorm{"bare_batch_norm", kBatchNormRow.body, nullptr};

TEST(Composite, BatchNormRuleEqualsDifferentiatedBody) {
  std::mt19937_64 random(5);
  Graph g;
  const Shape shape{2, 2, 4, 3};  // 16 samples a channel: 1/16 is exact
  const Feeds feeds{{"x", random_array(random, shape)},
                    {"gamma", random_array(random, {3})},
                    {"beta", random_array(random, {3})},
                    {"r", random_array(random, shape)}};
  const std::vector<Tensor> in{feed(g, "x", shape), feed(g, "gamma", {3}), feed(g, "beta", {3})};
  const Tensor r = feed(g, "r", shape);
  const Tensor ruled = sum(r * square(batch_norm(in[0], in[1], in[2], 0.01f).y)),
               bare = sum(r * square(add_composite(g, kBareBatchNorm, in, {0.01f})[0]));
  const std::int32_t before = g.size();
  const auto a = gradient(ruled, in);
  bool own_node = false;
  for (std::int32_t i = before; i < g.size(); i++) {
    const auto* composite = std::get_if<CompositeAttributes>(&g.node(i).attributes);
    own_node = own_node || (composite && composite->row == &kBatchNormGradientRow);
  }
  EXPECT_TRUE(own_node);
  const auto b = gradient(bare, in);
  for (std::size_t i = 0; i < 3; i++) expect_close(values_of(a[i], feeds), values_of(b[i], feeds), 1e-10);

  // Second derivatives: the rule's node is differentiated by way of its body.
  const Tensor pa = sum(square(a[0])) + sum(a[1] * a[2]), pb = sum(square(b[0])) + sum(b[1] * b[2]);
  const auto aa = gradient(pa, in), bb = gradient(pb, in);
  for (std::size_t i = 0; i < 3; i++) expect_close(values_of(aa[i], feeds), values_of(bb[i], feeds), 1e-9);
}

const CompositeRow kProduct{"product",
                            [](Graph&, std::span<const Tensor> in, std::span<const float>) {
                              return std::vector<Tensor>{in[0] * in[1], in[0]};
                            },
                            nullptr};

TEST(Composite, InputsMayRepeatDependOnEachOtherAndPassThrough) {
  Graph g;
  const Tensor x = feed(g, "x", {2});
  const Feeds feeds{{"x", array_of({2}, {2, 3})}};
  const Tensor same = add_composite(g, kProduct, {x, x})[0];
  expect_close(values_of(gradient(sum(same), std::span(&x, 1))[0], feeds), {4, 6});
  const Tensor nested = add_composite(g, kProduct, {x, square(x)})[0];
  expect_close(values_of(gradient(sum(nested), std::span(&x, 1))[0], feeds), {12, 27});
  const auto both = add_composite(g, kProduct, {square(x), x});
  expect_close(values_of(gradient(sum(both[0] + both[1]), std::span(&x, 1))[0], feeds), {16, 33});
}

TEST(Builders, LeaveOutWhatChangesNothing) {
  Graph g;
  const Tensor x = feed(g, "x", {2, 3});
  for (Tensor same : {reshape(x, {2, 3}), broadcast(x, {2, 3}), permute(x, {0, 1}), slice(x, {0, 0}, {2, 3}), pad(x, {0, 0}, {0, 0}),
                      concat({x}, 0), sum_to(x, {2, 3}), x * 1.0f})
    EXPECT_EQ(same, x);
  const Tensor scaled = x * g.constant({2, 3}, {0.5f});
  EXPECT_TRUE(g.node(scaled).inputs[1].shape().empty());
}

TEST(Errors, NameTheOpAndTheShapes) {
  Graph g;
  const Tensor x = feed(g, "x", {16, 32, 32, 3}), w = feed(g, "w", {4, 4, 64, 128}), v = feed(g, "v", {4}), m = feed(g, "m", {2, 3});
  const ConvAttributes a = conv_attributes({.kernel = 4, .stride = 2, .pad = 1});
  EXPECT_EQ(error_of([&] { conv2d(x, w, a); }),
            "conv2d: weights expect 64 input channels, the image has 3 (x [16,32,32,3], w [4,4,64,128])");
  EXPECT_EQ(error_of([&] {
              conv2d(x, feed(g, "big", {40, 4, 3, 8}), a);
            }),
            "conv2d: the kernel reaches over 40 pixels, the padded image has 34 along spatial axis 0 (x [16,32,32,3], w [40,4,3,8])");
  EXPECT_EQ(error_of([&] { conv2d(m, w, a); }), "conv2d: the image must be [N, 1 to 3 spatial extents, C] (x [2,3], w [4,4,64,128])");
  ConvAttributes circular = a;
  circular.padding = Padding::circular;
  EXPECT_EQ(error_of([&] {
              conv2d(x, feed(g, "w3", {4, 4, 3, 8}), circular);
            }),
            "conv2d: circular padding is not supported, only zero padding is");
  EXPECT_EQ(error_of([&] {
              conv2d_transpose(feed(g, "y", {1, 5, 4, 128}), w, a, {1, 8, 8, 64});
            }),
            "conv2d_transpose: an image [1,8,8,64] comes from y [1,4,4,128], y is [1,5,4,128] (y [1,5,4,128], w [4,4,64,128])");
  EXPECT_EQ(error_of([&] {
              conv2d_weight_grad(x, x, a, {4, 4, 3, 8});
            }),
            "conv2d_weight_grad: x and weights give y [16,16,16,8], dy is [16,32,32,3] (x [16,32,32,3], w [4,4,3,8])");
  EXPECT_EQ(error_of([&] { v + m; }), "add: the shapes [4], [2,3] do not broadcast together");
  EXPECT_EQ(error_of([&] { matmul(m, m); }), "matmul: the left operand has 3 inner elements, the right one 2 ([2,3], [2,3])");
  EXPECT_EQ(error_of([&] { reshape(m, {4, -1}); }), "reshape: 6 elements cannot take the shape [4,1] ([2,3])");
  EXPECT_EQ(error_of([&] { permute(m, {0, 0}); }), "permute: the order 0,0 must name each of the 2 axes once ([2,3])");
  EXPECT_EQ(error_of([&] { slice(m, {0, 2}, {2, 2}); }), "slice: begin [0,2] and extent [2,2] do not lie inside the tensor ([2,3])");
  EXPECT_EQ(error_of([&] {
              concat({m, feed(g, "k", {3, 3})}, 1);
            }),
            "concat: parts must agree in type and in every extent but axis 1 ([2,3], [3,3])");
  EXPECT_EQ(error_of([&] { sum(m, {2}); }), "reduce: axes must ascend and lie in [0, 2), one is 2 ([2,3])");
  EXPECT_EQ(error_of([&] { gather(m, v); }), "gather: input 1 must be u32 ([2,3], [4])");
  EXPECT_EQ(error_of([&] { resample(x, ResampleKind::sum_down, 3); }),
            "resample: the factor 3 must divide every spatial extent ([16,32,32,3])");
  EXPECT_EQ(error_of([&] { batch_norm(m, v, v, 0.1f); }), "batch_norm: gamma must be [3], it is [4] (x [2,3])");
  EXPECT_EQ(error_of([&] { instance_norm(m, v, v, 0.1f); }), "instance_norm: the image must be [N, spatial extents, C], it is [2,3]");
  EXPECT_EQ(error_of([&] { softmax(g.constant({}, {1})); }), "softmax: the tensor needs an axis, it is one value");
  EXPECT_EQ(error_of([&] { instance_norm(x, v, v, 0.1f); }), "instance_norm: gamma [4] and beta [4] must be [3] (x [16,32,32,3])");
  EXPECT_EQ(error_of([&] { pixel_shuffle(x, 2); }).substr(0, 15), "pixel_shuffle: ");
  EXPECT_EQ(error_of([&] { leaky_relu(m, 1.5f); }).substr(0, 12), "leaky_relu: ");
  Graph other;
  EXPECT_EQ(error_of([&] { m + feed(other, "z", {3}); }), "elementwise: an input is empty or belongs to another graph");
}

TEST(Texts, AttributesAndPrograms) {
  EXPECT_EQ(to_text(Shape{64, 16, 16, 64}), "[64,16,16,64]");
  EXPECT_EQ(to_text(Shape{}), "[]");
  EXPECT_EQ(to_text(Attributes(conv_attributes({.stride = 2, .pad = 1}))), " stride 2x2 pad 1,1");
  EXPECT_EQ(to_text(Attributes(MatmulAttributes{false, true})), " NT");
  EXPECT_EQ(to_text(Attributes(ReduceAttributes{ReduceKind::mean, {0, 2}})), " mean axes 0,2");
  EXPECT_EQ(to_text(Attributes()), "");
  Program program{{InputMode::full, InputMode::channel}, {{FUNCTION_ADD, 0, 1, 0}, {FUNCTION_LEAKY_RELU, 16, 8, 0}}, {0.2f}};
  EXPECT_EQ(to_text(program), "add leaky_relu(0.2)");
  EXPECT_EQ(to_text(Program{{InputMode::full}, {{FUNCTION_SUBTRACT, 8, 0, 0}}, {1.0f}}), "subtract(1,.)");
  EXPECT_EQ(to_text(Program{{InputMode::full, InputMode::full, InputMode::full}, {{FUNCTION_SELECT, 0, 1, 2}}, {}}), "select(in1,in2)");
  std::vector<SpecConstant> constants;
  append_program(program, constants);
  const std::vector<SpecConstant> expected{{CONSTANT_PROGRAM_LENGTH, 2},
                                           {CONSTANT_PROGRAM_CODE, FUNCTION_ADD | 1u << 16},
                                           {CONSTANT_PROGRAM_CODE + 1, FUNCTION_LEAKY_RELU | 16u << 8 | 8u << 16},
                                           {CONSTANT_PROGRAM_SCALAR, 0x3e4ccccdu},
                                           {CONSTANT_PROGRAM_INPUTS, INPUT_FULL},
                                           {CONSTANT_PROGRAM_INPUTS + 1, INPUT_CHANNEL}};
  EXPECT_EQ(constants, expected);
}

}  // namespace
}  // namespace gouache::probe
