// How does a tile of 4 x 4 results of a convolution with TAPS x TAPS taps become SIZE x SIZE products a channel?  Winograd's minimal
// filtering (Lavin & Gray 2015, arXiv:1509.09308): y = A' ((G g) * (B' d)) along each axis, here for the points 0, 1, -1, 2, (-2,)
// infinity. SIZE^2 / (16 TAPS^2) of the multiplications are left: 25/64 for 2 taps, 36/144 for 3.
#ifndef WINOGRAD_GLSL
#define WINOGRAD_GLSL
#extension GL_EXT_control_flow_attributes : require
#include "shared/interface.h"
#include "include/stream.glsl"

#define SIZE (TAPS + 3)

// A convolution of stride s and s TAPS taps is a sum over s x s phases of convolutions of stride 1: tap s i + a meets the pixels
// a, a + s, ... conv2d_transpose has one such convolution, with the taps in reverse order, for each phase of its result.
layout(constant_id = 16) const int STRIDE = 1;

// The tensor that a transform reads, in vec4s (binding 1).
#ifdef READ_TEXEL
layout(set = 0, binding = 1) uniform samplerBuffer source;
#define READ(index) texelFetch(source, int(index))
#else
layout(set = 0, binding = 1) readonly buffer Source { vec4 source[]; };
#define READ(index) source[index]
#endif

#if TAPS == 3
// B': SIZE pixels -> SIZE points
void pixels_to_points(vec4 d[SIZE], out vec4 v[SIZE]) {
  vec4 even = d[4] - 4.0 * d[2], odd = d[3] - 4.0 * d[1], near_even = d[4] - d[2], near_odd = 2.0 * (d[3] - d[1]);
  v[0] = 4.0 * (d[0] - d[2]) + near_even;
  v[1] = even + odd;
  v[2] = even - odd;
  v[3] = near_even + near_odd;
  v[4] = near_even - near_odd;
  v[5] = 4.0 * (d[1] - d[3]) + (d[5] - d[3]);
}
// G: taps -> points
void taps_to_points(vec4 g[TAPS], out vec4 u[SIZE]) {
  vec4 ends = (g[0] + g[2]) * (-1.0 / 6.0), middle = g[1] * (-1.0 / 6.0);
  vec4 far = g[0] * (1.0 / 24.0) + g[2] * (1.0 / 6.0), far_middle = g[1] * (1.0 / 12.0);
  u[0] = 0.25 * g[0];
  u[1] = ends + middle;
  u[2] = ends - middle;
  u[3] = far + far_middle;
  u[4] = far - far_middle;
  u[5] = g[2];
}
// A': points -> results
void points_to_results(vec4 m[SIZE], out vec4 y[4]) {
  vec4 s1 = m[1] + m[2], d1 = m[1] - m[2], s2 = m[3] + m[4], d2 = m[3] - m[4];
  y[0] = m[0] + s1 + s2;
  y[1] = d1 + 2.0 * d2;
  y[2] = s1 + 4.0 * s2;
  y[3] = d1 + 8.0 * d2 + m[5];
}
// A: results -> points
void results_to_points(vec4 y[4], out vec4 z[SIZE]) {
  vec4 even = y[0] + y[2], odd = y[1] + y[3], far_even = y[0] + 4.0 * y[2], far_odd = 2.0 * y[1] + 8.0 * y[3];
  z[0] = y[0];
  z[1] = even + odd;
  z[2] = even - odd;
  z[3] = far_even + far_odd;
  z[4] = far_even - far_odd;
  z[5] = y[3];
}
// G': points -> taps
void points_to_taps(vec4 m[SIZE], out vec4 g[TAPS]) {
  vec4 s1 = (m[1] + m[2]) * (1.0 / 6.0), s2 = m[3] + m[4];
  g[0] = 0.25 * m[0] - s1 + s2 * (1.0 / 24.0);
  g[1] = (m[2] - m[1]) * (1.0 / 6.0) + (m[3] - m[4]) * (1.0 / 12.0);
  g[2] = s2 * (1.0 / 6.0) - s1 + m[5];
}
#else
void pixels_to_points(vec4 d[SIZE], out vec4 v[SIZE]) {
  v[0] = 2.0 * (d[0] - d[2]) + (d[3] - d[1]);
  v[1] = d[3] - d[2] - 2.0 * d[1];
  v[2] = d[3] - 3.0 * d[2] + 2.0 * d[1];
  v[3] = d[3] - d[1];
  v[4] = 2.0 * (d[1] - d[3]) + (d[4] - d[2]);
}
void taps_to_points(vec4 g[TAPS], out vec4 u[SIZE]) {
  u[0] = 0.5 * g[0];
  u[1] = -0.5 * (g[0] + g[1]);
  u[2] = (g[1] - g[0]) * (1.0 / 6.0);
  u[3] = g[0] * (1.0 / 6.0) + g[1] * (1.0 / 3.0);
  u[4] = g[1];
}
void points_to_results(vec4 m[SIZE], out vec4 y[4]) {
  vec4 sum = m[1] + m[2], difference = m[1] - m[2];
  y[0] = m[0] + sum + m[3];
  y[1] = difference + 2.0 * m[3];
  y[2] = sum + 4.0 * m[3];
  y[3] = difference + 8.0 * m[3] + m[4];
}
void results_to_points(vec4 y[4], out vec4 z[SIZE]) {
  vec4 even = y[0] + y[2], odd = y[1] + y[3];
  z[0] = y[0];
  z[1] = even + odd;
  z[2] = even - odd;
  z[3] = y[0] + 4.0 * y[2] + 2.0 * y[1] + 8.0 * y[3];
  z[4] = y[3];
}
void points_to_taps(vec4 m[SIZE], out vec4 g[TAPS]) {
  g[0] = 0.5 * (m[0] - m[1]) + (m[3] - m[2]) * (1.0 / 6.0);
  g[1] = -0.5 * m[1] + m[2] * (1.0 / 6.0) + m[3] * (1.0 / 3.0) + m[4];
}
#endif

// Applies TRANSFORM along both axes of from[FROM][FROM] and gives to[TO][TO].
#define ALONG_BOTH_AXES(TRANSFORM, from, FROM, to, TO)                          \
  {                                                                             \
    vec4 half_way[TO][FROM];                                                    \
    [[unroll]] for (int j = 0; j < FROM; j++) {                                 \
      vec4 line[FROM], result[TO];                                              \
      [[unroll]] for (int i = 0; i < FROM; i++) line[i] = from[i][j];           \
      TRANSFORM(line, result);                                                  \
      [[unroll]] for (int i = 0; i < TO; i++) half_way[i][j] = result[i];       \
    }                                                                           \
    [[unroll]] for (int i = 0; i < TO; i++) TRANSFORM(half_way[i], to[i]);      \
  }
#endif
