// What do the plain kernels share?  One invocation computes one value of the result, with scalar loads from storage buffers.
#ifndef PLAIN_GLSL
#define PLAIN_GLSL
#include "include/epilogue_scalar.glsl"
#extension GL_EXT_control_flow_attributes : require

layout(local_size_x = 64, local_size_x_id = 0) in;
layout(set = 0, binding = 1) readonly buffer A { float a[]; };
layout(set = 0, binding = 2) readonly buffer B { float b[]; };

// Workgroups are numbered along x, then y.
uint element_index() {
  return (gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
}
#endif
