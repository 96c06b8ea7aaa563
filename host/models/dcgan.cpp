// How does DCGAN look, what does it learn from, and how is it trained?  Radford et al. 2016, arXiv:1511.06434.
#include "host/models/adversarial.h"
#include "host/nn/layers.h"

namespace gouache {
namespace {

constexpr ConvSettings kHalve{.kernel = 4, .stride = 2, .pad = 1}, kKeep{.kernel = 3, .stride = 1, .pad = 1};

constexpr float kSlope = 0.2f;  // of the discriminator's leaky ReLU

/// Feature maps of the level that is `at` pixels wide.
std::int64_t width(const Recipe& r, std::int64_t at) { return r.integer("channels") * 4 / at; }

Tensor generator(Scope s, Tensor z, Tensor labels, const Recipe& r) {  // z [N, latent] -> image [N, S, S, C] in [-1, 1]
  const std::int64_t size = r.integer("size");
  Tensor h = reshape(dense(s["stem"], with_labels(z, labels), 4 * 4 * width(r, 4), Bias::none), {-1, 4, 4, width(r, 4)});
  h = relu(batch_norm(s["stem"], h));
  for (std::int64_t at = 8; at < size; at *= 2) {
    const Scope level = s[static_cast<int>(at)];
    h = relu(batch_norm(level, conv2d_transpose(level, h, width(r, at), kHalve, Bias::none)));
  }
  const std::int64_t colours = r.integer("image_channels");
  if (r.text("image_layer") == "transpose") return tanh(conv2d_transpose(s["to_image"], h, colours, kHalve));
  const Scope level = s[static_cast<int>(size)];
  h = relu(batch_norm(level, conv2d(level, upsample_nearest(h, 2), width(r, size), kKeep, Bias::none)));
  return tanh(conv2d(s["to_image"], h, colours, kKeep));
}

Tensor discriminator(Scope s, Tensor x, Tensor labels, const Recipe& r) {  // image [N, S, S, C] -> logit [N, 1]
  const std::int64_t size = r.integer("size");
  const bool normalised = r.text("discriminator_norm") == "batch";
  const auto halved = [&](const Scope& level, Tensor h, std::int64_t at, bool with_norm) {
    const float deviation = normalised ? kWeightDeviation : he_deviation(4 * 4 * h.shape()[3], kSlope);
    h = conv2d(level, h, width(r, at), kHalve, with_norm ? Bias::none : Bias::zeros, deviation);
    return leaky_relu(with_norm ? batch_norm(level, h) : h, kSlope);
  };
  Tensor h = halved(s["from_image"], x, size / 2, false);
  for (std::int64_t at = size / 4; at >= 4; at /= 2) h = halved(s[static_cast<int>(at)], h, at, normalised);
  h = reshape(h, {x.shape()[0], -1});
  const Tensor logit = dense(s["logit"], h, 1);
  if (!labels) return logit;
  return logit + sum(h * dense(s["class"], labels, h.shape()[1], Bias::none), {1});  // projection: Miyato & Koyama 2018, arXiv:1802.05637
}

std::span<const RecipeField> fields() {
  static const std::vector<RecipeField> kFields = [] {
    std::vector<RecipeField> f{
        {"size", std::int64_t{32}, 8, 512, {}, "width and height of the image in pixels, a power of two"},
        {"channels", std::int64_t{64}, 4, 2048, {}, "feature maps at 4x4; halved at every larger level"},
        {"latent", std::int64_t{64}, 1, 1024, {}, "length of the latent vector"},
        {"image_channels", std::int64_t{1}, 1, 4, {}, "1 grey, 3 RGB, 4 RGBA with premultiplied colour"},
        {"image_layer",
         std::string("transpose"),
         0,
         0,
         {"transpose", "resize"},
         "how the generator reaches full size: a transposed convolution, or pixels doubled and two 3x3 convolutions, which "
         "paint even areas without a checkerboard (Odena et al. 2016)"},
        {"discriminator_norm", std::string("batch"), 0, 0, {"batch", "none"}, "normalisation in the discriminator"}};
    for (RecipeField& field : adversarial_fields()) f.push_back(std::move(field));
    return f;
  }();
  return kFields;
}

ImageShape shape(const Recipe& r) {
  const std::int64_t size = r.integer("size"), channels = r.integer("channels");
  if ((size & (size - 1)) != 0) throw Error("dcgan: size is " + std::to_string(size) + ", expected a power of two in 8..512");
  const std::int64_t narrowing = size / (r.text("image_layer") == "resize" ? 4 : 8);
  if (channels % narrowing != 0)
    throw Error("dcgan: channels is " + std::to_string(channels) + ", expected a multiple of " + std::to_string(narrowing) + " for size " +
                std::to_string(size));
  return {size, size, r.integer("image_channels"), r.integer("latent"), r.integer("classes")};
}

void train(Training& t, const Recipe& r) { train_adversarial(t, r, adversarial_step(generator, discriminator, r)); }

}  // namespace

extern const ModelRow dcgan;
const ModelRow dcgan{"dcgan", "convolutional GAN (Radford et al. 2016)", fields, shape, train, generator};

}  // namespace gouache
