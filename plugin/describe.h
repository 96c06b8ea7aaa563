// How do models and recipes describe themselves as JSON text?
#pragma once

#include <cstdint>
#include <string>

#include "host/models/model.h"

namespace gouache {

/// For gouListModels and gouDescribeModel.
std::string models_json();
std::string model_json(const Recipe& recipe, const ImageShape& shape, std::int64_t batch);

}  // namespace gouache
