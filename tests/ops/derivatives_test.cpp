// Are first and second derivatives right, and does every gradient stay inside the op table?
#include <algorithm>
#include <set>

#include "host/graph/scalar_function.h"
#include "host/ops/ops.h"
#include "shaders/shared/interface.h"
#include "tests/ops/cases.h"

namespace gouache::probe {
namespace {

/// One case with a loss on its result and a random direction an input.
struct Trial {
  Graph graph;
  std::vector<Tensor> x;
  Tensor y, loss;
  std::mt19937_64 random;
  Feeds feeds, directions;

  explicit Trial(const Case& c) : random(seed_of(c.name)), feeds(c.feeds) {
    for (std::size_t i = 0; i < c.inputs.size(); i++) {
      const std::string name = "x" + std::to_string(i);
      x.push_back(graph.input(name, {c.inputs[i], DType::f32}));
      feeds[name] = random_array(random, c.inputs[i], c.low, c.high);
      directions[name] = random_array(random, c.inputs[i]);
    }
    y = c.build(graph, x);
    loss = sum(fed("weights", y.shape()) * (y + 0.5f * square(y)));  // curved, so that second derivatives see every op
  }
  Tensor fed(const std::string& name, const Shape& shape) {
    feeds[name] = random_array(random, shape, 0.5, 1.5);
    return graph.input(name, {shape, DType::f32});
  }
  double along(const std::vector<Tensor>& gradients) {
    double slope = 0;
    const std::vector<Array> values = evaluate(graph, feeds, gradients);
    for (std::size_t i = 0; i < values.size(); i++) slope += dot(values[i].values, directions.at("x" + std::to_string(i)).values);
    return slope;
  }
  /// sum over inputs of <dloss/dx, u>, u fixed: its gradient is a Hessian-vector product.
  Tensor projection(const std::vector<Tensor>& gradients) {
    Tensor total = graph.scalar(0.0f);
    for (std::size_t i = 0; i < gradients.size(); i++)
      total = total + reshape(sum(gradients[i] * fed("u" + std::to_string(i), gradients[i].shape())), {});
    return total;
  }
};

class Derivatives : public testing::TestWithParam<Case> {};

TEST_P(Derivatives, FirstAgreeWithFiniteDifferences) {
  SCOPED_TRACE("seed " + std::to_string(seed_of(GetParam().name)));
  Trial s(GetParam());
  const std::vector<Tensor> gradients = gradient(s.loss, s.x);
  for (std::size_t i = 0; i < gradients.size(); i++) EXPECT_EQ(gradients[i].type(), s.x[i].type());
  const double expected = slope_along(s.loss, s.feeds, s.directions);
  EXPECT_GT(std::fabs(expected), 1e-4) << "a slope of nothing proves nothing";
  EXPECT_NEAR(s.along(gradients), expected, 1e-6 * (1 + std::fabs(expected)));
}

TEST_P(Derivatives, SecondAgreeWithFiniteDifferences) {
  SCOPED_TRACE("seed " + std::to_string(seed_of(GetParam().name)));
  Trial s(GetParam());
  const Tensor projection = s.projection(gradient(s.loss, s.x));
  const double expected = slope_along(projection, s.feeds, s.directions);
  EXPECT_NEAR(s.along(gradient(projection, s.x)), expected, 1e-6 * (1 + std::fabs(expected)));
}

// For A linear in an input x: <A x, y> = <x, A' y>, A' y being the gradient of <A x, y>.
TEST_P(Derivatives, AdjointIdentityHolds) {
  for (int input : GetParam().linear) {
    Trial s(GetParam());
    const Tensor x = s.x[static_cast<std::size_t>(input)], weights = s.graph.input("weights", {s.y.shape(), DType::f32});
    const Tensor adjoint = gradient(sum(s.y * weights), std::span(&x, 1))[0];
    const double left = dot(values_of(s.y, s.feeds), s.feeds.at("weights").values);
    const double right = dot(s.feeds.at("x" + std::to_string(input)).values, values_of(adjoint, s.feeds));
    EXPECT_NEAR(left, right, 1e-6 * (1 + std::fabs(left))) << "input " << input;  // a mean's 1/n is a float
  }
}

INSTANTIATE_TEST_SUITE_P(Ops, Derivatives, testing::ValuesIn(cases()), [](const auto& info) { return info.param.name; });

// Each node that first and second derivatives add is a row of the table that has a gradient again, a constant, or a function
// through which nothing flows by definition.
TEST(OpTable, GradientsStayInsideTheSet) {
  const std::set<const OpRow*> table(op_table().begin(), op_table().end());
  for (const Case& c : cases()) {
    Trial s(c);
    const Tensor projection = s.projection(gradient(s.loss, s.x));
    gradient(projection, s.x);
    for (std::int32_t i = 0; i < s.graph.size(); i++) {
      const OpRow* row = s.graph.node(i).op;
      EXPECT_TRUE(table.contains(row)) << c.name << ": " << row->name << " is not in the table";
      const std::string name = row->name;
      EXPECT_TRUE(row->gradient || name == "constant" || name == "input") << c.name << ": " << name << " has no gradient";
    }
  }
}

TEST(OpTable, EveryOpAndFunctionWithAGradientHasACase) {
  std::set<std::string> seen;
  for (const Case& c : cases()) {
    Trial s(c);
    for (std::int32_t i = 0; i < s.graph.size(); i++) {
      const Node& node = s.graph.node(i);
      seen.insert(node.op->name);
      if (const auto* e = std::get_if<ElementwiseAttributes>(&node.attributes))
        seen.insert(std::string("function ") + scalar_function(e->function).name);
    }
  }
  for (const OpRow* row : op_table())
    if (row->gradient) { EXPECT_TRUE(seen.contains(row->name)) << row->name; }
  for (int f = 0; f < FUNCTION_COUNT; f++) {
    const ScalarFunction& function = scalar_function(static_cast<std::uint8_t>(f));
    if (function.gradient) { EXPECT_TRUE(seen.contains(std::string("function ") + function.name)) << function.name; }
  }
}

TEST(OpTable, NamesAreFoundAndUnknownOnesRefused) {
  for (const OpRow* row : op_table()) EXPECT_EQ(&op(row->name), row);
  EXPECT_EQ(error_of([] { op("convolve"); }), "there is no op 'convolve'");
}

TEST(Adjoints, BuildersArePairs) {
  std::mt19937_64 random(7);
  Graph g;
  const ConvAttributes a = conv_attributes({.kernel = 4, .stride = 2, .pad = 1});
  const Feeds feeds{
      {"x", random_array(random, {2, 8, 6, 3})}, {"w", random_array(random, {4, 4, 3, 5})}, {"y", random_array(random, {2, 4, 3, 5})}};
  const Tensor x = g.input("x", feeds.at("x").type), w = g.input("w", feeds.at("w").type), y = g.input("y", feeds.at("y").type);
  const double by_y = value_of(sum(conv2d(x, w, a) * y), feeds);
  EXPECT_NEAR(value_of(sum(conv2d_transpose(y, w, a, x.shape()) * x), feeds), by_y, 1e-12);
  EXPECT_NEAR(value_of(sum(conv2d_weight_grad(x, y, a, w.shape()) * w), feeds), by_y, 1e-12);
  const Tensor small = slice(x, {0, 1, 2, 0}, {2, 3, 2, 3});
  EXPECT_NEAR(value_of(sum(upsample_nearest(small, 2) * pad(upsample_nearest(small, 2), {0, 0, 0, 0}, {0, 0, 0, 0})), feeds),
              value_of(sum(small * resample(upsample_nearest(small, 2), ResampleKind::sum_down, 2)), feeds), 1e-12);
  EXPECT_NEAR(value_of(sum(pad(small, {0, 1, 2, 0}, {0, 4, 2, 0}) * x), feeds), value_of(sum(small * small), feeds), 1e-12);
}

}  // namespace
}  // namespace gouache::probe
