// How are pictures resampled, reduced to fewer channels and premultiplied?
#include "demo/data/gathering.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "host/graph/error.h"

namespace gouache::data {
namespace {

constexpr uint32_t kLargestSize = 1024;              // pixels
constexpr uint64_t kLargestSet = uint64_t{8} << 30;  // bytes

float decoded(float encoded) {  // IEC 61966-2-1, both ends in [0, 1]
  return encoded <= 0.04045f ? encoded / 12.92f : std::pow((encoded + 0.055f) / 1.055f, 2.4f);
}

float encoded(float light) { return light <= 0.0031308f ? light * 12.92f : 1.055f * std::pow(light, 1.0f / 2.4f) - 0.055f; }

const std::array<float, 256>& light_of_byte() {
  static const std::array<float, 256> table = [] {
    std::array<float, 256> t{};
    for (size_t i = 0; i < 256; i++) t[i] = decoded(static_cast<float>(i) / 255.0f);
    return t;
  }();
  return table;
}

uint8_t to_byte(float value) { return static_cast<uint8_t>(std::lround(255.0f * std::clamp(value, 0.0f, 1.0f))); }

// colour * alpha / 255, rounded to nearest
uint8_t times(uint32_t colour, uint32_t alpha) { return static_cast<uint8_t>((colour * alpha + 127) / 255); }

// Rec. 709 luma of encoded bytes, 16.16 fixed point; a grey stays what it is.
uint32_t luma(const uint8_t* rgb) { return (13933u * rgb[0] + 46871u * rgb[1] + 4732u * rgb[2] + 32768u) >> 16; }

// The source pixels under one target pixel of an axis, and how much of each it covers.
struct Cover {
  uint32_t first = 0;
  std::vector<float> weights;
};

std::vector<Cover> covers(uint32_t from, uint32_t to) {
  std::vector<Cover> axis(to);
  for (uint64_t i = 0; i < to; i++) {  // in units of 1 / to source pixels, so that the arithmetic is exact
    const uint64_t begin = i * from, end = (i + 1) * from;
    axis[i].first = static_cast<uint32_t>(begin / to);
    for (uint64_t s = begin / to; s * to < end; s++)
      axis[i].weights.push_back(static_cast<float>(std::min(end, (s + 1) * to) - std::max(begin, s * to)) / static_cast<float>(from));
  }
  return axis;
}

}  // namespace

std::vector<uint8_t> to_rgba(const View& picture) {
  const size_t count = size_t{picture.width} * picture.height, c = picture.channels;
  std::vector<uint8_t> rgba(count * 4, 255);
  for (size_t i = 0; i < count; i++) {
    const uint8_t* in = picture.pixels.data() + i * c;
    for (size_t k = 0; k < 3; k++) rgba[i * 4 + k] = in[c < 3 ? 0 : k];
    if (c == 2 || c == 4) rgba[i * 4 + 3] = in[c - 1];
  }
  return rgba;
}

std::vector<uint8_t> resized(const View& rgba, uint32_t width, uint32_t height) {
  if (width == rgba.width && height == rgba.height) return {rgba.pixels.begin(), rgba.pixels.end()};
  const std::vector<Cover> across = covers(rgba.width, width), down = covers(rgba.height, height);
  const std::array<float, 256>& light = light_of_byte();
  std::vector<float> rows(size_t{rgba.height} * width * 4);  // resampled across: light times alpha, alpha
  for (uint32_t y = 0; y < rgba.height; y++)
    for (uint32_t x = 0; x < width; x++)
      for (size_t s = 0; s < across[x].weights.size(); s++) {
        const uint8_t* in = &rgba.pixels[(size_t{y} * rgba.width + across[x].first + s) * 4];
        const float alpha = across[x].weights[s] * static_cast<float>(in[3]) / 255.0f;
        float* out = &rows[(size_t{y} * width + x) * 4];
        for (size_t k = 0; k < 3; k++) out[k] += alpha * light[in[k]];
        out[3] += alpha;
      }
  std::vector<uint8_t> result(size_t{width} * height * 4);
  for (uint32_t y = 0; y < height; y++)
    for (uint32_t x = 0; x < width; x++) {
      std::array<float, 4> sum{};
      for (size_t s = 0; s < down[y].weights.size(); s++)
        for (size_t k = 0; k < 4; k++) sum[k] += down[y].weights[s] * rows[((down[y].first + s) * width + x) * 4 + k];
      uint8_t* out = &result[(size_t{y} * width + x) * 4];
      if (sum[3] > 0.0f)
        for (size_t k = 0; k < 3; k++) out[k] = to_byte(encoded(std::min(1.0f, sum[k] / sum[3])));
      out[3] = to_byte(sum[3]);
    }
  return result;
}

std::vector<uint8_t> fitted(const View& picture, uint32_t size) {
  const uint32_t longest = std::max(picture.width, picture.height);
  const auto scaled = [&](uint32_t side) {
    return std::max<uint32_t>(1, static_cast<uint32_t>((uint64_t{side} * size + longest / 2) / longest));
  };
  const uint32_t width = scaled(picture.width), height = scaled(picture.height), left = (size - width) / 2, top = (size - height) / 2;
  const std::vector<uint8_t> rgba = to_rgba(picture), small = resized({rgba, picture.width, picture.height, 4}, width, height);
  std::vector<uint8_t> square(size_t{size} * size * 4, 0);
  for (size_t y = 0; y < height; y++) std::copy_n(&small[y * width * 4], size_t{width} * 4, &square[((y + top) * size + left) * 4]);
  return square;
}

Gathering::Gathering(const Wanted& wanted, uint32_t count, uint32_t channels) {
  if (wanted.size < 1 || wanted.size > kLargestSize)
    throw Error("images of size " + std::to_string(wanted.size) + " were asked for; expected 1 to " + std::to_string(kLargestSize) +
                " pixels");
  if (channels < 1 || channels > 4)
    throw Error("images of " + std::to_string(channels) + " channels were asked for; expected 1 (grey) to 4 (RGBA)");
  images_.count = count;
  images_.width = images_.height = wanted.size;
  images_.channels = channels;
  const uint64_t bytes = uint64_t{count} * images_.image_bytes();
  if (bytes > kLargestSet)
    throw Error(ErrorCode::out_of_memory, std::to_string(count) + " images of " + std::to_string(images_.image_bytes()) + " bytes need " +
                                              std::to_string(bytes >> 20) + " MiB; the limit is " + std::to_string(kLargestSet >> 20) +
                                              " MiB: ask for fewer or smaller ones");
  images_.pixels.resize(bytes);
}

void Gathering::add(uint32_t index, const View& picture, uint32_t label) {
  if (images_.labels.empty()) images_.labels.resize(images_.count);
  images_.labels[index] = label;
  add(index, picture);
}

void Gathering::add(uint32_t index, const View& picture) {
  const std::vector<uint8_t> square = fitted(picture, images_.width);
  const uint32_t c = images_.channels;
  uint8_t* out = images_.pixels.data() + index * images_.image_bytes();
  for (const uint8_t* in = square.data(), *end = in + square.size(); in != end; in += 4, out += c) {
    if (c < 3)
      out[0] = times(luma(in), in[3]);
    else
      for (size_t k = 0; k < 3; k++) out[k] = times(in[k], in[3]);
    if (c == 2 || c == 4) out[c - 1] = in[3];
  }
}

}  // namespace gouache::data
