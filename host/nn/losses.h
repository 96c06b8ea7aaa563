// What do adversarial networks minimise?  One row a loss; logits are [N, 1].
#pragma once

#include <span>
#include <string>

#include "host/ops/ops.h"

namespace gouache {

/// Mean of -(t log s(x) + (1 - t) log(1 - s(x))), s the logistic function, without overflow.
Tensor bce_with_logits(Tensor logits, float target);

struct AdversarialLoss {
  const char* name;
  const char* meaning;
  /// `real_target` is the label of real images, 1, or less for one-sided label smoothing (Salimans et al. 2016, arXiv:1606.03498, 3.4).
  Tensor (*discriminator)(Tensor real, Tensor fake, float real_target);
  Tensor (*generator)(Tensor fake);
  bool logistic;  ///< D(x) is the logistic function of the logit; else the logit itself
  bool labels;    ///< there is a label to smooth
};

/// minimax and non_saturating (Goodfellow et al. 2014), least_squares (Mao et al. 2017), hinge (Lim and Ye 2017).
std::span<const AdversarialLoss> adversarial_losses();
/// Throws Error that lists the losses when there is none of that name.
const AdversarialLoss& adversarial_loss(const std::string& name);

}  // namespace gouache
