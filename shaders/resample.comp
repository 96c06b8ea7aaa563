#version 450
// nearest_up repeats each pixel `factor` times along D, H and W; sum_down, its adjoint, sums those blocks.
#extension GL_GOOGLE_include_directive : require
#include "include/stream.glsl"
#include "include/operands.glsl"
#include "shared/interface.h"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(constant_id = CONSTANT_SWITCH_0) const bool DOWN = false;
TENSOR(0, source)
layout(set = 0, binding = 1) writeonly buffer Result { VALUE result[]; };

layout(push_constant) uniform Push {
  uint count, fold;          // VALUEs of the smaller tensor (nearest_up's source, sum_down's result); workgroups along x
  uint extent[4];            // its D, H, W, C (C in VALUEs)
  uint multiplier[4], shift[4];
  uint factor[3];            // along D, H, W (1 where the tensor has no such axis)
} push;

// A lane owns four VALUEs of the smaller tensor with their blocks of the larger one: each VALUE is read and written once.
void main() {
  uint width = gl_WorkGroupSize.x;
  uint first = group_index(push.fold) * width * 4 + gl_LocalInvocationID.x;
  uint large_h = push.extent[1] * push.factor[1], large_w = push.extent[2] * push.factor[2];
  for (uint k = 0; k < 4; k++) {
    uint i = first + k * width;
    if (i >= push.count) return;
    uint rest = i, at[4];
    [[unroll]] for (int a = 3; a >= 0; a--) {
      uint quotient = divide(rest, push.multiplier[a], push.shift[a]);
      at[a] = rest - quotient * push.extent[a];
      rest = quotient;
    }
    uint line = ((rest * push.extent[0] + at[0]) * push.factor[0] * large_h + at[1] * push.factor[1]) * large_w + at[2] * push.factor[2];
    VALUE value = VALUE(0.0);
    if (!DOWN) value = READ_AT(source, i);
    for (uint d = 0; d < push.factor[0]; d++)
      for (uint h = 0; h < push.factor[1]; h++) {
        uint large = (line + (d * large_h + h) * large_w) * push.extent[3] + at[3];
        for (uint w = 0; w < push.factor[2]; w++) {
          if (DOWN) value += READ_AT(source, large); else result[large] = value;
          large += push.extent[3];
        }
      }
    if (DOWN) result[i] = value;
  }
}
