// Which chains behind a reshaped matrix product are its epilogue?  What adds or multiplies a vector of C channels to [N, H, W, C] does so
// to the product [N, H W C] with the vector repeated H W times: where vectors depend on state alone, they are repeated once.
#include <algorithm>
#include <set>
#include <string_view>

#include "host/ops/ops.h"
#include "host/plan/rewrite.h"

namespace gouache {
namespace {

class Spreader : public Rewriter {
 public:
  explicit Spreader(const Graph& from) : Rewriter(from), settled_(static_cast<std::size_t>(from.size()), false) {
    for (std::int32_t i = 0; i < from.size(); ++i) {
      const Node& node = from.node(i);
      for (Tensor input : node.inputs) ++uses_[input];
      settled_[static_cast<std::size_t>(i)] =
          is_op(i, "variable") || is_op(i, "constant") ||
          (!node.inputs.empty() && !is_op(i, "random") && !node.op->in_place &&
           std::ranges::all_of(node.inputs, [&](Tensor t) { return settled_[static_cast<std::size_t>(t.node)]; }));
    }
    for (const auto& [name, tensor] : from.outputs()) uses_[tensor] += 2;
    for (const Update& update : from.updates()) uses_[update.value] += 2;
  }

 private:
  bool is_op(std::int32_t node, std::string_view name) const { return from().node(node).op->name == name; }

  Tensor replacement(std::int32_t index, const std::vector<Tensor>& inputs) override {
    const Node& node = from().node(index);
    if (!is_op(index, "elementwise") || node.outputs[0].shape.size() < 3) return {};
    std::vector<Tensor> flat(inputs.size());
    Tensor rows;
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (Tensor of = rows_of(node.inputs[i], inputs[i], node.outputs[0].shape)) {
        if (rows) return {};
        rows = flat[i] = of;
      }
    if (!rows) return {};
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (!flat[i] && !(flat[i] = repeated(node.inputs[i], inputs[i], node.outputs[0].shape.back(), rows.shape()[1]))) return {};
    const Tensor made = to().add(*node.op, flat, node.attributes);
    chained_.insert(index);
    return reshape(made, node.outputs[0].shape);
  }

  /// The matrix [N, H W C], a product or a chain behind one that nobody else reads, which `now` shows as `shape`; empty if it does not.
  Tensor rows_of(Tensor old, Tensor now, const Shape& shape) {
    if (now.shape() != shape || uses_.at(old) != 1 || std::string_view(to().node(now).op->name) != "reshape") return {};
    const Tensor rows = to().node(now).inputs[0];
    if (rows.shape().size() != 2 || rows.shape()[0] != shape[0]) return {};
    if (chained_.count(old.node)) return rows;
    const Tensor product = from().node(old).inputs.empty() ? Tensor{} : from().node(old).inputs[0];
    return product && is_op(product.node, "matmul") && uses_.at(product) == 1 ? rows : Tensor{};
  }

  /// A vector of `channels`, or one value, so often that it is `columns` long; empty when `now` is neither or changes from run to run.
  Tensor repeated(Tensor old, Tensor now, std::int64_t channels, std::int64_t columns) {
    const std::int64_t count = now.type().count();
    if (count == 1) return reshape(now, {1});
    while (std::string_view(to().node(now).op->name) == "broadcast") now = to().node(now).inputs[0];
    if (!settled_[static_cast<std::size_t>(old.node)] || now.type().count() != channels || now.shape().back() != channels) return {};
    const auto [place, added] = repeated_.try_emplace({now, columns});
    if (added) place->second = reshape(broadcast(reshape(now, {1, channels}), {columns / channels, channels}), {columns});
    return place->second;
  }

  std::vector<bool> settled_;  ///< by node: depends on state and constants alone
  std::map<Tensor, int> uses_;
  std::set<std::int32_t> chained_;  ///< nodes of the old graph that became a chain behind a product
  std::map<std::pair<Tensor, std::int64_t>, Tensor> repeated_;
};

}  // namespace

std::unique_ptr<Graph> spread_channels(const Graph& graph) { return Spreader(graph).run(); }

}  // namespace gouache
