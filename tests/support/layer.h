// What is the smallest thing worth running?  One dense layer with its plan, its state, and its results on the CPU.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "host/kernels/family.h"
#include "host/ops/ops.h"
#include "host/runtime/executable.h"

namespace gouache::testing {

inline std::vector<float> floats(std::int64_t count, float first) {
  std::vector<float> values;
  for (std::int64_t i = 0; i < count; i++) values.push_back(first + 0.125f * float(i * 7 % 23 - 11));
  return values;
}

inline std::span<const std::byte> bytes_of(const std::vector<float>& values) { return std::as_bytes(std::span(values)); }

inline std::vector<float> read(const Executable& executable, const std::string& name) {
  const std::span<const std::byte> bytes = executable.output(name);
  const float* first = reinterpret_cast<const float*>(bytes.data());
  return {first, first + bytes.size() / sizeof(float)};
}

inline std::vector<float> read(const State& state, const std::string& name) {
  std::vector<float> values(std::size_t(state.layout().at(name).type.count()));
  state.download(name, std::as_writable_bytes(std::span(values)));
  return values;
}

/// y = relu(x w + b) / 2 and w <- w + 1: two matmul-sized launches, an input, an output, a constant, and state that is written.
constexpr std::int64_t kRows = 6, kInner = 8, kColumns = 12;

inline StateLayout layer_layout() {
  StateLayout layout;
  layout.add_block("layer", {{"w", {{kInner, kColumns}, DType::f32}}, {"b", {{kColumns}, DType::f32}}});
  layout.add_block("other", {{"unused", {{4}, DType::f32}}});
  return layout;
}

inline Plan layer_plan(const Device& device, const StateLayout& layout, bool update, PlanOptions options = {}) {
  Graph graph;
  const Tensor x = graph.input("x", {{kRows, kInner}, DType::f32});
  const Tensor w = graph.variable("w", {{kInner, kColumns}, DType::f32});
  const Tensor b = graph.variable("b", {{kColumns}, DType::f32});
  graph.output("y", relu(matmul(x, w) + b) * graph.constant({kRows, kColumns}, std::vector<float>(kRows * kColumns, 0.5f)));
  if (update) graph.update(w, w + 1.0f);
  options.name = "layer";
  return make_plan(graph, layout, Catalog(device.caps()), options);
}

/// The same on the CPU.
inline std::vector<float> layer(const std::vector<float>& x, const std::vector<float>& w, const std::vector<float>& b) {
  std::vector<float> y;
  for (std::int64_t r = 0; r < kRows; r++)
    for (std::int64_t c = 0; c < kColumns; c++) {
      double sum = b[std::size_t(c)];
      for (std::int64_t k = 0; k < kInner; k++) sum += double(x[std::size_t(r * kInner + k)]) * double(w[std::size_t(k * kColumns + c)]);
      y.push_back(float(std::max(sum, 0.0) / 2));
    }
  return y;
}

/// Sums of eight products of eighths with values below 4 are exact in fp32, so results are equal, whatever the order.
inline void expect_same(const std::vector<float>& got, const std::vector<float>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); i++) ASSERT_EQ(got[i], expected[i]) << "element " << i;
}

/// A layer with its state, on any device.
struct Layer {
  explicit Layer(Device& on, bool update = false, PlanOptions options = {})
      : device(on), state(on, layer_layout()), plan(layer_plan(on, state.layout(), update, options)), executable(on, state, plan) {
    state.upload("w", bytes_of(w));
    state.upload("b", bytes_of(b));
    executable.set_input("x", bytes_of(x));
  }
  Device& device;
  std::vector<float> x = floats(kRows * kInner, 0.25f), w = floats(kInner * kColumns, 0.5f), b = floats(kColumns, -1.0f);
  State state;
  Plan plan;
  Executable executable;
};

}  // namespace gouache::testing
