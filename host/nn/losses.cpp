// What do adversarial networks minimise?
#include "host/nn/losses.h"

namespace gouache {

Tensor bce_with_logits(Tensor logits, float target) {
  if (target == 1.0f) return mean(softplus(-logits));
  if (target == 0.0f) return mean(softplus(logits));
  const Tensor as_real = softplus(-logits) * target;
  return mean(as_real + softplus(logits) * (1.0f - target));
}

namespace {

// Terms have names where there are two: a compiler may build the sides of a + in either order, and the plan follows the graph's.

Tensor bce_discriminator(Tensor real, Tensor fake, float real_target) {
  const Tensor on_real = bce_with_logits(real, real_target);
  return on_real + bce_with_logits(fake, 0.0f);
}
Tensor minimax_generator(Tensor fake) { return -bce_with_logits(fake, 0.0f); }
Tensor non_saturating_generator(Tensor fake) { return bce_with_logits(fake, 1.0f); }
Tensor least_squares_discriminator(Tensor real, Tensor fake, float real_target) {
  const Tensor on_real = mean(square(real - real_target)) * 0.5f;
  return on_real + mean(square(fake)) * 0.5f;
}
Tensor least_squares_generator(Tensor fake) { return mean(square(fake - 1.0f)) * 0.5f; }
Tensor hinge_discriminator(Tensor real, Tensor fake, float) {
  const Tensor on_real = mean(relu(-real + 1.0f));
  return on_real + mean(relu(fake + 1.0f));
}
Tensor hinge_generator(Tensor fake) { return -mean(fake); }

const AdversarialLoss kLosses[] = {
    {"non_saturating", "log D(x) + log(1 - D(G(z))); the generator maximises log D(G(z))", bce_discriminator, non_saturating_generator,
     true, true},
    {"minimax", "the same; the generator minimises log(1 - D(G(z)))", bce_discriminator, minimax_generator, true, true},
    {"least_squares", "1/2 (D(x) - 1)^2 + 1/2 D(G(z))^2", least_squares_discriminator, least_squares_generator, false, true},
    {"hinge", "max(0, 1 - D(x)) + max(0, 1 + D(G(z)))", hinge_discriminator, hinge_generator, false, false},
};

}  // namespace

std::span<const AdversarialLoss> adversarial_losses() { return kLosses; }

const AdversarialLoss& adversarial_loss(const std::string& name) {
  std::string known;
  for (const AdversarialLoss& loss : kLosses) {
    if (name == loss.name) return loss;
    known += (known.empty() ? "" : ", ") + std::string(loss.name);
  }
  throw Error("there is no loss '" + name + "'; known: " + known);
}

}  // namespace gouache
