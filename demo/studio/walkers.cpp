// Who walks through the small scene, and where?
#include "demo/studio/walkers.h"

#include <algorithm>
#include <cmath>

namespace gouache::studio {
namespace {

constexpr float kMargin = 0.6f;       ///< from the ends of the world
constexpr float kStepLength = 0.42f;  ///< from one footfall to the next
constexpr std::uint8_t kSolid = 96;   ///< alpha from which a pixel stands on the ground; less is a soft edge

}  // namespace

float lot(std::uint32_t which, std::uint32_t purpose) {
  // The finalizer of MurmurHash3 (Appleby): every bit of the input changes every bit of the result about half of the time.
  std::uint32_t h = which * 0x9E3779B9u + purpose * 0x85EBCA6Bu + 1;
  h = (h ^ h >> 16) * 0x85EBCA6Bu;
  h = (h ^ h >> 13) * 0xC2B2AE35u;
  h ^= h >> 16;
  return static_cast<float>(h >> 8) / static_cast<float>(1 << 24);
}

void Walkers::settle(float width, std::uint32_t count) {
  width_ = std::max(width, 2 * kMargin);
  std::erase_if(walkers_, [&](const Walker& one) { return one.sprite >= count; });
  const auto known = static_cast<std::uint32_t>(walkers_.size());
  for (std::uint32_t i = known; i < count; ++i) {
    // Spread evenly over the world and over the depth, in orders that have nothing to do with one another.
    const float place = (static_cast<float>(i) + 0.2f + 0.6f * lot(i, 1)) / static_cast<float>(count);
    const float row = std::fmod(0.5f + static_cast<float>(i) * 0.618034f, 1.0f);
    walkers_.push_back(
        {.sprite = i, .x = place * width_, .depth = row, .speed = 0.45f + 0.5f * lot(i, 2), .step = lot(i, 3), .left = lot(i, 4) < 0.5f});
  }
  for (Walker& one : walkers_) one.x = std::clamp(one.x, kMargin, width_ - kMargin);
  std::ranges::stable_sort(walkers_, {}, &Walker::depth);
}

void Walkers::advance(float seconds, float pace) {
  for (Walker& one : walkers_) {
    const float way = one.speed * pace * seconds;
    one.step = std::fmod(one.step + way / kStepLength, 1.0f);
    one.x += one.left ? -way : way;
    if (one.x < kMargin) {
      one.x = kMargin;
      one.left = false;
    } else if (one.x > width_ - kMargin) {
      one.x = width_ - kMargin;
      one.left = true;
    }
  }
}

std::uint32_t foot_row(std::span<const std::uint8_t> pixels, std::uint32_t width, std::uint32_t height) {
  for (std::uint32_t y = height; y-- > 0;)
    for (std::uint32_t x = 0; x < width; ++x)
      if (pixels[(std::size_t{y} * width + x) * 4 + 3] >= kSolid) return y + 1;
  return height;
}

}  // namespace gouache::studio
