// gradient_norm, optimizer, advance_step: how does a training step change its state?  Updated in place; no gradients.
#include <bit>
#include <cmath>
#include <limits>

#include "host/ops/check.h"
#include "host/ops/ops.h"
#include "host/ops/rows.h"
#include "shaders/shared/interface.h"

namespace gouache {
namespace {

const TensorType& expect_control(const Node& node) {
  if (node.inputs.empty() || node.inputs[0].type() != TensorType{{CONTROL_WORDS}, DType::u32})
    refuse(node, "the first input must be the control record, u32 [" + std::to_string(CONTROL_WORDS) + "]");
  return node.inputs[0].type();
}

std::vector<std::pair<int, int>> control_in_place(const Node&) { return {{0, 0}}; }

std::vector<TensorType> infer_gradient_norm(const Node& node) {
  const TensorType& control = expect_control(node);
  if (node.inputs.size() < 2) refuse(node, "needs at least one gradient");
  for (std::size_t i = 1; i < node.inputs.size(); i++) expect_type(node, i, DType::f32);
  return {control, {{1}, DType::f32}};
}

void evaluate_gradient_norm(const Node&, std::span<const Array* const> inputs, std::span<Array> outputs) {
  outputs[0].values = inputs[0]->values;
  double sum = 0;
  bool finite = true;
  for (const Array* gradient : inputs.subspan(1))
    for (double value : gradient->values) {
      sum += value * value;
      finite = finite && std::isfinite(value);
    }
  const bool overflows = sum > std::numeric_limits<float>::max();
  outputs[1].values[0] = overflows ? std::numeric_limits<double>::infinity() : std::sqrt(sum);
  if (!finite || overflows) outputs[0].values[CONTROL_NOT_FINITE] = 1;
}

std::vector<TensorType> infer_advance_step(const Node& node) {
  expect_inputs(node, 1);
  return {expect_control(node)};
}

void evaluate_advance_step(const Node&, std::span<const Array* const> inputs, std::span<Array> outputs) {
  outputs[0].values = inputs[0]->values;
  double& step = outputs[0].values[CONTROL_STEP];
  if (outputs[0].values[CONTROL_NOT_FINITE] == 0) step = static_cast<double>(static_cast<std::uint32_t>(step) + 1u);
}

/// Where each group of P tensors begins among the inputs (-1: absent), and which of them are results.
struct Layout {
  int count, parameters, gradients, first = -1, second = -1, averages = -1, inputs;
  std::vector<int> results;
  explicit Layout(const OptimizerAttributes& a)
      : count(a.parameters), parameters(1), gradients(1 + a.parameters), inputs(1 + 2 * a.parameters) {
    results = {parameters};
    const auto append = [&](int& group) {
      group = inputs;
      inputs += count;
      results.push_back(group);
    };
    if (a.kind == OptimizerKind::adam) append(first), append(second);
    if (a.ema_decay > 0) append(averages);
  }
};

std::vector<TensorType> infer_optimizer(const Node& node) {
  expect_control(node);
  const auto& a = node.as<OptimizerAttributes>();
  if (a.parameters < 1) refuse(node, "needs at least one parameter");
  if (a.updates_per_step < 1 || a.update < 0 || a.update >= a.updates_per_step)
    refuse(node, "update " + std::to_string(a.update) + " must lie in [0, " + std::to_string(a.updates_per_step) + ")");
  const Layout layout(a);
  if (static_cast<int>(node.inputs.size()) != layout.inputs)
    refuse(node, std::to_string(a.parameters) + " parameters need " + std::to_string(layout.inputs) + " inputs, got " +
                     std::to_string(node.inputs.size()));
  for (int i = 1; i < layout.inputs; i++) {
    const auto input = static_cast<std::size_t>(i), parameter = static_cast<std::size_t>(1 + (i - 1) % a.parameters);
    expect_type(node, input, DType::f32);
    if (node.inputs[input].type() != node.inputs[parameter].type())
      throw Error("optimizer: input " + std::to_string(i) + " is " + describe(node.inputs[input].type()) + ", its parameter is " +
                  describe(node.inputs[parameter].type()));
  }
  std::vector<TensorType> outputs;
  for (int group : layout.results)
    for (int i = 0; i < a.parameters; i++) outputs.push_back(node.inputs[static_cast<std::size_t>(group + i)].type());
  return outputs;
}

// Adam: Kingma & Ba 2015, arXiv:1412.6980, algorithm 1.
void evaluate_optimizer(const Node& node, std::span<const Array* const> inputs, std::span<Array> outputs) {
  const auto& a = node.as<OptimizerAttributes>();
  const Layout layout(a);
  for (std::size_t r = 0; r < outputs.size(); r++)
    outputs[r].values =
        inputs[static_cast<std::size_t>(layout.results[r / static_cast<std::size_t>(a.parameters)] + static_cast<int>(r) % a.parameters)]
            ->values;
  const std::vector<double>& control = inputs[0]->values;
  if (control[CONTROL_NOT_FINITE] != 0) return;
  const double rate =
      static_cast<double>(a.rate) * static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(control[CONTROL_RATE])));
  const double t = control[CONTROL_STEP] * a.updates_per_step + a.update + 1;
  const double beta1 = a.beta1, beta2 = a.beta2, decay = a.ema_decay;
  const double correction1 = 1 - std::pow(beta1, t), correction2 = 1 - std::pow(beta2, t);
  const bool adam = a.kind == OptimizerKind::adam;
  for (int i = 0; i < a.parameters; i++) {
    const std::vector<double>& gradient = inputs[static_cast<std::size_t>(layout.gradients + i)]->values;
    const auto result = [&](int group) { return outputs[static_cast<std::size_t>(group * a.parameters + i)].values.data(); };
    double* parameter = result(0);
    double *first = adam ? result(1) : nullptr, *second = adam ? result(2) : nullptr;
    double* average = decay > 0 ? result(adam ? 3 : 1) : nullptr;
    for (std::size_t j = 0; j < gradient.size(); j++) {
      const double g = gradient[j];
      if (adam) {
        first[j] = beta1 * first[j] + (1 - beta1) * g;
        second[j] = beta2 * second[j] + (1 - beta2) * g * g;
        parameter[j] -= rate * (first[j] / correction1) / (std::sqrt(second[j] / correction2) + static_cast<double>(a.epsilon));
      } else {
        parameter[j] -= rate * g;
      }
      if (average) average[j] = decay * average[j] + (1 - decay) * parameter[j];
    }
  }
}

