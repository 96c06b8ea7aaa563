// How do a host's pixels become the bytes that a training keeps?
#include "plugin/training_pixels.h"

#include <array>
#include <cstring>
#include <string>

#include "plugin/checks.h"

namespace gouache {
namespace {

using Rgba = std::array<std::uint8_t, 4>;

std::uint64_t values_of(const GouTrain& train) { return std::uint64_t{train.count} * train.height * train.width * train.channels; }

bool has_alpha(std::uint32_t channels) { return channels == 2 || channels == 4; }

/// colour * alpha / 255, rounded to nearest.
std::uint8_t times(std::uint32_t colour, std::uint32_t alpha) { return static_cast<std::uint8_t>((colour * alpha + 127) / 255); }

/// Rec. 709 luma of encoded bytes, in 16.16 fixed point; a grey stays what it is.
std::uint8_t luma(const Rgba& p) { return static_cast<std::uint8_t>((13933u * p[0] + 46871u * p[1] + 4732u * p[2] + 32768u) >> 16); }

/// A pixel of any channels as RGBA: grey repeated, opaque where there is no alpha.
Rgba widened(const std::uint8_t* in, std::uint32_t channels) {
  const std::size_t green = channels < 3 ? 0 : 1, blue = channels < 3 ? 0 : 2;
  return {in[0], in[green], in[blue], has_alpha(channels) ? in[channels - 1] : std::uint8_t{255}};
}

/// The reverse: colour becomes luma, and alpha is left out where there is no room for it.
void narrow(const Rgba& p, std::uint32_t channels, std::uint8_t* out) {
  if (channels < 3)
    out[0] = luma(p);
  else
    std::memcpy(out, p.data(), 3);
  if (has_alpha(channels)) out[channels - 1] = p[3];
}

/// Floats in [-1, 1] as bytes.
std::vector<std::uint8_t> rounded(const void* pixels, std::uint64_t count) {
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    float value = 0;
    std::memcpy(&value, static_cast<const std::byte*>(pixels) + i * sizeof value, sizeof value);
    if (!(value >= -1.0f && value <= 1.0f))
      throw Refusal(GOU_ERROR_INVALID_ARGUMENT,
                    "GouTrain: value " + std::to_string(i) + " of pixels is " + std::to_string(value) + ", expected -1..1");
    bytes[i] = static_cast<std::uint8_t>((value + 1.0f) * 127.5f + 0.5f);
  }
  return bytes;
}

}  // namespace

void check_training_pixels(const GouTrain& train) {
  check_range(train.count, 1, UINT32_MAX, "GouTrain: count");
  check_range(train.height, 1, kMostImages, "GouTrain: height");
  check_range(train.width, 1, kMostImages, "GouTrain: width");
  check_range(train.channels, 1, 4, "GouTrain: channels");
  if (train.layout > GOU_PIXELS_FLOAT_RAW)
    throw Refusal(GOU_ERROR_INVALID_ARGUMENT, "GouTrain: layout is " + std::to_string(train.layout) + ", which is no GouPixelLayout");
  if (!train.pixels) return;
  const std::uint64_t row = std::uint64_t{train.width} * train.channels * (train.layout == GOU_PIXELS_FLOAT_RAW ? sizeof(float) : 1);
  const std::uint64_t image = row * train.height;  // at most 2^36 * 4
  if (train.bytes % image != 0 || train.bytes / image != train.count)
    throw Refusal(GOU_ERROR_INVALID_ARGUMENT, "GouTrain: bytes is " + std::to_string(train.bytes) +
                                                  ", expected count * height * width * channels" +
                                                  (train.layout == GOU_PIXELS_FLOAT_RAW ? " * 4" : "") + " = " +
                                                  std::to_string(train.count) + " * " + std::to_string(image));
}

std::span<const std::uint8_t> training_bytes(const GouTrain& train, std::uint32_t channels, std::vector<std::uint8_t>& memory) {
  const bool straight = train.layout == GOU_PIXELS_UNORM8_STRAIGHT && has_alpha(train.channels);
  std::vector<std::uint8_t> floats;
  if (train.layout == GOU_PIXELS_FLOAT_RAW) floats = rounded(train.pixels, values_of(train));
  const std::uint8_t* in = floats.empty() ? static_cast<const std::uint8_t*>(train.pixels) : floats.data();
  if (channels == train.channels && !straight) {
    memory = std::move(floats);
    return memory.empty() ? std::span(in, train.bytes) : std::span<const std::uint8_t>(memory);
  }
  const auto pixels = static_cast<std::size_t>(values_of(train) / train.channels);
  memory.resize(pixels * channels);
  for (std::size_t i = 0; i < pixels; ++i) {
    Rgba pixel = widened(in + i * train.channels, train.channels);
    if (straight)
      for (std::size_t c = 0; c < 3; ++c) pixel[c] = times(pixel[c], pixel[3]);
    narrow(pixel, channels, memory.data() + i * channels);
  }
  return memory;
}

}  // namespace gouache
