// instance_norm: how is every image normalised by itself, a channel?  Ulyanov et al. 2016, arXiv:1607.08022.
// x [N, spatial extents, C], gamma and beta [C]; mean and biased variance over the spatial axes of each image.
#include <numeric>

#include "host/ops/ops.h"
#include "host/ops/rows.h"

namespace gouache {
namespace {

struct Normalised {
  Tensor inverse;         // 1 / sqrt(variance + epsilon), [N, 1, ..., 1, C]
  Tensor x_hat;           // as x
  std::vector<int> axes;  // the spatial ones
};

Normalised normalise(Tensor x, float epsilon) {
  Normalised n;
  n.axes.resize(x.shape().size() - 2);
  std::iota(n.axes.begin(), n.axes.end(), 1);
  const Tensor centred = x - mean(x, n.axes);
  n.inverse = rsqrt(mean(square(centred), n.axes) + epsilon);
  n.x_hat = centred * n.inverse;
  return n;
}

// {x, gamma, beta; epsilon} -> {y}
std::vector<Tensor> body(Graph&, std::span<const Tensor> inputs, std::span<const float> parameters) {
  const Tensor x = inputs[0], gamma = inputs[1], beta = inputs[2];
  if (x.shape().size() < 3) throw Error("instance_norm: the image must be [N, spatial extents, C], it is " + to_text(x.shape()));
  const Shape channels{x.shape().back()};
  if (gamma.shape() != channels || beta.shape() != channels)
    throw Error("instance_norm: gamma " + to_text(gamma.shape()) + " and beta " + to_text(beta.shape()) + " must be " + to_text(channels) +
                " (x " + to_text(x.shape()) + ")");
  return {normalise(x, parameters[0]).x_hat * gamma + beta};
}

// Base ops alone, half as many as the body's own derivative has; x_hat is made again from x, so that second derivatives are whole.
Gradients gradient_rule(Graph& graph, Tensor self, std::span<const Tensor> d_outputs) {
  const Node& node = graph.node(self);
  const Tensor dy = d_outputs[0], x = node.inputs[0], gamma = node.inputs[1], beta = node.inputs[2];
  const Normalised n = normalise(x, node.as<CompositeAttributes>().parameters[0]);
  const Tensor product = dy * n.x_hat;
  const Tensor dx = gamma * n.inverse * (dy - mean(dy, n.axes) - n.x_hat * mean(product, n.axes));
  if (gamma == beta) return {dx, sum_to(product + dy, gamma.shape()), {}};  // given twice: its whole gradient at its first place
  return {dx, sum_to(product, gamma.shape()), sum_to(dy, beta.shape())};
}

}  // namespace

const CompositeRow kInstanceNormRow{"instance_norm", body, gradient_rule};

Tensor instance_norm(Tensor x, Tensor gamma, Tensor beta, float epsilon) {
  return add_composite(*x.graph, kInstanceNormRow, {x, gamma, beta}, {epsilon})[0];
}

}  // namespace gouache
