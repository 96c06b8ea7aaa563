// resample: how do images grow by repeating pixels, and shrink by summing them?  x [N, spatial..., C].
#include "host/ops/check.h"
#include "host/ops/ops.h"
#include "host/ops/rows.h"
#include "host/ops/strided.h"

namespace gouache {
namespace {

std::vector<TensorType> infer(const Node& node) {
  expect_f32(node, 1);
  const auto& [kind, factor] = node.as<ResampleAttributes>();
  TensorType type = node.inputs[0].type();
  if (type.shape.size() < 3) refuse(node, "the image must be [N, spatial extents, C]");
  if (factor < 1) refuse(node, "the factor must be at least 1, it is " + std::to_string(factor));
  for (std::size_t i = 1; i + 1 < type.shape.size(); i++) {
    if (kind == ResampleKind::nearest_up) {
      type.shape[i] *= factor;
    } else {
      if (type.shape[i] % factor) refuse(node, "the factor " + std::to_string(factor) + " must divide every spatial extent");
      type.shape[i] /= factor;
    }
  }
  return {type};
}

Gradients gradient_rule(Graph& graph, Tensor self, std::span<const Tensor> d_outputs) {
  const auto [kind, factor] = graph.node(self).as<ResampleAttributes>();
  return {resample(d_outputs[0], kind == ResampleKind::nearest_up ? ResampleKind::sum_down : ResampleKind::nearest_up, factor)};
}

void evaluate_rule(const Node& node, std::span<const Array* const> inputs, std::span<Array> outputs) {
  const auto& [kind, factor] = node.as<ResampleAttributes>();
  const bool up = kind == ResampleKind::nearest_up;
  const Shape& small = up ? inputs[0]->type.shape : outputs[0].type.shape;
  const Shape& large = up ? outputs[0].type.shape : inputs[0]->type.shape;
  // Every spatial axis of the large image splits into [small extent, factor]; the small one does not move along the factor.
  const Shape small_strides = strides_of(small), large_strides = strides_of(large);
  Shape shape{small[0]};
  std::array<Shape, 2> strides{Shape{small_strides[0]}, Shape{large_strides[0]}};
  for (std::size_t i = 1; i < small.size(); i++) {
    const bool spatial = i + 1 < small.size();
    const std::int64_t f = spatial ? factor : 1;
    shape.push_back(small[i]), strides[0].push_back(small_strides[i]), strides[1].push_back(large_strides[i] * f);
    if (!spatial) break;
    shape.push_back(f), strides[0].push_back(0), strides[1].push_back(large_strides[i]);
  }
  const double* x = inputs[0]->values.data();
  double* y = outputs[0].values.data();
  if (up)
    visit_elements(shape, strides, [&](const auto& at) { y[at[1]] = x[at[0]]; });
  else
    visit_elements(shape, strides, [&](const auto& at) { y[at[0]] += x[at[1]]; });
}

}  // namespace

const OpRow kResampleRow{"resample", infer, gradient_rule, evaluate_rule};

Tensor resample(Tensor x, ResampleKind kind, int factor) { return x.graph->add(kResampleRow, {x}, ResampleAttributes{kind, factor}); }

Tensor pixel_shuffle(Tensor x, int factor) {
  const Shape& s = x.shape();
  if (s.size() != 4 || factor < 1 || s[3] % (factor * factor) != 0)
    throw Error("pixel_shuffle: factor " + std::to_string(factor) +
                " needs an image [N, H, W, C] whose channels its square divides, it is " + to_text(s));
  const std::int64_t f = factor, channels = s[3] / (f * f);
  const Shape blocks{s[0], s[1], s[2], f, f, channels}, image{s[0], s[1] * f, s[2] * f, channels};
  return reshape(permute(reshape(x, blocks), {0, 1, 3, 2, 4, 5}), image);
}

}  // namespace gouache
