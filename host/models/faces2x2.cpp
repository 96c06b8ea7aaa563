// What is the smallest GAN that learns anything?  Four pixels, one layer each way: G = s(v z + c), D = s(w . x + b), s the logistic
// function (L. Serrano, "A friendly introduction to generative adversarial networks").
// By hand: dE/dv_i = -(1 - D) w_i G_i (1 - G_i) z, and the same without z for c_i; a test holds autodiff against it.
#include "host/models/adversarial.h"
#include "host/models/fields.h"
#include "host/nn/layers.h"

namespace gouache {
namespace {

constexpr float kDeviation = 0.5f;  // of every weight at the start

Tensor generator(Scope s, Tensor z, Tensor, const Recipe&) {  // z [N, 1] -> image [N, 2, 2, 1] in [-1, 1]
  return reshape(sigmoid(dense(s["faces"], z, 4, Bias::zeros, kDeviation)) * 2.0f - 1.0f, {-1, 2, 2, 1});
}

Tensor discriminator(Scope s, Tensor x, Tensor, const Recipe&) {  // image [N, 2, 2, 1] -> logit [N, 1]; sees pixels in [0, 1]
  return dense(s["faces"], reshape(x, {x.shape()[0], 4}) * 0.5f + 0.5f, 1, Bias::zeros, kDeviation);
}

std::span<const RecipeField> fields() {
  static const std::vector<RecipeField> kFields{{"size", std::int64_t{2}, 2, 2, {}, "width and height of the image in pixels"},
                                                {"image_channels", std::int64_t{1}, 1, 1, {}, "1 grey"},
                                                {"learning_rate", 0.05, 1e-8, 10.0, {}, "step size of plain gradient descent"},
                                                loss_field()};
  return kFields;
}

ImageShape shape(const Recipe&) { return {2, 2, 1, 1}; }

void train(Training& t, const Recipe& r) {
  OptimizerSettings descent;
  descent.kind = OptimizerKind::sgd;
  descent.rate = static_cast<float>(r.number("learning_rate"));
  AdversarialStep step;
  step.generator = generator;
  step.discriminator = discriminator;
  step.loss = &adversarial_loss(r.text("loss"));
  step.generator_optimizer = step.discriminator_optimizer = descent;
  train_adversarial(t, r, step);
}

}  // namespace

extern const ModelRow faces2x2;
const ModelRow faces2x2{"faces2x2", "slanted faces of 2x2 pixels, one layer each way", fields, shape, train, generator};

}  // namespace gouache
