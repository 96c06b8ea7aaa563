// What do the tests of training train?  Small recipes on smooth images.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "host/graph/tensor_type.h"
#include "host/models/model.h"
#include "host/models/recipe.h"

namespace gouache::testing {

struct TrainingRun {
  const char* name;
  const char* model;
  std::vector<std::pair<std::string, std::string>> settings;
  std::int64_t batch;
};

inline Recipe recipe_of(const TrainingRun& run) {
  Recipe recipe = Recipe::of_model(run.model);
  for (const auto& [key, value] : run.settings) recipe.set(key, value);
  return recipe;
}

/// `count` images of the recipe's shape, u8.
inline TensorType images_of(const Recipe& recipe, std::int64_t count) {
  const ImageShape image = model(recipe.model()).shape(recipe);
  return {{count, image.height, image.width, image.channels}, DType::u8};
}

/// Labels of so many images: none where the recipe has no classes.
inline std::vector<std::uint32_t> labels_of(const Recipe& recipe, std::int64_t count) {
  const std::int64_t classes = model(recipe.model()).shape(recipe).classes;
  std::vector<std::uint32_t> labels;
  for (std::int64_t i = 0; classes > 0 && i < count; ++i) labels.push_back(static_cast<std::uint32_t>((i * i + i / 3) % classes));
  return labels;
}

/// Blobs: smooth images that differ, as bytes.
inline std::vector<std::uint8_t> blobs(const Shape& shape) {
  std::vector<std::uint8_t> pixels;
  for (std::int64_t i = 0; i < shape[0]; ++i)
    for (std::int64_t y = 0; y < shape[1]; ++y)
      for (std::int64_t x = 0; x < shape[2]; ++x)
        for (std::int64_t c = 0; c < shape[3]; ++c)
          pixels.push_back(
              static_cast<std::uint8_t>(127.5 + 120 * std::sin(0.7 * static_cast<double>(i) + 0.5 * static_cast<double>(x)) *
                                                    std::cos(0.3 * static_cast<double>(i * c) + 0.4 * static_cast<double>(y))));
  return pixels;
}

}  // namespace gouache::testing
