// batch_norm, batch_norm_gradient: how is a batch normalised a channel, and how do gradients pass?  Ioffe & Szegedy 2015,
// arXiv:1502.03167.  x [..., C], gamma and beta [C]; statistics [2, C] = mean, biased variance over all axes but the last. A batch of
// several groups, one behind the other, is normalised group by group with the same gamma and beta: statistics [2 groups, C].
#include <numeric>

#include "host/ops/ops.h"
#include "host/ops/rows.h"

namespace gouache {
namespace {

/// Parameters: epsilon, and how many groups there are unless it is one.
std::int64_t groups_of(std::span<const float> parameters) { return parameters.size() > 1 ? static_cast<std::int64_t>(parameters[1]) : 1; }

struct Normalised {
  Shape shape;            // of x: [groups, samples a group, ..., C], or as it is when there is one group
  std::vector<int> axes;  // of `shape`: all but the groups and the channels
  Tensor mean, variance;  // [groups, 1, ..., 1, C]
  Tensor inverse;         // 1 / sqrt(variance + epsilon)
  Tensor x_hat;           // of that shape
};

Normalised normalise(const char* name, Tensor x, Tensor gamma, std::span<const float> parameters) {
  const Shape& shape = x.shape();
  if (shape.size() < 2) throw Error(std::string(name) + ": the image must be [..., C] of rank 2 or more, it is " + to_text(shape));
  if (gamma.shape() != Shape{shape.back()})
    throw Error(std::string(name) + ": gamma must be [" + std::to_string(shape.back()) + "], it is " + to_text(gamma.shape()) + " (x " +
                to_text(shape) + ")");
  const std::int64_t groups = groups_of(parameters);
  if (groups < 1 || shape[0] % groups != 0)
    throw Error(std::string(name) + ": " + to_text(shape) + " is not " + std::to_string(groups) + " groups of as many samples each");
  Normalised n;
  n.shape = shape;
  n.axes.resize(shape.size() - 1);
  std::iota(n.axes.begin(), n.axes.end(), groups > 1 ? 1 : 0);
  if (groups > 1) {
    n.shape[0] /= groups;
    n.shape.insert(n.shape.begin(), groups);
    x = reshape(x, n.shape);
  }
  n.mean = mean(x, n.axes);
  const Tensor centred = x - n.mean;
  n.variance = mean(square(centred), n.axes);
  n.inverse = rsqrt(n.variance + parameters[0]);
  n.x_hat = centred * n.inverse;
  return n;
}

// {x, gamma, beta; epsilon, groups} -> {y, statistics}
std::vector<Tensor> body(Graph&, std::span<const Tensor> inputs, std::span<const float> parameters) {
  const Tensor x = inputs[0], gamma = inputs[1], beta = inputs[2];
  if (beta.shape() != gamma.shape())
    throw Error("batch_norm: gamma " + to_text(gamma.shape()) + " and beta " + to_text(beta.shape()) + " must agree (x " +
                to_text(x.shape()) + ")");
  const Normalised n = normalise("batch_norm", x, gamma, parameters);
  const std::int64_t groups = groups_of(parameters), channels = x.shape().back();
  const Shape row{groups, 1, channels};
  return {reshape(n.x_hat * gamma + beta, x.shape()),
          reshape(concat({reshape(n.mean, row), reshape(n.variance, row)}, 1), {2 * groups, channels})};
}

Gradients gradient_rule(Graph& graph, Tensor self, std::span<const Tensor> d_outputs) {
  if (!d_outputs[0] || d_outputs[1]) return body_gradient(graph, self, d_outputs);
  const Node& node = graph.node(self);
  const Tensor x = node.inputs[0], gamma = node.inputs[1], statistics{&graph, self.node, 1};
  return add_composite(graph, kBatchNormGradientRow, {d_outputs[0], x, gamma, statistics}, node.as<CompositeAttributes>().parameters);
}

// {dy, x, gamma, statistics; epsilon, groups} -> {dx, dgamma, dbeta}.  A kernel reads `statistics`; the body computes mean and variance
// from x again instead, so that its derivatives with respect to x are whole and second derivatives come out right.
std::vector<Tensor> gradient_body(Graph&, std::span<const Tensor> inputs, std::span<const float> parameters) {
  const Tensor x = inputs[1], gamma = inputs[2], statistics = inputs[3];
  Tensor dy = inputs[0];
  if (dy.shape() != x.shape() || statistics.shape() != Shape{2 * groups_of(parameters), x.shape().back()})
    throw Error("batch_norm_gradient: dy " + to_text(dy.shape()) + " and statistics " + to_text(statistics.shape()) + " do not fit x " +
                to_text(x.shape()));
  const Normalised n = normalise("batch_norm_gradient", x, gamma, parameters);
  dy = reshape(dy, n.shape);
  const Tensor factor = gamma * n.inverse, centred = dy - mean(dy, n.axes);
  const Tensor dx = factor * (centred - n.x_hat * mean(dy * n.x_hat, n.axes));
  return {reshape(dx, x.shape()), sum_to(dy * n.x_hat, gamma.shape()), sum_to(dy, gamma.shape())};
}

}  // namespace

const CompositeRow kBatchNormRow{"batch_norm", body, gradient_rule};
const CompositeRow kBatchNormGradientRow{"batch_norm_gradient", gradient_body, nullptr};

BatchNorm batch_norm(Tensor x, Tensor gamma, Tensor beta, float epsilon, int groups) {
  std::vector<float> parameters{epsilon};
  if (groups != 1) parameters.push_back(static_cast<float>(groups));
  const std::vector<Tensor> results = add_composite(*x.graph, kBatchNormRow, {x, gamma, beta}, parameters);
  return {results[0], results[1]};
}

}  // namespace gouache
