// Which recipe do the diagnostics look at?
#pragma once

#include <string>

#include "host/models/recipe.h"
#include "host/runtime/plans.h"

namespace gouache::cli {

/// A model's default recipe, or the recipe in a JSON file, or that of a trained model's file. Throws Error naming what was tried.
Recipe recipe_of(const std::string& model_or_file);

/// What its generator is fed with: a seed, or an image where it reads one.
LatentSource source_of(const Recipe& recipe);

}  // namespace gouache::cli
