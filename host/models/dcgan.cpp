// How does DCGAN look, what does it learn from, and how is it trained?  Radford et al. 2016, arXiv:1511.06434.
#include "host/models/adversarial.h"
#include "host/nn/layers.h"

namespace gouache {
namespace {

constexpr ConvSettings kHalve{.kernel = 4, .stride = 2, .pad = 1};

Tensor generator(Scope s, Tensor z, const Recipe& r) {  // z [N, latent] -> image [N, S, S, C] in [-1, 1]
  std::int64_t c = r.integer("channels");
  const std::int64_t size = r.integer("size");
  Tensor h = reshape(dense(s["stem"], z, 4 * 4 * c, Bias::none), {-1, 4, 4, c});
  h = relu(batch_norm(s["stem"], h));
  for (std::int64_t at = 8; at < size; at *= 2) {
    const Scope level = s[static_cast<int>(at)];
    h = relu(batch_norm(level, conv2d_transpose(level, h, c /= 2, kHalve, Bias::none)));
  }
  return tanh(conv2d_transpose(s["to_image"], h, r.integer("image_channels"), kHalve));
}

Tensor discriminator(Scope s, Tensor x, const Recipe& r) {  // image [N, S, S, C] -> logit [N, 1]
  const std::int64_t size = r.integer("size");
  std::int64_t c = r.integer("channels") * 8 / size;
  Tensor h = leaky_relu(conv2d(s["from_image"], x, c, kHalve), 0.2f);
  for (std::int64_t at = size / 4; at >= 4; at /= 2) {
    const Scope level = s[static_cast<int>(at)];
    h = leaky_relu(batch_norm(level, conv2d(level, h, c *= 2, kHalve, Bias::none)), 0.2f);
  }
  return dense(s["logit"], reshape(h, {x.shape()[0], -1}), 1);
}

std::span<const RecipeField> fields() {
  static const std::vector<RecipeField> kFields = [] {
    std::vector<RecipeField> f{{"size", std::int64_t{32}, 8, 256, {}, "width and height of the image in pixels, a power of two"},
                               {"channels", std::int64_t{64}, 4, 2048, {}, "feature maps at 4x4; halved at every larger level"},
                               {"latent", std::int64_t{64}, 1, 1024, {}, "length of the latent vector"},
                               {"image_channels", std::int64_t{1}, 1, 4, {}, "1 grey, 3 RGB, 4 RGBA with premultiplied colour"}};
    for (RecipeField& field : adversarial_fields()) f.push_back(std::move(field));
    return f;
  }();
  return kFields;
}

ImageShape shape(const Recipe& r) {
  const std::int64_t size = r.integer("size"), channels = r.integer("channels");
  if ((size & (size - 1)) != 0) throw Error("dcgan: size is " + std::to_string(size) + ", expected a power of two in 8..256");
  if (channels % (size / 8) != 0)
    throw Error("dcgan: channels is " + std::to_string(channels) + ", expected a multiple of " + std::to_string(size / 8) + " for size " +
                std::to_string(size));
  return {size, size, r.integer("image_channels"), r.integer("latent")};
}

void train(Training& t, const Recipe& r) { train_adversarial(t, r, adversarial_step(generator, discriminator, r)); }

}  // namespace

extern const ModelRow dcgan;
const ModelRow dcgan{"dcgan", "convolutional GAN (Radford et al. 2016)", fields, shape, train, generator};

}  // namespace gouache
