// Which op instances do the self-test and the kernel bench run?  A table: a name, the op it is about, and a small graph.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "host/graph/graph.h"
#include "host/plan/state_layout.h"

namespace gouache::cli {

/// `build` marks outputs or updates; inputs and variables are filled by feeds().
struct KernelCase {
  const char* name;
  const char* op;  ///< the op or composite whose rows are meant
  void (*build)(Graph&);
};

/// Odd shapes and every attribute, small enough for the CPU reference.
std::span<const KernelCase> selftest_cases();
/// Shapes that models really have, large enough to measure.
std::span<const KernelCase> bench_cases();

/// Values for every input and variable of `graph`, the same on every machine: floats roughly normal (second moments positive), u8
/// in 0..255, u32 tensors named "indices/N" below N, control records with seed 5 at step 2.
std::map<std::string, Array> feeds(const Graph& graph);

/// Where the variables of `graph` lie: names "G/..." as a trained module with its moments and averages, each other in a block of its own.
StateLayout layout_of(const Graph& graph);

/// The bytes of an array in its own element type, and back.
std::vector<std::byte> to_bytes(const Array& array);
Array from_bytes(const TensorType& type, std::span<const std::byte> bytes);

}  // namespace gouache::cli
