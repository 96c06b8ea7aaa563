// gouache selftest: does every kernel row on this device compute what the CPU reference says?
#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "demo/cli/command.h"
#include "demo/cli/diagnostics_cases.h"
#include "host/kernels/family.h"
#include "host/runtime/executable.h"
#include "host/runtime/platform.h"
#include "host/vulkan/device.h"

namespace gouache::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Float sums in another order and fused or unfused multiply-adds: a part of the largest value expected. Integers are exact.
constexpr double kTolerance = 3e-5;

/// The device's catalog, but for one op only its row number `row`.
class OneRow final : public KernelCatalog {
 public:
  OneRow(const Catalog& all, std::string op, std::size_t row) : all_(all), op_(std::move(op)), row_(row) {}
  std::vector<Kernel> candidates(const Launch& launch) const override {
    std::vector<Kernel> kernels = all_.candidates(launch);
    if (launch.op != op_) return kernels;
    if (row_ >= kernels.size()) return {};
    return {kernels[row_]};
  }
  bool takes_program(const std::string& op) const override { return all_.takes_program(op); }
  bool has_composite(const std::string& name) const override { return all_.has_composite(name); }

 private:
  const Catalog& all_;
  std::string op_;
  std::size_t row_;
};

struct Worst {
  double error = 0;  ///< as a part of what is allowed; above 1 is wrong
  std::string where;
};

void compare(const std::string& name, const Array& got, const Array& expected, Worst& worst) {
  double largest = 0;
  for (double value : expected.values) largest = std::max(largest, std::abs(value));
  const double allowed = expected.type.dtype == DType::f32 ? kTolerance * largest + 1e-6 : 0.5;
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    const double difference = std::abs(got.values[i] - expected.values[i]);
    const double error = std::isfinite(difference) ? difference / allowed : 1e30;
    if (error <= worst.error) continue;
    char text[160];
    std::snprintf(text, sizeof text, "[%zu] is %.9g, expected %.9g, allowed difference %.2g", i, got.values[i], expected.values[i],
                  allowed);
    worst = {error, name + text};
  }
}

/// Runs a plan of the case and compares every output and updated variable.
Worst run_plan(Device& device, const Graph& graph, const Plan& plan, const std::map<std::string, Array>& fed,
               const std::vector<Array>& expected) {
  State state(device, layout_of(graph));
  for (const auto& [name, slot] : state.layout().slots)
    if (fed.count(name)) state.upload(name, to_bytes(fed.at(name)));
  Executable executable(device, state, plan);
  for (const NamedTensor& input : plan.inputs) executable.set_input(input.name, to_bytes(fed.at(input.name)));
  executable.run();
  Worst worst;
  std::size_t next = 0;
  for (const auto& [name, tensor] : graph.outputs())
    compare(name, from_bytes(tensor.type(), executable.output(name)), expected[next++], worst);
  for (const Update& update : graph.updates()) {
    const std::string& name = graph.node(update.variable).as<LeafAttributes>().name;
    std::vector<std::byte> bytes(static_cast<std::size_t>(update.value.type().bytes()));
    state.download(name, bytes);
    compare(name, from_bytes(update.value.type(), bytes), expected[next++], worst);
  }
  return worst;
}

struct Tally {
  int right = 0, wrong = 0;
  Json rows = Json::array();

  void add(const KernelCase& one, const std::string& row, const Worst& worst, const std::string& failure) {
    const bool good = failure.empty() && worst.error <= 1;
    (good ? right : wrong)++;
    rows.push_back({{"case", one.name},
                    {"op", one.op},
                    {"row", row},
                    {"passed", good},
                    {"error", worst.error},
                    {"worst", failure.empty() ? worst.where : failure}});
    std::cout << (good ? "ok     " : "WRONG  ") << one.name << "  " << row;
    if (!good) std::cout << "\n       " << (failure.empty() ? worst.where : failure);
    std::cout << std::endl;
  }
};

/// Every row that supports the case's launch; one that none supports is wrong.
void run_case(Device& device, const Catalog& catalog, const KernelCase& one, Tally& tally) {
  Graph graph;
  one.build(graph);
  const std::map<std::string, Array> fed = feeds(graph);
  std::vector<Tensor> wanted;
  for (const auto& output : graph.outputs()) wanted.push_back(output.second);
  for (const Update& update : graph.updates()) wanted.push_back(update.value);
  const std::vector<Array> expected = evaluate(graph, fed, wanted);
  const StateLayout layout = layout_of(graph);
  std::size_t rows = 0;
  for (const Step& step : make_plan(graph, layout, catalog, {.name = one.name}).steps)
    if (step.launch.op == one.op) rows = std::max(rows, catalog.candidates(step.launch).size());
  if (!rows) tally.add(one, "none", {}, "the plan has no launch of " + std::string(one.op));
  for (std::size_t row = 0; row < rows; ++row) {
    std::string name = "row " + std::to_string(row);
    try {
      const Plan plan = make_plan(graph, layout, OneRow(catalog, one.op, row), {.name = one.name});
      for (const Step& step : plan.steps)
        if (step.launch.op == one.op) name = step.kernel.row;
      tally.add(one, name, run_plan(device, graph, plan, fed, expected), "");
    } catch (const Error& error) {
      if (error.code() == ErrorCode::device_lost) throw;
      tally.add(one, name, {}, error.what());
    }
  }
}

int selftest(const std::string& selector, const std::string& json_file) {
  Device device{std::string_view(selector)};
  const Catalog catalog(device.caps());
  std::cout << device.caps().name << ", " << device.caps().driver << std::endl;
  Tally tally;
  for (const KernelCase& one : selftest_cases()) {
    try {
      run_case(device, catalog, one, tally);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::device_lost) throw;
      tally.add(one, "none", {}, error.what());
    }
  }
  std::cout << tally.right << " kernel rows agree with the CPU reference, " << tally.wrong << " do not" << std::endl;
  if (!json_file.empty()) {
    const std::string text = Json{{"device", device.caps().name},
                                  {"driver", device.caps().driver},
                                  {"passed", tally.right},
                                  {"failed", tally.wrong},
                                  {"rows", tally.rows}}
                                 .dump(2, ' ', false, Json::error_handler_t::replace) +
                             "\n";
    write_file_atomically(path_from_utf8(json_file), std::as_bytes(std::span(text)));
  }
  return tally.wrong ? kFailed : kDone;
}

}  // namespace

std::function<int()> define_selftest(CLI::App& app) {
  struct Options {
    std::string device, json;
  };
  auto options = std::make_shared<Options>();
  app.add_option("--json", options->json, "write the report to this file too")->type_name("FILE");
  add_device_option(app, options->device);
  return [options] { return selftest(options->device, options->json); };
}

}  // namespace gouache::cli
