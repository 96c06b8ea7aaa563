// Tiles of pixels -> Winograd's points: V [SIZE^2][tiles][channels], the rows of a batch of matrix products.
// RESULTS: 4 x 4 tiles of a convolution's result (for its weight gradient), else the pixels that such a tile is computed from.
// One invocation, one tile of four channels of a phase. Channels of the phases lie side by side; transposed, each phase has a
// matrix of its own: V [SIZE^2][phases][tiles][channels].  Within a matrix points lie as the invocations are numbered: in blocks of
// eight tiles, or of eight vec4s of channels, each along the product's k, so that a product reads a block from end to end.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/winograd.glsl"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(set = 0, binding = 0) writeonly buffer Points { vec4 points4[]; };

layout(push_constant) uniform Push {
  uint fold, count;            // workgroups along x; invocations
  uint inner, inner_multiplier, inner_shift, outer, outer_multiplier, outer_shift;  // see main
  uint tiles_w, w_multiplier, w_shift, tiles_h, h_multiplier, h_shift;              // tiles along an image's axes
  uint first, tiles, c4;       // the first tile, and how many; vec4s of channels
  int h, w, pad_h, pad_w;      // of the tensor read
  int transposed;              // 1: of conv2d_transpose
  uint order;                  // WINOGRAD_ bits
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
  // Numbered from the outside in: blocks, phases, what a block goes along, places in a block. WINOGRAD_PHASES_OUTSIDE: phases, blocks ...
  // Flags, not constants: all convolutions share a pipeline.
  uint block_shift = (p.order & WINOGRAD_BLOCKS) != 0 ? OPERAND_BLOCK_SHIFT : 0, place = index & ((1u << block_shift) - 1), rest = index >> block_shift;
  uint outer = divide(rest, p.inner_multiplier, p.inner_shift), inner = rest - outer * p.inner;
#ifdef RESULTS
  uint phase = 0;
  const int step = 1;
#else
  const uint phases = uint(STRIDE * STRIDE);
  uint blocks = outer;
  bool phases_outside = (p.order & WINOGRAD_PHASES_OUTSIDE) != 0;
  uint phase = phases_outside ? divide(blocks, p.outer_multiplier, p.outer_shift) : blocks % phases;
  outer = phases_outside ? blocks - phase * p.outer : blocks / phases;
  int step = p.transposed != 0 ? 1 : STRIDE;
#endif
  outer = (outer << block_shift) + place;
  uint tile = (p.order & WINOGRAD_CHANNEL_BLOCKS) != 0 ? inner : outer, c = (p.order & WINOGRAD_CHANNEL_BLOCKS) != 0 ? outer : inner;
  tile = min(tile, p.tiles - 1);  // what fills the last block up
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
