#version 450
// Places a tensor of up to six axes inside a larger one of zeros.
#extension GL_GOOGLE_include_directive : require
#include "shared/interface.h"
#include "include/box.glsl"
#if WIDTH == 4
#define VALUE uvec4
#else
#define VALUE uint
#endif

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(constant_id = CONSTANT_SWITCH_0) const int RANK = 6;
layout(set = 0, binding = 0) readonly buffer Source { VALUE source[]; };
layout(set = 0, binding = 1) writeonly buffer Result { VALUE result[]; };

layout(push_constant) uniform Push {
  BOX_WORDS
  int source_stride[6], before[6];  // VALUEs; zeros before the source along each axis
  uint inside[6];                   // the source's extents
} push;

void main() {
  uint first = group_index(push.fold) * gl_WorkGroupSize.x * 4 + run_of(gl_LocalInvocationID.x);
  for (uint u = 0; u < 4; u++) {
    uint i = first + u * RUN;
    if (i >= push.count) return;
    int at[6];
    BOX_COORDINATES(at, i)
    bool inside = true;
    int from = 0;
    [[unroll]] for (int d = 0; d < 6; d++)
      if (d < RANK) {
        int p = at[d] - push.before[d];
        inside = inside && uint(p) < push.inside[d];
        from += p * push.source_stride[d];
      }
    VALUE v = VALUE(0);
    if (inside) v = source[from];
    result[i] = v;
  }
}
