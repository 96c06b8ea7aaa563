// How are a generator and a discriminator trained against each other?  The step that all plain GANs share.
#pragma once

#include "host/models/model.h"
#include "host/nn/augment.h"
#include "host/nn/losses.h"
#include "host/nn/training.h"

namespace gouache {

/// Image [N, H, W, C], one-hot labels [N, classes] or null -> logit [N, 1].
using Discriminator = Tensor (*)(Scope scope, Tensor image, Tensor labels, const Recipe& recipe);
/// Latents [N, latent], one-hot labels [N, classes] or null -> image [N, H, W, C].
using GeneratorNetwork = Tensor (*)(Scope scope, Tensor z, Tensor labels, const Recipe& recipe);

struct AdversarialStep {
  GeneratorNetwork generator;
  Discriminator discriminator;
  std::int64_t latent = 1;
  std::int64_t classes = 0;  ///< > 0: both networks are told the class; painted images take those of the round's real ones
  int critic_steps = 1;      ///< discriminator updates per generator update, each with fresh images and latents
  const AdversarialLoss* loss = nullptr;
  float label_smoothing = 0;  ///< real images are labelled 1 - label_smoothing
  float r1 = 0;               ///< gamma of the penalty gamma/2 E|dD/dx|^2 on real images (Mescheder et al. 2018, arXiv:1801.04406)
  Augmentation augmentation;  ///< of all that the discriminator sees
  OptimizerSettings generator_optimizer, discriminator_optimizer;
};

/// Recipe fields of the players' step: classes, critic steps, loss, Adam, label smoothing, augmentation.
std::vector<RecipeField> adversarial_fields();
/// The step that these fields describe; throws Error naming a field that does not fit another.
AdversarialStep adversarial_step(GeneratorNetwork generator, Discriminator discriminator, const Recipe& recipe);

/// critic_steps times: D against real images and G's images; then G against the new D, on the images of the last round.
/// Reports "loss D", "loss G", "D(real)", "D(fake)" and both gradient norms.
void train_adversarial(Training& training, const Recipe& recipe, const AdversarialStep& step);

}  // namespace gouache
