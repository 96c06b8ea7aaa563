// x [N,H,W,C] = adjoint of conv2d applied to y [N,P,Q,K] with weights [R,S,K,C], any sizes.  One invocation, one value.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/plain.glsl"

layout(push_constant) uniform Push {
  int n, h, w, c;              // x [N,H,W,C]
  int p, q, k;                 // y [N,P,Q,K]
  int r, s;                    // kernel
  int stride_h, stride_w, pad_h, pad_w, dilation_h, dilation_w;
  uint count;                  // values of the result
} p;

void main() {
  uint index = element_index();
  if (index >= p.count) return;
  int pixel = int(index / uint(p.c)), c = int(index % uint(p.c));
  int x_w = pixel % p.w, x_h = pixel / p.w % p.h, n = pixel / p.w / p.h;
  float sum = 0.0;
  for (int r = 0; r < p.r; r++) {
    int h = x_h + p.pad_h - r * p.dilation_h;    // = stride times the line of y that this tap meets
    if (h < 0 || h % p.stride_h != 0 || h / p.stride_h >= p.p) continue;
    for (int s = 0; s < p.s; s++) {
      int w = x_w + p.pad_w - s * p.dilation_w;
      if (w < 0 || w % p.stride_w != 0 || w / p.stride_w >= p.q) continue;
      int at = ((n * p.p + h / p.stride_h) * p.q + w / p.stride_w) * p.k, weight = (r * p.s + s) * p.k * p.c + c;
      int i = 0;
      for (; i + 8 <= p.k; i += 8) {  // few iterations: some drivers end loops after 65,535
        [[unroll]] for (int u = 0; u < 8; u++) sum = fma(a[at + i + u], b[weight + (i + u) * p.c], sum);
      }
      for (; i < p.k; i++) sum = fma(a[at + i], b[weight + i * p.c], sum);
    }
  }
  store_scalar(sum, index, uint(c));
}
