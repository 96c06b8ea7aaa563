// Which nodes of a graph have to be computed at all?
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "host/graph/graph.h"

namespace gouache {

/// A smaller graph with the same outputs and updates: dead nodes dropped, equal nodes merged, constants folded, x + 0 and 1 x
/// removed, composites for which `keep_composite(name)` is false replaced by their bodies.
std::unique_ptr<Graph> simplify(const Graph& graph, const std::function<bool(const std::string&)>& keep_composite);

/// Whether `t` is a constant with one value for all elements; sets `value`.
bool is_fill(const Graph& graph, Tensor t, float* value = nullptr);

}  // namespace gouache
