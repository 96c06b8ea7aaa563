// y [N,P,Q,K] = conv2d(x [N,H,W,C], w [R,S,C,K]), any sizes.  One invocation, one value.
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
  int pixel = int(index / uint(p.k)), k = int(index % uint(p.k));
  int y_w = pixel % p.q, y_h = pixel / p.q % p.p, n = pixel / p.q / p.p;
  float sum = 0.0;
  for (int r = 0; r < p.r; r++) {
    int h = y_h * p.stride_h - p.pad_h + r * p.dilation_h;
    if (uint(h) >= uint(p.h)) continue;
    for (int s = 0; s < p.s; s++) {
      int w = y_w * p.stride_w - p.pad_w + s * p.dilation_w;
      if (uint(w) >= uint(p.w)) continue;
      int at = ((n * p.h + h) * p.w + w) * p.c, weight = (r * p.s + s) * p.c * p.k + k;
      int i = 0;
      for (; i + 8 <= p.c; i += 8) {  // few iterations: some drivers end loops after 65,535
        [[unroll]] for (int u = 0; u < 8; u++) sum = fma(a[at + i + u], b[weight + (i + u) * p.k], sum);
      }
      for (; i < p.c; i++) sum = fma(a[at + i], b[weight + i * p.k], sum);
    }
  }
  store_scalar(sum, index, uint(k));
}
