// result = program(sum of partial results), added in their order: the second pass of a kernel that splits its k values.
// One invocation, one vec4.
#version 450
#extension GL_GOOGLE_include_directive : require
#define EPILOGUE_VEC4
#include "include/epilogue.glsl"

layout(local_size_x = 64, local_size_x_id = 0) in;
layout(set = 0, binding = 0) writeonly buffer Result { vec4 result4[]; };
layout(set = 0, binding = 1) readonly buffer Parts { vec4 parts4[]; };
layout(set = 0, binding = 2) readonly buffer Unused { vec4 unused4[]; };

layout(push_constant) uniform Push {
  uint count4, n4;             // vec4s of the result, and of its last axis
  uint parts;
} p;

void main() {
  uint index = (gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (index >= p.count4) return;
  vec4 sum = parts4[index];
  for (uint i = 1; i < p.parts; i++) sum += parts4[i * p.count4 + index];
  result4[index] = epilogue(sum, index, index % p.n4);
}
