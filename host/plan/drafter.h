// How do groups of nodes become steps over bytes?  steps.cpp makes the steps, places.cpp says where their results go.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/plan/draft.h"

namespace gouache {

/// Gradients that lie side by side, as the parameters they belong to do.
struct Bundle {
  std::int64_t bytes = 0;
  std::vector<std::int64_t> offsets;
  std::int32_t value = -1;
};

/// The parts of a concat that are written in place, one behind the other or side by side.
struct Join {
  std::int32_t value = -1;
  std::vector<std::int64_t> offsets;
  std::vector<Band> bands;
};

/// Columns of a value that a step of their own writes.
struct PlacedBand {
  std::int32_t whole = -1;
  Band band;
};

inline bool is_op(const Graph& g, Tensor t, std::string_view name) { return g.node(t).op->name == name; }
Tensor through_reshapes(const Graph& g, Tensor t);

/// The part of an optimizer's input list that starts at `run` (0 parameters, 1 gradients, 2.. state).
std::span<const Tensor> optimizer_inputs(const Node& node, int run);

DraftValue part_of(std::int32_t bundle, std::int64_t offset, std::int64_t bytes);

class Drafter {
 public:
  Drafter(const Graph& graph, const std::vector<Group>& groups, const StateLayout& state, const KernelCatalog& catalog)
      : g_(graph), groups_(groups), state_(state), catalog_(catalog) {}
  Draft run();

 private:
  Tensor tensor(std::int32_t node) const { return {const_cast<Graph*>(&g_), node, 0}; }

  // ---- values
  std::int32_t state_value(const std::string& name);
  std::int32_t value_of(Tensor t);
  /// The place for a result that a step is about to write.
  std::int32_t result_value(Tensor t);

  // ---- where results go
  void find_bundles();
  std::vector<Tensor> key_of(std::span<const Tensor> gradients) const { return {gradients.begin(), gradients.end()}; }
  void add_bundle(std::span<const Tensor> gradients, Bundle bundle);
  /// The name of the variable that a tensor's in-place history starts from; throws when it is not one.
  const std::string& variable_name(Tensor t) const;
  const StateSlot& slot_of(Tensor t) const { return state_.at(variable_name(t)); }
  bool computed(Tensor t) const;
  void find_sinks();
  /// Has the parts of a concat written where they belong, as far as they may be written anywhere.
  void place_parts(std::int32_t concat);
  /// The same where they lie side by side in every row: as far as a kernel writes them there, and nobody else reads them.
  void place_bands(std::int32_t concat);
  /// Whether the step that computes `part` may write it to `band` instead.
  bool may_be_band(Tensor part, const Band& band) const;
  /// How often a tensor or a reshaped view of it is read, in the graph or after the run.
  std::int64_t reads_of(Tensor t) const;
  /// Whether a group that runs after `position` reads the variable as it was before the run, or this group reads it in a way that
  /// is not element by element.
  bool read_after(Tensor variable, std::int32_t position) const;

  // ---- steps and the end of the run
  /// Whether a slice's result needs no work: it is a range of its input's bytes.
  bool show_slice(const Group& group);
  /// Whether a concat's parts lie in place; those that could not be written there are copied.
  bool join_parts(const Group& group);
  /// Copies a value into a bundle unless it was computed there.
  void put_part(std::int32_t value, std::int32_t bundle, std::int64_t offset, const TensorType& type, const std::string& label);
  void add_group(const Group& group);
  /// Weights [R,S,C,K] with the last two axes swapped, made once for every value of the weights.
  std::int32_t repacked(Tensor weights);
  void add_copy(std::int32_t from, std::int32_t to, const TensorType& type, const std::string& label);
  /// The flat gradients of a bundle; tensors that could not be computed in place are copied in.
  std::int32_t flat_gradients(std::span<const Tensor> gradients);
  static TensorType flat_type(std::int64_t bytes) { return {{bytes / 4}, DType::f32}; }
  void add_gradient_norm(const Group& group);
  void add_optimizer(const Group& group);
  void finish_outputs();
  void finish_updates();

  const Graph& g_;
  const std::vector<Group>& groups_;
  const StateLayout& state_;
  const KernelCatalog& catalog_;
  Draft draft_;
  std::map<Tensor, std::int32_t> values_, repacked_;
  std::map<std::string, std::int32_t> variables_;
  std::map<Tensor, DraftValue> sinks_;
  std::map<std::int32_t, Join> joins_;  ///< by concat
  std::map<Tensor, PlacedBand> bands_;
  std::map<std::vector<Tensor>, Bundle> bundles_;
  std::set<std::int32_t> gathered_;
};

}  // namespace gouache
