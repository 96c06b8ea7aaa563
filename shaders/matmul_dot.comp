// C [M,N] = A [M,K] B^T [N,K] with few results and many k values.  One subgroup computes one value: its lanes share out the k values,
// then add their sums in lane order.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#extension GL_KHR_shader_subgroup_quad : require
#include "include/epilogue_scalar.glsl"
#include "include/tile_gemm.glsl"

layout(set = 0, binding = 1) readonly buffer A { vec4 a[]; };
layout(set = 0, binding = 2) readonly buffer B { vec4 b[]; };

layout(push_constant) uniform Push {
  uint m, n, k4, count;        // K / 4, batch M N
  uint a_batch, b_batch;       // vec4s from one matrix of a batch to the next
} p;

void main() {
  uint index = tile_index(), lane = gl_SubgroupInvocationID;
  if (index >= p.count) return;
  uint column = index % p.n, row = index / p.n % p.m, batch = index / p.n / p.m;
  uint at_a = batch * p.a_batch + row * p.k4, at_b = batch * p.b_batch + column * p.k4;
  vec4 sums = vec4(0.0);
  for (uint k = lane; k < p.k4; k += LANES) sums = fma(a[at_a + k], b[at_b + k], sums);
  float own = (sums.x + sums.y) + (sums.z + sums.w), total = 0.0;
  for (uint i = 0; i < LANES; i++) total += EXCHANGE(own, i);
  if (lane == 0) store_scalar(total, index, column);
}
