// Which convolutions of doubled images read the small images instead?  A 3x3 convolution of an image whose pixels were doubled meets each
// pixel of the small image with two of its taps along each axis: it is the transposed 4x4 convolution of stride 2 whose taps are sums of
// its own. A result takes 4 taps in the place of 9, the doubled image is never written, and the derivatives are that convolution's.
#include <algorithm>
#include <string_view>

#include "host/ops/ops.h"
#include "host/plan/rewrite.h"

namespace gouache {
namespace {

constexpr double kWorthwhile = 2e7;  // operations that must be spared to pay for the dispatches that make the taps

class Folder : public Rewriter {
 public:
  Folder(const Graph& from, bool made_once) : Rewriter(from), worthwhile_(made_once ? 0 : kWorthwhile) {}

 private:
  Tensor replacement(std::int32_t index, const std::vector<Tensor>& inputs) override {
    const Node& node = from().node(index);
    const std::string_view name = node.op->name;
    if (name == "conv2d") {  // x [N,2H,2W,C], w [3,3,C,K]
      const Tensor small = halved(inputs[0]);
      if (!small || !fits(node, inputs[0], inputs[1].shape())) return {};
      return conv2d_transpose(small, swapped(taps_of(inputs[1])), halving(), node.outputs[0].shape);
    }
    if (name == "conv2d_weight_grad") {  // x [N,2H,2W,C], dy [N,2H,2W,K]
      const Tensor small = halved(inputs[0]);
      const Shape& w = node.outputs[0].shape;
      if (!small || !fits(node, inputs[0], w)) return {};
      const Tensor taps = swapped(conv2d_weight_grad(inputs[1], small, halving(), {4, 4, w[3], w[2]}));
      return reshape(matmul(sums(), reshape(taps, {16, -1})), w);
    }
    if (name == "resample") {  // of dy [N,2H,2W,K] through conv2d_transpose, w [3,3,C,K]
      const auto& attributes = node.as<ResampleAttributes>();
      const Node& back = to().node(inputs[0]);
      if (attributes.kind != ResampleKind::sum_down || attributes.factor != 2 || std::string_view(back.op->name) != "conv2d_transpose")
        return {};
      if (!fits(back, inputs[0], back.inputs[1].shape())) return {};
      return conv2d(back.inputs[0], swapped(taps_of(back.inputs[1])), halving());
    }
    return {};
  }

  /// The image [N,H,W,C] that `x` doubles; empty when it doubles none.
  Tensor halved(Tensor x) {
    const Node& node = to().node(x);
    const auto* attributes = std::get_if<ResampleAttributes>(&node.attributes);
    return attributes && attributes->kind == ResampleKind::nearest_up && attributes->factor == 2 ? node.inputs[0] : Tensor{};
  }

  static ConvAttributes halving() { return conv_attributes({.kernel = 4, .stride = 2, .pad = 1}); }

  /// Whether `node` is the convolution of `image` with 3x3 weights that keeps its size (or one of its derivatives), and worth the change.
  bool fits(const Node& node, Tensor image, const Shape& w) const {
    ConvAttributes attributes = node.as<ConvAttributes>();
    attributes.result.clear();
    if (image.shape().size() != 4 || w.size() != 4 || w[0] != 3 || w[1] != 3 || w[2] % 4 != 0 || w[3] % 4 != 0) return false;
    const double pixels = static_cast<double>(image.type().count() / image.shape().back());
    return attributes == conv_attributes({.kernel = 3, .stride = 1, .pad = 1}) &&
           2 * pixels * static_cast<double>(w[2] * w[3]) * (9 - 4) >= worthwhile_;
  }

  /// Which taps of 3 x 3 (rows) each of 4 x 4 (columns) adds up: along each axis t those at 2 - t and 3 - t, as far as there are.
  Tensor sums() {
    if (sums_) return sums_;
    std::vector<float> values(9 * 16, 0.0f);
    for (int ty = 0; ty < 4; ++ty)
      for (int tx = 0; tx < 4; ++tx)
        for (int r = std::max(2 - ty, 0); r <= std::min(3 - ty, 2); ++r)
          for (int s = std::max(2 - tx, 0); s <= std::min(3 - tx, 2); ++s)
            values[static_cast<std::size_t>((r * 3 + s) * 16 + ty * 4 + tx)] = 1;
    return sums_ = to().constant({9, 16}, values);
  }

  /// w [3,3,C,K] -> [4,4,C,K].
  Tensor taps_of(Tensor w) {
    const auto [place, added] = taps_.try_emplace(w);
    if (added) place->second = reshape(matmul(sums(), reshape(w, {9, -1}), true), {4, 4, w.shape()[2], w.shape()[3]});
    return place->second;
  }
  static Tensor swapped(Tensor w) { return permute(w, {0, 1, 3, 2}); }

  const double worthwhile_;
  Tensor sums_;
  std::map<Tensor, Tensor> taps_;
};

}  // namespace

std::unique_ptr<Graph> fold_upsampling(const Graph& graph, bool made_once) { return Folder(graph, made_once).run(); }

}  // namespace gouache
