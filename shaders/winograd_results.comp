// Winograd's products M [SIZE^2][phases][tiles][channels] -> 4 x 4 tiles of the result, each value through the fused program.
// One invocation, one tile of four channels of a phase (conv2d has one phase, conv2d_transpose STRIDE^2).
#version 450
#extension GL_GOOGLE_include_directive : require
#define EPILOGUE_VEC4
#include "include/winograd.glsl"
#include "include/epilogue.glsl"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(set = 0, binding = 0) writeonly buffer Result { vec4 result4[]; };
layout(set = 0, binding = 2) readonly buffer Unused { vec4 unused4[]; };

layout(push_constant) uniform Push {
  uint fold, count;            // workgroups along x; invocations
  uint c4, c_multiplier, c_shift;
  uint tiles_w, w_multiplier, w_shift, tiles_h, h_multiplier, h_shift;  // tiles along an image's axes
  uint first, tiles, tiles_multiplier, tiles_shift;                     // the first tile, and how many
  int h, w, pad_h, pad_w;      // of the result; pads are read where it is transposed
  int transposed;              // 1: of conv2d_transpose
} p;

void main() {
  uint index = group_index(p.fold) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (index >= p.count) return;
  uint rest = divide(index, p.c_multiplier, p.c_shift), c = index - rest * p.c4;
  uint phase = divide(rest, p.tiles_multiplier, p.tiles_shift), tile = rest - phase * p.tiles + p.first;
  uint line = divide(tile, p.w_multiplier, p.w_shift), image = divide(line, p.h_multiplier, p.h_shift);
  int h0 = int(line - image * p.tiles_h) * 4, w0 = int(tile - line * p.tiles_w) * 4, step = 1;
  if (p.transposed != 0) {  // not a constant: convolutions and transposed ones share a pipeline
    int a = int(phase) / STRIDE, b = int(phase) % STRIDE;
    step = STRIDE;
    h0 = ((p.pad_h - a + STRIDE - 1) / STRIDE + h0) * STRIDE + a - p.pad_h;
    w0 = ((p.pad_w - b + STRIDE - 1) / STRIDE + w0) * STRIDE + b - p.pad_w;
  }
  vec4 m[SIZE][SIZE], y[4][4];
  [[unroll]] for (int i = 0; i < SIZE; i++) {
    [[unroll]] for (int j = 0; j < SIZE; j++) m[i][j] = READ(uint(i * SIZE + j) * p.count + index);
  }
  ALONG_BOTH_AXES(points_to_results, m, SIZE, y, 4)
  [[unroll]] for (int i = 0; i < 4; i++) {
    [[unroll]] for (int j = 0; j < 4; j++) {
      int h = h0 + i * step, w = w0 + j * step;
      if (h < p.h && w < p.w) {
        uint at = uint((int(image) * p.h + h) * p.w + w) * p.c4 + c;
        result4[at] = epilogue(y[i][j], at, c);
      }
    }
  }
}
