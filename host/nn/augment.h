// How are images varied before the discriminator sees them?  Real and painted ones alike, and so that gradients reach the generator.
#pragma once

#include "host/nn/training.h"

namespace gouache {

/// Strengths; 0 leaves a part out. The first three are DiffAugment (Zhao et al. 2020, arXiv:2006.10738).
struct Augmentation {
  float colour = 0;          ///< 1: brightness +-0.5, saturation 0 to 2, contrast 0.5 to 1.5; alpha stays as it is
  float translation = 0;     ///< largest shift as a part of the side; zeros move in
  float cutout = 0;          ///< side of a square of zeros as a part of the image's
  float instance_noise = 0;  ///< standard deviation of noise added to every value (Sonderby et al. 2016, arXiv:1610.04490)
};

/// images [N, H, W, C] in [-1, 1], each varied by new random numbers of `training`.
Tensor augment(Training& training, Tensor images, const Augmentation& augmentation);

}  // namespace gouache
