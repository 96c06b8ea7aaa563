// Weights [R,S,C,K] -> Winograd's points: U [SIZE^2][phases C][K], the columns of a batch of matrix products.
// One invocation, one input channel of a phase and four output channels.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/winograd.glsl"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(set = 0, binding = 0) writeonly buffer Points { vec4 points4[]; };

layout(push_constant) uniform Push {
  uint fold, count;            // workgroups along x; invocations
  uint tap, tap_multiplier, tap_shift;  // vec4s of a tap: C K / 4
} p;

void main() {
  uint index = group_index(p.fold) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (index >= p.count) return;
  uint phase = divide(index, p.tap_multiplier, p.tap_shift), at = index - phase * p.tap;
  int a = int(phase) / STRIDE, b = int(phase) % STRIDE;
  vec4 taps[TAPS][TAPS], u[SIZE][SIZE];
  [[unroll]] for (int i = 0; i < TAPS; i++) {
    [[unroll]] for (int j = 0; j < TAPS; j++) {
      int r = STRIDE * (TRANSPOSED ? TAPS - 1 - i : i) + a, s = STRIDE * (TRANSPOSED ? TAPS - 1 - j : j) + b;
      taps[i][j] = READ(uint(r * STRIDE * TAPS + s) * p.tap + at);
    }
  }
  ALONG_BOTH_AXES(taps_to_points, taps, TAPS, u, SIZE)
  [[unroll]] for (int i = 0; i < SIZE; i++) {
    [[unroll]] for (int j = 0; j < SIZE; j++) points4[uint(i * SIZE + j) * p.count + index] = u[i][j];
  }
}
