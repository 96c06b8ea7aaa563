// translate: how is every image of a batch shifted by an offset of its own?  x [N, H, W, C], offsets [N, 2] in pixels (down, right).
#include <cmath>

#include "host/ops/check.h"
#include "host/ops/ops.h"
#include "host/ops/rows.h"

namespace gouache {
namespace {

std::vector<TensorType> infer(const Node& node) {
  expect_f32(node, 2);
  const Shape &image = node.inputs[0].shape(), &offsets = node.inputs[1].shape();
  if (image.size() != 4) refuse(node, "the images must be [N, H, W, C]");
  if (offsets != Shape{image[0], 2}) refuse(node, "the offsets must be [" + std::to_string(image[0]) + ",2]");
  return {node.inputs[0].type()};
}

Gradients gradient_rule(Graph& graph, Tensor self, std::span<const Tensor> d_outputs) {
  return {translate(d_outputs[0], -graph.node(self).inputs[1]), Tensor{}};
}

void evaluate_rule(const Node&, std::span<const Array* const> inputs, std::span<Array> outputs) {
  const Shape& shape = inputs[0]->type.shape;
  const std::int64_t height = shape[1], width = shape[2], channels = shape[3];
  for (std::int64_t n = 0; n < shape[0]; n++) {
    const double* offset = &inputs[1]->values[static_cast<std::size_t>(2 * n)];
    const double down = std::floor(std::abs(offset[0]) + 0.5) * (offset[0] < 0 ? -1 : 1);
    const double right = std::floor(std::abs(offset[1]) + 0.5) * (offset[1] < 0 ? -1 : 1);
    for (std::int64_t i = 0; i < height; i++)
      for (std::int64_t j = 0; j < width; j++) {
        const double row = static_cast<double>(i) - down, column = static_cast<double>(j) - right;
        if (!(row >= 0 && row < static_cast<double>(height) && column >= 0 && column < static_cast<double>(width))) continue;
        const std::int64_t from = (n * height + static_cast<std::int64_t>(row)) * width + static_cast<std::int64_t>(column);
        const std::int64_t to = (n * height + i) * width + j;
        for (std::int64_t c = 0; c < channels; c++)
          outputs[0].values[static_cast<std::size_t>(to * channels + c)] = inputs[0]->values[static_cast<std::size_t>(from * channels + c)];
      }
  }
}

}  // namespace

const OpRow kTranslateRow{"translate", infer, gradient_rule, evaluate_rule};

Tensor translate(Tensor x, Tensor offsets) { return x.graph->add(kTranslateRow, {x, offsets}); }

}  // namespace gouache
