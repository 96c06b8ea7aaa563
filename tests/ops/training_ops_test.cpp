// Do optimizers, the gradient norm and the step counter follow their definitions?
#include <bit>
#include <limits>

#include "host/ops/ops.h"
#include "shaders/shared/interface.h"
#include "tests/ops/probe.h"

namespace gouache::probe {
namespace {

Array control(double step, double not_finite = 0, float rate = 1.0f) {
  return array_of({CONTROL_WORDS}, {0, 0, step, not_finite, static_cast<double>(std::bit_cast<std::uint32_t>(rate)), 0, 0, 0}, DType::u32);
}

std::vector<Tensor> leaves(Graph& g, const std::vector<std::string>& names) {
  std::vector<Tensor> inputs{g.variable("control", {{CONTROL_WORDS}, DType::u32})};
  for (const std::string& name : names) inputs.push_back(g.variable(name, {{2}, DType::f32}));
  return inputs;
}

std::vector<std::vector<double>> run(const std::vector<Tensor>& wanted, const Feeds& feeds) {
  std::vector<std::vector<double>> values;
  for (const Array& a : evaluate(*wanted[0].graph, feeds, wanted)) values.push_back(a.values);
  return values;
}

TEST(Optimizer, SgdFollowsTheRateFactor) {
  Graph g;
  OptimizerAttributes a{.kind = OptimizerKind::sgd, .parameters = 1, .rate = 0.5f};
  const auto out = optimizer(leaves(g, {"p", "g"}), a);
  ASSERT_EQ(out.size(), 1u);
  const Feeds feeds{{"control", control(3, 0, 0.25f)}, {"p", array_of({2}, {1, 2})}, {"g", array_of({2}, {4, -8})}};
  expect_close(run(out, feeds)[0], {0.5, 3});
}

// Kingma & Ba 2015 by hand: beta1 1/2, beta2 3/4, rate 1/4, epsilon 1/8, gradient 2 from zero moments.
TEST(Optimizer, AdamAgainstHandNumbers) {
  Graph g;
  OptimizerAttributes a{.parameters = 1, .rate = 0.25f, .beta1 = 0.5f, .beta2 = 0.75f, .epsilon = 0.125f, .ema_decay = 0.75f};
  const auto out = optimizer(leaves(g, {"p", "g", "m", "v", "average"}), a);
  ASSERT_EQ(out.size(), 4u);
  const Feeds first{{"control", control(0)},      {"p", array_of({2}, {1, 1})}, {"g", array_of({2}, {2, 0})},
                    {"m", array_of({2}, {0, 0})}, {"v", array_of({2}, {0, 0})}, {"average", array_of({2}, {5, 5})}};
  auto values = run(out, first);
  const double p1 = 1 - 0.25 * 2 / (2 + 0.125);  // both corrections restore the gradient and its square
  expect_close(values[0], {p1, 1});
  expect_close(values[1], {1, 0});
  expect_close(values[2], {1, 0});
  expect_close(values[3], {0.75 * 5 + 0.25 * p1, 4});

  Feeds second = first;
  second["control"] = control(1);
  for (std::size_t i : {0, 1, 2, 3}) second[std::vector<std::string>{"p", "m", "v", "average"}[i]].values = values[i];
  second["g"].values = {-1, 0};
  values = run(out, second);
  // m = 0.5 - 0.5 = 0; v = 0.75 + 0.25 = 1: the parameter rests
  expect_close(values[1], {0, 0});
  expect_close(values[2], {1, 0});
  expect_close(values[0], {p1, 1});

  second["g"].values = {3, 0};  // m = 0.5 + 1.5 = 2, / (1 - 1/4); v = 0.75 + 2.25 = 3, / (1 - 9/16)
  expect_close(run(out, second)[0], {p1 - 0.25 * (2 / 0.75) / (std::sqrt(3 / 0.4375) + 0.125), 1});
}

TEST(Optimizer, UpdateNumberCountsAllUpdatesOfAStep) {
  const auto once = [](int updates, int update, double step) {
    Graph g;
    OptimizerAttributes a{.parameters = 1, .rate = 1.0f, .beta1 = 0.5f, .beta2 = 0.5f, .updates_per_step = updates, .update = update};
    const auto out = optimizer(leaves(g, {"p", "g", "m", "v"}), a);
    return run(out, {{"control", control(step)},
                     {"p", array_of({2}, {0, 0})},
                     {"g", array_of({2}, {1, 1})},
                     {"m", array_of({2}, {1, 2})},
                     {"v", array_of({2}, {1, 1})}})[0];
  };
  EXPECT_EQ(once(5, 2, 3), once(1, 0, 17));  // t = 3 * 5 + 2 + 1 = 17 + 1
  EXPECT_NE(once(5, 2, 3), once(1, 0, 3));
}

TEST(Optimizer, LatchedControlBlocksEveryUpdate) {
  Graph g;
  OptimizerAttributes a{.parameters = 2, .ema_decay = 0.5f};
  const auto out = optimizer(leaves(g, {"p0", "p1", "g0", "g1", "m0", "m1", "v0", "v1", "a0", "a1"}), a);
  ASSERT_EQ(out.size(), 8u);
  Feeds feeds{{"control", control(0, 1)}};
  double next = 1;
  for (const char* name : {"p0", "p1", "g0", "g1", "m0", "m1", "v0", "v1", "a0", "a1"})
    feeds[name] = array_of({2}, {next, next + 0.5}), next++;
  const auto values = run(out, feeds);
  const char* order[] = {"p0", "p1", "m0", "m1", "v0", "v1", "a0", "a1"};
  for (std::size_t i = 0; i < 8; i++) EXPECT_EQ(values[i], feeds[order[i]].values) << order[i];
  const std::vector<std::pair<int, int>> pairs{{0, 1}, {1, 2}, {2, 5}, {3, 6}, {4, 7}, {5, 8}, {6, 9}, {7, 10}};
  EXPECT_EQ(g.node(out[0]).op->in_place(g.node(out[0])), pairs);
}

TEST(Optimizer, RefusesTheWrongNumberOfInputs) {
  Graph g;
  EXPECT_NE(error_of([&] {
              optimizer(leaves(g, {"p", "g"}), {.parameters = 1});
            }).find("1 parameters need 5 inputs, got 3"),
            std::string::npos);
}

TEST(GradientNorm, IsTheLengthOfAllAndLatches) {
  Graph g;
  const auto in = leaves(g, {"a", "b"});
  const auto [state, norm] = gradient_norm(in[0], {in[1], in[2]});
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  Feeds feeds{{"control", control(4)}, {"a", array_of({2}, {1, 2})}, {"b", array_of({2}, {3, -4})}};
  EXPECT_EQ(run({norm}, feeds)[0], std::vector<double>{std::sqrt(30.0)});
  EXPECT_EQ(run({state}, feeds)[0], feeds["control"].values);
  for (double bad : {nan, inf, -inf}) {
    feeds["b"].values = {0, bad};
    EXPECT_EQ(run({state}, feeds)[0][CONTROL_NOT_FINITE], 1);
  }
}

TEST(AdvanceStep, CountsUnlessLatchedAndWraps) {
  Graph g;
  const Tensor next = advance_step(leaves(g, {})[0]);
  EXPECT_EQ(values_of(next, {{"control", control(7)}})[CONTROL_STEP], 8);
  EXPECT_EQ(values_of(next, {{"control", control(7, 1)}})[CONTROL_STEP], 7);
  EXPECT_EQ(values_of(next, {{"control", control(4294967295.0)}})[CONTROL_STEP], 0);
}

}  // namespace
}  // namespace gouache::probe
