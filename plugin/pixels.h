// How do a model's numbers become pixels that a host can show?
#pragma once

#include <cstdint>
#include <span>

#include "gouache/gouache.h"
#include "host/models/model.h"

namespace gouache {

/// Refuses a layout, channel count or room that does not suit `count` images of `shape`.
void check_pixels(const GouPixels& pixels, const ImageShape& shape, std::int64_t count);

/// Writes images [count, H, W, C] in [-1, 1] to `pixels`, which was checked.  v becomes (v + 1) / 2; where there is alpha, colour is
/// held within [0, alpha], and divided by it for the straight layout.  NaN becomes 0.
void write_pixels(std::span<const float> images, const ImageShape& shape, const GouPixels& pixels);

}  // namespace gouache
