#version 450
// How long is the gradient, and is all of it finite?  Second dispatch: one lane adds the partial sums and latches the flag.
#extension GL_GOOGLE_include_directive : require
#include "shared/interface.h"

layout(local_size_x = 1) in;
layout(set = 0, binding = 0) readonly buffer Partial { uvec2 partial[]; };
layout(set = 0, binding = 1) buffer Control { uint control[]; };
layout(set = 0, binding = 2) writeonly buffer Norm { float norm; };

layout(push_constant) uniform Push { uint count; } push;  // partial sums

void main() {
  vec4 sum = vec4(0.0);
  uint not_finite = 0;
  for (uint i = 0; i < push.count; i += 4)  // always a multiple of 4
    for (uint u = 0; u < 4; u++) {
      uvec2 p = partial[i + u];
      sum[u] += uintBitsToFloat(p.x);
      not_finite |= p.y;
    }
  float total = (sum.x + sum.y) + (sum.z + sum.w);
  bool overflowed = (floatBitsToUint(total) & 0x7f800000u) == 0x7f800000u;  // finite gradients, but of no use
  norm = overflowed ? total : sqrt(total);
  if (not_finite != 0 || overflowed) control[CONTROL_NOT_FINITE] = 1;
}
