#version 450
// nearest_up repeats each pixel `factor` times along D, H and W; sum_down, its adjoint, sums those blocks.
#extension GL_GOOGLE_include_directive : require
#include "include/stream.glsl"
#include "include/operands.glsl"
#include "shared/interface.h"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(constant_id = CONSTANT_SWITCH_0) const bool DOWN = false;
layout(set = 0, binding = 0) readonly buffer Source { VALUE source[]; };
layout(set = 0, binding = 1) writeonly buffer Result { VALUE result[]; };

layout(push_constant) uniform Push {
  uint count, fold;          // VALUEs of the result; workgroups along x
  uint extent[4];            // the result's D, H, W, C (C in VALUEs)
  uint multiplier[4], shift[4];
  uint factor[3];            // along D, H, W (1 where the tensor has no such axis)
  uint factor_multiplier[3], factor_shift[3];
} push;

void main() {
  uint width = gl_WorkGroupSize.x;
  uint first = group_index(push.fold) * width * 4 + gl_LocalInvocationID.x;
  for (uint k = 0; k < 4; k++) {
    uint i = first + k * width;
    if (i >= push.count) return;
    uint rest = i, at[4];
    [[unroll]] for (int a = 3; a >= 0; a--) {
      uint quotient = divide(rest, push.multiplier[a], push.shift[a]);
      at[a] = rest - quotient * push.extent[a];
      rest = quotient;
    }
    uint depth, height, columns;  // the source's
    if (!DOWN) {
      depth = divide(push.extent[0], push.factor_multiplier[0], push.factor_shift[0]);
      height = divide(push.extent[1], push.factor_multiplier[1], push.factor_shift[1]);
      columns = divide(push.extent[2], push.factor_multiplier[2], push.factor_shift[2]);
      uint d = divide(at[0], push.factor_multiplier[0], push.factor_shift[0]);
      uint h = divide(at[1], push.factor_multiplier[1], push.factor_shift[1]);
      uint w = divide(at[2], push.factor_multiplier[2], push.factor_shift[2]);
      result[i] = source[(((rest * depth + d) * height + h) * columns + w) * push.extent[3] + at[3]];
    } else {
      depth = push.extent[0] * push.factor[0];
      height = push.extent[1] * push.factor[1];
      columns = push.extent[2] * push.factor[2];
      VALUE sum = VALUE(0.0);
      for (uint d = 0; d < push.factor[0]; d++)
        for (uint h = 0; h < push.factor[1]; h++) {
          uint row = ((rest * depth + at[0] * push.factor[0] + d) * height + at[1] * push.factor[1] + h) * columns + at[2] * push.factor[2];
          for (uint w = 0; w < push.factor[2]; w++) sum += source[(row + w) * push.extent[3] + at[3]];
        }
      result[i] = sum;
    }
  }
}
