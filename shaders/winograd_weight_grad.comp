// Winograd's products M [parts][SIZE^2][phases C][K], each part summed over a slab of tiles, -> the weight gradient [R,S,C,K], each value through the fused
// program.  One invocation, one input channel of a phase and four output channels.
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
  uint tap, tap_multiplier, tap_shift;  // vec4s of a tap: C K / 4
  uint k4, k_multiplier, k_shift;
  uint parts;                  // partial sums, one behind the other
} p;

void main() {
  uint index = group_index(p.fold) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (index >= p.count) return;
  uint phase = divide(index, p.tap_multiplier, p.tap_shift), at = index - phase * p.tap;
  uint k = at - divide(at, p.k_multiplier, p.k_shift) * p.k4;
  int a = int(phase) / STRIDE, b = int(phase) % STRIDE;
  vec4 m[SIZE][SIZE], taps[TAPS][TAPS];
  [[unroll]] for (int i = 0; i < SIZE; i++) {
    [[unroll]] for (int j = 0; j < SIZE; j++) m[i][j] = READ(uint(i * SIZE + j) * p.count + index);
  }
  for (uint part = 1; part < p.parts; part++) {
    [[unroll]] for (int i = 0; i < SIZE; i++) {
      [[unroll]] for (int j = 0; j < SIZE; j++) m[i][j] += READ(uint(part * SIZE * SIZE + i * SIZE + j) * p.count + index);
    }
  }
  ALONG_BOTH_AXES(points_to_taps, m, SIZE, taps, TAPS)
  [[unroll]] for (int i = 0; i < TAPS; i++) {
    [[unroll]] for (int j = 0; j < TAPS; j++) {
      uint place = uint((STRIDE * i + a) * STRIDE * TAPS + STRIDE * j + b) * p.tap + at;
      result4[place] = epilogue(taps[i][j], place, k);
    }
  }
}
