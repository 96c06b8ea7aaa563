// Which op instances does the self-test run?  A table: a name, the op it is about, and a small graph.
#include "demo/cli/diagnostics_cases.h"

#include "host/ops/ops.h"
#include "shaders/shared/interface.h"

namespace gouache::cli {
namespace {

Tensor in(Graph& g, const char* name, Shape shape, DType type = DType::f32) { return g.input(name, {std::move(shape), type}); }
Tensor control(Graph& g) { return g.variable("control", {{CONTROL_WORDS}, DType::u32}); }

template <int N, int H, int W, int C, int K, int R, int stride, int pad, int dilation = 1>
ConvAttributes conv_of() {
  return conv_attributes({.kernel = R, .stride = stride, .pad = pad, .dilation = dilation});
}
template <int N, int H, int W, int C, int K, int R, int stride, int pad, int dilation = 1>
void conv(Graph& g) {
  g.output("y", conv2d(in(g, "x", {N, H, W, C}), in(g, "w", {R, R, C, K}), conv_of<N, H, W, C, K, R, stride, pad, dilation>()));
}
constexpr int extent(int size, int kernel, int stride, int pad, int dilation) {
  return (size + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1;
}
template <int N, int H, int W, int C, int K, int R, int stride, int pad, int dilation = 1>
Tensor small_image(Graph& g) {
  return in(g, "dy", {N, extent(H, R, stride, pad, dilation), extent(W, R, stride, pad, dilation), K});
}
template <int N, int H, int W, int C, int K, int R, int stride, int pad, int dilation = 1>
void transposed(Graph& g) {
  g.output("x", conv2d_transpose(small_image<N, H, W, C, K, R, stride, pad, dilation>(g), in(g, "w", {R, R, C, K}),
                                 conv_of<N, H, W, C, K, R, stride, pad, dilation>(), {N, H, W, C}));
}
template <int N, int H, int W, int C, int K, int R, int stride, int pad, int dilation = 1>
void weight_grad(Graph& g) {
  g.output("dw", conv2d_weight_grad(in(g, "x", {N, H, W, C}), small_image<N, H, W, C, K, R, stride, pad, dilation>(g),
                                    conv_of<N, H, W, C, K, R, stride, pad, dilation>(), {R, R, C, K}));
}
template <int B, int M, int K, int N, bool ta, bool tb>
void product(Graph& g) {
  g.output("c", matmul(in(g, "a", ta ? Shape{B, K, M} : Shape{B, M, K}), in(g, "b", tb ? Shape{B, N, K} : Shape{B, K, N}), ta, tb));
}
template <int M, int K, int N>
void plain_product(Graph& g) {
  g.output("c", matmul(in(g, "a", {M, K}), in(g, "b", {K, N})));
}
template <int N, int H, int C>
void batch_normed(Graph& g) {
  const BatchNorm normed = batch_norm(in(g, "x", {N, H, H, C}), in(g, "gamma", {C}), in(g, "beta", {C}), 1e-5f);
  g.output("y", normed.y);
  g.output("statistics", normed.statistics);
}
template <int N, int H, int C>
void instance_normed(Graph& g) {
  g.output("y", leaky_relu(instance_norm(in(g, "x", {N, H, H, C}), in(g, "gamma", {C}), in(g, "beta", {C}), 1e-5f), 0.2f));
}
template <int N, int H, int C>
void batch_norm_back(Graph& g) {
  const Tensor x = in(g, "x", {N, H, H, C}), gamma = in(g, "gamma", {C}), beta = in(g, "beta", {C});
  const Tensor loss = sum(batch_norm(x, gamma, beta, 1e-5f).y * in(g, "dy", {N, H, H, C}));
  const std::vector<Tensor> back = gradient(loss, std::vector<Tensor>{x, gamma, beta});
  g.output("dx", back[0]);
  g.output("dgamma", back[1]);
  g.output("dbeta", back[2]);
}
template <OptimizerKind kind, int averaged>
void optimize(Graph& g) {
  const std::vector<std::pair<std::string, Shape>> parameters{{"G/1/weight", {3, 3, 5, 7}}, {"G/1/bias", {7}}, {"G/2/weight", {65, 33}}};
  std::vector<Tensor> inputs{control(g)};
  std::vector<std::string> names;
  const auto add = [&](const std::string& prefix, bool variable) {
    for (const auto& [name, shape] : parameters) {
      inputs.push_back(variable ? g.variable(prefix + name, {shape}) : g.input(prefix + name, {shape}));
      if (variable) names.push_back(prefix + name);
    }
  };
  add("", true);
  add("gradient/", false);
  if (kind == OptimizerKind::adam) add("adam_m/", true), add("adam_v/", true);
  if (averaged) add("ema/", true);
  OptimizerAttributes attributes;
  attributes.kind = kind;
  attributes.parameters = 3;
  attributes.rate = 0.01f;
  attributes.ema_decay = averaged ? 0.9f : 0.0f;
  const std::vector<Tensor> updated = optimizer(inputs, attributes);
  for (std::size_t i = 0; i < names.size(); ++i) g.update(g.variable(names[i], updated[i].type()), updated[i]);
}
template <Distribution distribution>
void draw(Graph& g) {
  const bool permuted = distribution == Distribution::permutation;
  g.output("r", random(control(g), {.distribution = distribution,
                                    .stream = permuted ? STREAM_DATA : STREAM_LATENT,
                                    .shape = permuted ? Shape{37} : Shape{9, 25},
                                    .samples_per_step = permuted ? 37 : 9,
                                    .first_sample = 0,
                                    .count = permuted ? 101 : 0}));
}

constexpr KernelCase kSelftest[] = {
    {"matmul/64x128x64", "matmul", plain_product<64, 128, 64>},
    {"matmul/33x52x36", "matmul", plain_product<33, 52, 36>},
    {"matmul/5x7x3", "matmul", plain_product<5, 7, 3>},
    {"matmul/1x300x1", "matmul", plain_product<1, 300, 1>},
    {"matmul/b3/17x20x24", "matmul", product<3, 17, 20, 24, false, false>},
    {"matmul/b2/transposed_a/16x32x40", "matmul", product<2, 16, 32, 40, true, false>},
    {"matmul/b2/transposed_b/16x32x40", "matmul", product<2, 16, 32, 40, false, true>},
    {"matmul/b2/both/13x11x9", "matmul", product<2, 13, 11, 9, true, true>},
    {"matmul/epilogue/32x64x48", "matmul",
     [](Graph& g) {
       g.output("c", leaky_relu(matmul(in(g, "a", {32, 64}), in(g, "b", {64, 48})) + in(g, "bias", {48}), 0.2f));
     }},
    {"conv2d/n2h16w16c16k32/r4s2p1", "conv2d", conv<2, 16, 16, 16, 32, 4, 2, 1>},
    {"conv2d/n2h9w7c3k8/r3s1p1", "conv2d", conv<2, 9, 7, 3, 8, 3, 1, 1>},
    {"conv2d/n3h7w5c5k3/r3s2p1", "conv2d", conv<3, 7, 5, 5, 3, 3, 2, 1>},
    {"conv2d/n2h11w10c4k8/r3s1p2d2", "conv2d", conv<2, 11, 10, 4, 8, 3, 1, 2, 2>},
    {"conv2d/n2h8w8c32k1/r4s1p0", "conv2d", conv<2, 8, 8, 32, 1, 4, 1, 0>},
    {"conv2d/n2h6w6c8k12/r1s1p0", "conv2d", conv<2, 6, 6, 8, 12, 1, 1, 0>},
    {"conv2d/epilogue", "conv2d",
     [](Graph& g) {
       const Tensor y =
           conv2d(in(g, "x", {2, 8, 8, 16}), in(g, "w", {4, 4, 16, 24}), conv_attributes({.kernel = 4, .stride = 2, .pad = 1}));
       g.output("y", leaky_relu(y + in(g, "bias", {24}), 0.2f));
     }},
    {"conv2d_transpose/n2h16w16c16k32/r4s2p1", "conv2d_transpose", transposed<2, 16, 16, 16, 32, 4, 2, 1>},
    {"conv2d_transpose/n2h16w16c3k32/r4s2p1", "conv2d_transpose", transposed<2, 16, 16, 3, 32, 4, 2, 1>},
    {"conv2d_transpose/n2h8w8c4k16/r4s2p1", "conv2d_transpose", transposed<2, 8, 8, 4, 16, 4, 2, 1>},
    {"conv2d_transpose/n2h9w7c8k4/r3s1p1", "conv2d_transpose", transposed<2, 9, 7, 8, 4, 3, 1, 1>},
    {"conv2d_transpose/n3h7w5c5k3/r3s2p1", "conv2d_transpose", transposed<3, 7, 5, 5, 3, 3, 2, 1>},
    {"conv2d_weight_grad/n4h16w16c32k32/r4s2p1", "conv2d_weight_grad", weight_grad<4, 16, 16, 32, 32, 4, 2, 1>},
    {"conv2d_weight_grad/n2h16w16c3k16/r4s2p1", "conv2d_weight_grad", weight_grad<2, 16, 16, 3, 16, 4, 2, 1>},
    {"conv2d_weight_grad/n3h7w5c5k3/r3s2p1", "conv2d_weight_grad", weight_grad<3, 7, 5, 5, 3, 3, 2, 1>},
    {"conv2d_weight_grad/n2h9w8c8k4/r3s1p1", "conv2d_weight_grad", weight_grad<2, 9, 8, 8, 4, 3, 1, 1>},
    {"elementwise/broadcast", "elementwise",
     [](Graph& g) {
       const Tensor x = in(g, "x", {3, 5, 7, 6});
       g.output("y", tanh(x * in(g, "scale", {6}) + in(g, "shift", {3, 1, 7, 1})) * 0.5f);
     }},
    {"elementwise/chain", "elementwise",
     [](Graph& g) {
       const Tensor x = in(g, "x", {64, 100});
       g.output("y", softplus(sigmoid(x) - leaky_relu(x, 0.2f)) + sqrt(abs(x) + 1.0f));
     }},
    {"reduce/all", "reduce",
     [](Graph& g) {
       g.output("y", sum(in(g, "x", {17, 33, 5})));
     }},
    {"reduce/rows", "reduce",
     [](Graph& g) {
       g.output("y", mean(in(g, "x", {40, 65}), {1}));
     }},
    {"reduce/columns", "reduce",
     [](Graph& g) {
       g.output("y", sum(in(g, "x", {4, 9, 9, 12}), {0, 1, 2}));
     }},
    {"reduce/max", "reduce",
     [](Graph& g) {
       g.output("y", reduce_max(in(g, "x", {6, 31, 8}), {1}));
     }},
    {"reduce/argmax", "reduce",
     [](Graph& g) {
       g.output("y", argmax(in(g, "x", {13, 29}), {1}));
     }},
    {"resample/up", "resample",
     [](Graph& g) {
       g.output("y", upsample_nearest(in(g, "x", {2, 5, 6, 3}), 2));
     }},
    {"resample/down", "resample",
     [](Graph& g) {
       g.output("y", resample(in(g, "x", {2, 6, 9, 8}), ResampleKind::sum_down, 3));
     }},
    {"translate/c4", "translate",
     [](Graph& g) {
       g.output("y", translate(in(g, "x", {5, 6, 7, 4}), in(g, "offsets", {5, 2}) * 3.0f));
     }},
    {"translate/c3", "translate",
     [](Graph& g) {
       g.output("y", translate(in(g, "x", {3, 5, 9, 3}), in(g, "offsets", {3, 2}) * 3.0f));
     }},
    {"permute", "permute",
     [](Graph& g) {
       g.output("y", permute(in(g, "x", {3, 5, 4, 8}), {0, 3, 1, 2}));
     }},
    {"slice", "slice",
     [](Graph& g) {
       g.output("y", slice(in(g, "x", {7, 9, 5}), {2, 1, 1}, {4, 6, 3}));
     }},
    {"pad", "pad",
     [](Graph& g) {
       g.output("y", pad(in(g, "x", {4, 6, 3}), {1, 0, 2}, {0, 3, 1}));
     }},
    {"concat", "concat",
     [](Graph& g) {
       g.output("y", concat({in(g, "a", {3, 4, 5}), in(g, "b", {3, 2, 5})}, 1));
     }},
    {"broadcast", "broadcast",
     [](Graph& g) {
       g.output("y", broadcast(in(g, "x", {1, 6, 1, 5}), {3, 6, 4, 5}));
     }},
    {"gather/u8", "gather",
     [](Graph& g) {
       g.output("y", gather(in(g, "data", {19, 6, 6, 3}, DType::u8), in(g, "indices/19", {11}, DType::u32), 2.0f / 255.0f, -1.0f));
     }},
    {"gather/f32", "gather",
     [](Graph& g) {
       g.output("y", gather(in(g, "data", {19, 12}), in(g, "indices/19", {11}, DType::u32)));
     }},
    {"scatter_add", "scatter_add",
     [](Graph& g) {
       g.output("y", scatter_add(in(g, "dy", {11, 12}), in(g, "indices/7", {11}, DType::u32), 7));
     }},
    {"random/normal", "random", draw<Distribution::normal>},
    {"random/uniform", "random", draw<Distribution::uniform>},
    {"random/permutation", "random", draw<Distribution::permutation>},
    {"batch_norm/n4h5c12", "batch_norm", batch_normed<4, 5, 12>},
    {"batch_norm/n16h8c64", "batch_norm", batch_normed<16, 8, 64>},
    {"batch_norm_gradient/n4h5c12", "batch_norm_gradient", batch_norm_back<4, 5, 12>},
    {"batch_norm_gradient/n16h8c64", "batch_norm_gradient", batch_norm_back<16, 8, 64>},
    {"instance_norm/n4h5c12", "instance_norm", instance_normed<4, 5, 12>},
    {"instance_norm/n2h32c64", "instance_norm", instance_normed<2, 32, 64>},
    {"softmax/n4h5c12", "softmax",
     [](Graph& g) {
       g.output("y", softmax(in(g, "x", {4, 5, 5, 12})));
     }},
    {"softmax/n1k1001", "softmax",
     [](Graph& g) {
       g.output("y", softmax(in(g, "x", {3, 1001})));
     }},
    {"optimizer/sgd", "optimizer", optimize<OptimizerKind::sgd, 0>},
    {"optimizer/adam", "optimizer", optimize<OptimizerKind::adam, 0>},
    {"optimizer/adam_ema", "optimizer", optimize<OptimizerKind::adam, 1>},
    {"gradient_norm", "gradient_norm",
     [](Graph& g) {
       const auto [after, norm] = gradient_norm(control(g), {in(g, "a", {33, 17}), in(g, "b", {5})});
       g.output("norm", norm);
       g.update(control(g), after);
     }},
    {"advance_step", "advance_step", [](Graph& g) { g.update(control(g), advance_step(control(g))); }},
};

}  // namespace

std::span<const KernelCase> selftest_cases() { return kSelftest; }

}  // namespace gouache::cli
