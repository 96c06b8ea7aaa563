// How does pix2pix turn one picture into another?  Its U-Net generator alone: Isola et al. 2017, arXiv:1611.07004, section 6.1.1.
// Every image is normalised by itself, as the paper does at batch 1; without dropout, which is noise for the training. There is no
// training for it here: it can be planned and measured.
#include <algorithm>

#include "host/graph/error.h"
#include "host/models/model.h"
#include "host/nn/layers.h"

namespace gouache {
namespace {

constexpr ConvSettings kHalve{.kernel = 4, .stride = 2, .pad = 1};
constexpr float kSlope = 0.2f;  // of the encoder's leaky ReLU

/// Feature maps of the level that is `at` pixels wide: base, 2, 4, 8, then always 8 times it.
std::int64_t width(const Recipe& r, std::int64_t at) {
  return r.integer("channels") * std::min<std::int64_t>(r.integer("size") / at / 2, 8);
}

/// Nothing is left of one pixel that is normalised by itself.
Tensor normed(const Scope& s, Tensor x, std::int64_t at) { return at == 1 ? x : instance_norm(s, x); }

Tensor generator(Scope s, Tensor x, Tensor, const Recipe& r) {  // image [N, S, S, C] -> image [N, S, S, C'] in [-1, 1]
  const std::int64_t size = r.integer("size");
  std::vector<Tensor> skips;  // by level, the largest first; the smallest has none
  Tensor h = conv2d(s["down"][static_cast<int>(size / 2)], x, width(r, size / 2), kHalve);
  for (std::int64_t at = size / 4; at >= 1; at /= 2) {
    skips.push_back(leaky_relu(h, kSlope));
    const Scope level = s["down"][static_cast<int>(at)];
    h = normed(level, conv2d(level, skips.back(), width(r, at), kHalve, at == 1 ? Bias::zeros : Bias::none), at);
  }
  h = relu(h);
  for (std::int64_t at = 2; at < size; at *= 2) {
    const Scope level = s["up"][static_cast<int>(at)];
    h = instance_norm(level, conv2d_transpose(level, h, width(r, at), kHalve, Bias::none));
    h = concat({relu(h), relu(skips.back())}, 3);
    skips.pop_back();
  }
  return tanh(conv2d_transpose(s["to_image"], h, r.integer("image_channels"), kHalve));
}

std::span<const RecipeField> fields() {
  static const std::vector<RecipeField> kFields{
      {"size", std::int64_t{256}, 8, 512, {}, "width and height of both images in pixels, a power of two"},
      {"channels", std::int64_t{64}, 4, 256, {}, "feature maps of the first level; doubled three times"},
      {"source_channels", std::int64_t{3}, 1, 4, {}, "of the image that is read"},
      {"image_channels", std::int64_t{3}, 1, 4, {}, "1 grey, 3 RGB, 4 RGBA with premultiplied colour"}};
  return kFields;
}

ImageShape shape(const Recipe& r) {
  const std::int64_t size = r.integer("size");
  if ((size & (size - 1)) != 0) throw Error("pix2pix: size is " + std::to_string(size) + ", expected a power of two in 8..512");
  return {size, size, r.integer("image_channels"), 0, 0, {size, size, r.integer("source_channels")}};
}

}  // namespace

extern const ModelRow pix2pix;
const ModelRow pix2pix{"pix2pix", "U-Net from image to image (Isola et al. 2017)", fields, shape, nullptr, generator};

}  // namespace gouache
