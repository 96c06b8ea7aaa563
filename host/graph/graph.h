// What is a computation?  Nodes of the op table in the order they were built, and the variables they update.
#pragma once

#include <deque>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/graph/attributes.h"
#include "host/graph/error.h"
#include "host/graph/tensor_type.h"

namespace gouache {

class Graph;
struct OpRow;

/// One result of one node. Cheap to copy; valid as long as its graph.
struct Tensor {
  Graph* graph = nullptr;
  std::int32_t node = -1, output = 0;

  explicit operator bool() const { return graph != nullptr; }
  bool operator==(const Tensor&) const = default;
  auto operator<=>(const Tensor&) const = default;
  const TensorType& type() const;
  const Shape& shape() const { return type().shape; }
};

struct Node {
  const OpRow* op = nullptr;
  std::vector<Tensor> inputs;
  Attributes attributes;
  std::vector<TensorType> outputs;
  std::string label;  ///< scope path for dumps, e.g. "G/8"; may be empty

  template <class A>
  const A& as() const {
    return std::get<A>(attributes);
  }
};

/// A tensor's values on the CPU, in double whatever the type (u8 and u32 are exact).
struct Array {
  TensorType type;
  std::vector<double> values;
};

/// One gradient an input; an empty Tensor where nothing flows.
using Gradients = std::vector<Tensor>;

/// One row of the op table: all that Gouache knows of an op besides its kernels.
struct OpRow {
  const char* name;
  /// Result types; throws Error naming the op and the shapes when they do not fit.
  std::vector<TensorType> (*infer)(const Node& node);
  /// Gradients of the inputs, as nodes of the same graph, from those of the outputs (an output without one is empty).
  /// Null: the op has no gradient (leaves, random, optimizers).
  Gradients (*gradient)(Graph& graph, Tensor self, std::span<const Tensor> d_outputs);
  /// The definition of the op: slow and readable, in double. `outputs` come typed and filled with zeros. Null: fed from outside.
  void (*evaluate)(const Node& node, std::span<const Array* const> inputs, std::span<Array> outputs);
  /// Pairs (output, input) that share storage: the kernel updates the input.
  std::vector<std::pair<int, int>> (*in_place)(const Node& node) = nullptr;
};

/// A composite: named body in base ops, optional first-gradient rule, a kernel of its own where the catalog has one.
struct CompositeRow {
  const char* name;
  /// Builds the body from the composite's inputs; gives its outputs.
  std::vector<Tensor> (*body)(Graph& graph, std::span<const Tensor> inputs, std::span<const float> parameters);
  /// As OpRow::gradient; null: the body is differentiated.
  Gradients (*gradient)(Graph& graph, Tensor self, std::span<const Tensor> d_outputs);
};

/// `variable` takes the value of `value` when the graph has run.
struct Update {
  Tensor variable, value;
};

class Graph {
 public:
  Graph() = default;
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  /// Adds a node of table row `op`; infers its outputs. Throws Error when shapes do not fit.
  Tensor add(const OpRow& op, std::vector<Tensor> inputs, Attributes attributes = {});

  /// Data that lives across runs, found by name. The same name twice gives the same tensor (types must agree).
  Tensor variable(const std::string& name, TensorType type);
  /// Data handed in before each run.
  Tensor input(const std::string& name, TensorType type);
  Tensor constant(Shape shape, std::vector<float> values);
  Tensor scalar(float value) { return constant({}, {value}); }

  /// After the run, `variable` holds `value` (same type).
  void update(Tensor variable, Tensor value);
  /// Marks a result that the caller reads.
  void output(const std::string& name, Tensor value);

  const Node& node(std::int32_t index) const { return nodes_[static_cast<std::size_t>(index)]; }
  const Node& node(Tensor t) const { return node(t.node); }
  std::int32_t size() const { return static_cast<std::int32_t>(nodes_.size()); }
  const std::vector<Update>& updates() const { return updates_; }
  const std::vector<std::pair<std::string, Tensor>>& outputs() const { return outputs_; }

  /// Scope path given to nodes added from now on.
  void set_label(std::string label) { label_ = std::move(label); }
  const std::string& label() const { return label_; }

 private:
  Tensor append(Node node);

  std::deque<Node> nodes_;  // references to nodes and their types stay good while nodes are added
  std::vector<Update> updates_;
  std::vector<std::pair<std::string, Tensor>> outputs_;
  std::map<std::string, Tensor> leaves_;
  std::string label_;
};

/// Every row of the op table, in order of family.
std::span<const OpRow* const> op_table();
/// The row called `name`; throws Error when there is none.
const OpRow& op(std::string_view name);

/// Adds composite `row`.
std::vector<Tensor> add_composite(Graph& graph, const CompositeRow& row, std::vector<Tensor> inputs, std::vector<float> parameters = {});

/// d(loss)/d(each of wrt) as nodes of the loss's graph; `loss` has one element. A tensor the loss does not depend on gets zeros.
/// Differentiable again.
std::vector<Tensor> gradient(Tensor loss, std::span<const Tensor> wrt);

/// Values of `wanted` on the CPU, by the definitions. `feeds` gives inputs and variables; throws Error naming one that is missing.
std::vector<Array> evaluate(const Graph& graph, const std::map<std::string, Array>& feeds, std::span<const Tensor> wanted);

}  // namespace gouache
