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
  uint width = gl_WorkGroupSize.x;
  uint first = group_index(push.fold) * width * 4 + gl_LocalInvocationID.x;
  if (first + 3 * width >= push.count) return;
  vec4 a = READ(first), b = READ(first + width), c = READ(first + 2 * width), d = READ(first + 3 * width);
  result[first] = a;
  result[first + width] = b;
  result[first + 2 * width] = c;
  result[first + 3 * width] = d;
}
