// Which recipe fields do several models share?
#pragma once

#include "host/models/recipe.h"
#include "host/nn/losses.h"
#include "host/nn/training.h"

namespace gouache {

inline RecipeField loss_field() {
  RecipeField f{"loss", std::string("non_saturating"), 0, 0, {}, "adversarial loss"};
  for (const AdversarialLoss& loss : adversarial_losses()) f.choices.emplace_back(loss.name);
  return f;
}

/// Learning rate, Adam's decay rates and the generator's average.
inline std::vector<RecipeField> adam_fields() {
  return {{"learning_rate", 2e-4, 1e-8, 1.0, {}, "Adam's step size"},
          {"discriminator_rate", 1.0, 0.01, 100.0, {}, "factor on the discriminator's step size (two time scales)"},
          {"beta1", 0.5, 0.0, 0.9999, {}, "Adam's decay of the first moment"},
          {"beta2", 0.999, 0.0, 0.99999, {}, "Adam's decay of the second moment"},
          {"ema", 0.995, 0.0, 0.99999, {}, "decay per step of the generator's averaged weights; 0: none"}};
}

enum class Player { generator, discriminator };

inline OptimizerSettings adam_settings(const Recipe& r, Player player) {
  OptimizerSettings settings;
  const bool generator = player == Player::generator;
  settings.rate = static_cast<float>(r.number("learning_rate") * (generator ? 1.0 : r.number("discriminator_rate")));
  settings.beta1 = static_cast<float>(r.number("beta1"));
  settings.beta2 = static_cast<float>(r.number("beta2"));
  settings.ema_decay = generator ? static_cast<float>(r.number("ema")) : 0.0f;
  return settings;
}

}  // namespace gouache
