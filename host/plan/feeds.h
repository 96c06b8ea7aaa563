// What goes into the leaves of a graph that is only tried out, where do its variables lie, and how do arrays become bytes?
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "host/graph/graph.h"
#include "host/plan/state_layout.h"

namespace gouache {

/// Values for every input and variable of `graph`, the same on every machine: floats roughly normal (second moments positive), u8
/// in 0..255, u32 tensors named "indices/N" below N, control records with seed 5 at step 2.
std::map<std::string, Array> feeds(const Graph& graph);

/// Where the variables of `graph` lie: names "G/..." as a trained module with its moments and averages, each other in a block of its own.
StateLayout layout_of(const Graph& graph);

/// The bytes of an array in its own element type, and back.
std::vector<std::byte> to_bytes(const Array& array);
Array from_bytes(const TensorType& type, std::span<const std::byte> bytes);

}  // namespace gouache
