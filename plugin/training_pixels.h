// How do a host's pixels become the bytes that a training keeps?
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gouache/gouache.h"

namespace gouache {

/// Refuses sizes and a layout that gouache.h does not have, and, where there are pixels, bytes that do not fit them.
void check_training_pixels(const GouTrain& train);

/// Packed bytes [count, height, width, channels], colour premultiplied by alpha, of pixels that were checked. Where they are that
/// already they are given as they lie, else converted in `memory`. Refuses floats that are not in [-1, 1], naming the first.
std::span<const std::uint8_t> training_bytes(const GouTrain& train, std::uint32_t channels, std::vector<std::uint8_t>& memory);

}  // namespace gouache
