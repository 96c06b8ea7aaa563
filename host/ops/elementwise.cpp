// Which elementwise functions are there, and what is each one's value and gradient?  One row a function.
#include <algorithm>
#include <cmath>

#include "host/graph/scalar_function.h"
#include "host/ops/check.h"
#include "host/ops/ops.h"
#include "host/ops/rows.h"
#include "host/ops/strided.h"
#include "shaders/shared/interface.h"

namespace gouache {
namespace {

using Inputs = std::span<const Tensor>;

Tensor one_minus(Tensor x) { return x.graph->scalar(1.0f) - x; }

double sigmoid_of(double x) {
  const double e = std::exp(-std::fabs(x));
  return (x >= 0 ? 1.0 : e) / (1.0 + e);
}

// relu, leaky_relu, tanh, sigmoid, exp and the roots read their gradient off the result y, so that x need not be kept.
// Ties: maximum and minimum give all of dy to a.
constexpr ScalarFunction kFunctions[] = {
    {FUNCTION_IDENTITY, "identity", 1, [](double a, double, double) { return a; }, [](int, Tensor, Inputs, Tensor dy) { return dy; }},
    {FUNCTION_NEGATE, "negate", 1, [](double a, double, double) { return -a; }, [](int, Tensor, Inputs, Tensor dy) { return -dy; }},
    {FUNCTION_ABS, "abs", 1, [](double a, double, double) { return std::fabs(a); },
     [](int, Tensor, Inputs x, Tensor dy) { return dy * sign(x[0]); }},
    {FUNCTION_SIGN, "sign", 1, [](double a, double, double) { return a > 0   ? 1.0
                                                                     : a < 0 ? -1.0
                                                                             : 0.0; }, nullptr},
    {FUNCTION_SQUARE, "square", 1, [](double a, double, double) { return a * a; },
     [](int, Tensor, Inputs x, Tensor dy) { return dy * (2.0f * x[0]); }},
    {FUNCTION_SQRT, "sqrt", 1, [](double a, double, double) { return std::sqrt(a); },
     [](int, Tensor y, Inputs, Tensor dy) { return dy * 0.5f / y; }},
    {FUNCTION_RSQRT, "rsqrt", 1, [](double a, double, double) { return 1.0 / std::sqrt(a); },
     [](int, Tensor y, Inputs, Tensor dy) { return dy * (-0.5f * (y * square(y))); }},
    {FUNCTION_RECIPROCAL, "reciprocal", 1, [](double a, double, double) { return 1.0 / a; },
     [](int, Tensor y, Inputs, Tensor dy) { return -(dy * square(y)); }},
    {FUNCTION_EXP, "exp", 1, [](double a, double, double) { return std::exp(a); }, [](int, Tensor y, Inputs, Tensor dy) { return dy * y; }},
    {FUNCTION_LOG, "log", 1, [](double a, double, double) { return std::log(a); },
     [](int, Tensor, Inputs x, Tensor dy) { return dy / x[0]; }},
    {FUNCTION_TANH, "tanh", 1, [](double a, double, double) { return std::tanh(a); },
     [](int, Tensor y, Inputs, Tensor dy) { return dy * one_minus(square(y)); }},
    {FUNCTION_SIGMOID, "sigmoid", 1, [](double a, double, double) { return sigmoid_of(a); },
     [](int, Tensor y, Inputs, Tensor dy) { return dy * (y * one_minus(y)); }},
    {FUNCTION_SOFTPLUS, "softplus", 1, [](double a, double, double) { return std::max(a, 0.0) + std::log1p(std::exp(-std::fabs(a))); },
     [](int, Tensor, Inputs x, Tensor dy) { return dy * sigmoid(x[0]); }},
    {FUNCTION_RELU, "relu", 1, [](double a, double, double) { return a < 0 ? 0.0 : a; },
     [](int, Tensor y, Inputs, Tensor dy) { return dy * step(y); }},
    {FUNCTION_STEP, "step", 1, [](double a, double, double) { return a > 0 ? 1.0 : 0.0; }, nullptr},
    {FUNCTION_ADD, "add", 2, [](double a, double b, double) { return a + b; }, [](int, Tensor, Inputs, Tensor dy) { return dy; }},
    {FUNCTION_SUBTRACT, "subtract", 2, [](double a, double b, double) { return a - b; },
     [](int input, Tensor, Inputs, Tensor dy) { return input == 0 ? dy : -dy; }},
    {FUNCTION_MULTIPLY, "multiply", 2, [](double a, double b, double) { return a * b; },
     [](int input, Tensor, Inputs x, Tensor dy) { return dy * x[input == 0 ? 1 : 0]; }},
    {FUNCTION_DIVIDE, "divide", 2, [](double a, double b, double) { return a / b; },
     [](int input, Tensor y, Inputs x, Tensor dy) { return input == 0 ? dy / x[1] : -(dy * y / x[1]); }},
    {FUNCTION_MAXIMUM, "maximum", 2, [](double a, double b, double) { return std::max(a, b); },
     [](int input, Tensor, Inputs x, Tensor dy) { return dy * (input == 0 ? one_minus(greater(x[1], x[0])) : greater(x[1], x[0])); }},
    {FUNCTION_MINIMUM, "minimum", 2, [](double a, double b, double) { return std::min(a, b); },
     [](int input, Tensor, Inputs x, Tensor dy) { return dy * (input == 0 ? one_minus(greater(x[0], x[1])) : greater(x[0], x[1])); }},
    {FUNCTION_GREATER, "greater", 2, [](double a, double b, double) { return a > b ? 1.0 : 0.0; }, nullptr},
    {FUNCTION_LEAKY_RELU, "leaky_relu", 2, [](double a, double b, double) { return a > 0 ? a : b * a; },
     [](int input, Tensor y, Inputs x, Tensor dy) {
       return input == 0 ? dy * binary(FUNCTION_LEAKY_SLOPE, y, x[1]) : dy * minimum(x[0], x[0].graph->scalar(0.0f));
     }},
    {FUNCTION_LEAKY_SLOPE, "leaky_slope", 2, [](double a, double b, double) { return a > 0 ? 1.0 : b; },
     [](int input, Tensor, Inputs x, Tensor dy) { return input == 0 ? Tensor{} : dy * one_minus(step(x[0])); }},
    {FUNCTION_SELECT, "select", 3, [](double a, double b, double c) { return a != 0 ? b : c; },
     [](int input, Tensor, Inputs x, Tensor dy) {
       const Tensor zero = dy.graph->scalar(0.0f);
       return input == 0 ? Tensor{} : input == 1 ? select(x[0], dy, zero) : select(x[0], zero, dy);
     }},
    {FUNCTION_POWER, "power", 2, [](double a, double b, double) { return std::pow(a, b); },
     [](int input, Tensor y, Inputs x, Tensor dy) { return dy * (input == 0 ? x[1] * power(x[0], x[1] - 1.0f) : y * log(x[0])); }},
};

constexpr bool in_order() {
  for (int i = 0; i < FUNCTION_COUNT; i++)
    if (kFunctions[i].function != i) return false;
  return std::size(kFunctions) == FUNCTION_COUNT;
}
static_assert(in_order(), "row i of kFunctions is FUNCTION_* i");

const ScalarFunction& function_of(const Node& node) { return scalar_function(node.as<ElementwiseAttributes>().function); }

/// numpy's rule: shapes are aligned at the last axis; extents agree or one of them is 1.
Shape broadcast_shapes(const char* name, std::span<const Tensor> inputs) {
  Shape result;
  for (const Tensor& t : inputs) {
    const Shape& shape = t.shape();
    if (shape.size() > result.size()) result.insert(result.begin(), shape.size() - result.size(), 1);
    const std::size_t lead = result.size() - shape.size();
    for (std::size_t i = 0; i < shape.size(); i++) {
      std::int64_t& extent = result[lead + i];
      if (extent != shape[i] && extent != 1 && shape[i] != 1) {
        std::string list;
        for (const Tensor& u : inputs) list += (list.empty() ? "" : ", ") + to_text(u.shape());
        throw Error(std::string(name) + ": the shapes " + list + " do not broadcast together");
      }
      if (extent == 1) extent = shape[i];
    }
  }
  return result;
}

std::vector<TensorType> infer(const Node& node) {
  const ScalarFunction& function = function_of(node);
  if (node.inputs.size() != static_cast<std::size_t>(function.arity))
    throw Error(std::string(function.name) + ": takes " + std::to_string(function.arity) + " inputs, got " +
                std::to_string(node.inputs.size()));
  for (const Tensor& t : node.inputs)
    if (t.type().dtype != DType::f32) throw Error(std::string(function.name) + ": inputs must be f32 " + describe_inputs(node));
  return {{broadcast_shapes(function.name, node.inputs), DType::f32}};
}

Gradients gradient_rule(Graph& graph, Tensor self, std::span<const Tensor> d_outputs) {
  const Node& node = graph.node(self);
  const ScalarFunction& function = function_of(node);
  Gradients result(node.inputs.size());
  if (!function.gradient) return result;
  for (std::size_t i = 0; i < result.size(); i++) {
    if (graph.node(node.inputs[i]).op == &kConstantRow) continue;
    const Tensor d = function.gradient(static_cast<int>(i), self, node.inputs, d_outputs[0]);
    if (d) result[i] = sum_to(d, node.inputs[i].shape());
  }
  return result;
}

void evaluate_rule(const Node& node, std::span<const Array* const> inputs, std::span<Array> outputs) {
  const auto value = function_of(node).value;
  const Shape& shape = outputs[0].type.shape;
  std::array<Shape, 4> strides{strides_of(shape), Shape(shape.size(), 0), Shape(shape.size(), 0), Shape(shape.size(), 0)};
  const double zero = 0.0;
  const double* data[3] = {&zero, &zero, &zero};
  for (std::size_t i = 0; i < inputs.size(); i++) {
    strides[i + 1] = broadcast_strides(inputs[i]->type.shape, shape);
    data[i] = inputs[i]->values.data();
  }
  double* out = outputs[0].values.data();
  visit_elements(shape, strides, [&](const auto& at) { out[at[0]] = value(data[0][at[1]], data[1][at[2]], data[2][at[3]]); });
}

/// Adds the node, unless constants make it needless: constants of one value fold, x * 1 is x, and a constant of one value
/// that does not widen the result is written as a scalar (the planner makes immediates of those).
Tensor elementwise(std::uint8_t function, std::vector<Tensor> inputs) {
  const ScalarFunction& row = scalar_function(function);
  for (const Tensor& t : inputs)
    if (!t) throw Error(std::string(row.name) + ": an input is empty");
  Graph& graph = *inputs[0].graph;
  const Shape shape = broadcast_shapes(row.name, inputs);
  std::array<double, 3> constants{};
  bool all_constant = true;
  for (std::size_t i = 0; i < inputs.size(); i++) {
    const float* value = uniform_value(inputs[i]);
    all_constant = all_constant && value;
    if (!value) continue;
    constants[i] = *value;
    const std::size_t other = i == 0 ? 1 : 0;
    if (function == FUNCTION_MULTIPLY && *value == 1.0f && inputs[other].shape() == shape && inputs[other].type().dtype == DType::f32)
      return inputs[other];
  }
  if (all_constant) return graph.constant(shape, {static_cast<float>(row.value(constants[0], constants[1], constants[2]))});
  for (std::size_t i = 0; i < inputs.size(); i++) {
    const float* value = uniform_value(inputs[i]);
    if (!value || inputs[i].shape().empty()) continue;
    std::vector<Tensor> others = inputs;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    if (broadcast_shapes(row.name, others) == shape) inputs[i] = graph.scalar(*value);
  }
  return graph.add(kElementwiseRow, std::move(inputs), ElementwiseAttributes{function});
}

}  // namespace

const OpRow kElementwiseRow{"elementwise", infer, gradient_rule, evaluate_rule};

const ScalarFunction& scalar_function(std::uint8_t function) {
  if (function >= FUNCTION_COUNT) throw Error(ErrorCode::internal, "there is no elementwise function number " + std::to_string(function));
  return kFunctions[function];
}

const float* uniform_value(Tensor t) {
  const Node& node = t.graph->node(t);
  const auto* constant = std::get_if<ConstantAttributes>(&node.attributes);
  return constant && constant->values.size() == 1 ? constant->values.data() : nullptr;
}

Tensor unary(std::uint8_t function, Tensor x) { return elementwise(function, {x}); }
Tensor binary(std::uint8_t function, Tensor a, Tensor b) { return elementwise(function, {a, b}); }
Tensor operator+(Tensor a, Tensor b) { return binary(FUNCTION_ADD, a, b); }
Tensor operator-(Tensor a, Tensor b) { return binary(FUNCTION_SUBTRACT, a, b); }
Tensor operator*(Tensor a, Tensor b) { return binary(FUNCTION_MULTIPLY, a, b); }
Tensor operator/(Tensor a, Tensor b) { return binary(FUNCTION_DIVIDE, a, b); }
Tensor operator+(Tensor a, float b) { return a + a.graph->scalar(b); }
Tensor operator-(Tensor a, float b) { return a - a.graph->scalar(b); }
Tensor operator*(Tensor a, float b) { return a * a.graph->scalar(b); }
Tensor operator*(float a, Tensor b) { return b * a; }
Tensor operator/(Tensor a, float b) { return a / a.graph->scalar(b); }
Tensor operator-(Tensor x) { return unary(FUNCTION_NEGATE, x); }
Tensor abs(Tensor x) { return unary(FUNCTION_ABS, x); }
Tensor sign(Tensor x) { return unary(FUNCTION_SIGN, x); }
Tensor square(Tensor x) { return unary(FUNCTION_SQUARE, x); }
Tensor sqrt(Tensor x) { return unary(FUNCTION_SQRT, x); }
Tensor rsqrt(Tensor x) { return unary(FUNCTION_RSQRT, x); }
Tensor reciprocal(Tensor x) { return unary(FUNCTION_RECIPROCAL, x); }
Tensor exp(Tensor x) { return unary(FUNCTION_EXP, x); }
Tensor log(Tensor x) { return unary(FUNCTION_LOG, x); }
Tensor tanh(Tensor x) { return unary(FUNCTION_TANH, x); }
Tensor sigmoid(Tensor x) { return unary(FUNCTION_SIGMOID, x); }
Tensor softplus(Tensor x) { return unary(FUNCTION_SOFTPLUS, x); }
Tensor relu(Tensor x) { return unary(FUNCTION_RELU, x); }
Tensor step(Tensor x) { return unary(FUNCTION_STEP, x); }
Tensor maximum(Tensor a, Tensor b) { return binary(FUNCTION_MAXIMUM, a, b); }
Tensor minimum(Tensor a, Tensor b) { return binary(FUNCTION_MINIMUM, a, b); }
Tensor greater(Tensor a, Tensor b) { return binary(FUNCTION_GREATER, a, b); }
Tensor power(Tensor a, Tensor b) { return binary(FUNCTION_POWER, a, b); }
Tensor select(Tensor condition, Tensor a, Tensor b) { return elementwise(FUNCTION_SELECT, {condition, a, b}); }

Tensor leaky_relu(Tensor x, float slope) {
  if (!(slope >= 0.0f && slope <= 1.0f)) throw Error("leaky_relu: the slope must be in [0, 1], it is " + std::to_string(slope));
  return binary(FUNCTION_LEAKY_RELU, x, x.graph->scalar(slope));
}

}  // namespace gouache