std::vector<std::pair<int, int>> optimizer_in_place(const Node& node) {
  const auto& a = node.as<OptimizerAttributes>();
  std::vector<std::pair<int, int>> pairs;
  for (int group : Layout(a).results)
    for (int i = 0; i < a.parameters; i++) pairs.emplace_back(static_cast<int>(pairs.size()), group + i);
  return pairs;
}

std::vector<Tensor> results_of(Tensor node) {
  std::vector<Tensor> results;
  for (std::size_t i = 0; i < node.graph->node(node).outputs.size(); i++)
    results.push_back({node.graph, node.node, static_cast<std::int32_t>(i)});
  return results;
}

}  // namespace

const OpRow kGradientNormRow{"gradient_norm", infer_gradient_norm, nullptr, evaluate_gradient_norm, control_in_place};
const OpRow kOptimizerRow{"optimizer", infer_optimizer, nullptr, evaluate_optimizer, optimizer_in_place};
const OpRow kAdvanceStepRow{"advance_step", infer_advance_step, nullptr, evaluate_advance_step, control_in_place};

std::pair<Tensor, Tensor> gradient_norm(Tensor control, std::vector<Tensor> gradients) {
  gradients.insert(gradients.begin(), control);
  const Tensor node = control.graph->add(kGradientNormRow, std::move(gradients));
  return {node, {node.graph, node.node, 1}};
}

std::vector<Tensor> optimizer(std::vector<Tensor> inputs, OptimizerAttributes attributes) {
  if (inputs.empty()) throw Error("optimizer: needs the control record and parameters");
  Graph& graph = *inputs[0].graph;
  return results_of(graph.add(kOptimizerRow, std::move(inputs), attributes));
}

Tensor advance_step(Tensor control) { return control.graph->add(kAdvanceStepRow, {control}); }

}  // namespace gouache
