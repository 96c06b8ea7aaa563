// How do models and recipes describe themselves?
#pragma once

#include <cstdint>
#include <string>

#include "gouache/gouache.h"
#include "host/models/model.h"

namespace gouache {

/// For gouListModels and gouDescribeModel.
std::string models_json();
std::string model_json(const Recipe& recipe, const ImageShape& shape, std::int64_t batch);

/// Fills the struct, which is checked first.
void give_shape(const ImageShape& from, std::int64_t batch, GouShape* to);

}  // namespace gouache
