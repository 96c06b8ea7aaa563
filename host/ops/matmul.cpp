// matmul: y [B..., M, N] = a [B..., M, K] b [B..., K, N]; transposed operands are stored [B..., K, M] and [B..., N, K].
#include <numeric>

#include "host/ops/check.h"
#include "host/ops/ops.h"
#include "host/ops/rows.h"

namespace gouache {
namespace {

struct Sizes {
  std::int64_t batch, m, k, n;
};

std::vector<TensorType> infer(const Node& node) {
  expect_f32(node, 2);
  const auto& [ta, tb] = node.as<MatmulAttributes>();
  const Shape &a = node.inputs[0].shape(), &b = node.inputs[1].shape();
  const std::size_t rank = a.size();
  if (rank < 2 || b.size() != rank) refuse(node, "operands need the same rank of at least 2");
  for (std::size_t i = 0; i + 2 < rank; i++)
    if (a[i] != b[i]) refuse(node, "batch axis " + std::to_string(i) + " is " + std::to_string(a[i]) + " and " + std::to_string(b[i]));
  const std::int64_t k = a[rank - (ta ? 2 : 1)], k_b = b[rank - (tb ? 1 : 2)];
  if (k != k_b)
    refuse(node, "the left operand has " + std::to_string(k) + " inner elements, the right one " + std::to_string(k_b) +
                     to_text(node.attributes));
  Shape shape(a.begin(), a.end() - 2);
  shape.push_back(a[rank - (ta ? 1 : 2)]);
  shape.push_back(b[rank - (tb ? 2 : 1)]);
  return {{shape, DType::f32}};
}

// d op(a) = dy op(b)^T and d op(b) = op(a)^T dy, written so that NN, NT and TN suffice.
Gradients gradient_rule(Graph& graph, Tensor self, std::span<const Tensor> d_outputs) {
  const Node& node = graph.node(self);
  const auto& [ta, tb] = node.as<MatmulAttributes>();
  const Tensor a = node.inputs[0], b = node.inputs[1], dy = d_outputs[0];
  return {ta ? matmul(b, dy, tb, true) : matmul(dy, b, false, !tb), tb ? matmul(dy, a, true, ta) : matmul(a, dy, !ta, false)};
}

void evaluate_rule(const Node& node, std::span<const Array* const> inputs, std::span<Array> outputs) {
  const auto& [ta, tb] = node.as<MatmulAttributes>();
  const Shape &a_shape = inputs[0]->type.shape, &y_shape = outputs[0].type.shape;
  const std::size_t rank = y_shape.size();
  const Sizes s{element_count(Shape(y_shape.begin(), y_shape.end() - 2)), y_shape[rank - 2], a_shape[rank - (ta ? 2 : 1)],
                y_shape[rank - 1]};
  for (std::int64_t batch = 0; batch < s.batch; batch++) {
    const double* a = inputs[0]->values.data() + batch * s.m * s.k;
    const double* b = inputs[1]->values.data() + batch * s.k * s.n;
    double* y = outputs[0].values.data() + batch * s.m * s.n;
    for (std::int64_t m = 0; m < s.m; m++)
      for (std::int64_t k = 0; k < s.k; k++) {
        const double left = a[ta ? k * s.m + m : m * s.k + k];
        const double* right = b + (tb ? k : k * s.n);
        const std::int64_t stride = tb ? s.k : 1;
        for (std::int64_t n = 0; n < s.n; n++) y[m * s.n + n] += left * right[n * stride];
      }
  }
}

}  // namespace

const OpRow kMatmulRow{"matmul", infer, gradient_rule, evaluate_rule};

Tensor matmul(Tensor a, Tensor b, bool transpose_a, bool transpose_b) {
  if (!transpose_a || !transpose_b) return a.graph->add(kMatmulRow, {a, b}, MatmulAttributes{transpose_a, transpose_b});
  const Tensor swapped = a.graph->add(kMatmulRow, {b, a}, MatmulAttributes{});  // a^T b^T = (b a)^T: kernels know NN, NT and TN
  std::vector<int> order(swapped.shape().size());
  std::iota(order.begin(), order.end(), 0);
  std::swap(order[order.size() - 1], order[order.size() - 2]);
  return permute(swapped, order);
}

}  // namespace gouache
