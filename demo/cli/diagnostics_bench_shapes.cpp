// Over which shapes does `gouache bench kernels` run?  A fixed list: layers as tables, each forward and with the derivatives that
// training needs, at batch 1 and 16, and memory-bound ops over 16x64x64x64 values.
#include <algorithm>

#include "demo/cli/diagnostics_bench.h"
#include "host/ops/ops.h"
#include "shaders/shared/interface.h"

namespace gouache::cli {
namespace {

/// An image [size,size,channels] and its convolution to `features`; `transposed`: a layer that goes the other way.
struct Layer {
  int kernel, stride, pad, channels, features, size;
  bool transposed = false;
};

constexpr Layer kLayers[] = {
    {3, 1, 1, 64, 64, 64},         {3, 1, 1, 256, 256, 16},      {4, 2, 1, 64, 128, 32},     {4, 2, 1, 3, 64, 64},
    {4, 2, 1, 128, 256, 16, true}, {4, 2, 1, 64, 128, 32, true}, {4, 2, 1, 3, 64, 64, true}, {1, 1, 0, 128, 128, 32},
};

struct Product {
  std::int64_t m, k, n;
};
constexpr Product kProducts[] = {{512, 512, 512}, {64, 4096, 64}, {1024, 64, 1024}};

struct Dense {
  std::int64_t inputs, outputs;
};
constexpr Dense kDense[] = {{100, 8192}, {8192, 1}};

constexpr std::int64_t kBatches[] = {1, 16};
constexpr double kLargeFlops = 20e6;
constexpr int kManyChannels = 32;

const char* const kGroupProducts = "products with 20 MFLOP and 32 channels or more";
const char* const kGroup3x3 = "3x3 stride 1 with 64 channels or more";
const char* const kGroupImage = "1 to 4 image channels, batch 16";
const char* const kGroupMemory = "memory-bound";

Tensor in(Graph& g, const char* name, Shape shape, DType type = DType::f32) { return g.input(name, {std::move(shape), type}); }
Tensor weights(Graph& g, Shape shape) { return g.variable("w", {std::move(shape), DType::f32}); }

std::string group_of(double flops, std::int64_t channels, const Layer* layer, std::int64_t batch) {
  if (layer && channels <= 4) return batch == 16 ? kGroupImage : "";
  if (flops < kLargeFlops || channels < kManyChannels) return "";
  return layer && layer->kernel == 3 && layer->stride == 1 && channels >= 64 ? kGroup3x3 : kGroupProducts;
}

struct Direction {
  const char* op;
  const char* forward;     ///< what it is of a convolution layer
  const char* transposed;  ///< and of a transposed one
};
constexpr Direction kDirections[] = {{"conv2d", "", " data gradient"},
                                     {"conv2d_transpose", " data gradient", ""},
                                     {"conv2d_weight_grad", " weight gradient", " weight gradient"}};

void build_layer(Graph& g, const Layer& v, std::int64_t batch, const std::string& op) {
  const ConvAttributes a = conv_attributes({.kernel = v.kernel, .stride = v.stride, .pad = v.pad});
  const int small = (v.size + 2 * v.pad - v.kernel) / v.stride + 1;
  const Shape x{batch, v.size, v.size, v.channels}, w{v.kernel, v.kernel, v.channels, v.features}, y{batch, small, small, v.features};
  if (op == "conv2d")
    g.output("y", conv2d(in(g, "x", x), weights(g, w), a));
  else if (op == "conv2d_transpose")
    g.output("x", conv2d_transpose(in(g, "dy", y), weights(g, w), a, x));
  else
    g.output("dw", conv2d_weight_grad(in(g, "x", x), in(g, "dy", y), a, w));
}

void add_layers(std::vector<BenchCase>& cases) {
  for (const Layer& v : kLayers)
    for (const std::int64_t batch : kBatches)
      for (const Direction& d : kDirections) {
        const int small = (v.size + 2 * v.pad - v.kernel) / v.stride + 1;
        const double flops = 2.0 * static_cast<double>(batch) * small * small * v.features * v.kernel * v.kernel * v.channels;
        const auto text = [](std::int64_t n) { return std::to_string(n); };
        std::string name =
            std::string(v.transposed ? "conv2d_transpose " : "conv2d ") + text(v.kernel) + "x" + text(v.kernel) + " s" + text(v.stride);
        name += v.transposed ? " " + text(v.features) + "->" + text(v.channels) + " from " + text(small) + "x" + text(small)
                             : " " + text(v.channels) + "->" + text(v.features) + " at " + text(v.size) + "x" + text(v.size);
        name += (v.transposed ? d.transposed : d.forward) + (" batch " + text(batch));
        cases.push_back({std::move(name), d.op, [v, batch, d](Graph& g) { build_layer(g, v, batch, d.op); }, Against::multiply_adds,
                         group_of(flops, std::min(v.channels, v.features), &v, batch), batch == 1});
      }
}

void add_dense(std::vector<BenchCase>& cases) {
  for (const Dense& v : kDense)
    for (const std::int64_t batch : kBatches) {
      const std::string name = "dense " + std::to_string(v.inputs) + "->" + std::to_string(v.outputs),
                        end = " batch " + std::to_string(batch);
      const double flops = 2.0 * static_cast<double>(batch * v.inputs * v.outputs);
      const std::string group = group_of(flops, std::min(v.inputs, v.outputs), nullptr, batch);
      cases.push_back({name + end, "matmul",
                       [v, batch](Graph& g) {
                         g.output("y", matmul(in(g, "x", {batch, v.inputs}), weights(g, {v.inputs, v.outputs})));
                       },
                       Against::multiply_adds, group, batch == 1});
      cases.push_back({name + " data gradient" + end, "matmul",
                       [v, batch](Graph& g) {
                         g.output("dx", matmul(in(g, "dy", {batch, v.outputs}), weights(g, {v.inputs, v.outputs}), false, true));
                       },
                       Against::multiply_adds, group, batch == 1});
      cases.push_back({name + " weight gradient" + end, "matmul",
                       [v, batch](Graph& g) {
                         g.output("dw", matmul(in(g, "x", {batch, v.inputs}), in(g, "dy", {batch, v.outputs}), true, false));
                       },
                       Against::multiply_adds, group, false});
    }
}

void add_products(std::vector<BenchCase>& cases) {
  for (const Product& v : kProducts)
    cases.push_back({"matmul " + std::to_string(v.m) + "x" + std::to_string(v.k) + "x" + std::to_string(v.n), "matmul",
                     [v](Graph& g) {
                       g.output("c", matmul(in(g, "a", {v.m, v.k}), in(g, "b", {v.k, v.n})));
                     },
                     Against::multiply_adds, group_of(2.0 * static_cast<double>(v.m * v.k * v.n), std::min({v.m, v.k, v.n}), nullptr, 1)});
}

const Shape kImages{16, 64, 64, 64};

void batch_norm_forward(Graph& g) { g.output("y", batch_norm(in(g, "x", kImages), in(g, "gamma", {64}), in(g, "beta", {64}), 1e-5f).y); }
/// The gradient alone: the forward pass depends on variables, so it is set up once.
void batch_norm_backward(Graph& g) {
  const Tensor x = g.variable("x", {kImages, DType::f32}), gamma = g.variable("gamma", {{64}, DType::f32}),
               beta = g.variable("beta", {{64}, DType::f32});
  const Tensor loss = sum(batch_norm(x, gamma, beta, 1e-5f).y * in(g, "dy", kImages));
  const std::vector<Tensor> back = gradient(loss, std::vector<Tensor>{x, gamma, beta});
  g.output("dx", back[0]);
  g.output("dgamma", back[1]);
  g.output("dbeta", back[2]);
}
void adam(Graph& g) {
  const char* const names[] = {"G/w", "gradient/G/w", "adam_m/G/w", "adam_v/G/w"};
  std::vector<Tensor> inputs{g.variable("control", {{CONTROL_WORDS}, DType::u32})};
  for (const char* name : names) inputs.push_back(name == names[1] ? in(g, name, kImages) : g.variable(name, {kImages, DType::f32}));
  OptimizerAttributes attributes;
  attributes.kind = OptimizerKind::adam;
  attributes.parameters = 1;
  attributes.rate = 1e-3f;
  const std::vector<Tensor> updated = optimizer(inputs, attributes);
  for (std::size_t i = 0; i < 3; ++i) g.update(inputs[i == 0 ? 1 : i + 2], updated[i]);
}

void add_memory_bound(std::vector<BenchCase>& cases) {
  const struct {
    const char *name, *op;
    void (*build)(Graph&);
    bool setup = false;
  } rows[] = {
      {"batch norm", "batch_norm", batch_norm_forward},
      {"batch norm gradient", "batch_norm_gradient", batch_norm_backward, true},
      {"instance norm", "instance_norm",
       [](Graph& g) { g.output("y", instance_norm(in(g, "x", kImages), in(g, "gamma", {64}), in(g, "beta", {64}), 1e-5f)); }},
      {"softmax", "softmax", [](Graph& g) { g.output("y", softmax(in(g, "x", kImages))); }},
      {"pixel shuffle", "permute",
       [](Graph& g) {
         g.output("y", pixel_shuffle(in(g, "x", {16, 32, 32, 256}), 2));
       }},
      {"leaky ReLU", "elementwise", [](Graph& g) { g.output("y", leaky_relu(in(g, "x", kImages), 0.2f)); }},
      {"Adam", "optimizer", adam},
      {"resample up from half", "resample",
       [](Graph& g) {
         g.output("y", upsample_nearest(in(g, "x", {16, 32, 32, 64}), 2));
       }},
      {"resample down to half", "resample", [](Graph& g) { g.output("y", resample(in(g, "x", kImages), ResampleKind::sum_down, 2)); }}};
  for (const auto& row : rows)
    cases.push_back({std::string(row.name) + " 16x64x64x64", row.op, row.build, Against::copy, kGroupMemory, row.setup});
}

}  // namespace

std::vector<BenchCase> bench_cases() {
  std::vector<BenchCase> cases;
  for (const auto add : {add_layers, add_dense, add_products, add_memory_bound}) add(cases);
  return cases;
}

}  // namespace gouache::cli
