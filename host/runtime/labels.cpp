// How do class labels become the numbers that plans read?
#include "host/runtime/labels.h"

#include <string>

#include "host/graph/error.h"

namespace gouache {

void check_labels(std::span<const std::uint32_t> labels, std::int64_t classes) {
  if (!labels.empty() && classes == 0) throw Error("labels: the recipe has no classes (its field \"classes\" is 0), expected no labels");
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] >= classes)
      throw Error("labels: label " + std::to_string(i) + " is " + std::to_string(labels[i]) + ", the recipe has " +
                  std::to_string(classes) + " classes, expected 0.." + std::to_string(classes - 1));
}

void class_numbers(std::span<const std::uint32_t> labels, std::uint64_t first, std::int64_t classes, std::vector<float>& numbers) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::uint64_t otherwise = labels.empty() ? (first + i) % static_cast<std::uint64_t>(classes) : 0;
    numbers[i] = static_cast<float>(i < labels.size() ? labels[i] : otherwise);
  }
}

}  // namespace gouache
