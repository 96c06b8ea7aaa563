// How does a painted image become one of another size?
#include "host/runtime/resizing.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "host/graph/error.h"

namespace gouache {
namespace {

using Light = std::array<double, 4>;  ///< linear light times alpha, and alpha

constexpr std::int64_t kMostExtent = 16384;

double unit(float value) { return value > -1.0f ? std::min(value * 0.5 + 0.5, 1.0) : 0.0; }  // NaN compares false

// IEC 61966-2-1.
double to_light(double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); }
double to_srgb(double l) { return l <= 0.0031308 ? l * 12.92 : 1.055 * std::pow(l, 1.0 / 2.4) - 0.055; }

bool has_alpha(std::int64_t channels) { return channels == 2 || channels == 4; }

Light light_of(const float* texel, std::int64_t channels) {
  const double alpha = has_alpha(channels) ? unit(texel[channels - 1]) : 1.0;
  Light light{0, 0, 0, alpha};
  for (std::size_t c = 0; c < 3 && alpha > 0; ++c) {
    const double colour = unit(texel[channels >= 3 ? c : 0]);
    light[c] = to_light(std::min(colour / alpha, 1.0)) * alpha;
  }
  return light;
}

void write(const Light& light, std::int64_t channels, float* texel) {
  const double alpha = light[3];
  for (std::int64_t c = 0; c < channels; ++c) {
    const bool is_alpha = has_alpha(channels) && c == channels - 1;
    const double colour = alpha > 0 ? to_srgb(std::min(light[static_cast<std::size_t>(c)] / alpha, 1.0)) * alpha : 0.0;
    texel[c] = static_cast<float>((is_alpha ? alpha : colour) * 2 - 1);
  }
}

/// What one texel of `to` is made of, along an axis.
struct Taps {
  std::int64_t begin = 0;
  std::vector<double> weights;
};

Taps taps_of(std::int64_t at, std::int64_t from, std::int64_t to) {
  const double scale = static_cast<double>(from) / static_cast<double>(to), support = std::max(scale, 1.0);
  const double centre = (static_cast<double>(at) + 0.5) * scale - 0.5;
  Taps taps;
  taps.begin = std::max(static_cast<std::int64_t>(std::ceil(centre - support)), std::int64_t{0});
  const std::int64_t end = std::min(static_cast<std::int64_t>(std::floor(centre + support)) + 1, from);
  double total = 0;
  for (std::int64_t i = taps.begin; i < end; ++i) {
    taps.weights.push_back(std::max(1 - std::abs(static_cast<double>(i) - centre) / support, 0.0));
    total += taps.weights.back();
  }
  for (double& weight : taps.weights) weight /= total;
  return taps;
}

/// Along the second to last axis of [outer, from, inner].
std::vector<Light> filter(const std::vector<Light>& image, std::int64_t outer, std::int64_t from, std::int64_t inner, std::int64_t to) {
  std::vector<Light> result(static_cast<std::size_t>(outer * to * inner));
  for (std::int64_t at = 0; at < to; ++at) {
    const Taps taps = taps_of(at, from, to);
    for (std::int64_t o = 0; o < outer; ++o)
      for (std::int64_t i = 0; i < inner; ++i) {
        Light& sum = result[static_cast<std::size_t>((o * to + at) * inner + i)];
        for (std::size_t tap = 0; tap < taps.weights.size(); ++tap) {
          const std::int64_t row = o * from + taps.begin + static_cast<std::int64_t>(tap);
          for (std::size_t c = 0; c < 4; ++c) sum[c] += taps.weights[tap] * image[static_cast<std::size_t>(row * inner + i)][c];
        }
      }
  }
  return result;
}

}  // namespace

Resizing resizing_of(Resizing wanted, std::int64_t height, std::int64_t width) {
  const std::string text = std::to_string(wanted.width) + "x" + std::to_string(wanted.height);
  if ((wanted.width == 0) != (wanted.height == 0)) throw Error("a size of " + text + ", expected both extents, or none for the model's");
  if (wanted.width < 0 || wanted.height < 0 || wanted.width > kMostExtent || wanted.height > kMostExtent)
    throw Error("a size of " + text + ", expected extents of at most " + std::to_string(kMostExtent));
  if (wanted.width == 0 || (wanted.width == width && wanted.height == height)) return {width, height, ResizeFilter::smooth};
  return wanted;
}

std::vector<float> resize_image(std::span<const float> image, std::int64_t height, std::int64_t width, std::int64_t channels,
                                const Resizing& to) {
  std::vector<float> result(static_cast<std::size_t>(to.height * to.width * channels));
  if (to.filter == ResizeFilter::nearest) {
    for (std::int64_t y = 0; y < to.height; ++y)
      for (std::int64_t x = 0; x < to.width; ++x) {
        const std::int64_t from = (2 * y + 1) * height / (2 * to.height) * width + (2 * x + 1) * width / (2 * to.width);
        std::copy_n(image.begin() + from * channels, channels, result.begin() + (y * to.width + x) * channels);
      }
    return result;
  }
  std::vector<Light> light;
  light.reserve(static_cast<std::size_t>(height * width));
  for (std::int64_t texel = 0; texel < height * width; ++texel)
    light.push_back(light_of(&image[static_cast<std::size_t>(texel * channels)], channels));
  light = filter(filter(light, height, width, 1, to.width), 1, height, to.width, to.height);
  for (std::size_t texel = 0; texel < light.size(); ++texel)
    write(light[texel], channels, &result[texel * static_cast<std::size_t>(channels)]);
  return result;
}

}  // namespace gouache
