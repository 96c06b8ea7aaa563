// What did the first GANs look like?  Dense layers only: Goodfellow et al. 2014, arXiv:1406.2661, in today's usual sizes.
#include "host/models/adversarial.h"
#include "host/nn/layers.h"

namespace gouache {
namespace {

Tensor generator(Scope s, Tensor z, Tensor labels, const Recipe& r) {  // z [N, latent] -> image [N, S, S, C] in [-1, 1]
  const std::int64_t size = r.integer("size"), colours = r.integer("image_channels");
  Tensor h = leaky_relu(dense(s["128"], with_labels(z, labels), 128), 0.2f);
  for (int width : {256, 512, 1024}) h = leaky_relu(batch_norm(s[width], dense(s[width], h, width, Bias::none)), 0.2f);
  return reshape(tanh(dense(s["to_image"], h, size * size * colours)), {-1, size, size, colours});
}

Tensor discriminator(Scope s, Tensor x, Tensor labels, const Recipe&) {  // image [N, S, S, C] -> logit [N, 1]
  Tensor h = with_labels(reshape(x, {x.shape()[0], -1}), labels);
  for (int width : {512, 256}) h = leaky_relu(dense(s[width], h, width), 0.2f);
  return dense(s["logit"], h, 1);
}

std::span<const RecipeField> fields() {
  static const std::vector<RecipeField> kFields = [] {
    std::vector<RecipeField> f{{"size", std::int64_t{28}, 2, 64, {}, "width and height of the image in pixels"},
                               {"latent", std::int64_t{100}, 1, 1024, {}, "length of the latent vector"},
                               {"image_channels", std::int64_t{1}, 1, 4, {}, "1 grey, 3 RGB, 4 RGBA with premultiplied colour"}};
    for (RecipeField& field : adversarial_fields()) f.push_back(std::move(field));
    return f;
  }();
  return kFields;
}

ImageShape shape(const Recipe& r) {
  return {r.integer("size"), r.integer("size"), r.integer("image_channels"), r.integer("latent"), r.integer("classes")};
}

void train(Training& t, const Recipe& r) { train_adversarial(t, r, adversarial_step(generator, discriminator, r)); }

}  // namespace

extern const ModelRow dense_gan;
const ModelRow dense_gan{"dense_gan", "GAN of dense layers, 100-128-256-512-1024-784 against 512-256-1 (Goodfellow et al. 2014)",
                         fields,      shape,
                         train,       generator};

}  // namespace gouache
