// How do gradients flow backwards through a part of a graph?
#pragma once

#include <span>
#include <vector>

#include "host/graph/graph.h"

namespace gouache {

/// Gradients of sum_i <outputs[i], d_outputs[i]> with respect to `wrt`, one a tensor, empty where nothing flows. Only nodes
/// from `first_node` on are walked; an empty d_outputs[i] is zero. Adds nodes to `graph`.
std::vector<Tensor> pull_back(Graph& graph, std::span<const Tensor> outputs, std::span<const Tensor> d_outputs, std::span<const Tensor> wrt,
                              std::int32_t first_node = 0);

}  // namespace gouache
