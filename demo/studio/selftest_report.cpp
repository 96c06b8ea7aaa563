// What did the self-test find?
#include "demo/studio/selftest_report.h"

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace gouache::studio {

SelftestReport read_selftest(std::string_view json) {
  SelftestReport report;
  try {
    const auto read = nlohmann::json::parse(json);
    report.device = read.at("device");
    report.driver = read.at("driver");
    std::map<std::string, SelftestOperation> by_op;
    for (const auto& row : read.at("rows")) {
      SelftestOperation& operation = by_op[row.at("op")];
      const bool passed = row.at("passed");
      ++(passed ? operation.passed : operation.failed);
      ++(passed ? report.passed : report.failed);
      if (!passed) report.failures.push_back({row.at("case"), row.at("row"), row.at("worst")});
    }
    for (auto& [op, operation] : by_op) {
      operation.op = op;
      report.operations.push_back(std::move(operation));
    }
  } catch (const nlohmann::json::exception& error) {
    throw std::runtime_error(std::string("The self-test's report cannot be read: ") + error.what());
  }
  std::ranges::stable_sort(report.operations, std::ranges::greater(), [](const SelftestOperation& one) { return one.failed > 0; });
  return report;
}

SelftestCount count_lines(std::string_view printed) {
  SelftestCount count;
  for (std::size_t at = 0, end = 0; (end = printed.find('\n', at)) != printed.npos; at = end + 1) {
    const std::string_view line = printed.substr(at, end - at);
    if (line.starts_with("ok ")) ++count.passed;
    if (line.starts_with("WRONG ")) ++count.failed;
  }
  return count;
}

}  // namespace gouache::studio
