// How are latents drawn, blended and added?
#include "demo/studio/latents.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "demo/data/dice.h"

namespace gouache::studio {
namespace {

/// The probability that a standard normal number is below z.
double normal_below(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

/// The z that a standard normal number is below with probability p in (0, 1): Abramowitz and Stegun 26.2.22, which is within 0.003, and
/// two of Halley's steps, each of which cubes the error.
double normal_quantile(double p) {
  if (p > 0.5) return -normal_quantile(1 - p);
  const double t = std::sqrt(-2 * std::log(p));
  double z = (2.30753 + 0.27061 * t) / (1 + 0.99229 * t + 0.04481 * t * t) - t;
  for (int step = 0; step < 2; ++step) {
    const double density = std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
    const double miss = (normal_below(z) - p) / density;
    z -= miss / (1 + z * miss / 2);
  }
  return z;
}

double dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * double{b[i]};
  return sum;
}

/// x a + y b.
std::vector<float> combined(double x, std::span<const float> a, double y, std::span<const float> b) {
  std::vector<float> sum(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) sum[i] = static_cast<float>(x * double{a[i]} + y * double{b[i]});
  return sum;
}

/// A vector of length `long_` at a right angle to `vector`, which has two numbers or more and is not 0: the axis that it leans to
/// least, without the part along it.
std::vector<float> perpendicular(std::span<const float> vector, double length_wanted) {
  std::vector<float> axis(vector.size());
  axis[static_cast<std::size_t>(std::ranges::min_element(vector, {}, [](float value) { return std::abs(value); }) - vector.begin())] = 1;
  const std::vector<float> across = combined(1, axis, -dot(axis, vector) / dot(vector, vector), vector);
  return combined(length_wanted / length(across), across, 0, across);
}

}  // namespace

double length(std::span<const float> vector) { return std::sqrt(dot(vector, vector)); }

std::vector<float> drawn_latent(std::uint64_t seed, std::uint64_t index, float truncation, std::uint32_t latent) {
  data::Dice dice(seed, index);
  const bool whole = truncation >= kNoTruncation;
  const double bound = std::max(double{truncation}, double{kLeastTruncation});
  const double cut = whole ? 0 : normal_below(-bound);  // of the distribution, at either end
  std::vector<float> drawn(latent);
  for (float& value : drawn) {
    const double uniform = (static_cast<double>(dice.word() >> 11) + 0.5) * 0x1p-53;  // in (0, 1), both left out
    const double z = normal_quantile(cut + uniform * (1 - 2 * cut));
    value = static_cast<float>(whole ? z : std::clamp(z, -bound, bound));
  }
  return drawn;
}

std::vector<float> blended(std::span<const float> from, std::span<const float> to, float t) {
  const double start = length(from), end = length(to), share = std::clamp(double{t}, 0.0, 1.0);
  const double wanted = start + (end - start) * share;
  constexpr double kNarrow = 1e-4;  // radians: a chord is its arc to a float's rounding, and sin w is too small to divide by
  const double cosine = start > 0 && end > 0 ? std::clamp(dot(from, to) / (start * end), -1.0, 1.0) : 1;
  const double angle = std::acos(cosine);
  if (share <= 0) return {from.begin(), from.end()};
  if (share >= 1) return {to.begin(), to.end()};
  if (angle < kNarrow || from.size() < 2) return combined(1 - share, from, share, to);
  if (angle > std::numbers::pi - kNarrow) {  // opposite: half a circle, through any point at a right angle
    const std::vector<float> across = perpendicular(from, 1);
    const double turn = std::numbers::pi * share;
    return combined(wanted * std::cos(turn) / start, from, wanted * std::sin(turn), across);
  }
  const double scale = wanted / std::sin(angle);
  return combined(scale * std::sin((1 - share) * angle) / start, from, scale * std::sin(share * angle) / end, to);
}

std::vector<float> summed(std::span<const float> a, std::span<const float> b, std::span<const float> c) {
  const std::vector<float> difference = combined(1, a, -1, b);
  const std::vector<float> sum = combined(1, difference, 1, c);
  const auto [shortest, longest] = std::minmax({length(a), length(b), length(c)});
  const double is = length(sum), wanted = std::clamp(length(a) - length(b) + length(c), shortest, longest);
  return is > 0 ? combined(wanted / is, sum, 0, sum) : sum;
}

std::vector<float> moved(std::span<const float> base, std::span<const float> directions, std::span<const float> offsets) {
  std::vector<float> sum(base.begin(), base.end());
  for (std::size_t k = 0; k < offsets.size(); ++k)
    if (offsets[k] != 0) sum = combined(1, sum, double{offsets[k]}, directions.subspan(k * base.size(), base.size()));
  return sum;
}

}  // namespace gouache::studio
