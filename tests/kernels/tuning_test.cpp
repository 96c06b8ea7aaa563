// Does what was measured decide which rows run, only where it was measured, and does it travel whole or not at all?
#include <gtest/gtest.h>

#include <set>

#include "host/models/recipe.h"
#include "host/plan/feeds.h"
#include "host/runtime/plans.h"
#include "host/runtime/tuner.h"
#include "host/runtime/tuning_text.h"
#include "tests/kernels/row_cases.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_device.h"

namespace gouache::testing {
namespace {

/// The launches of the row cases that run on the device.
std::vector<Launch> launches(const Catalog& catalog) {
  std::vector<Launch> all;
  for (const RowCase& one : row_cases()) {
    Graph graph;
    one.build(graph);
    all.push_back(launch_of(graph, layout_of(graph), catalog, one.op));
  }
  return all;
}

std::vector<std::string> names(const Catalog& catalog, const Launch& launch) {
  std::vector<std::string> rows;
  for (const Kernel& kernel : catalog.candidates(launch)) rows.push_back(kernel.row);
  return rows;
}

struct Square {
  explicit Square(std::int64_t edge) { graph.output("c", matmul(in(graph, "a", {edge, edge}), in(graph, "b", {edge, edge}))); }
  Graph graph;
};

TEST(Tuning, RowsOfALaunchHaveNamesOfTheirOwn) {
  const Catalog catalog(test_device().caps());
  for (const Launch& launch : launches(catalog)) {
    const std::vector<std::string> rows = names(catalog, launch);
    EXPECT_EQ(std::set(rows.begin(), rows.end()).size(), rows.size()) << to_text(launch);
  }
}

TEST(Tuning, ComesFirstAndLeavesTheOthersInOrder) {
  const Catalog fixed(test_device().caps());
  std::size_t chosen = 0;
  for (const Launch& launch : launches(fixed)) {
    const std::vector<std::string> rows = names(fixed, launch);
    for (const std::string& row : rows) {
      auto tuning = std::make_shared<Tuning>();
      tuning->rows[signature_of(launch)] = {row, 1, 2};
      std::vector<std::string> expected{row};
      for (const std::string& other : rows)
        if (other != row) expected.push_back(other);
      EXPECT_EQ(names(Catalog(fixed.caps(), tuning), launch), expected) << to_text(launch);
      ++chosen;
    }
    auto unknown = std::make_shared<Tuning>();
    unknown->rows[signature_of(launch)] = {"a row of the future", 1, 2};
    unknown->rows["another " + signature_of(launch)] = {rows.back(), 1, 2};
    EXPECT_EQ(names(Catalog(fixed.caps(), unknown), launch), rows) << to_text(launch);
  }
  EXPECT_GT(chosen, launches(fixed).size()) << "nothing to choose from";
}

TEST(Tuning, IsOfShapesAndWhatIsFusedButNotOfLabels) {
  const Catalog catalog(test_device().caps());
  Launch launch = launch_of(Square(16).graph, {}, catalog, "matmul");
  const std::string signature = signature_of(launch);
  launch.label = "G/8";
  EXPECT_EQ(signature_of(launch), signature);
  EXPECT_NE(signature_of(launch_of(Square(20).graph, {}, catalog, "matmul")), signature);
  Graph fused;
  fused.output("c", relu(matmul(in(fused, "a", {16, 16}), in(fused, "b", {16, 16}))));
  EXPECT_NE(signature_of(launch_of(fused, {}, catalog, "matmul")), signature);
}

TEST(Tuner, GoesBackForTheOpsOfOnePlanOnly) {
  const Catalog catalog(test_device().caps());
  const Square small(16), large(32);
  const Plan plan = make_plan(small.graph, {}, catalog, {.name = "product"});
  const std::string signature = signature_of(plan.steps[0].launch);
  const std::string other = signature_of(make_plan(large.graph, {}, catalog, {.name = "other"}).steps[0].launch);
  std::vector<TunedOp> ops(4);
  ops[0] = {.signature = signature, .static_row = "old", .tuned = {"new", 2, 3}, .note = ""};
  ops[1] = {.signature = other, .static_row = "old", .tuned = {"new", 2, 3}, .note = ""};
  ops[2] = {.signature = signature, .static_row = "old", .tuned = {"old", 3, 3}, .note = ""};
  ops[3] = {.signature = signature, .static_row = "old", .tuned = {}, .note = "not measured"};
  EXPECT_EQ(go_back(plan, ops), 1);
  EXPECT_EQ(ops[0].tuned, (TunedRow{"old", 3, 3}));
  EXPECT_EQ(ops[1].tuned.row, "new");
  EXPECT_EQ(ops[3].tuned, TunedRow{});
  EXPECT_EQ(go_back(plan, ops), 0);
}

TEST(Tuner, FindsWhatBeatsABadChoice) {
  Device& device = test_device();
  const Square square(256);
  const Graph& graph = square.graph;
  auto bad = std::make_shared<Tuning>();
  bad->rows[signature_of(launch_of(graph, {}, Catalog(device.caps()), "matmul"))] = {"plain", 1, 1};
  const Catalog catalog(device.caps(), bad);
  const Plan plan = make_plan(graph, {}, catalog, {.name = "product"});
  ASSERT_EQ(plan.steps.size(), 1u);
  ASSERT_EQ(plan.steps[0].kernel.row, "plain");

  const PlanToTune wanted[] = {{&plan, false}, {&plan, false}};
  std::size_t told = 0;
  const std::vector<TunedOp> ops =
      tune(device, catalog, wanted, {.rounds = 3, .filter = "", .progress = [&](auto, auto, auto&) { ++told; }});
  ASSERT_EQ(ops.size(), 1u);
  EXPECT_EQ(told, 1u);
  const TunedOp& op = ops[0];
  EXPECT_EQ(op.note, "");
  EXPECT_EQ(op.steps, 2);
  EXPECT_EQ(op.static_row, "plain");
  EXPECT_DOUBLE_EQ(op.flops, 2.0 * 256 * 256 * 256);
  EXPECT_NE(op.tuned.row, "plain");
  EXPECT_GT(op.tuned.microseconds, 0);
  EXPECT_LT(2 * op.tuned.microseconds, op.tuned.static_microseconds) << op.tuned.row;

  const Tuning found = tuning_of(ops);
  EXPECT_EQ(found.rows.at(op.signature), op.tuned);
  const Catalog tuned(device.caps(), std::make_shared<const Tuning>(found));
  EXPECT_EQ(make_plan(graph, {}, tuned, {.name = "product"}).steps[0].kernel.row, op.tuned.row);
}

TEST(Tuner, MeasuresTheOpsOfSeveralPlansThatHaveAChoice) {
  Device& device = test_device();
  const Catalog catalog(device.caps());
  const Recipe recipe = Recipe::of_model("faces2x2");
  const std::string filter = "with multiply(0.5) add(0.5)";
  const Plan four = plan_training(recipe, {{16, 2, 2, 1}, DType::u8}, 4, catalog).plan;
  const Plan eight = plan_training(recipe, {{16, 2, 2, 1}, DType::u8}, 8, catalog).plan;
  const PlanToTune wanted[] = {{&four, false}, {&eight, false}};
  const std::vector<TunedOp> ops = tune(device, catalog, wanted, {.rounds = 1, .filter = filter, .progress = {}});
  int steps = 0, expected = 0;
  for (const TunedOp& op : ops) {
    EXPECT_NE(op.signature.find(filter), std::string::npos);
    EXPECT_GE(op.rows, 2) << op.signature;
    EXPECT_GT(op.tuned.microseconds, 0) << op.signature;
    EXPECT_LE(op.tuned.microseconds, op.tuned.static_microseconds) << op.signature;
    steps += op.steps;
  }
  for (const Plan* plan : {&four, &eight})
    for (const Step& step : plan->steps)
      expected += signature_of(step.launch).find(filter) != std::string::npos && catalog.candidates(step.launch).size() > 1;
  EXPECT_EQ(steps, expected);
  EXPECT_EQ(ops.size(), 2u) << "one of each batch";
}

TEST(TuningText, IsReadBackAsItWas) {
  const DeviceFacts& facts = test_device().facts();
  Tuning tuning;
  EXPECT_EQ(read_tuning(facts, "none", tuning_text(facts, tuning)), tuning);
  tuning.rows["matmul [2,3] [3,4] -> [2,4]"] = {"subgroup 8x1", 1.0 / 3, 12};
  tuning.rows["conv2d \"quoted\""] = {"plain", 1e-3, 1e9};
  const std::string text = tuning_text(facts, tuning);
  EXPECT_EQ(read_tuning(facts, "all", text), tuning);
  EXPECT_EQ(tuning_text(facts, read_tuning(facts, "all", text)), text);
}

TEST(TuningText, OfAnotherDeviceOrDriverIsRefusedByName) {
  const DeviceFacts& facts = test_device().facts();
  const struct {
    const char* says;
    void (*change)(DeviceFacts&);
  } cases[] = {
      {"of another device (device 'Other GPU'", [](DeviceFacts& f) { f.name = "Other GPU"; }},
      {"of another device (device_uuid '", [](DeviceFacts& f) { f.uuid[3] ^= 1; }},
      {"of another driver (driver 'x", [](DeviceFacts& f) { f.driver_name = "x" + f.driver_name; }},
      {"of another driver version (driver_version '", [](DeviceFacts& f) { f.driver_version++; }},
      {"of another build of the driver (driver_uuid '", [](DeviceFacts& f) { f.pipeline_cache_uuid[15] ^= 128; }},
  };
  std::set<std::string> keys{tuning_key(facts)};
  for (const auto& one : cases) {
    DeviceFacts other = facts;
    one.change(other);
    keys.insert(tuning_key(other));
    expect_error(ErrorCode::unsupported, std::string("file: ") + one.says, [&] { read_tuning(facts, "file", tuning_text(other, {})); });
  }
  EXPECT_EQ(keys.size(), std::size(cases) + 1) << "each has a file of its own";
  std::string text = tuning_text(facts, {});
  const std::size_t hash = text.find("\"shaders\": \"") + 12;
  text.replace(hash, 16, "0123456789abcdef");
  expect_error(ErrorCode::unsupported, "of other shaders (shaders '0123456789abcdef'; here it is '",
               [&] { read_tuning(facts, "f", text); });
}

TEST(TuningText, DamageIsNamed) {
  const DeviceFacts& facts = test_device().facts();
  Tuning tuning;
  tuning.rows["matmul"] = {"subgroup", 1, 2};
  const std::string whole = tuning_text(facts, tuning);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = whole;
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  };
  const std::pair<const char*, std::string> cases[] = {
      {"not the JSON text of a tuning", ""},
      {"not the JSON text of a tuning", "[1, 2]"},
      {"not the JSON text of a tuning", std::string(100, '\0')},
      {"not written by gouache tune", "{}"},
      {"of format 2, this library reads 1", with("\"gouache_tuning\": 1", "\"gouache_tuning\": 2")},
      {"of format \"1\"", with("\"gouache_tuning\": 1", "\"gouache_tuning\": \"1\"")},
      {"'device_uuid' is missing", with("device_uuid", "device_UUID")},
      {"'driver' is missing", with("\"driver\": ", "\"driver\": 5, \"x\": ")},
      {"'rows' is missing", with("\"rows\"", "\"lines\"")},
      {"its checksum does not match its rows", with("\"subgroup\"", "\"subgroop\"")},
      {"its checksum does not match its rows", with("\"matmul\"", "\"matmuI\"")},
      {"its checksum does not match its rows", with("1.0", "1.5")},
      {"its checksum does not match its rows", with("\"check\"", "\"cheque\"")},
  };
  for (const auto& one : cases) {
    expect_error(ErrorCode::bad_file, one.first, [&] { read_tuning(facts, "broken", one.second); });
    expect_error(ErrorCode::bad_file, "broken: ", [&] { read_tuning(facts, "broken", one.second); });
  }
  for (std::size_t kept = 0; kept + 2 < whole.size(); kept += 7)
    expect_error(ErrorCode::bad_file, "cut", [&] { read_tuning(facts, "cut", std::string_view(whole).substr(0, kept)); });
}

}  // namespace
}  // namespace gouache::testing
