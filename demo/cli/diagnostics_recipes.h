// Which recipe do the diagnostics look at?
#pragma once

#include <string>

#include "host/models/recipe.h"

namespace gouache::cli {

/// A model's default recipe, or the recipe in a JSON file, or that of a trained model's file. Throws Error naming what was tried.
Recipe recipe_of(const std::string& model_or_file);

}  // namespace gouache::cli
