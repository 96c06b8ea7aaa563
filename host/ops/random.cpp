// random: which numbers does a step draw?  Counted by seed, stream, global sample and element; see philox.h.
#include "host/ops/check.h"
#include "host/ops/ops.h"
#include "host/ops/philox.h"
#include "host/ops/rows.h"
#include "shaders/shared/interface.h"

namespace gouache {
namespace {

std::vector<TensorType> infer(const Node& node) {
  expect_inputs(node, 1);
  if (node.inputs[0].type() != TensorType{{CONTROL_WORDS}, DType::u32})
    refuse(node, "the input must be the control record, u32 [" + std::to_string(CONTROL_WORDS) + "]");
  const auto& a = node.as<RandomAttributes>();
  if (a.shape.empty()) refuse(node, "the shape needs a sample axis");
  for (std::int64_t extent : a.shape)
    if (extent < 1) refuse(node, "every extent of the shape must be at least 1, it is " + to_text(a.shape));
  if (a.samples_per_step < 0 || a.samples_per_step > 0xffffffff || a.first_sample < 0)
    refuse(node, "samples a step must fit 32 bits and the first sample must not be negative, they are " +
                     std::to_string(a.samples_per_step) + " and " + std::to_string(a.first_sample));
  if (a.distribution != Distribution::permutation) return {{a.shape, DType::f32}};
  if (a.shape.size() != 1) refuse(node, "a permutation gives one index a sample, the shape is " + to_text(a.shape));
  if (a.count < 1 || a.count > 0x7fffffff) refuse(node, "a permutation needs a count in [1, 2^31), it is " + std::to_string(a.count));
  return {{a.shape, DType::u32}};
}

void evaluate_rule(const Node& node, std::span<const Array* const> inputs, std::span<Array> outputs) {
  const std::vector<double>& control = inputs[0]->values;
  const auto seed = static_cast<std::uint64_t>(control[CONTROL_SEED_LOW]) | static_cast<std::uint64_t>(control[CONTROL_SEED_HIGH]) << 32;
  const auto step = static_cast<std::uint32_t>(control[CONTROL_STEP]);
  for (std::size_t i = 0; i < outputs[0].values.size(); i++)
    outputs[0].values[i] = random_value(node.as<RandomAttributes>(), seed, step, static_cast<std::int64_t>(i));
}

}  // namespace

const OpRow kRandomRow{"random", infer, nullptr, evaluate_rule};

Tensor random(Tensor control, RandomAttributes attributes) {
  if (attributes.samples_per_step == 0 && !attributes.shape.empty()) attributes.samples_per_step = attributes.shape[0];
  return control.graph->add(kRandomRow, {control}, std::move(attributes));
}

}  // namespace gouache
