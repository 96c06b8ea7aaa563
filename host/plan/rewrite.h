// How is a graph copied with some of its nodes replaced by others that compute the same?
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "host/graph/graph.h"

namespace gouache {

class Rewriter {
 public:
  explicit Rewriter(const Graph& from) : from_(from), to_(std::make_unique<Graph>()) {}
  virtual ~Rewriter() = default;

  /// The copy; null when nothing was replaced. Nodes that are no longer read stay in it.
  std::unique_ptr<Graph> run();

 protected:
  /// What takes the place of node `index` of the old graph, which has one output; `inputs` are its inputs in the new graph. Empty: a copy.
  virtual Tensor replacement(std::int32_t index, const std::vector<Tensor>& inputs) = 0;

  const Graph& from() const { return from_; }
  Graph& to() { return *to_; }

 private:
  const Graph& from_;
  std::unique_ptr<Graph> to_;
  std::map<Tensor, Tensor> map_;
};

/// The graph in which convolutions of doubled images read the small images; null when there are none. `made_once`: what depends on state
/// alone costs nothing.
std::unique_ptr<Graph> fold_upsampling(const Graph& graph, bool made_once);

/// The graph in which what is done a channel to the reshaped rows of a matrix product is done a column to the product; null when there is
/// nothing of the kind. Costs work that depends on state alone.
std::unique_ptr<Graph> spread_channels(const Graph& graph);

}  // namespace gouache
