// Along which directions do a model's latents change its picture most?
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "host/models/recipe.h"

namespace gouache {

/// Where a generator takes in its latents: rows [first_row, first_row + rows) of a dense layer's weights A [inputs, outputs].
struct LatentLayer {
  std::string variable;  ///< A, as a model file calls it
  std::int64_t first_row = 0, rows = 0, outputs = 0;
};

/// Found in the generator's graph: the one matrix product that reads the latents, alone or beside labels. Throws Error(unsupported) naming
/// the model where it reads an image, or its latents go elsewhere first.
LatentLayer latent_layer(const Recipe& recipe);

struct Directions {
  std::vector<float> vectors;    ///< [latent, latent], one a row: of unit length, at right angles to each other
  std::vector<float> strengths;  ///< [latent], falling: how much the layer's outputs change along each, |n A|
};

/// Eigenvectors of A A^T for `weights` A [latent, outputs], which multiply latents from the right: those n that make |n A| greatest among
/// unit vectors. Shen & Zhou 2021, "Closed-Form Factorization of Latent Semantics in GANs", arXiv:2007.06600, whose A is our A^T.
/// Throws Error(not_finite) for weights that are not.
Directions principal_directions(std::span<const float> weights, std::int64_t latent);

}  // namespace gouache
