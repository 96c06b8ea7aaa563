// Which random words belong to a counter, and how do they become numbers?  The same arithmetic as host/ops/philox.cpp.
#ifndef RANDOM_GLSL
#define RANDOM_GLSL

// Philox4x32-10: Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
uvec4 philox(uvec4 counter, uvec2 key) {
  for (int round = 0; round < 10; round++) {
    uint high0, low0, high1, low1;
    umulExtended(0xD2511F53u, counter.x, high0, low0);
    umulExtended(0xCD9E8D57u, counter.z, high1, low1);
    counter = uvec4(high1 ^ counter.y ^ key.x, low1, high0 ^ counter.w ^ key.y, low0);
    key += uvec2(0x9E3779B9u, 0xBB67AE85u);
  }
  return counter;
}

// In [0, 1), multiples of 2^-24.
float uniform_of(uint word) { return float(word >> 8) * (1.0 / 16777216.0); }

// ln(k 2^-24) for k in [1, 2^24].  k = m 2^e with m in [sqrt(1/2), sqrt(2)); ln m = 2 atanh(s), s = (m - 1) / (m + 1),
// |s| < 0.1716, by its odd series (the first term left out is below 3e-9).
float log_of(uint k) {
  uint bits = floatBitsToUint(float(k));
  int e = int(bits >> 23) - 127;
  precise float m = uintBitsToFloat((bits & 0x007fffffu) | 0x3f800000u);
  if (m >= 1.41421356) { m *= 0.5; e++; }
  float n = float(e - 24);
  precise float s = (m - 1.0) / (m + 1.0);
  precise float t = s * s;
  precise float series = t * (0.33333333 + t * (0.2 + t * (0.14285714 + t * 0.11111111)));
  precise float result = n * 0.693359375 + (2.0 * s + (2.0 * s * series + n * -2.12194440e-4));  // ln 2 in two parts
  return result;
}

// cos and sin of 2 pi k 2^-24: the nearest quarter turn exactly, the rest (at most pi / 4) by Taylor series (error below 2e-9).
vec2 turn_of(uint k) {
  uint quarter = (k + 0x200000u) >> 22;
  precise float x = float(int(k) - int(quarter << 22)) * (1.57079633 / 4194304.0);
  precise float t = x * x;
  precise float s = x + x * t * (-1.6666667e-1 + t * (8.3333333e-3 + t * (-1.9841270e-4 + t * 2.7557319e-6)));
  precise float c = 1.0 + t * (-0.5 + t * (4.1666667e-2 + t * (-1.3888889e-3 + t * (2.4801587e-5 + t * -2.7557319e-7))));
  switch (quarter & 3u) {
    case 0: return vec2(c, s);
    case 1: return vec2(-s, c);
    case 2: return vec2(-c, -s);
    default: return vec2(s, -c);
  }
}

// Two independent normals from two words (Box and Muller 1958); u1 in (0, 1] so that the logarithm is finite.
vec2 normals_of(uint word0, uint word1) {
  precise float square = -2.0 * log_of((word0 >> 8) + 1u);
  precise float r = sqrt(square);
  if (r > 0.0) r = r + (square - r * r) / (2.0 * r);  // one Newton step: drivers' sqrt may be off by some units
  precise vec2 z = r * turn_of(word1 >> 8);
  return z;
}

// step * samples_per_step + first, 64 bits as (low, high).
uvec2 sample_number(uint step, uint samples_per_step, uvec2 first, uint i) {
  uint high, low, carry;
  umulExtended(step, samples_per_step, high, low);
  low = uaddCarry(low, first.x, carry);
  high += first.y + carry;
  low = uaddCarry(low, i, carry);
  return uvec2(low, high + carry);
}

// (quotient's low word, remainder) of a 64-bit number by d < 2^31, bit by bit.
uvec2 long_divide(uvec2 number, uint d) {
  uint remainder = number.y % d, quotient = 0;
  for (int bit = 31; bit >= 0; bit--) {
    remainder = (remainder << 1) | ((number.x >> bit) & 1u);
    quotient <<= 1;
    if (remainder >= d) { remainder -= d; quotient |= 1u; }
  }
  return uvec2(quotient, remainder);
}

// A well mixed 32-bit hash: xorshift and multiply, twice.
uint mix_bits(uint v) {
  v = (v ^ (v >> 16)) * 0x7feb352du;
  v = (v ^ (v >> 15)) * 0x846ca68bu;
  return v ^ (v >> 16);
}

// Where `position` of [0, count) goes in the permutation `key`: six rounds of a balanced Feistel network over 2 `half_bits` bits
// (the least even number that holds count), walked until it falls inside (Black and Rogaway 2002).
uint permuted(uint position, uint count, uint half_bits, uvec4 key) {
  uint mask = (1u << half_bits) - 1u;
  do {
    uint left = position >> half_bits, right = position & mask;
    for (int round = 0; round < 6; round++) {
      uint next = left ^ (mix_bits(right + key[round & 3] + 0x9E3779B9u * uint(round)) & mask);
      left = right;
      right = next;
    }
    position = (left << half_bits) | right;
  } while (position >= count);
  return position;
}
#endif
