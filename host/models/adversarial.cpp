// How are a generator and a discriminator trained against each other?  Goodfellow et al. 2014, arXiv:1406.2661, algorithm 1.
#include "host/models/adversarial.h"

namespace gouache {

void train_adversarial(Training& t, const Recipe& r, const AdversarialStep& step) {
  const auto G = [&](Tensor z) { return step.generator(t.module("G"), z, r); };
  const auto D = [&](Tensor x) { return step.discriminator(t.module("D"), x, r); };
  const auto mean_output = [&](Tensor logits) { return mean(step.loss->logistic ? sigmoid(logits) : logits); };

  t.rounds(step.critic_steps);
  Tensor fake;
  for (int round = 0; round < step.critic_steps; ++round) {
    const Tensor real = t.images();
    fake = G(t.latents(step.latent));
    const Tensor on_real = D(real), on_fake = D(fake);
    const Tensor loss = step.loss->discriminator(on_real, on_fake);
    const bool last = round + 1 == step.critic_steps;  // its images train G too, so G's batch statistics are kept
    t.minimize("D", loss, step.discriminator_optimizer, last ? std::vector<std::string>{"G"} : std::vector<std::string>{});
    t.report("loss D", loss);
    t.report("D(real)", mean_output(on_real));
    t.report("D(fake)", mean_output(on_fake));
  }
  const Tensor loss = step.loss->generator(D(fake));
  t.minimize("G", loss, step.generator_optimizer);
  t.report("loss G", loss);
}

}  // namespace gouache
