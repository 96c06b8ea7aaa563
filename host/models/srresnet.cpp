// How does SRResNet make a picture four times as large?  Ledig et al. 2017, arXiv:1609.04802, figure 4: the generator of SRGAN.
// With PReLU, a slope a channel, as there. There is no training for it here: it can be planned and measured.
#include "host/graph/error.h"
#include "host/models/model.h"
#include "host/nn/layers.h"

namespace gouache {
namespace {

constexpr ConvSettings kKeep{.kernel = 3, .stride = 1, .pad = 1}, kWide{.kernel = 9, .stride = 1, .pad = 4};

/// x [N, H, W, C] -> [N, 2 H, 2 W, C]. PReLU comes before the shuffle, where it costs no pass of its own: the four pixels that a
/// channel becomes share its slope, so the order makes no difference.
Tensor doubled(const Scope& s, Tensor x) {
  const std::int64_t channels = x.shape()[3];
  const Tensor y = conv2d(s, x, 4 * channels, kKeep);
  const Tensor slope = s.parameter("slope", {channels}, {Init::Kind::constant, 0.25f});
  return pixel_shuffle(relu(y) + concat({slope, slope, slope, slope}, 0) * minimum(y, y.graph->scalar(0.0f)), 2);
}

Tensor generator(Scope s, Tensor x, Tensor, const Recipe& r) {  // image [N, S, S, C] -> image [N, 4 S, 4 S, C] in [-1, 1]
  const std::int64_t channels = r.integer("channels");
  const Tensor first = prelu(s["from_image"], conv2d(s["from_image"], x, channels, kWide));
  Tensor h = first;
  for (int i = 0; i < r.integer("blocks"); ++i) {
    const Scope a = s["block"][i]["a"], b = s["block"][i]["b"];
    const Tensor inner = prelu(a, batch_norm(a, conv2d(a, h, channels, kKeep, Bias::none)));
    h = batch_norm(b, conv2d(b, inner, channels, kKeep, Bias::none)) + h;
  }
  h = batch_norm(s["after"], conv2d(s["after"], h, channels, kKeep, Bias::none)) + first;
  for (int i = 0; i < 2; ++i) h = doubled(s["double"][i], h);
  return tanh(conv2d(s["to_image"], h, r.integer("image_channels"), kWide));
}

std::span<const RecipeField> fields() {
  static const std::vector<RecipeField> kFields{
      {"size",
       std::int64_t{64},
       8,
       128,
       {},
       "width and height in pixels of the image that is read; the result has four times as many each way"},
      {"channels", std::int64_t{64}, 4, 256, {}, "feature maps"},
      {"blocks", std::int64_t{16}, 1, 64, {}, "residual blocks"},
      {"image_channels", std::int64_t{3}, 1, 4, {}, "1 grey, 3 RGB, 4 RGBA with premultiplied colour"}};
  return kFields;
}

ImageShape shape(const Recipe& r) {
  const std::int64_t size = r.integer("size"), colours = r.integer("image_channels");
  return {4 * size, 4 * size, colours, 0, 0, {size, size, colours}};
}

}  // namespace

extern const ModelRow srresnet;
const ModelRow srresnet{"srresnet", "four times the resolution (Ledig et al. 2017)", fields, shape, nullptr, generator};

}  // namespace gouache
