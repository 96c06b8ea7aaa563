#version 450
// Copies a box of up to six axes from one strided view to another: permute, slice, concat, broadcast, copy.
// Elements are 32-bit words of any type (READ_TEXEL: floats); WIDTH 4 moves four neighbours at once (strides count VALUEs).
#extension GL_GOOGLE_include_directive : require
#include "shared/interface.h"
#include "include/box.glsl"
#ifdef READ_TEXEL
#extension GL_EXT_samplerless_texture_functions : require
#define VALUE vec4
#elif WIDTH == 4
#define VALUE uvec4
#else
#define VALUE uint
#endif

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(constant_id = CONSTANT_SWITCH_0) const int RANK = 6;
layout(constant_id = CONSTANT_SWITCH_0 + 1) const uint STEP = 0;  // not 0: a lane's four lie so far apart in both tensors
#ifdef READ_TEXEL
layout(set = 0, binding = 0) uniform textureBuffer source;
#define SOURCE(i) texelFetch(source, i)
#else
layout(set = 0, binding = 0) readonly buffer Source { VALUE source[]; };
#define SOURCE(i) source[i]
#endif
layout(set = 0, binding = 1) writeonly buffer Result { VALUE result[]; };

layout(push_constant) uniform Push {
  BOX_WORDS
  int source_first, result_first;
  int source_stride[6], result_stride[6];
} push;

void main() {
  uint width = gl_WorkGroupSize.x;
  if (STEP > 0) {
    uint i = piece_of(group_index(push.fold) * width + gl_LocalInvocationID.x, max(STEP, 1));
    if (i >= push.count) return;
    int at[6];
    BOX_COORDINATES(at, i)
    int from = push.source_first + BOX_OFFSET(at, push.source_stride), to = push.result_first + BOX_OFFSET(at, push.result_stride);
    VALUE v[4];
    [[unroll]] for (int u = 0; u < 4; u++) v[u] = SOURCE(from + u * int(STEP));
    [[unroll]] for (int u = 0; u < 4; u++) result[to + u * int(STEP)] = v[u];
    return;
  }
  uint first = group_index(push.fold) * width * 4 + run_of(gl_LocalInvocationID.x);
  if (first + 3 * RUN < push.count) {
    VALUE v[4];
    int to[4];
    [[unroll]] for (uint u = 0; u < 4; u++) {
      int at[6];
      BOX_COORDINATES(at, first + u * RUN)
      v[u] = SOURCE(push.source_first + BOX_OFFSET(at, push.source_stride));
      to[u] = push.result_first + BOX_OFFSET(at, push.result_stride);
    }
    [[unroll]] for (uint u = 0; u < 4; u++) result[to[u]] = v[u];
  } else {
    for (uint i = first; i < push.count; i += RUN) {  // fewer than four
      int at[6];
      BOX_COORDINATES(at, i)
      result[push.result_first + BOX_OFFSET(at, push.result_stride)] = SOURCE(push.source_first + BOX_OFFSET(at, push.source_stride));
    }
  }
}
