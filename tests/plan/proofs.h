// Is a plan proved, and does it compute what its graph says?
#pragma once

#include <gtest/gtest.h>

#include <cmath>

#include "host/plan/feeds.h"
#include "tests/plan/interpreter.h"

namespace gouache::test {

inline void expect_same(const Array& got, const Array& expected, const std::string& what) {
  ASSERT_EQ(got.type.count(), expected.type.count()) << what;
  for (std::size_t i = 0; i < got.values.size(); ++i) {
    // Both are double; fusing only reorders sums, and constants of a program are floats in either.
    const double tolerance = 1e-9 * (1 + std::abs(expected.values[i]));
    ASSERT_NEAR(got.values[i], expected.values[i], tolerance) << what << " element " << i;
  }
}

inline void expect_proved(const Plan& plan) {
  for (const std::string& complaint : verify(plan)) ADD_FAILURE() << plan.name << ": " << complaint;
}

inline void expect_computed(const Graph& graph, const Plan& plan, const StateLayout& layout) {
  expect_proved(plan);
  const std::map<std::string, Array> given = feeds(graph);
  std::vector<Tensor> wanted;
  for (const auto& [name, tensor] : graph.outputs()) wanted.push_back(tensor);
  const std::vector<Array> expected = evaluate(graph, given, wanted);
  const auto results = interpret(plan, layout, given);
  for (std::size_t i = 0; i < wanted.size(); ++i) expect_same(results.at(graph.outputs()[i].first), expected[i], graph.outputs()[i].first);
}

}  // namespace gouache::test
