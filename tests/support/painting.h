// What should a host see of painted images?  Awkward images, and the definition of their texels and mips in double precision.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "host/runtime/target.h"

namespace gouache::testing {

/// Images as a model paints them, in host memory and on the device.
struct Painting {
  /// Values from `seed`: uniform ones, ones that lie between two bytes or two halves, hardly any alpha, out of range, infinite, NaN.
  Painting(Device& device, std::int64_t count, std::int64_t height, std::int64_t width, std::int64_t channels, std::uint32_t seed);

  std::span<const float> image(std::int64_t i) const;

  std::int64_t count, height, width, channels;
  std::vector<float> values;
  Buffer buffer;
  PaintedImages on_device;
};

struct Rgba {
  double r = 0, g = 0, b = 0, a = 0;
};

/// Texels of one mip level in linear light times alpha; clean numbers, whatever was painted.
struct LightLevel {
  std::int64_t height = 0, width = 0;
  std::vector<Rgba> texels;
};

/// Level 0.
LightLevel light_of(const Painting& painting, std::int64_t image);
/// The next level: the mean over each texel's own rectangle of the level above.
LightLevel halved(const LightLevel& above);
/// A texel as `options` ask for it, colour in [0, 1] before it is rounded; `bytes`: a format whose numbers are bytes.
Rgba shown(const Rgba& light, TexelOptions options, bool bytes);

/// What plugin/pixels.cpp makes of an image: RGBA bytes, or, of the same numbers, the floats that it rounds to bytes.
std::vector<std::uint8_t> cpu_bytes(const Painting& painting, std::int64_t image, bool straight);
std::vector<float> cpu_floats(const Painting& painting, std::int64_t image, bool straight);
std::vector<float> cpu_floats(std::span<const float> image, std::int64_t channels, bool straight);

/// The value of a half.
double from_half(std::uint16_t half);

}  // namespace gouache::testing
