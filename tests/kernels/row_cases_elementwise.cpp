// Which fused elementwise programs is every row tried on?  Every function, every way to broadcast, odd sizes and long programs.
#include "host/graph/scalar_function.h"
#include "shaders/shared/interface.h"
#include "tests/kernels/row_cases.h"

namespace gouache::testing {
namespace {

/// Operands on which `function` is defined and not steep: roots, logarithms and powers of values above a half.
Tensor apply(Graph& g, const ScalarFunction& f, const Shape& shape) {
  Tensor a = in(g, "a", shape);
  const bool positive =
      f.function == FUNCTION_SQRT || f.function == FUNCTION_RSQRT || f.function == FUNCTION_LOG || f.function == FUNCTION_POWER;
  if (positive) a = abs(a) + 0.5f;
  if (f.function == FUNCTION_RECIPROCAL) a = select(step(a), a + 0.5f, a - 0.5f);
  if (f.arity == 1) return unary(f.function, a);
  const Tensor b = in(g, "b", shape);
  if (f.arity == 3) return select(relu(a), b, in(g, "c", shape));
  return binary(f.function, a, f.function == FUNCTION_DIVIDE ? abs(b) + 0.5f : b);
}

struct Broadcast {
  const char* name;
  Shape x;
  std::vector<Shape> others;
};

std::vector<Broadcast> broadcasts() {
  return {{"channel_of_5", {7, 5}, {{5}}},
          {"strided", {3, 5, 7, 6}, {{3, 1, 7, 1}}},
          {"strided_rows", {3, 5, 8}, {{3, 1, 1}, {5, 1}}},
          {"strided_vec4", {3, 5, 8}, {{3, 1, 8}}},
          {"channel_of_8", {9, 8}, {{8}}},
          {"channel_of_1", {9, 1}, {{1}}},
          {"scalar", {11}, {{}, {1}}},
          {"outer", {5, 1}, {{1, 7}}},
          {"outer_vec4", {5, 1}, {{1, 8}}},
          {"images", {2, 3, 5, 4}, {{3, 5, 1}, {2, 1, 1, 4}}},
          {"six_axes", {2, 3, 2, 3, 2, 3}, {{1, 3, 1, 3, 1, 3}}},
          {"four_full", {4, 6}, {{4, 6}, {4, 6}, {4, 6}}},
          {"four_with_channel", {3, 12}, {{12}, {3, 12}, {}}},
          // More than a workgroup's lanes take at once, the channel vector in every place.
          {"many_with_channel", {701, 12}, {{12}, {701, 12}}},
          {"many_with_channel_last", {701, 12}, {{701, 12}, {12}}},
          {"many_with_channels", {701, 12}, {{12}, {12}}},
          {"four_with_channels", {3, 5, 8}, {{8}, {8}, {3, 5, 8}}}};
}

std::vector<RowCase> sizes() {
  std::vector<RowCase> cases;
  for (const std::int64_t size : {3, 1, 4, 5, 1023, 4100, 65537})
    cases.push_back({"elementwise/size/" + std::to_string(size), "elementwise",
                     [size](Graph& g) { g.output("y", leaky_relu(in(g, "x", {size}), 0.2f)); }});
  return cases;
}

}  // namespace

std::vector<RowCase> elementwise_cases() {
  std::vector<RowCase> cases = sizes();
  for (const Broadcast& b : broadcasts())
    cases.push_back({std::string("elementwise/") + b.name, "elementwise", [b](Graph& g) {
                       Tensor y = in(g, "x", b.x);
                       for (std::size_t i = 0; i < b.others.size(); ++i) {
                         const Tensor other = in(g, ("other" + std::to_string(i)).c_str(), b.others[i]);
                         y = i % 2 ? y * other : y + other;
                       }
                       g.output("y", y);
                     }});
  for (int f = FUNCTION_IDENTITY + 1; f < FUNCTION_COUNT; ++f) {  // identity is simplified away
    const ScalarFunction& function = scalar_function(static_cast<std::uint8_t>(f));
    cases.push_back({std::string("elementwise/function/") + function.name, "elementwise", [&function](Graph& g) {
                       g.output("y", apply(g, function, {5, 12}));
                     }});
  }
  cases.push_back({"elementwise/twelve_steps", "elementwise", [](Graph& g) {
                     const Tensor x = in(g, "x", {7, 9}), gate = in(g, "gate", {7, 9});
                     g.output("y", softplus(sigmoid(x) - leaky_relu(gate, 0.2f)) * tanh(x + 0.25f) + sqrt(abs(gate) + 1.0f) * 0.5f);
                   }});
  return cases;
}

}  // namespace gouache::testing
