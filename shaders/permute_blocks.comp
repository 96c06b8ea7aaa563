#version 450
// [B, M, N] -> [B, N, M], M and N multiples of 4: a lane turns one 4x4 block in registers.
#extension GL_GOOGLE_include_directive : require
#include "shared/interface.h"
#include "include/stream.glsl"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(set = 0, binding = 0) readonly buffer Source { uvec4 source[]; };
layout(set = 0, binding = 1) writeonly buffer Result { uvec4 result[]; };

layout(push_constant) uniform Push {
  uint count, fold;               // blocks; workgroups along x
  uint m4, n4;                    // M / 4, N / 4
  uint m_multiplier, m_shift, n_multiplier, n_shift;
} push;

void main() {
  uint i = group_index(push.fold) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (i >= push.count) return;
  uint q = divide(i, push.n_multiplier, push.n_shift), n = i - q * push.n4;
  uint b = divide(q, push.m_multiplier, push.m_shift), m = q - b * push.m4;
  uint from = (b * push.m4 + m) * 4 * push.n4 + n, to = (b * push.n4 + n) * 4 * push.m4 + m;
  uvec4 r0 = source[from], r1 = source[from + push.n4], r2 = source[from + 2 * push.n4], r3 = source[from + 3 * push.n4];
  result[to] = uvec4(r0.x, r1.x, r2.x, r3.x);
  result[to + push.m4] = uvec4(r0.y, r1.y, r2.y, r3.y);
  result[to + 2 * push.m4] = uvec4(r0.z, r1.z, r2.z, r3.z);
  result[to + 3 * push.m4] = uvec4(r0.w, r1.w, r2.w, r3.w);
}
