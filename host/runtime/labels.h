// How do class labels become the numbers that plans read?
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace gouache {

/// Throws Error naming the first label that is not below `classes`, or saying that there are no classes to choose from.
void check_labels(std::span<const std::uint32_t> labels, std::int64_t classes);

/// The classes of images first, first + 1, ...: the labels, or where there are none the image's number modulo `classes`.
/// Fills `numbers`, f32 [batch, 1]; images beyond the labels are of class 0.
void class_numbers(std::span<const std::uint32_t> labels, std::uint64_t first, std::int64_t classes, std::vector<float>& numbers);

}  // namespace gouache
