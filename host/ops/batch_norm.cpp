// batch_norm, batch_norm_gradient: how is a batch normalised a channel, and how do gradients pass?  Ioffe & Szegedy 2015,
// arXiv:1502.03167.  x [..., C], gamma and beta [C]; statistics [2, C] = mean, biased variance over all axes but the last.
#include <numeric>

#include "host/ops/ops.h"
#include "host/ops/rows.h"

namespace gouache {
namespace {

struct Normalised {
  Tensor mean, variance;  // [1, ..., 1, C]
  Tensor inverse;         // 1 / sqrt(variance + epsilon)
  Tensor x_hat;           // as x
  std::vector<int> axes;  // all but the last
};

Normalised normalise(const char* name, Tensor x, Tensor gamma, float epsilon) {
  const Shape& shape = x.shape();
  if (shape.size() < 2) throw Error(std::string(name) + ": the image must be [..., C] of rank 2 or more, it is " + to_text(shape));
  if (gamma.shape() != Shape{shape.back()})
    throw Error(std::string(name) + ": gamma must be [" + std::to_string(shape.back()) + "], it is " + to_text(gamma.shape()) + " (x " +
                to_text(shape) + ")");
  Normalised n;
  n.axes.resize(shape.size() - 1);
  std::iota(n.axes.begin(), n.axes.end(), 0);
  n.mean = mean(x, n.axes);
  const Tensor centred = x - n.mean;
  n.variance = mean(square(centred), n.axes);
  n.inverse = rsqrt(n.variance + epsilon);
  n.x_hat = centred * n.inverse;
  return n;
}

// {x, gamma, beta; epsilon} -> {y, statistics}
std::vector<Tensor> body(Graph&, std::span<const Tensor> inputs, std::span<const float> parameters) {
  const Tensor x = inputs[0], gamma = inputs[1], beta = inputs[2];
  if (beta.shape() != gamma.shape())
    throw Error("batch_norm: gamma " + to_text(gamma.shape()) + " and beta " + to_text(beta.shape()) + " must agree (x " +
                to_text(x.shape()) + ")");
  const Normalised n = normalise("batch_norm", x, gamma, parameters[0]);
  const Shape row{1, x.shape().back()};
  return {n.x_hat * gamma + beta, concat({reshape(n.mean, row), reshape(n.variance, row)}, 0)};
}

Gradients gradient_rule(Graph& graph, Tensor self, std::span<const Tensor> d_outputs) {
  if (!d_outputs[0] || d_outputs[1]) return body_gradient(graph, self, d_outputs);
  const Node& node = graph.node(self);
  const Tensor x = node.inputs[0], gamma = node.inputs[1], statistics{&graph, self.node, 1};
  return add_composite(graph, kBatchNormGradientRow, {d_outputs[0], x, gamma, statistics}, node.as<CompositeAttributes>().parameters);
}

// {dy, x, gamma, statistics; epsilon} -> {dx, dgamma, dbeta}.  A kernel reads `statistics`; the body computes mean and variance
// from x again instead, so that its derivatives with respect to x are whole and second derivatives come out right.
std::vector<Tensor> gradient_body(Graph&, std::span<const Tensor> inputs, std::span<const float> parameters) {
  const Tensor dy = inputs[0], x = inputs[1], gamma = inputs[2], statistics = inputs[3];
  if (dy.shape() != x.shape() || statistics.shape() != Shape{2, x.shape().back()})
    throw Error("batch_norm_gradient: dy " + to_text(dy.shape()) + " and statistics " + to_text(statistics.shape()) + " do not fit x " +
                to_text(x.shape()));
  const Normalised n = normalise("batch_norm_gradient", x, gamma, parameters[0]);
  const Tensor factor = gamma * n.inverse, centred = dy - mean(dy, n.axes);
  const Tensor dx = factor * (centred - n.x_hat * mean(dy * n.x_hat, n.axes));
  return {dx, sum_to(dy * n.x_hat, gamma.shape()), sum_to(dy, gamma.shape())};
}

}  // namespace

const CompositeRow kBatchNormRow{"batch_norm", body, gradient_rule};
const CompositeRow kBatchNormGradientRow{"batch_norm_gradient", gradient_body, nullptr};

BatchNorm batch_norm(Tensor x, Tensor gamma, Tensor beta, float epsilon) {
  const std::vector<Tensor> results = add_composite(*x.graph, kBatchNormRow, {x, gamma, beta}, {epsilon});
  return {results[0], results[1]};
}

}  // namespace gouache
