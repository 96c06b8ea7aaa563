#version 450
// result[r] = scale * sum of dy[b] over the b with indices[b] = r: each row walks the indices in order, so sums repeat bit for bit.
#extension GL_GOOGLE_include_directive : require
#include "include/stream.glsl"
#include "include/operands.glsl"
#include "shared/interface.h"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(set = 0, binding = 0) readonly buffer Dy { VALUE dy[]; };
layout(set = 0, binding = 1) readonly buffer Indices { uint indices[]; };
layout(set = 0, binding = 2) writeonly buffer Result { VALUE result[]; };

layout(push_constant) uniform Push {
  uint count, fold;               // VALUEs of the result; workgroups along x
  uint width, multiplier, shift;  // VALUEs a row, and how to divide by that
  uint batch;                     // rows of dy
  float scale;
} push;

void main() {
  uint i = group_index(push.fold) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (i >= push.count) return;
  uint row = divide(i, push.multiplier, push.shift), column = i - row * push.width;
  VALUE sum = VALUE(0.0);
  for (uint b = 0; b < push.batch; b++)
    if (indices[b] == row) sum += dy[b * push.width + column];
  result[i] = push.scale * sum;
}
