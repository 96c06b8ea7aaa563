// softmax: which share of the whole has each channel?  exp(x) over the sum of exp(x) along the last axis, the largest taken off first.
#include "host/ops/ops.h"
#include "host/ops/rows.h"

namespace gouache {
namespace {

int last_axis(Tensor x) { return static_cast<int>(x.shape().size()) - 1; }

// {x} -> {y}
std::vector<Tensor> body(Graph&, std::span<const Tensor> inputs, std::span<const float>) {
  const Tensor x = inputs[0];
  if (x.shape().empty()) throw Error("softmax: the tensor needs an axis, it is one value");
  const Tensor shares = exp(x - reduce_max(x, {last_axis(x)}));
  return {shares / sum(shares, {last_axis(x)})};
}

Gradients gradient_rule(Graph&, Tensor self, std::span<const Tensor> d_outputs) {
  const Tensor weighted = d_outputs[0] * self;
  return {weighted - self * sum(weighted, {last_axis(self)})};
}

}  // namespace

const CompositeRow kSoftmaxRow{"softmax", body, gradient_rule};

Tensor softmax(Tensor x) { return add_composite(*x.graph, kSoftmaxRow, {x}, {})[0]; }

}  // namespace gouache
