// Which random number is element k of a sample?  The arithmetic of shaders/include/random.glsl, step for step in float.
#include "host/ops/philox.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace gouache {
namespace {

using Words = std::array<std::uint32_t, 4>;

Words block(std::uint64_t seed, std::uint32_t stream, std::uint64_t sample, std::uint32_t j) {
  return philox({j, static_cast<std::uint32_t>(sample), static_cast<std::uint32_t>(sample >> 32), stream},
                {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
}

float uniform_of(std::uint32_t word) { return static_cast<float>(word >> 8) * (1.0f / 16777216.0f); }

/// ln(k 2^-24), k in [1, 2^24].
float log_of(std::uint32_t k) {
  std::uint32_t bits = std::bit_cast<std::uint32_t>(static_cast<float>(k));
  int e = static_cast<int>(bits >> 23) - 127;
  float m = std::bit_cast<float>((bits & 0x007fffffu) | 0x3f800000u);
  if (m >= 1.41421356f) {
    m *= 0.5f;
    e++;
  }
  float n = static_cast<float>(e - 24), s = (m - 1.0f) / (m + 1.0f), t = s * s;
  float series = t * (0.33333333f + t * (0.2f + t * (0.14285714f + t * 0.11111111f)));
  return n * 0.693359375f + (2.0f * s + (2.0f * s * series + n * -2.12194440e-4f));
}

/// cos and sin of 2 pi k 2^-24.
std::array<float, 2> turn_of(std::uint32_t k) {
  std::uint32_t quarter = (k + 0x200000u) >> 22;
  float x = static_cast<float>(static_cast<std::int32_t>(k) - static_cast<std::int32_t>(quarter << 22)) * (1.57079633f / 4194304.0f);
  float t = x * x;
  float s = x + x * t * (-1.6666667e-1f + t * (8.3333333e-3f + t * (-1.9841270e-4f + t * 2.7557319e-6f)));
  float c = 1.0f + t * (-0.5f + t * (4.1666667e-2f + t * (-1.3888889e-3f + t * (2.4801587e-5f + t * -2.7557319e-7f))));
  switch (quarter & 3u) {
    case 0: return {c, s};
    case 1: return {-s, c};
    case 2: return {-c, -s};
    default: return {s, -c};
  }
}

std::array<float, 2> normals_of(std::uint32_t word0, std::uint32_t word1) {
  float square = -2.0f * log_of((word0 >> 8) + 1u), r = std::sqrt(square);
  if (r > 0.0f) r = r + (square - r * r) / (2.0f * r);
  std::array<float, 2> turn = turn_of(word1 >> 8);
  return {r * turn[0], r * turn[1]};
}

std::array<float, 4> normals_of(const Words& w) {
  std::array<float, 2> a = normals_of(w[0], w[1]), b = normals_of(w[2], w[3]);
  return {a[0], a[1], b[0], b[1]};
}

std::uint32_t mix_bits(std::uint32_t v) {
  v = (v ^ (v >> 16)) * 0x7feb352du;
  v = (v ^ (v >> 15)) * 0x846ca68bu;
  return v ^ (v >> 16);
}

}  // namespace

Words philox(Words c, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; round++) {
    std::uint64_t a = std::uint64_t{0xD2511F53u} * c[0], b = std::uint64_t{0xCD9E8D57u} * c[2];
    c = {static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ key[0], static_cast<std::uint32_t>(b),
         static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ key[1], static_cast<std::uint32_t>(a)};
    key[0] += 0x9E3779B9u;
    key[1] += 0xBB67AE85u;
  }
  return c;
}

std::uint64_t sample_number(const RandomAttributes& a, std::uint32_t step, std::int64_t i) {
  return std::uint64_t{step} * static_cast<std::uint64_t>(a.samples_per_step) + static_cast<std::uint64_t>(a.first_sample) +
         static_cast<std::uint64_t>(i);
}

float random_uniform(std::uint64_t seed, std::uint32_t stream, std::uint64_t sample, std::int64_t element) {
  return uniform_of(block(seed, stream, sample, static_cast<std::uint32_t>(element / 4))[static_cast<std::size_t>(element % 4)]);
}

float random_normal(std::uint64_t seed, std::uint32_t stream, std::uint64_t sample, std::int64_t element) {
  return normals_of(block(seed, stream, sample, static_cast<std::uint32_t>(element / 4)))[static_cast<std::size_t>(element % 4)];
}

std::uint32_t permutation_half_bits(std::uint32_t count) {
  std::uint32_t bits = static_cast<std::uint32_t>(std::bit_width(std::max(count, 1u) - 1u));
  return std::max((bits + 1) / 2, 1u);
}

std::uint32_t random_permutation(std::uint64_t seed, std::uint32_t stream, std::uint64_t sample, std::uint32_t count) {
  std::uint32_t epoch = static_cast<std::uint32_t>(sample / count), position = static_cast<std::uint32_t>(sample % count);
  Words key = philox({0xffffffffu, epoch, 0u, stream}, {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
  std::uint32_t half = permutation_half_bits(count), mask = (1u << half) - 1u;
  do {
    std::uint32_t left = position >> half, right = position & mask;
    for (std::uint32_t round = 0; round < 6; round++) {
      std::uint32_t next = left ^ (mix_bits(right + key[round & 3] + 0x9E3779B9u * round) & mask);
      left = right;
      right = next;
    }
    position = (left << half) | right;
  } while (position >= count);
  return position;
}

double random_value(const RandomAttributes& a, std::uint64_t seed, std::uint32_t step, std::int64_t index) {
  std::int64_t samples = a.shape.empty() ? 1 : a.shape[0], size = element_count(a.shape) / samples;
  std::uint64_t sample = sample_number(a, step, index / size);
  switch (a.distribution) {
    case Distribution::normal: return random_normal(seed, a.stream, sample, index % size);
    case Distribution::uniform: return random_uniform(seed, a.stream, sample, index % size);
    case Distribution::permutation: return random_permutation(seed, a.stream, sample, static_cast<std::uint32_t>(a.count));
  }
  return 0.0;
}

void fill_normal(std::uint64_t seed, std::uint32_t stream, std::uint64_t sample, std::span<float> values) {
  for (std::size_t i = 0; i < values.size(); i += 4) {
    std::array<float, 4> v = normals_of(block(seed, stream, sample, static_cast<std::uint32_t>(i / 4)));
    std::copy_n(v.begin(), std::min<std::size_t>(4, values.size() - i), values.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

void fill_uniform(std::uint64_t seed, std::uint32_t stream, std::uint64_t sample, std::span<float> values) {
  for (std::size_t i = 0; i < values.size(); i++) values[i] = random_uniform(seed, stream, sample, static_cast<std::int64_t>(i));
}

}  // namespace gouache
