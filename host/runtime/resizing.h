// How does a painted image become one of another size?  The definition, for the CPU; shaders/target_resize.comp is the same for the GPU.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace gouache {

enum class ResizeFilter : std::uint8_t {
  /// Each texel is the mean, in linear light times alpha, under a tent of two texels' width, of the larger ones where sizes shrink:
  /// bilinear
  /// interpolation where they grow. What lies beyond the border has no weight.
  smooth,
  nearest  ///< the texel under the new one's centre, as it was painted
};

/// The size that images are to have. 0: as painted.
struct Resizing {
  std::int64_t width = 0, height = 0;
  ResizeFilter filter = ResizeFilter::smooth;
  bool operator==(const Resizing&) const = default;
};

/// `wanted` without zeros, for images painted as height x width; without a filter where nothing changes. Throws
/// Error(invalid_argument) where only one of the extents is 0, or one is above 16,384.
Resizing resizing_of(Resizing wanted, std::int64_t height, std::int64_t width);

/// [height, width, channels] as painted to [to.height, to.width, channels], for `to` from resizing_of(). NaN counts as -1, and smooth
/// results have colour within [0, alpha].
std::vector<float> resize_image(std::span<const float> image, std::int64_t height, std::int64_t width, std::int64_t channels,
                                const Resizing& to);

}  // namespace gouache
