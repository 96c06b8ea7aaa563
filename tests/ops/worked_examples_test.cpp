// Do the ops give the numbers of the worked examples (SYSTEMS.md) and others that one can check by hand?
#include <limits>
#include <random>

#include "host/nn/layers.h"
#include "host/ops/ops.h"
#include "host/ops/rows.h"
#include "shaders/shared/interface.h"
#include "tests/ops/probe.h"

namespace gouache::probe {
namespace {

TEST(WorkedExamples, ConvolutionOfABinaryImage) {
  Graph g;
  const Tensor x = g.constant({1, 5, 5, 1}, {1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0});
  const Tensor w = g.constant({3, 3, 1, 1}, {1, 0, 1, 0, 1, 0, 1, 0, 1});
  const Tensor y = conv2d(x, w, conv_attributes({}));
  EXPECT_EQ(y.shape(), (Shape{1, 3, 3, 1}));
  expect_close(values_of(y), {4, 3, 4, 2, 4, 3, 2, 3, 4});
}

TEST(WorkedExamples, NearestUpsampling) {
  Graph g;
  expect_close(values_of(upsample_nearest(g.constant({1, 2, 2, 1}, {1, 2, 3, 4}), 2)), {1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4});
}

TEST(WorkedExamples, PoolingByReshapeAndReduce) {
  Graph g;
  const Tensor x = g.constant({1, 4, 4, 1}, {29, 15, 28, 184, 0, 100, 70, 38, 12, 12, 7, 2, 12, 12, 45, 6});
  const Tensor blocks = reshape(x, {1, 2, 2, 2, 2, 1});
  expect_close(values_of(reduce_max(blocks, {2, 4})), {100, 184, 12, 45});
  expect_close(values_of(mean(blocks, {2, 4})), {36, 80, 12, 15});
  expect_close(values_of(resample(x, ResampleKind::sum_down, 2) / 4.0f), {36, 80, 12, 15});
}

// The transposed convolution three ways: the op, the transposed sparse matrix of conv2d, and a convolution of stride 1 by the
// turned kernel over y with z = s - 1 zeros between its pixels and p' = k - p - 1 around.
TEST(WorkedExamples, TransposedConvolutionIsZeroInsertion) {
  const int k = 3, p_size = 3;
  struct Row {
    int s, p, z, around;
  };
  for (const Row row : {Row{1, 0, 0, 2}, Row{1, 1, 0, 1}, Row{2, 0, 1, 2}, Row{2, 1, 1, 1}}) {
    SCOPED_TRACE("s " + std::to_string(row.s) + " p " + std::to_string(row.p));
    EXPECT_EQ(row.z, row.s - 1);
    EXPECT_EQ(row.around, k - row.p - 1);
    const int size = (p_size - 1) * row.s + k - 2 * row.p;
    std::mt19937_64 random(11);
    const Array y = random_array(random, {1, p_size, p_size, 1}), w = random_array(random, {k, k, 1, 1});
    const Feeds feeds{{"y", y}, {"w", w}};
    Graph g;
    const Tensor ty = g.input("y", y.type), tw = g.input("w", w.type);
    const std::vector<double> got =
        values_of(conv2d_transpose(ty, tw, conv_attributes({.stride = row.s, .pad = row.p}), {1, size, size, 1}), feeds);

    std::vector<double> by_matrix(static_cast<std::size_t>(size * size), 0.0);
    for (int p = 0; p < p_size; p++)
      for (int q = 0; q < p_size; q++)
        for (int h = 0; h < size; h++)
          for (int v = 0; v < size; v++) {
            const int r = h - p * row.s + row.p, s = v - q * row.s + row.p;
            const double entry = r >= 0 && r < k && s >= 0 && s < k ? w.values[static_cast<std::size_t>(r * k + s)] : 0.0;
            by_matrix[static_cast<std::size_t>(h * size + v)] += entry * y.values[static_cast<std::size_t>(p * p_size + q)];
          }
    expect_close(got, by_matrix);

    const int wide = p_size + (p_size - 1) * row.z;
    std::vector<float> inserted(static_cast<std::size_t>(wide * wide), 0.0f), turned(w.values.rbegin(), w.values.rend());
    for (int p = 0; p < p_size; p++)
      for (int q = 0; q < p_size; q++)
        inserted[static_cast<std::size_t>(p * row.s * wide + q * row.s)] =
            static_cast<float>(y.values[static_cast<std::size_t>(p * p_size + q)]);
    const Tensor direct =
        conv2d(g.constant({1, wide, wide, 1}, inserted), g.constant({k, k, 1, 1}, turned), conv_attributes({.pad = row.around}));
    expect_close(values_of(direct), got, 1e-6);  // constants are floats
  }
}

// Value E_p log D + E_q log(1 - D): at D* = p / (p + q) it is 2 JS(p, q) - 2 log 2 and flat; at p = q, -2 log 2.
TEST(WorkedExamples, OneHotLabelsStandBehindTheLatents) {
  Graph g;
  const Tensor labels = one_hot(g.constant({3, 1}, {2, 0, 3}), 4);
  expect_close(values_of(labels), {0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1});
  const Tensor z = g.constant({3, 1}, {-5, 6, 7});
  expect_close(values_of(with_labels(z, labels)), {-5, 0, 0, 1, 0, 6, 1, 0, 0, 0, 7, 0, 0, 0, 1});
  EXPECT_EQ(with_labels(z, {}), z);
}

TEST(WorkedExamples, OptimalDiscriminator) {
  const auto value = [](Tensor logit, Tensor p, Tensor q) { return -(sum(p * softplus(-logit)) + sum(q * softplus(logit))); };
  Graph g;
  const std::vector<double> p{0.1, 0.2, 0.3, 0.4}, q{0.4, 0.4, 0.1, 0.1};
  Feeds feeds{{"p", array_of({4}, p)}, {"q", array_of({4}, q)}, {"logit", array_of({4}, {0, 0, 0, 0})}};
  const Tensor tp = g.input("p", {{4}, DType::f32}), tq = g.input("q", {{4}, DType::f32}), logit = g.input("logit", {{4}, DType::f32});
  const Tensor v = value(logit, tp, tq), slope = gradient(v, std::span(&logit, 1))[0];
  EXPECT_NEAR(value_of(value(logit, tp, tp), feeds), -2 * std::log(2.0), 1e-12);
  double js = 0;
  for (std::size_t i = 0; i < 4; i++) {
    feeds.at("logit").values[i] = std::log(p[i] / q[i]);  // sigmoid of it is p / (p + q)
    const double m = (p[i] + q[i]) / 2;
    js += 0.5 * p[i] * std::log(p[i] / m) + 0.5 * q[i] * std::log(q[i] / m);
  }
  EXPECT_NEAR(value_of(v, feeds), 2 * js - 2 * std::log(2.0), 1e-12);
  expect_close(values_of(slope, feeds), {0, 0, 0, 0});
}

TEST(Golden, ElementwiseFunctions) {
  Graph g;
  const Tensor x = g.input("x", {{5}, DType::f32});
  const Feeds feeds{{"x", array_of({5}, {-2, -0.5, 0, 0.5, 3})}};
  expect_close(values_of(sign(x), feeds), {-1, -1, 0, 1, 1});
  expect_close(values_of(step(x), feeds), {0, 0, 0, 1, 1});
  expect_close(values_of(relu(x), feeds), {0, 0, 0, 0.5, 3});
  expect_close(values_of(leaky_relu(x, 0.25f), feeds), {-0.5, -0.125, 0, 0.5, 3});
  expect_close(values_of(greater(x, g.scalar(0.25f)), feeds), {0, 0, 0, 1, 1});
  expect_close(values_of(select(step(x), x, g.scalar(7.0f)), feeds), {7, 7, 7, 0.5, 3});
  expect_close(values_of(sigmoid(x), feeds), {0.11920292202211755, 0.37754066879814541, 0.5, 0.62245933120185459, 0.95257412682243336},
               1e-15);
  expect_close(values_of(softplus(x), feeds),
               {0.12692801104297249, 0.47407698418010669, 0.69314718055994531, 0.97407698418010669, 3.0485873515737420}, 1e-15);
  expect_close(values_of(binary(FUNCTION_LEAKY_SLOPE, x, g.scalar(0.25f)), feeds), {0.25, 0.25, 0.25, 1, 1});
  const Feeds far{{"x", array_of({5}, {-1000, 1000, -50, 50, 0})}};  // no overflow
  expect_close(values_of(softplus(x), far), {0, 1000, std::exp(-50.0), 50, std::log(2.0)}, 1e-15);
  expect_close(values_of(sigmoid(x), far), {0, 1, std::exp(-50.0), 1, 0.5}, 1e-15);
}

TEST(Golden, ReductionsAndShapes) {
  Graph g;
  const Tensor x = g.constant({2, 3}, {1, 5, 3, 9, 2, 9});
  expect_close(values_of(sum(x, {1})), {9, 20});
  expect_close(values_of(mean(x, {0})), {5, 3.5, 6});
  expect_close(values_of(reduce_max(x, {1})), {5, 9});
  const Tensor where = argmax(x, {1});
  EXPECT_EQ(where.type(), (TensorType{{2, 1}, DType::u32}));
  expect_close(values_of(where), {1, 0});  // the first of equals
  expect_close(values_of(argmax(x, {0})), {1, 0, 1});
  expect_close(values_of(permute(x, {1, 0})), {1, 9, 5, 2, 3, 9});
  expect_close(values_of(slice(x, {0, 1}, {2, 2})), {5, 3, 2, 9});
  expect_close(values_of(pad(x, {0, 1}, {1, 0})), {0, 1, 5, 3, 0, 9, 2, 9, 0, 0, 0, 0});
  expect_close(values_of(concat({x, x}, 1)), {1, 5, 3, 1, 5, 3, 9, 2, 9, 9, 2, 9});
  expect_close(values_of(broadcast(g.constant({2, 1}, {1, 2}), {2, 2, 2})), {1, 1, 2, 2, 1, 1, 2, 2});
  expect_close(values_of(matmul(x, x, false, true)), {35, 46, 46, 166});
  expect_close(values_of(matmul(x, x, true, false)), {82, 23, 84, 23, 29, 33, 84, 33, 90});
}

TEST(Golden, EqualLargestValuesShareTheGradient) {
  Graph g;
  const Tensor x = g.input("x", {{4}, DType::f32});
  expect_close(values_of(gradient(reduce_max(x), std::span(&x, 1))[0], {{"x", array_of({4}, {2, 5, 1, 5})}}), {0, 0.5, 0, 0.5});
}

TEST(Golden, GatherConvertsBytes) {
  Graph g;
  const Tensor data = g.variable("images", {{3, 2}, DType::u8}), indices = g.input("indices", {{2}, DType::u32});
  const Feeds feeds{{"images", array_of({3, 2}, {0, 255, 51, 102, 153, 204}, DType::u8)}, {"indices", array_of({2}, {2, 0}, DType::u32)}};
  const Tensor batch = gather(data, indices, 2.0f / 255.0f, -1.0f);
  EXPECT_EQ(batch.type(), (TensorType{{2, 2}, DType::f32}));
  expect_close(values_of(batch, feeds), {0.2, 0.6, -1, 1}, 1e-6);
}

TEST(Golden, BatchNorm) {
  Graph g;
  const Tensor x = g.constant({4, 2}, {1, 10, 2, 10, 3, 30, 6, 30});
  const BatchNorm n = batch_norm(x, g.constant({2}, {2, 1}), g.constant({2}, {5, -1}), 0.5f);
  expect_close(values_of(n.statistics), {3, 20, 3.5, 100});
  const double a = 2 / std::sqrt(4.0), b = 10 / std::sqrt(100.5);
  expect_close(values_of(n.y), {5 - 2 * a, -1 - b, 5 - a, -1 - b, 5, -1 + b, 5 + 3 * a, -1 + b});
}

TEST(Golden, GroupsOfABatchNormAreBatchesOfTheirOwn) {
  Graph g;
  std::mt19937_64 random(13);
  const Feeds feeds{{"x", random_array(random, {6, 2, 4})}, {"gamma", random_array(random, {4})}};
  const Tensor x = g.input("x", {{6, 2, 4}, DType::f32}), gamma = g.input("gamma", {{4}, DType::f32}),
               beta = g.constant({4}, {5, -1, 0, 2});
  const BatchNorm joint = batch_norm(x, gamma, beta, 0.5f, 2);
  const std::vector<Tensor> wrt{x, gamma};
  const std::vector<Tensor> back = gradient(sum(square(joint.y)), wrt);
  std::vector<Tensor> losses;
  for (std::int64_t i = 0; i < 2; ++i) {
    const BatchNorm alone = batch_norm(slice(x, {3 * i, 0, 0}, {3, 2, 4}), gamma, beta, 0.5f);
    expect_close(values_of(slice(joint.y, {3 * i, 0, 0}, {3, 2, 4}), feeds), values_of(alone.y, feeds), 1e-12);
    expect_close(values_of(slice(joint.statistics, {2 * i, 0}, {2, 4}), feeds), values_of(alone.statistics, feeds), 1e-12);
    losses.push_back(sum(square(alone.y)));
  }
  const std::vector<Tensor> apart = gradient(losses[0] + losses[1], wrt);
  for (std::size_t i = 0; i < 2; ++i) expect_close(values_of(back[i], feeds), values_of(apart[i], feeds), 1e-10);
  EXPECT_THROW(batch_norm(x, gamma, beta, 0.5f, 4), Error);
}

TEST(Golden, InstanceNormIsBatchNormOfEachImageAlone) {
  Graph g;
  std::mt19937_64 random(11);
  const Feeds feeds{{"x", random_array(random, {3, 4, 5, 2})}};
  const Tensor x = g.input("x", {{3, 4, 5, 2}, DType::f32}), gamma = g.constant({2}, {2, 0.5f}), beta = g.constant({2}, {5, -1});
  const Tensor y = instance_norm(x, gamma, beta, 0.5f);
  for (std::int64_t i = 0; i < 3; ++i) {
    const auto image = [&](Tensor t) { return slice(t, {i, 0, 0, 0}, {1, 4, 5, 2}); };
    expect_close(values_of(image(y), feeds), values_of(batch_norm(image(x), gamma, beta, 0.5f).y, feeds), 1e-12);
  }
  const Tensor two = g.constant({2, 2, 1}, {1, 3, 10, 30});  // means 2 and 20, variances 1 and 100
  const double a = 1 / std::sqrt(1.5), b = 10 / std::sqrt(100.5);
  expect_close(values_of(instance_norm(two, g.constant({1}, {2}), g.constant({1}, {5}), 0.5f)),
               {5 - 2 * a, 5 + 2 * a, 5 - 2 * b, 5 + 2 * b});
}

TEST(Golden, SoftmaxSharesOutAlongTheLastAxisAndOverflowsNowhere) {
  Graph g;
  const float two = std::log(2.0f), three = std::log(3.0f);
  expect_close(values_of(softmax(g.constant({2, 3}, {0, two, three, 300 + three, 300, 300 + two}))),
               {1 / 6.0, 2 / 6.0, 3 / 6.0, 3 / 6.0, 1 / 6.0, 2 / 6.0}, 1e-4);
  expect_close(values_of(softmax(g.constant({2}, {-3e38f, 3e38f}))), {0, 1});
}

TEST(Golden, PixelShuffleLaysChannelsOutAsBlocks) {
  Graph g;
  const Tensor x = g.constant({1, 1, 2, 8}, {0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17});
  const Tensor y = pixel_shuffle(x, 2);
  EXPECT_EQ(y.shape(), (Shape{1, 2, 4, 2}));
  expect_close(values_of(y), {0, 1, 2, 3, 10, 11, 12, 13, 4, 5, 6, 7, 14, 15, 16, 17});
}

TEST(Golden, RandomIsCountedBySampleAndEpochsVisitEachIndexOnce) {
  Graph g;
  const Tensor control = g.variable("control", {{CONTROL_WORDS}, DType::u32});
  const auto at = [](double step) { return Feeds{{"control", array_of({CONTROL_WORDS}, {5, 6, step, 0, 0, 0, 0, 0}, DType::u32)}}; };
  const Tensor whole = random(control, {Distribution::normal, STREAM_LATENT, {6, 5}, 6, 0, 0});
  const Tensor part = random(control, {Distribution::normal, STREAM_LATENT, {2, 5}, 6, 3, 0});
  const std::vector<double> all = values_of(whole, at(2)), some = values_of(part, at(2));
  EXPECT_EQ(std::vector<double>(all.begin() + 15, all.begin() + 25), some);
  EXPECT_NE(all, values_of(whole, at(3)));
  const Tensor order = random(control, {Distribution::permutation, STREAM_DATA, {4}, 4, 0, 12});
  EXPECT_EQ(order.type().dtype, DType::u32);
  for (int epoch = 0; epoch < 2; epoch++) {
    std::vector<int> seen(12, 0);
    for (int batch = 0; batch < 3; batch++)
      for (double index : values_of(order, at(3 * epoch + batch))) seen.at(static_cast<std::size_t>(index))++;
    EXPECT_EQ(seen, std::vector<int>(12, 1));
  }
}

}  // namespace
}  // namespace gouache::probe
