#version 450
// How long is the gradient, and is all of it finite?  First dispatch: a lane sums every lanes-th vec4.
#extension GL_GOOGLE_include_directive : require
#include "include/stream.glsl"
#include "shared/interface.h"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
#ifdef READ_TEXEL
layout(set = 0, binding = 0) uniform samplerBuffer gradients;
#define GRADIENT(i) floatBitsToUint(texelFetch(gradients, int(i)))
#else
layout(set = 0, binding = 0) readonly buffer Gradients { uvec4 gradients[]; };
#define GRADIENT(i) gradients[i]
#endif
layout(set = 0, binding = 1) writeonly buffer Partial { uvec2 partial[]; };  // float bits of the sum, 1 if not finite

layout(push_constant) uniform Push { uint count, fold, chunk; } push;  // vec4s; workgroups along x; vec4s a workgroup

void main() {
  uint width = gl_WorkGroupSize.x, group = group_index(push.fold);
  uint i = group * push.chunk + gl_LocalInvocationID.x, end = min((group + 1) * push.chunk, push.count);
  vec4 sum = vec4(0.0);
  uvec4 exponent = uvec4(0);  // largest seen: 255 marks NaN and Inf, which comparisons of floats may hide
  for (; i + 3 * width < end; i += 4 * width) {
    uvec4 g[4];
    [[unroll]] for (uint u = 0; u < 4; u++) g[u] = GRADIENT(i + u * width);
    [[unroll]] for (uint u = 0; u < 4; u++) {
      exponent = max(exponent, g[u] & 0x7f800000u);
      vec4 v = uintBitsToFloat(g[u]);
      sum += v * v;
    }
  }
  for (; i < end; i += width) {
    uvec4 g = GRADIENT(i);
    exponent = max(exponent, g & 0x7f800000u);
    vec4 v = uintBitsToFloat(g);
    sum += v * v;
  }
  bool not_finite = any(equal(exponent, uvec4(0x7f800000u)));
  partial[group * width + gl_LocalInvocationID.x] = uvec2(floatBitsToUint((sum.x + sum.y) + (sum.z + sum.w)), not_finite ? 1u : 0u);
}
