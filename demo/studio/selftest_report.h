// What did the self-test find?
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gouache::studio {

/// Kernel rows of one operation that agree with the CPU reference, and those that do not.
struct SelftestOperation {
  std::string op;
  std::size_t passed = 0, failed = 0;
};

struct SelftestFailure {
  std::string test, row;  ///< the case's name, and the kernel
  std::string why;        ///< the worst value, or the error
};

struct SelftestReport {
  std::string device, driver;
  std::size_t passed = 0, failed = 0;
  std::vector<SelftestOperation> operations;  ///< those with failures first, then by name
  std::vector<SelftestFailure> failures;
};

/// From the JSON text of `gouache selftest --json`. Throws std::runtime_error where it is none.
SelftestReport read_selftest(std::string_view json);

/// How many rows the lines that `gouache selftest` has printed so far speak of; lines that are not complete wait for their end.
struct SelftestCount {
  std::size_t passed = 0, failed = 0;
};
SelftestCount count_lines(std::string_view printed);

}  // namespace gouache::studio
