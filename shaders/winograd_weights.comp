// Weights [R,S,C,K] -> Winograd's points: U [SIZE^2][phases C][K], the columns of a batch of matrix products; a matrix's columns lie in
// blocks of eight vec4s, each along the rows, where K holds whole ones.
// One invocation, one input channel of a phase and four output channels. NATURAL: of a transposed convolution, whose weights lie as
// [R,S,outputs,inputs]: four input channels of a phase and four output channels.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/winograd.glsl"

layout(constant_id = 17) const bool TRANSPOSED = false;

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(set = 0, binding = 0) writeonly buffer Points { vec4 points4[]; };

struct Job {
  uint count, source, target;    // invocations; first vec4 read and written
  uint tap, tap_multiplier;      // invocations of a phase, each for a vec4 of each of its taps (NATURAL: for four)
  uint outs, outs_multiplier;    // vec4s of output channels that are written side by side: a block of them, or all
  uint ins, ins_multiplier;      // input channels (NATURAL: vec4s of them)
  uint shifts;                   // of the three, 8 bits each
  uint columns;                  // vec4s of output channels
  uint to_phase, to_block, to_row, to_point;  // from a phase, a block, a row, a point to the next where they are written
};

layout(push_constant) uniform Push {
  uint fold;  // workgroups along x
  Job jobs[2];
} push;

void transform(vec4 taps[TAPS][TAPS], uint at, uint points) {
  vec4 u[SIZE][SIZE];
  ALONG_BOTH_AXES(taps_to_points, taps, TAPS, u, SIZE)
  [[unroll]] for (int i = 0; i < SIZE; i++) {
    [[unroll]] for (int j = 0; j < SIZE; j++) points4[uint(i * SIZE + j) * points + at] = u[i][j];
  }
}

void main() {
  uint index = group_index(push.fold) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  Job p = push.jobs[0];
  if (index >= p.count) {
    index -= p.count;
    p = push.jobs[1];
    if (index >= p.count) return;
  }
  // Output channels of a block first, then input channels, then blocks: as the points lie.
  uint phase = divide(index, p.tap_multiplier, p.shifts & 255), at = index - phase * p.tap;
  uint row = divide(at, p.outs_multiplier, p.shifts >> 8 & 255), column = at - row * p.outs;
  uint block = divide(row, p.ins_multiplier, p.shifts >> 16), first_in = row - block * p.ins, out4 = block * p.outs + column;
  uint target = p.target + phase * p.to_phase + block * p.to_block + column;
  int a = int(phase) / STRIDE, b = int(phase) % STRIDE;
#ifdef NATURAL
  vec4 natural[TAPS][TAPS][4];
#else
  vec4 taps[TAPS][TAPS];
#endif
  [[unroll]] for (int i = 0; i < TAPS; i++) {
    [[unroll]] for (int j = 0; j < TAPS; j++) {
      int r = STRIDE * (TRANSPOSED ? TAPS - 1 - i : i) + a, s = STRIDE * (TRANSPOSED ? TAPS - 1 - j : j) + b;
#ifdef NATURAL
      uint first = p.source + uint(r * STRIDE * TAPS + s) * p.tap * 4 + 4 * out4 * p.ins + first_in;
      [[unroll]] for (uint k = 0; k < 4; k++) natural[i][j][k] = READ(first + k * p.ins);
#else
      taps[i][j] = READ(p.source + uint(r * STRIDE * TAPS + s) * p.tap + first_in * p.columns + out4);
#endif
    }
  }
#ifdef NATURAL
  [[unroll]] for (uint c = 0; c < 4; c++) {
    vec4 taps[TAPS][TAPS];
    [[unroll]] for (int i = 0; i < TAPS; i++) {
      [[unroll]] for (int j = 0; j < TAPS; j++)
        taps[i][j] = vec4(natural[i][j][0][c], natural[i][j][1][c], natural[i][j][2][c], natural[i][j][3][c]);
    }
    transform(taps, target + (first_in * 4 + c) * p.to_row, p.to_point);
  }
#else
  transform(taps, target + first_in * p.to_row, p.to_point);
#endif
}
