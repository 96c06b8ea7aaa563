// Which models are there, and what does each say of itself?
#pragma once

#include <span>
#include <string>
#include <vector>

#include "host/models/recipe.h"
#include "host/nn/scope.h"

namespace gouache {

class Training;  // host/nn/training.h

/// What a model paints, and from what: latents, or an image.
struct ImageShape {
  std::int64_t height = 0, width = 0, channels = 0, latent = 0;
  std::int64_t classes = 0;  ///< kinds of images that a label chooses from; 0: there are no labels
  Shape source = {};         ///< of the image that it reads, [H, W, C]; empty: it paints from latents
};

/// One model; each is defined in host/models/<name>.cpp and listed in registry.cpp.
struct ModelRow {
  const char* name;
  const char* summary;  ///< one line with the paper
  std::span<const RecipeField> (*fields)();
  ImageShape (*shape)(const Recipe& recipe);
  /// Builds one training step. Null: the network can be planned and measured, but there is no training for it.
  void (*train)(Training& training, const Recipe& recipe);
  /// z [N, latent] or [N, source...], one-hot labels [N, classes] (null where there are no classes) -> image [N, H, W, C] in [-1, 1].
  Tensor (*generate)(Scope scope, Tensor z, Tensor labels, const Recipe& recipe);
};

std::span<const ModelRow* const> models();
/// Throws Error that lists the models when there is none of that name.
const ModelRow& model(const std::string& name);

}  // namespace gouache
