// Which op instances does the self-test run?  A table: a name, the op it is about, and a small graph.
#pragma once

#include <span>

#include "host/graph/graph.h"

namespace gouache::cli {

/// `build` marks outputs or updates; inputs and variables are filled by feeds() of host/plan/feeds.h.
struct KernelCase {
  const char* name;
  const char* op;  ///< the op or composite whose rows are meant
  void (*build)(Graph&);
};

/// Odd shapes and every attribute, small enough for the CPU reference.
std::span<const KernelCase> selftest_cases();

}  // namespace gouache::cli
