// dw [R,S,C,K] of y = conv2d(x [N,H,W,C], w), from x and dy [N,P,Q,K], any sizes.  One invocation, one value.
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
  int row = int(index / uint(p.k)), k = int(index % uint(p.k));
  int c = row % p.c, s = row / p.c % p.s, r = row / p.c / p.s;
  float sum = 0.0;
  for (int n = 0; n < p.n; n++)
    for (int y_h = 0; y_h < p.p; y_h++) {
      int h = y_h * p.stride_h - p.pad_h + r * p.dilation_h;
      if (uint(h) >= uint(p.h)) continue;
      for (int y_w = 0; y_w < p.q; y_w++) {
        int w = y_w * p.stride_w - p.pad_w + s * p.dilation_w;
        if (uint(w) >= uint(p.w)) continue;
        sum = fma(a[((n * p.h + h) * p.w + w) * p.c + c], b[((n * p.p + y_h) * p.q + y_w) * p.k + k], sum);
      }
    }
  store_scalar(sum, index, uint(k));
}
