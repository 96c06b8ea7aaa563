// dw [R,S,C,K] of y = conv2d(x [N,H,W,C], w), from x and dy [N,P,Q,K], any sizes.  One invocation, one value, or the sum over one part
// of the pixels (some drivers end loops after 65,535 iterations): parts follow one another in the result.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/plain.glsl"

layout(push_constant) uniform Push {
  int h, w, c;                 // of x
  int p, q, k;                 // of y
  int s;                       // kernel width
  int stride_h, stride_w, pad_h, pad_w, dilation_h, dilation_w;
  int pixels, part;            // N P Q, and how many of them one invocation sums
  uint count;                  // values of the result
} p;

void main() {
  uint index = element_index();
  if (index >= p.count) return;
  int row = int(index / uint(p.k)), k = int(index % uint(p.k));
  int c = row % p.c, tap = row / p.c;
  int dh = tap / p.s * p.dilation_h - p.pad_h, dw = tap % p.s * p.dilation_w - p.pad_w;
  int first = int(gl_WorkGroupID.z) * p.part, last = min(first + p.part, p.pixels);
  int line = first / p.q;
  int y_w = first % p.q, y_h = line % p.p, n = line / p.p;
  float sum = 0.0;
  for (int pixel = first; pixel < last; pixel++) {
    int h = y_h * p.stride_h + dh, w = y_w * p.stride_w + dw;
    if (uint(h) < uint(p.h) && uint(w) < uint(p.w)) sum = fma(a[((n * p.h + h) * p.w + w) * p.c + c], b[pixel * p.k + k], sum);
    y_w++;
    if (y_w == p.q) { y_w = 0; y_h++; }
    if (y_h == p.p) { y_h = 0; n++; }
  }
  store_scalar(sum, gl_WorkGroupID.z * p.count + index, uint(k));
}
