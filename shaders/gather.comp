#version 450
// result[b] = scale * data[indices[b]] + shift, from f32 rows or from rows of packed bytes.
// WIDTH 4 asks that a row be a multiple of four elements; WIDTH 1 takes any row, also one that begins inside a word.
#extension GL_GOOGLE_include_directive : require
#include "include/stream.glsl"
#include "include/operands.glsl"
#include "shared/interface.h"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
#ifdef BYTES
layout(set = 0, binding = 0) readonly buffer Data { uint data[]; };
#else
layout(set = 0, binding = 0) readonly buffer Data { VALUE data[]; };
#endif
layout(set = 0, binding = 1) readonly buffer Indices { uint indices[]; };
layout(set = 0, binding = 2) writeonly buffer Result { VALUE result[]; };

layout(push_constant) uniform Push {
  uint count, fold;                   // VALUEs of the result; workgroups along x
  uint width, multiplier, shift;      // VALUEs a row, and how to divide by that
  uint rows;                          // of data
  float scale, offset;
} push;

VALUE load(uint i) {
#if defined(BYTES) && WIDTH == 4
  uint word = data[i];
  return vec4(word & 255u, (word >> 8) & 255u, (word >> 16) & 255u, word >> 24);
#elif defined(BYTES)
  return float((data[i >> 2] >> (8 * (i & 3u))) & 255u);
#else
  return data[i];
#endif
}

void main() {
  uint lanes = gl_WorkGroupSize.x;
  uint first = group_index(push.fold) * lanes * 4 + gl_LocalInvocationID.x;
  for (uint u = 0; u < 4; u++) {
    uint i = first + u * lanes;
    if (i >= push.count) return;
    uint b = divide(i, push.multiplier, push.shift);
    uint row = min(indices[b], push.rows - 1);
    result[i] = push.scale * load(row * push.width + (i - b * push.width)) + push.offset;
  }
}
