// How do a model's numbers become pixels that a host can show?
#include "plugin/pixels.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "plugin/checks.h"

namespace gouache {
namespace {

/// [-1, 1] to [0, 1].
float unit(float value) {
  const float half = value * 0.5f + 0.5f;
  return half > 0.0f ? std::min(half, 1.0f) : 0.0f;  // NaN compares false and becomes 0
}

std::uint8_t byte(float value) { return static_cast<std::uint8_t>(value * 255.0f + 0.5f); }

std::uint32_t channels_of(const GouPixels& pixels, const ImageShape& shape) {
  return pixels.channels ? pixels.channels : static_cast<std::uint32_t>(shape.channels);
}

}  // namespace

void check_pixels(const GouPixels& pixels, const ImageShape& shape, std::int64_t count) {
  const auto own = static_cast<std::uint32_t>(shape.channels);
  const bool floats = pixels.layout == GOU_PIXELS_FLOAT_RAW;
  if (pixels.layout > GOU_PIXELS_FLOAT_RAW)
    throw Refusal(GOU_ERROR_INVALID_ARGUMENT, "GouPixels: layout is " + std::to_string(pixels.layout) + ", which is no GouPixelLayout");
  if (pixels.channels != 0 && pixels.channels != own && (pixels.channels != 4 || floats))
    throw Refusal(GOU_ERROR_INVALID_ARGUMENT, "GouPixels: channels is " + std::to_string(pixels.channels) + ", expected 0, the model's " +
                                                  std::to_string(own) + (floats ? "" : ", or 4"));
  required(pixels.data, "GouPixels: data");
  const std::uint64_t values = static_cast<std::uint64_t>(count) * static_cast<std::uint64_t>(shape.height) *
                               static_cast<std::uint64_t>(shape.width) * channels_of(pixels, shape);
  const std::uint64_t needed = values * (floats ? sizeof(float) : 1);
  if (pixels.bytes < needed)
    throw Refusal(GOU_ERROR_TOO_SMALL,
                  "GouPixels: the images need " + std::to_string(needed) + " bytes, there is room for " + std::to_string(pixels.bytes));
}

void write_pixels(std::span<const float> images, const ImageShape& shape, const GouPixels& pixels) {
  if (pixels.layout == GOU_PIXELS_FLOAT_RAW) {
    std::memcpy(pixels.data, images.data(), images.size_bytes());
    return;
  }
  const auto own = static_cast<std::size_t>(shape.channels), given = static_cast<std::size_t>(channels_of(pixels, shape));
  const bool has_alpha = own == 2 || own == 4;
  const std::size_t colours = own - (has_alpha ? 1 : 0), given_colours = given == own ? colours : 3;
  auto* out = static_cast<std::uint8_t*>(pixels.data);
  for (std::size_t pixel = 0; pixel < images.size() / own; ++pixel, out += given) {
    const float* in = images.data() + pixel * own;
    const float alpha = has_alpha ? unit(in[colours]) : 1.0f;
    for (std::size_t c = 0; c < given_colours; ++c) {
      float colour = std::min(unit(in[std::min(c, colours - 1)]), alpha);
      if (pixels.layout == GOU_PIXELS_UNORM8_STRAIGHT) colour = alpha > 0.0f ? colour / alpha : 0.0f;
      out[c] = byte(std::min(colour, 1.0f));
    }
    if (given_colours < given) out[given_colours] = byte(alpha);
  }
}

}  // namespace gouache
