// Tiles of pixels -> Winograd's points: V [SIZE^2][tiles][channels], the rows of a batch of matrix products.
// RESULTS: 4 x 4 tiles of a convolution's result (for its weight gradient), else the pixels that such a tile is computed from.
// One invocation, one tile of four channels of a phase. Channels of the phases lie side by side; transposed, each phase has a
// matrix of its own: V [SIZE^2][phases][tiles][channels].
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/winograd.glsl"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(set = 0, binding = 0) writeonly buffer Points { vec4 points4[]; };

layout(push_constant) uniform Push {
  uint fold, count;            // workgroups along x; invocations
  uint c4, c_multiplier, c_shift;
  uint tiles_w, w_multiplier, w_shift, tiles_h, h_multiplier, h_shift;  // tiles along an image's axes
  uint first, tiles, tiles_multiplier, tiles_shift;                     // the first tile, and how many
  int h, w, pad_h, pad_w;      // of the tensor read
  int transposed;              // 1: of conv2d_transpose
} p;

#ifdef RESULTS
#define EDGE 4
#else
#define EDGE SIZE
#endif

// The pixel that the patch of tile 0 begins with, along one axis, in phase `a`.
int origin(int a, int pad) {
#ifdef RESULTS
  return 0;
#else
  return p.transposed != 0 ? (pad - a + STRIDE - 1) / STRIDE - (TAPS - 1) : a - pad;
#endif
}

void main() {
  uint index = group_index(p.fold) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (index >= p.count) return;
  uint rest = divide(index, p.c_multiplier, p.c_shift), c = index - rest * p.c4;
#ifdef RESULTS
  uint phase = 0, tile = rest;
  const int step = 1;
#else
  // A flag, not a constant: convolutions and transposed ones share a pipeline.
  const uint phases = uint(STRIDE * STRIDE);
  uint phase = p.transposed != 0 ? divide(rest, p.tiles_multiplier, p.tiles_shift) : rest % phases;
  uint tile = p.transposed != 0 ? rest - phase * p.tiles : rest / phases;
  int step = p.transposed != 0 ? 1 : STRIDE;
#endif
  tile += p.first;
  uint line = divide(tile, p.w_multiplier, p.w_shift), image = divide(line, p.h_multiplier, p.h_shift);
  int h0 = int(line - image * p.tiles_h) * 4 * step + origin(int(phase) / STRIDE, p.pad_h);
  int w0 = int(tile - line * p.tiles_w) * 4 * step + origin(int(phase) % STRIDE, p.pad_w);
  int start = int(image) * p.h * p.w;

  vec4 patch4[EDGE][EDGE];
  [[unroll]] for (int i = 0; i < EDGE; i++) {
    [[unroll]] for (int j = 0; j < EDGE; j++) {
      int h = h0 + i * step, w = w0 + j * step;
      bool inside = uint(h) < uint(p.h) && uint(w) < uint(p.w);
      vec4 v = READ(inside ? uint(start + h * p.w + w) * p.c4 + c : 0);
      patch4[i][j] = inside ? v : vec4(0.0);
    }
  }
  vec4 v[SIZE][SIZE];
#ifdef RESULTS
  ALONG_BOTH_AXES(results_to_points, patch4, EDGE, v, SIZE)
#else
  ALONG_BOTH_AXES(pixels_to_points, patch4, EDGE, v, SIZE)
#endif
  [[unroll]] for (int i = 0; i < SIZE; i++) {
    [[unroll]] for (int j = 0; j < SIZE; j++) points4[uint(i * SIZE + j) * p.count + index] = v[i][j];
  }
}
