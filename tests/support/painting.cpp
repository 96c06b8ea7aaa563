// What should a host see of painted images?
#include "tests/support/painting.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "host/vulkan/transfer.h"
#include "plugin/pixels.h"

namespace gouache::testing {
namespace {

float awkward(std::mt19937& random) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kOdd[] = {-1.0f, 1.0f, 0.0f, -0.0f, 1.5f, -3.0f, kInfinity, -kInfinity, std::numeric_limits<float>::quiet_NaN(), 1e-40f};
  const auto below = [&](std::uint32_t n) { return random() % n; };
  const auto between_halves = [&] {
    const double mantissa = 1024.5 + below(1024), exponent = double(below(14)) + 1;  // half way between two halves of [2^-14, 1)
    return float(2.0 * std::ldexp(mantissa, -10 - int(exponent)) - 1.0);
  };
  float value = std::uniform_real_distribution<float>(-1.1f, 1.1f)(random);
  switch (below(8)) {
    case 0: return kOdd[below(std::size(kOdd))];
    case 1: value = float(2.0 * (below(255) + 0.5) / 255.0 - 1.0); break;
    case 2: value = between_halves(); break;
    case 3: return -1.0f + std::ldexp(1.0f + float(below(256)) / 256.0f, -1 - int(below(16)));
    default: return value;
  }
  for (std::uint32_t steps = below(3); steps > 0; steps--) value = std::nextafter(value, below(2) ? 2.0f : -2.0f);
  return value;
}

float unit(float value) {
  const float half = value * 0.5f + 0.5f;
  return half > 0.0f ? std::min(half, 1.0f) : 0.0f;
}

double to_light(double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); }
double to_srgb(double l) { return l <= 0.0031308 ? l * 12.92 : 1.055 * std::pow(l, 1 / 2.4) - 0.055; }

/// Length of what [a, b) and texel `i` share.
double overlap(double a, double b, std::int64_t i) { return std::max(0.0, std::min(b, double(i + 1)) - std::max(a, double(i))); }

}  // namespace

Painting::Painting(Device& device, std::int64_t n, std::int64_t h, std::int64_t w, std::int64_t c, std::uint32_t seed)
    : count(n), height(h), width(w), channels(c) {
  std::mt19937 random(seed);
  for (std::int64_t i = 0; i < n * h * w * c; i++) values.push_back(awkward(random));
  constexpr std::int64_t kOffset = 256;
  buffer = Buffer(device, kOffset + std::int64_t(values.size() * 4), BufferPlace::device, MemoryPurpose::output, "painted images");
  device.transfer().upload(buffer, kOffset, std::as_bytes(std::span(values)));
  on_device = {buffer.handle(), kOffset, n, h, w, c};
}

std::span<const float> Painting::image(std::int64_t i) const {
  const auto size = std::size_t(height * width * channels);
  return std::span(values).subspan(std::size_t(i) * size, size);
}

std::vector<std::uint8_t> cpu_bytes(const Painting& painting, std::int64_t image, bool straight) {
  std::vector<std::uint8_t> bytes(std::size_t(painting.height * painting.width * 4));
  GouPixels pixels{};
  pixels.layout = straight ? GOU_PIXELS_UNORM8_STRAIGHT : GOU_PIXELS_UNORM8;
  pixels.channels = 4;
  pixels.data = bytes.data();
  pixels.bytes = bytes.size();
  const ImageShape shape{painting.height, painting.width, painting.channels, 1};
  check_pixels(pixels, shape, 1);
  write_pixels(painting.image(image), shape, pixels);
  return bytes;
}

std::vector<float> cpu_floats(const Painting& painting, std::int64_t image, bool straight) {
  return cpu_floats(painting.image(image), painting.channels, straight);
}

std::vector<float> cpu_floats(std::span<const float> in, std::int64_t channels, bool straight) {
  std::vector<float> floats;
  const auto own = std::size_t(channels), colours = own <= 2 ? std::size_t(1) : std::size_t(3);
  for (std::size_t at = 0; at < in.size(); at += own) {
    const float alpha = own > colours ? unit(in[at + colours]) : 1.0f;
    for (std::size_t c = 0; c < 3; c++) {
      const float colour = std::min(unit(in[at + std::min(c, colours - 1)]), alpha);
      floats.push_back(!straight ? colour : alpha > 0.0f ? std::min(colour / alpha, 1.0f) : 0.0f);
    }
    floats.push_back(alpha);
  }
  return floats;
}

LightLevel light_of(const Painting& painting, std::int64_t image) {
  LightLevel level{painting.height, painting.width, {}};
  const std::vector<float> floats = cpu_floats(painting, image, false);
  for (std::size_t i = 0; i < floats.size(); i += 4) {
    const double a = floats[i + 3];
    const auto light = [&](std::size_t c) { return a > 0 ? to_light(floats[i + c] / a) * a : 0; };
    level.texels.push_back({light(0), light(1), light(2), a});
  }
  return level;
}

LightLevel halved(const LightLevel& above) {
  LightLevel level{std::max<std::int64_t>(above.height / 2, 1), std::max<std::int64_t>(above.width / 2, 1), {}};
  const double high = double(above.height) / double(level.height), wide = double(above.width) / double(level.width);
  for (std::int64_t y = 0; y < level.height; y++)
    for (std::int64_t x = 0; x < level.width; x++) {
      Rgba sum;
      for (std::int64_t j = 0; j < above.height; j++)
        for (std::int64_t i = 0; i < above.width; i++) {
          const double down = overlap(double(y) * high, double(y + 1) * high, j),
                       right = overlap(double(x) * wide, double(x + 1) * wide, i);
          const double share = down * right / (high * wide);
          const Rgba& texel = above.texels[std::size_t(j * above.width + i)];
          sum.r += share * texel.r;
          sum.g += share * texel.g;
          sum.b += share * texel.b;
          sum.a += share * texel.a;
        }
      level.texels.push_back(sum);
    }
  return level;
}

Rgba shown(const Rgba& light, TexelOptions options, bool bytes) {
  const double a = light.a, factor = options.straight_alpha ? 1 : a;
  const auto colour = [&](double l) {
    const double straight = a > 0 ? std::min(l / a, 1.0) : 0;
    if (!options.linear) return to_srgb(straight) * factor;
    return bytes ? to_srgb(straight * factor) : straight * factor;
  };
  return {colour(light.r), colour(light.g), colour(light.b), a};
}

double from_half(std::uint16_t half) {
  const int exponent = half >> 10 & 31, mantissa = half & 1023;
  const double size = exponent ? std::ldexp(1024.0 + mantissa, exponent - 25) : std::ldexp(double(mantissa), -24);
  return half >> 15 ? -size : size;
}

}  // namespace gouache::testing
