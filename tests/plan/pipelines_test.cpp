// Do steps share pipelines where that costs little, and only there?
#include <gtest/gtest.h>

#include <functional>

#include "host/kernels/family.h"
#include "host/ops/ops.h"
#include "host/plan/plan.h"
#include "tests/plan/software_caps.h"

namespace gouache::test {
namespace {

struct Row {
  std::string name;
  double cost, prepare_cost = 0;
};

/// Matmuls run in the rows that `rows_of` gives to their number of rows, the cheapest first, each with a pipeline of its own.
class GivenRows final : public KernelCatalog {
 public:
  using RowsOf = std::function<std::vector<Row>(std::int64_t)>;
  explicit GivenRows(RowsOf rows_of) : rows_of_(std::move(rows_of)) {}
  std::vector<Kernel> candidates(const Launch& launch) const override {
    std::vector<Kernel> kernels = all_.candidates(launch);
    if (launch.op != "matmul") return kernels;
    std::vector<Kernel> given;
    for (const Row& row : rows_of_(launch.outputs[0].shape[0])) {
      Kernel& kernel = given.emplace_back(kernels.front());
      kernel.row = kernel.dispatches.front().module = row.name;
      kernel.dispatches.front().constants.clear();  // else a pipeline for each size
      kernel.cost = row.cost;
      kernel.prepare_cost = row.prepare_cost;
    }
    return given;
  }
  bool takes_program(const std::string& op) const override { return all_.takes_program(op); }
  bool has_composite(const std::string& name) const override { return all_.has_composite(name); }

