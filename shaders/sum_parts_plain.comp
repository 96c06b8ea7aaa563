// result = program(sum of partial results), added in their order: sum_parts.comp for results of any size.  One invocation, one value.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/plain.glsl"

layout(push_constant) uniform Push {
  uint count, n;               // values of the result, and of its last axis
  uint parts;
} p;

void main() {
  uint index = element_index();
  if (index >= p.count) return;
  float sum = a[index];
  for (uint i = 1; i < p.parts; i++) sum += a[i * p.count + index];
  store_scalar(sum, index, index % p.n);
}
