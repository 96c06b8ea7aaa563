#version 450
// A painted image becomes the texels of one mip level, packed row after row, ready for vkCmdCopyBufferToImage.
// MIP: a level below 0, filtered from the one above in linear light times alpha, which is kept as floats for the next. FROM_TENSOR: that
// one is the painted image itself. A lane writes whole words: one texel, or four of one byte each.
#extension GL_GOOGLE_include_directive : require
#include "include/stream.glsl"
#include "include/texel.glsl"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
#if defined(MIP) && !defined(FROM_TENSOR)
layout(set = 0, binding = 0) readonly buffer Source { vec4 source[]; };
#else
layout(set = 0, binding = 0) readonly buffer Source { float source[]; };  // [N, H, W, CHANNELS] in [-1, 1]
#endif
layout(set = 0, binding = 1) writeonly buffer Words { uint words[]; };
#ifdef MIP
layout(set = 0, binding = 2) writeonly buffer Light { vec4 light[]; };
#endif

layout(push_constant) uniform Push {
  uint first;                               // of the image's values in the tensor
  uint texels, fold;                        // of this level; workgroups along x
  uint width, multiplier, shift;            // of this level, and how to divide by that
  uint source_width, source_height;         // of the level above
} push;

#if !defined(MIP) || defined(FROM_TENSOR)
#include "include/painted.glsl"
#endif

#ifndef MIP
vec4 texel_at(uint texel) { return shown_as_painted(painted(texel)); }
#else
vec4 light_above(uint texel) {
#ifdef FROM_TENSOR
  return painted_light(texel);
#else
  return source[texel];
#endif
}

// Texels along an axis of `extent` that lie, at least in part, under one of the level below; and how much of it the one at 2 i + t
// covers. An odd extent 2 n + 1 is cut into n equal parts.
uint taps(uint extent) { return extent == 1 ? 1 : 2 + (extent & 1u); }
float share(uint i, uint t, uint extent) {
  uint n = extent / 2;
  if (extent == 1) return 1.0;
  if ((extent & 1u) == 0) return 0.5;
  return float(t == 0 ? n - i : t == 1 ? n : i + 1) / float(extent);
}

vec4 texel_at(uint texel) {
  uint y = divide(texel, push.multiplier, push.shift), x = texel - y * push.width;
  vec4 sum = vec4(0.0);
  for (uint j = 0; j < taps(push.source_height); j++)
    for (uint i = 0; i < taps(push.source_width); i++)
      sum += share(y, j, push.source_height) * share(x, i, push.source_width) * light_above((2 * y + j) * push.source_width + 2 * x + i);
  sum = min(sum, vec4(1.0));
  light[texel] = sum;
  return shown(quotient(sum.rgb, sum.a), sum.a);
}
#endif

void store(uint texel, vec4 v) {
  if (TEXEL == TEXEL_RGBA8) words[texel] = byte_of(v.r) | byte_of(v.g) << 8 | byte_of(v.b) << 16 | byte_of(v.a) << 24;
  if (TEXEL == TEXEL_R32F) words[texel] = floatBitsToUint(v.r);
  if (TEXEL == TEXEL_RGBA16F) {
    words[2 * texel] = half_of(v.r) | half_of(v.g) << 16;
    words[2 * texel + 1] = half_of(v.b) | half_of(v.a) << 16;
  }
  if (TEXEL == TEXEL_RGBA32F)
    for (uint c = 0; c < 4; c++) words[4 * texel + c] = floatBitsToUint(v[c]);
}

void main() {
  uint lane = group_index(push.fold) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (TEXEL != TEXEL_R8) {
    if (lane < push.texels) store(lane, texel_at(lane));
    return;
  }
  uint first = lane * 4, end = min(first + 4, push.texels), word = 0;
  if (first >= push.texels) return;
  for (uint texel = first; texel < end; texel++) word |= byte_of(texel_at(texel).r) << (8 * (texel - first));
  words[lane] = word;
}
