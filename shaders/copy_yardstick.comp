#version 450
// How many bytes a second does this device move at best?  A plain copy in the forms of the memory-bound kernels here.
#extension GL_GOOGLE_include_directive : require
#include "shared/interface.h"
#include "include/stream.glsl"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
#ifdef READ_TEXEL
layout(set = 0, binding = 0) uniform samplerBuffer source;
#define READ(index) texelFetch(source, int(index))
#else
layout(set = 0, binding = 0) readonly buffer Source { vec4 source[]; };
#define READ(index) source[index]
#endif
layout(set = 0, binding = 1) writeonly buffer Result { vec4 result[]; };

layout(push_constant) uniform Push { uint count, fold; } push;  // vec4s, a multiple of 4 x local size; workgroups along x

void main() {
  uint first = group_index(push.fold) * gl_WorkGroupSize.x * 4 + run_of(gl_LocalInvocationID.x);
  if (first + 3 * RUN >= push.count) return;
  vec4 a = READ(first), b = READ(first + RUN), c = READ(first + 2 * RUN), d = READ(first + 3 * RUN);
  result[first] = a;
  result[first + RUN] = b;
  result[first + 2 * RUN] = c;
  result[first + 3 * RUN] = d;
}
