// gouache selftest: does every kernel row on this device compute what the CPU reference says?
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "demo/cli/command.h"
#include "demo/cli/diagnostics_cases.h"
#include "host/kernels/family.h"
#include "host/kernels/one_row.h"
#include "host/plan/feeds.h"
#include "host/runtime/executable.h"
#include "host/runtime/platform.h"
#include "host/vulkan/device.h"

namespace gouache::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Float sums in another order and fused or unfused multiply-adds.
constexpr Tolerance kTolerance{3e-5, 0.03};

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
    compare(name, from_bytes(tensor.type(), executable.output(name)), expected[next++], kTolerance, worst);
  for (const Update& update : graph.updates()) {
    const std::string& name = graph.node(update.variable).as<LeafAttributes>().name;
    std::vector<std::byte> bytes(static_cast<std::size_t>(update.value.type().bytes()));
    state.download(name, bytes);
    compare(name, from_bytes(update.value.type(), bytes), expected[next++], kTolerance, worst);
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

/// Every row that supports the case's launch but for spare ones; a case that none supports is wrong.
void run_case(Device& device, const Catalog& catalog, const KernelCase& one, Tally& tally) {
  Graph graph;
  one.build(graph);
  const std::map<std::string, Array> fed = feeds(graph);
  const std::vector<Array> expected = expected_of(graph, fed);
  const StateLayout layout = layout_of(graph);
  const Launch launch = launch_of(graph, layout, catalog, one.op);
  const std::vector<Kernel> rows = catalog.candidates(launch);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows[row].spare) continue;
    try {
      const Plan plan = make_plan(graph, layout, OneRow(catalog, launch, row), {.name = one.name});
      tally.add(one, rows[row].row, run_plan(device, graph, plan, fed, expected), "");
    } catch (const Error& error) {
      if (error.code() == ErrorCode::device_lost) throw;
      tally.add(one, rows[row].row, {}, error.what());
    }
  }
}

int selftest(const std::string& selector, const std::string& filter, const std::string& json_file) {
  std::vector<const KernelCase*> cases;
  for (const KernelCase& one : selftest_cases())
    if (std::string_view(one.name).find(filter) != std::string_view::npos) cases.push_back(&one);
  if (cases.empty()) throw Error(ErrorCode::invalid_argument, "no case has '" + filter + "' in its name");
  Device device{std::string_view(selector)};
  const Catalog catalog(device.caps());
  std::cout << device.caps().name << ", " << device.caps().driver << std::endl;
  Tally tally;
  for (const KernelCase* one : cases) {
    try {
      run_case(device, catalog, *one, tally);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::device_lost) throw;
      tally.add(*one, "none", {}, error.what());
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
    std::string device, filter, json;
  };
  auto options = std::make_shared<Options>();
  app.add_option("--filter", options->filter, "only cases with this in their name, as in batch_norm")->type_name("TEXT");
  app.add_option("--json", options->json, "write the report to this file too")->type_name("FILE");
  add_device_option(app, options->device);
  return [options] { return selftest(options->device, options->filter, options->json); };
}

}  // namespace gouache::cli
