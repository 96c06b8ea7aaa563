// How does colour become the words of a texel?  Mip level 0 holds the very numbers of plugin/pixels.cpp: `precise` forbids fused
// multiply-adds, and Vulkan rounds a single addition or multiplication correctly.
#ifndef TEXEL_GLSL
#define TEXEL_GLSL
#include "shared/interface.h"

layout(constant_id = CONSTANT_SWITCH_0) const uint CHANNELS = 4;  // of the tensor: grey, grey and alpha, RGB, RGBA
layout(constant_id = CONSTANT_SWITCH_0 + 1) const uint TEXEL = TEXEL_RGBA8;
layout(constant_id = CONSTANT_SWITCH_0 + 2) const uint STRAIGHT = 0;  // 1: colour is not multiplied by alpha
layout(constant_id = CONSTANT_SWITCH_0 + 3) const uint LINEAR = 0;    // 1: floats hold linear light; bytes hold it encoded as sRGB

// [-1, 1] to [0, 1]; NaN becomes 0. By the bits: drivers may compare NaN and infinity as they like.
float unit(float value) {
  uint bits = floatBitsToUint(value), magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return 0.0;
  if (magnitude >= 0x3f800000u) return bits == magnitude ? 1.0 : 0.0;
  precise float raised = value * 0.5 + 0.5;
  return raised;
}

// colour / alpha rounded to the nearest float, which Vulkan's own division need not be. Both come from unit(), so they are multiples of
// 2^-25; colour <= alpha. Long division for 25 significant bits: 24 and the rounding bit (a tie cannot be).
float exact_quotient(float colour, float alpha) {
  uint rest = uint(colour * 33554432.0), divisor = uint(alpha * 33554432.0), bits = 0;
  if (rest == 0) return 0.0;
  if (rest >= divisor) return 1.0;
  float scale = 2.0;
  for (int i = 0; i < 50 && bits < 0x1000000u; i++) {
    rest <<= 1;
    bits <<= 1;
    scale *= 0.5;
    if (rest >= divisor) {
      rest -= divisor;
      bits |= 1u;
    }
  }
  return float((bits + 1) >> 1) * scale;
}

vec3 quotient(vec3 colour, float alpha) { return alpha > 0.0 ? min(colour / alpha, vec3(1.0)) : vec3(0.0); }

// IEC 61966-2-1.
vec3 srgb_to_light(vec3 c) {
  return mix(pow((c + 0.055) / 1.055, vec3(2.4)), c / 12.92, lessThanEqual(c, vec3(0.04045)));
}
vec3 light_to_srgb(vec3 l) {
  return mix(1.055 * pow(max(l, vec3(0.0031308)), vec3(1.0 / 2.4)) - 0.055, l * 12.92, lessThanEqual(l, vec3(0.0031308)));
}

// What the host asked for, from straight linear light.
vec4 shown(vec3 light, float alpha) {
  float factor = STRAIGHT != 0 ? 1.0 : alpha;
  if (LINEAR == 0) return vec4(light_to_srgb(light) * factor, alpha);
  bool bytes = TEXEL == TEXEL_R8 || TEXEL == TEXEL_RGBA8;
  return vec4(bytes ? light_to_srgb(light * factor) : light * factor, alpha);
}

// The same at mip level 0, from encoded colour times alpha, without a detour through light where none was asked for.
vec4 shown_as_painted(vec4 painted) {
  if (LINEAR != 0) return shown(srgb_to_light(quotient(painted.rgb, painted.a)), painted.a);
  if (STRAIGHT == 0) return painted;
  return vec4(exact_quotient(painted.r, painted.a), exact_quotient(painted.g, painted.a), exact_quotient(painted.b, painted.a), painted.a);
}

// [0, 1] to 0..255.
uint byte_of(float value) {
  precise float scaled = value * 255.0;
  precise float raised = scaled + 0.5;
  return uint(raised);
}

// [0, 1] to half precision, to nearest even; packHalf2x16 may round otherwise.
uint half_of(float value) {
  if (value < 6.103515625e-5) return uint(roundEven(value * 16777216.0));  // below 2^-14: a multiple of 2^-24
  uint bits = floatBitsToUint(value) - 0x38000000u;
  return (bits + 0xfffu + ((bits >> 13) & 1u)) >> 13;
}
#endif
