// conv2d, conv2d_transpose, conv2d_weight_grad: shapes, gradients and the slow definition.  Spatial rank 1 to 3.
// x [N,H,W,C], w [R,S,C/groups,K], y [N,P,Q,K].  P = floor((H + pad_before + pad_after - dilation (R-1) - 1) / stride) + 1.
#include "host/ops/check.h"
#include "host/ops/ops.h"
#include "host/ops/rows.h"

namespace gouache {
namespace {

/// The three shapes of one convolution, whichever of them is the result.
struct Geometry {
  std::array<std::int64_t, 3> image{1, 1, 1}, kernel{1, 1, 1}, result{1, 1, 1};  // D H W, trailing axes unused below rank 3
  std::array<std::int64_t, 3> stride{1, 1, 1}, pad{}, dilation{1, 1, 1};
  std::int64_t n = 1, c = 1, k = 1, groups = 1;
};

std::string describe_conv(const char* x_name, const Shape& x, const Shape& w) {
  return std::string("(").append(x_name).append(" ").append(to_text(x)).append(", w ").append(to_text(w)).append(")");
}

/// Shape of y for image x and weights w; throws Error naming op `name`.
Shape result_shape(const char* name, const Shape& x, const Shape& w, const ConvAttributes& a) {
  const std::string op = std::string(name) + ": ", shapes = std::string(" ").append(describe_conv("x", x, w));
  const std::size_t rank = x.size() < 2 ? 0 : x.size() - 2;
  if (rank < 1 || rank > 3) throw Error(op + "the image must be [N, 1 to 3 spatial extents, C]" + shapes);
  if (w.size() != x.size()) throw Error(op + "weights must be [" + std::to_string(rank) + " spatial extents, C, K]" + shapes);
  if (a.padding != Padding::zero)
    throw Error(ErrorCode::unsupported,
                op + (a.padding == Padding::circular ? "circular" : "reflect") + " padding is not supported, only zero padding is");
  const std::int64_t c = x[rank + 1], k = w[rank + 1];
  if (a.groups < 1 || c % a.groups || k % a.groups)
    throw Error(op + std::to_string(a.groups) + " groups must divide " + std::to_string(c) + " input and " + std::to_string(k) +
                " output channels" + shapes);
  if (w[rank] != c / a.groups)
    throw Error(op + "weights expect " + std::to_string(w[rank] * a.groups) + " input channels, the image has " + std::to_string(c) +
                shapes);
  Shape y{x[0]};
  for (std::size_t i = 0; i < rank; i++) {
    if (a.stride[i] < 1 || a.dilation[i] < 1)
      throw Error(op + "stride and dilation must be at least 1, they are" + to_text(Attributes(a)) + shapes);
    if (a.pad_before[i] < 0 || a.pad_after[i] < 0)
      throw Error(op + "padding must not be negative, it is" + to_text(Attributes(a)) + shapes);
    const std::int64_t room = x[i + 1] + a.pad_before[i] + a.pad_after[i] - a.dilation[i] * (w[i] - 1) - 1;
    if (room < 0)
      throw Error(op + "the kernel reaches over " + std::to_string(a.dilation[i] * (w[i] - 1) + 1) + " pixels, the padded image has " +
                  std::to_string(x[i + 1] + a.pad_before[i] + a.pad_after[i]) + " along spatial axis " + std::to_string(i) + shapes);
    y.push_back(room / a.stride[i] + 1);
  }
  y.push_back(k);
  return y;
}

std::vector<TensorType> infer_conv2d(const Node& node) {
  expect_f32(node, 2);
  return {{result_shape("conv2d", node.inputs[0].shape(), node.inputs[1].shape(), node.as<ConvAttributes>()), DType::f32}};
}

std::vector<TensorType> infer_transpose(const Node& node) {
  expect_f32(node, 2);
  const auto& a = node.as<ConvAttributes>();
  const Shape &y = node.inputs[0].shape(), &w = node.inputs[1].shape();
  const Shape expected = result_shape("conv2d_transpose", a.result, w, a);
  if (y.size() == w.size() && y.back() != w.back())
    throw Error("conv2d_transpose: weights expect " + std::to_string(w.back()) + " channels, y has " + std::to_string(y.back()) + " " +
                describe_conv("y", y, w));
  if (y != expected)
    throw Error("conv2d_transpose: an image " + to_text(a.result) + " comes from y " + to_text(expected) + ", y is " + to_text(y) + " " +
                describe_conv("y", y, w));
  return {{a.result, DType::f32}};
}

std::vector<TensorType> infer_weight_grad(const Node& node) {
  expect_f32(node, 2);
  const auto& a = node.as<ConvAttributes>();
  const Shape &x = node.inputs[0].shape(), &dy = node.inputs[1].shape();
  const Shape expected = result_shape("conv2d_weight_grad", x, a.result, a);
  if (dy != expected)
    throw Error("conv2d_weight_grad: x and weights give y " + to_text(expected) + ", dy is " + to_text(dy) + " " +
                describe_conv("x", x, a.result));
  return {{a.result, DType::f32}};
}

Gradients gradient_conv2d(Graph& graph, Tensor self, std::span<const Tensor> d) {
  const Node& node = graph.node(self);
  const auto& a = node.as<ConvAttributes>();
  const Tensor x = node.inputs[0], w = node.inputs[1];
  return {conv2d_transpose(d[0], w, a, x.shape()), conv2d_weight_grad(x, d[0], a, w.shape())};
}

Gradients gradient_transpose(Graph& graph, Tensor self, std::span<const Tensor> d) {
  const Node& node = graph.node(self);
  const auto& a = node.as<ConvAttributes>();
  const Tensor y = node.inputs[0], w = node.inputs[1];
  return {conv2d(d[0], w, a), conv2d_weight_grad(d[0], y, a, w.shape())};
}

Gradients gradient_weight_grad(Graph& graph, Tensor self, std::span<const Tensor> d) {
  const Node& node = graph.node(self);
  const auto& a = node.as<ConvAttributes>();
  const Tensor x = node.inputs[0], dy = node.inputs[1];
  return {conv2d_transpose(dy, d[0], a, x.shape()), conv2d(x, d[0], a)};
}

Geometry geometry(const Shape& x, const Shape& w, const Shape& y, const ConvAttributes& a) {
  const std::size_t rank = x.size() - 2;
  Geometry g;
  g.n = x[0], g.c = x[rank + 1], g.k = y[rank + 1], g.groups = a.groups;
  for (std::size_t i = 0; i < rank; i++) {
    g.image[i] = x[i + 1], g.kernel[i] = w[i], g.result[i] = y[i + 1];
    g.stride[i] = a.stride[i], g.pad[i] = a.pad_before[i], g.dilation[i] = a.dilation[i];
  }
  return g;
}

/// Calls f(first channel of the image pixel, of the result pixel, first weight of the tap) for each pair that meets.
template <class F>
void visit_taps(const Geometry& g, F f) {
  for (std::int64_t n = 0; n < g.n; n++)
    for (std::int64_t p0 = 0; p0 < g.result[0]; p0++)
      for (std::int64_t p1 = 0; p1 < g.result[1]; p1++)
        for (std::int64_t p2 = 0; p2 < g.result[2]; p2++)
          for (std::int64_t r0 = 0; r0 < g.kernel[0]; r0++)
            for (std::int64_t r1 = 0; r1 < g.kernel[1]; r1++)
              for (std::int64_t r2 = 0; r2 < g.kernel[2]; r2++) {
                const std::int64_t h0 = p0 * g.stride[0] + r0 * g.dilation[0] - g.pad[0];
                const std::int64_t h1 = p1 * g.stride[1] + r1 * g.dilation[1] - g.pad[1];
                const std::int64_t h2 = p2 * g.stride[2] + r2 * g.dilation[2] - g.pad[2];
                if (h0 < 0 || h1 < 0 || h2 < 0 || h0 >= g.image[0] || h1 >= g.image[1] || h2 >= g.image[2]) continue;
                const std::int64_t pixel = ((n * g.image[0] + h0) * g.image[1] + h1) * g.image[2] + h2;
                const std::int64_t result = ((n * g.result[0] + p0) * g.result[1] + p1) * g.result[2] + p2;
                const std::int64_t tap = (r0 * g.kernel[1] + r1) * g.kernel[2] + r2;
                f(pixel * g.c, result * g.k, tap * (g.c / g.groups) * g.k);
              }
}

/// Calls f(image element, first result element, first weight, count): one input channel meets `count` output channels.
template <class F>
void visit_channels(const Geometry& g, F f) {
  const std::int64_t c_group = g.c / g.groups, k_group = g.k / g.groups;
  visit_taps(g, [&](std::int64_t x, std::int64_t y, std::int64_t w) {
    for (std::int64_t group = 0; group < g.groups; group++)
      for (std::int64_t c = 0; c < c_group; c++) f(x + group * c_group + c, y + group * k_group, w + c * g.k + group * k_group, k_group);
  });
}

void evaluate_conv2d(const Node& node, std::span<const Array* const> inputs, std::span<Array> outputs) {
  const double *x = inputs[0]->values.data(), *w = inputs[1]->values.data();
  double* y = outputs[0].values.data();
  visit_channels(geometry(inputs[0]->type.shape, inputs[1]->type.shape, outputs[0].type.shape, node.as<ConvAttributes>()),
                 [&](std::int64_t xi, std::int64_t yi, std::int64_t wi, std::int64_t count) {
                   for (std::int64_t k = 0; k < count; k++) y[yi + k] += x[xi] * w[wi + k];
                 });
}

void evaluate_transpose(const Node& node, std::span<const Array* const> inputs, std::span<Array> outputs) {
  const double *y = inputs[0]->values.data(), *w = inputs[1]->values.data();
  double* x = outputs[0].values.data();
  visit_channels(geometry(outputs[0].type.shape, inputs[1]->type.shape, inputs[0]->type.shape, node.as<ConvAttributes>()),
                 [&](std::int64_t xi, std::int64_t yi, std::int64_t wi, std::int64_t count) {
                   double sum = 0;
                   for (std::int64_t k = 0; k < count; k++) sum += y[yi + k] * w[wi + k];
                   x[xi] += sum;
                 });
}

void evaluate_weight_grad(const Node& node, std::span<const Array* const> inputs, std::span<Array> outputs) {
  const double *x = inputs[0]->values.data(), *dy = inputs[1]->values.data();
  double* w = outputs[0].values.data();
  visit_channels(geometry(inputs[0]->type.shape, outputs[0].type.shape, inputs[1]->type.shape, node.as<ConvAttributes>()),
                 [&](std::int64_t xi, std::int64_t yi, std::int64_t wi, std::int64_t count) {
                   for (std::int64_t k = 0; k < count; k++) w[wi + k] += x[xi] * dy[yi + k];
                 });
}

ConvAttributes with_result(ConvAttributes attributes, Shape result) {
  attributes.result = std::move(result);
  return attributes;
}

}  // namespace

const OpRow kConv2dRow{"conv2d", infer_conv2d, gradient_conv2d, evaluate_conv2d};
const OpRow kConv2dTransposeRow{"conv2d_transpose", infer_transpose, gradient_transpose, evaluate_transpose};
const OpRow kConv2dWeightGradRow{"conv2d_weight_grad", infer_weight_grad, gradient_weight_grad, evaluate_weight_grad};

ConvAttributes conv_attributes(const ConvSettings& settings, int spatial_rank) {
  if (spatial_rank < 1 || spatial_rank > 3) throw Error("conv2d: the spatial rank must be 1 to 3, it is " + std::to_string(spatial_rank));
  ConvAttributes attributes;
  for (std::size_t i = 0; i < static_cast<std::size_t>(spatial_rank); i++) {
    attributes.stride[i] = settings.stride;
    attributes.pad_before[i] = attributes.pad_after[i] = settings.pad;
    attributes.dilation[i] = settings.dilation;
  }
  return attributes;
}

Tensor conv2d(Tensor x, Tensor w, const ConvAttributes& attributes) {
  return x.graph->add(kConv2dRow, {x, w}, with_result(attributes, {}));
}

Tensor conv2d_transpose(Tensor y, Tensor w, const ConvAttributes& attributes, const Shape& image) {
  return y.graph->add(kConv2dTransposeRow, {y, w}, with_result(attributes, image));
}

Tensor conv2d_weight_grad(Tensor x, Tensor dy, const ConvAttributes& attributes, const Shape& weights) {
  return x.graph->add(kConv2dWeightGradRow, {x, dy}, with_result(attributes, weights));
}

}  // namespace gouache