 private:
  Catalog all_{software_caps()};
  RowsOf rows_of_;
};

/// The rows that matmuls of so many rows run in, as one word.
std::string rows_chosen(const std::vector<std::int64_t>& sizes, std::size_t wanted, const GivenRows::RowsOf& rows_of) {
  Graph graph;
  const Tensor w = graph.input("w", {{64, 64}, DType::f32});
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const std::string name = std::to_string(i);
    graph.output("y" + name, matmul(graph.input("x" + name, {{sizes[i], 64}, DType::f32}), w));
  }
  const Plan plan = make_plan(graph, {}, GivenRows(rows_of), {.name = "products", .wanted_pipelines = wanted});
  std::string chosen;
  for (const std::int64_t size : sizes)
    for (const Step& step : plan.steps)
      if (step.launch.outputs[0].shape[0] == size) chosen += step.kernel.row;
  return chosen;
}

TEST(SharedPipelines, ARowThatIsThereAnywayMayCostMoreWhereLittleIsComputed) {
  struct Case {
    std::int64_t rows;  ///< of the small one of two matmuls, beside 10000
    double cost;
    const char* chosen;
  };
  for (const Case& c : {Case{4, 1.9, "AA"}, {4, 2.1, "AB"}, {70, 1.4, "AA"}, {70, 1.6, "AB"}, {200, 1.04, "AA"}, {200, 1.06, "AB"}})
    EXPECT_EQ(rows_chosen({10000, c.rows}, 16,
                          [&](std::int64_t rows) {
                            return rows == 10000 ? std::vector<Row>{{"A", 1}} : std::vector<Row>{{"B", 1}, {"A", c.cost}};
                          }),
              c.chosen)
        << c.rows << " rows that cost " << c.cost;
}

/// Few rows are slow for what they compute: their weights have to be read all the same.
TEST(SharedPipelines, WhatReadsMuchIsNotLittleWork) {
  const auto rows_of = [](std::int64_t rows) { return rows == 1000 ? std::vector<Row>{{"A", 1}} : std::vector<Row>{{"B", 1}, {"A", 1.4}}; };
  EXPECT_EQ(rows_chosen({1000, 1}, 16, rows_of), "AB");  // 0.1 % of the operations, 2 % of the bytes
}

/// Three sizes with a pipeline each; the second and the third, of a fifth of the work each, can do with the first's.
TEST(SharedPipelines, AreGivenUpWhereThatCostsLeastUntilThereAreFewEnough) {
  const std::vector<std::int64_t> sizes{10000, 3400, 3500};
  const auto rows_of = [](double second, double third) {
    return [second, third](std::int64_t rows) -> std::vector<Row> {
      if (rows == 10000) return {{"A", 1}};
      if (rows == 3400) return {{"B", 1}, {"A", second}};
      return {{"C", 1}, {"A", third}};
    };
  };
  EXPECT_EQ(rows_chosen(sizes, 3, rows_of(1.10, 1.08)), "ABC");
  EXPECT_EQ(rows_chosen(sizes, 2, rows_of(1.10, 1.08)), "ABA");
  EXPECT_EQ(rows_chosen(sizes, 2, rows_of(1.08, 1.10)), "AAC");
  EXPECT_EQ(rows_chosen(sizes, 1, rows_of(1.08, 1.10)), "AAA");
  EXPECT_EQ(rows_chosen(sizes, 0, rows_of(1.08, 1.10)), "AAA");
}

TEST(SharedPipelines, AreKeptWhereTheyAreWorthIt) {
  const auto rows_of = [](double cost) {
    return [cost](std::int64_t rows) { return rows == 1000 ? std::vector<Row>{{"A", 1}} : std::vector<Row>{{"B", 1}, {"A", cost}}; };
  };
  EXPECT_EQ(rows_chosen({1000, 1001}, 1, rows_of(1.098)), "AA");  // 4.9 % of the whole
  EXPECT_EQ(rows_chosen({1000, 1001}, 1, rows_of(1.102)), "AB");  // 5.1 %
  EXPECT_EQ(rows_chosen({1000, 1001, 1002}, 1, rows_of(1.102)), "ABB");
}

/// Steps lose the same of the plan's speed however much prepares their weights besides. Each of the two prepares them half the times.
TEST(SharedPipelines, AreKeptWhereTheyAreWorthItAndWeightsArePrepared) {
  const auto rows_of = [](std::int64_t most, Row first, Row second) {
    return [=](std::int64_t rows) { return rows == most ? std::vector<Row>{{"A", 1}} : std::vector<Row>{first, second}; };
  };
  EXPECT_EQ(rows_chosen({10000, 200}, 16, rows_of(10000, {"B", 1, 10}, {"A", 1.04, 10})), "AA");
  EXPECT_EQ(rows_chosen({10000, 200}, 16, rows_of(10000, {"B", 1, 10}, {"A", 1.06, 10})), "AB");
  EXPECT_EQ(rows_chosen({10000, 200}, 16, rows_of(10000, {"B", 1}, {"A", 1, 0.08})), "AA");
  EXPECT_EQ(rows_chosen({10000, 200}, 16, rows_of(10000, {"B", 1}, {"A", 1, 0.12})), "AB");
  EXPECT_EQ(rows_chosen({1000, 1001}, 1, rows_of(1000, {"B", 1, 10}, {"A", 1.098, 10})), "AA");
  EXPECT_EQ(rows_chosen({1000, 1001}, 1, rows_of(1000, {"B", 1, 10}, {"A", 1.102, 10})), "AB");
  EXPECT_EQ(rows_chosen({1000, 1001}, 1, rows_of(1000, {"B", 1}, {"A", 1, 0.196})), "AA");
  EXPECT_EQ(rows_chosen({1000, 1001}, 1, rows_of(1000, {"B", 1}, {"A", 1, 0.204})), "AB");
}

/// A pipeline that several steps need is given up by all of them or by none.
TEST(SharedPipelines, AreGivenUpByAllStepsAtOnce) {
  const auto rows_of = [](std::int64_t rows) {
    if (rows == 10000) return std::vector<Row>{{"A", 1}};
    if (rows == 400) return std::vector<Row>{{"B", 1}};
    return std::vector<Row>{{"B", 1}, {"A", 1.2}};
  };
  EXPECT_EQ(rows_chosen({10000, 500, 600}, 1, rows_of), "AAA");
  EXPECT_EQ(rows_chosen({10000, 500, 400}, 1, rows_of), "ABB");
}

/// A change of sign is computed wherever it is read: the product before it needs no pipeline of its own.
TEST(SharedPipelines, AProductOfOtherSignIsTheSameProduct) {
  for (const bool negated : {false, true}) {
    Graph graph;
    const Tensor w = graph.input("w", {{64, 4}, DType::f32}), bias = graph.input("bias", {{4}, DType::f32});
    Tensor y = matmul(graph.input("x", {{8, 64}, DType::f32}), w) + bias;
    if (negated) y = -y;
    graph.output("p", sigmoid(y));
    graph.output("loss", mean(softplus(y)));
    const Plan plan = make_plan(graph, {}, Catalog(software_caps()), {.name = "sign"});
    ASSERT_EQ(plan.steps.size(), 3u) << to_text(plan);
    EXPECT_EQ(name_of(plan.steps[0].launch), "matmul+add") << to_text(plan);
  }
}

}  // namespace
}  // namespace gouache::test
