// How are a generator and a discriminator trained against each other?  Goodfellow et al. 2014, arXiv:1406.2661, algorithm 1.
#include "host/models/adversarial.h"

#include "host/models/fields.h"

namespace gouache {

std::vector<RecipeField> adversarial_fields() {
  std::vector<RecipeField> fields{
      {"classes", std::int64_t{0}, 0, 1000, {}, "kinds of images, which labels tell apart and choose; 0: no labels"},
      {"critic_steps", std::int64_t{1}, 1, 10, {}, "discriminator updates per generator update"},
      loss_field()};
  for (RecipeField& adam : adam_fields()) fields.push_back(std::move(adam));
  const std::vector<RecipeField> tricks{
      {"label_smoothing", 0.0, 0.0, 0.5, {}, "real images are labelled 1 less this (not with hinge)"},
      {"r1", 0.0, 0.0, 1000.0, {}, "weight gamma of the gradient penalty gamma/2 |dD/dx|^2 on real images"},
      {"augment_colour", 0.0, 0.0, 1.0, {}, "DiffAugment: strength of random brightness, saturation and contrast before the discriminator"},
      {"augment_translation", 0.0, 0.0, 0.5, {}, "DiffAugment: largest random shift, as a part of the side; usual 0.125"},
      {"augment_cutout", 0.0, 0.0, 1.0, {}, "DiffAugment: side of a random square of zeros, as a part of the side; usual 0.5"},
      {"instance_noise", 0.0, 0.0, 1.0, {}, "standard deviation of the noise added to all that the discriminator sees"}};
  fields.insert(fields.end(), tricks.begin(), tricks.end());
  return fields;
}

AdversarialStep adversarial_step(GeneratorNetwork generator, Discriminator discriminator, const Recipe& r) {
  const auto number = [&](const char* field) { return static_cast<float>(r.number(field)); };
  const AdversarialLoss& loss = adversarial_loss(r.text("loss"));
  if (!loss.labels && number("label_smoothing") > 0)
    throw Error(r.model() + ": label_smoothing is " + std::to_string(number("label_smoothing")) + ", expected 0: the loss '" + loss.name +
                "' has no labels");
  return {generator,
          discriminator,
          r.integer("latent"),
          r.integer("classes"),
          static_cast<int>(r.integer("critic_steps")),
          &loss,
          number("label_smoothing"),
          number("r1"),
          {number("augment_colour"), number("augment_translation"), number("augment_cutout"), number("instance_noise")},
          adam_settings(r, Player::generator),
          adam_settings(r, Player::discriminator)};
}

void train_adversarial(Training& t, const Recipe& r, const AdversarialStep& step) {
  Tensor labels;
  const auto G = [&](Tensor z) { return step.generator(t.module("G"), z, labels, r); };
  const auto D = [&](Tensor x) { return step.discriminator(t.module("D"), x, labels, r); };
  const auto seen = [&](Tensor x) { return augment(t, x, step.augmentation); };
  const auto mean_output = [&](Tensor logits) { return mean(step.loss->logistic ? sigmoid(logits) : logits); };

  t.rounds(step.critic_steps);
  Tensor fake;
  for (int round = 0; round < step.critic_steps; ++round) {
    const Tensor images = t.images();
    if (step.classes > 0) labels = t.labels(step.classes);
    const Tensor real = seen(images);
    fake = G(t.latents(step.latent));
    const Tensor on_real = D(real), on_fake = D(seen(fake));
    Tensor loss = step.loss->discriminator(on_real, on_fake, 1.0f - step.label_smoothing);
    if (step.r1 > 0) {
      const Tensor slope = gradient(sum(on_real), std::span(&real, 1))[0];
      loss = loss + sum(square(slope)) * (0.5f * step.r1 / static_cast<float>(t.batch()));
    }
    const bool last = round + 1 == step.critic_steps;  // its images train G too, so G's batch statistics are kept
    t.minimize("D", loss, step.discriminator_optimizer, last ? std::vector<std::string>{"G"} : std::vector<std::string>{});
    t.report("loss D", loss);
    t.report("D(real)", mean_output(on_real));
    t.report("D(fake)", mean_output(on_fake));
  }
  const Tensor loss = step.loss->generator(D(seen(fake)));
  t.minimize("G", loss, step.generator_optimizer);
  t.report("loss G", loss);
}

}  // namespace gouache
