// C [M,N] = A [M,K] B [K,N] for each matrix of a batch, either operand transposed, any sizes.  One invocation, one value.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/plain.glsl"

layout(push_constant) uniform Push {
  uint m, n, k, count;         // count = batch M N
  uint a_batch, b_batch;       // values from one matrix of a batch to the next
  uint a_m, a_k, b_k, b_n;     // strides
} p;

void main() {
  uint index = element_index();
  if (index >= p.count) return;
  uint column = index % p.n, row = index / p.n % p.m, batch = index / p.n / p.m;
  uint at_a = batch * p.a_batch + row * p.a_m, at_b = batch * p.b_batch + column * p.b_n;
  float sum = 0.0;
  uint k = 0;
  for (; k + 8 <= p.k; k += 8) {  // few iterations: some drivers end loops after 65,535
    [[unroll]] for (uint u = 0; u < 8; u++) {
      sum = fma(a[at_a], b[at_b], sum);
      at_a += p.a_k;
      at_b += p.b_k;
    }
  }
  for (; k < p.k; k++) {
    sum = fma(a[at_a], b[at_b], sum);
    at_a += p.a_k;
    at_b += p.b_k;
  }
  store_scalar(sum, index, column);
}
