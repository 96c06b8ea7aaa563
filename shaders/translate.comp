#version 450
// result[n][i][j] = source[n][i - down(n)][j - right(n)], zero where that lies outside the image; offsets are rounded, halves away from 0.
#extension GL_GOOGLE_include_directive : require
#include "include/stream.glsl"
#include "include/operands.glsl"
#include "shared/interface.h"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(set = 0, binding = 0) readonly buffer Source { VALUE source[]; };
layout(set = 0, binding = 1) readonly buffer Offsets { float offsets[]; };
layout(set = 0, binding = 2) writeonly buffer Result { VALUE result[]; };

layout(push_constant) uniform Push {
  uint count, fold;  // VALUEs of the result; workgroups along x
  uint extent[3];    // H, W, C (C in VALUEs)
  uint multiplier[3], shift[3];
} push;

int pixels(float offset) {
  float size = floor(abs(offset) + 0.5);
  return size < 1e6 ? int(offset < 0.0 ? -size : size) : 1000000;  // beyond any image; NaN too
}

void main() {
  uint first = group_index(push.fold) * gl_WorkGroupSize.x * 4 + run_of(gl_LocalInvocationID.x);
  for (uint k = 0; k < 4; k++) {
    uint i = first + k * RUN;
    if (i >= push.count) return;
    uint rest = i, at[3];
    [[unroll]] for (int a = 2; a >= 0; a--) {
      uint quotient = divide_axis(rest, push.multiplier[a], push.shift[a]);
      at[a] = rest - quotient * push.extent[a];
      rest = quotient;
    }
    int row = int(at[0]) - pixels(offsets[2 * rest]), column = int(at[1]) - pixels(offsets[2 * rest + 1]);
    bool inside = row >= 0 && row < int(push.extent[0]) && column >= 0 && column < int(push.extent[1]);
    uint from = inside ? ((rest * push.extent[0] + uint(row)) * push.extent[1] + uint(column)) * push.extent[2] + at[2] : i;
    VALUE value = source[from];
    result[i] = inside ? value : VALUE(0.0);
  }
}
