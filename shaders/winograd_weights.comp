// Weights [R,S,C,K] -> Winograd's points: U [SIZE^2][phases C][K], the columns of a batch of matrix products; a matrix's columns lie in
// blocks of eight vec4s, each along the rows, where K holds whole ones.
// One invocation, CHANNELS input channels of a phase and four output channels. NATURAL: of a transposed convolution, whose weights lie
// as [R,S,outputs,inputs].
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/winograd.glsl"

// Where texels are read (lavapipe) a subgroup writes half a kibibyte at a place, at few places at a time. SwiftShader, which reads
// storage buffers, takes half as long again that way, and a tenth longer for four channels an invocation.
#ifdef READ_TEXEL
#define CHANNELS 4
#define SIDE_BY_SIDE 4
#else
#ifdef NATURAL
#define CHANNELS 4
#else
#define CHANNELS 1
#endif
#define SIDE_BY_SIDE 1
#endif

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(set = 0, binding = 0) writeonly buffer Points { vec4 points4[]; };

struct Job {
  uint count, source, target;    // invocations; first vec4 read and written
  uint tap, tap_multiplier;      // invocations of a phase, each for CHANNELS vec4s of each of its taps
  uint outs, outs_multiplier;    // vec4s of output channels that are written side by side: a block of them, or all
  uint ins, ins_multiplier;      // input channels, so many an invocation
  uint shifts;                   // of the three, 8 bits each; above them whether taps are in reverse order (transposed convolutions)
  uint columns;                  // vec4s of output channels
  uint to_phase, to_block, to_row, to_point;  // from a phase, a block, a row, a point to the next where they are written
};

layout(push_constant) uniform Push {
  uint fold;  // workgroups along x
  Job jobs[2];
} push;

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
  uint line = divide(at, p.outs_multiplier, p.shifts >> 8 & 255), column = at - line * p.outs;
  uint block = divide(line, p.ins_multiplier, p.shifts >> 16 & 255), first_in = line - block * p.ins, out4 = block * p.outs + column;
  uint target = p.target + phase * p.to_phase + block * p.to_block + column;
  int a = int(phase) / STRIDE, b = int(phase) % STRIDE;
  bool reverse = p.shifts >> 24 != 0;
  vec4 taps[CHANNELS][TAPS][TAPS];
  [[unroll]] for (int i = 0; i < TAPS; i++) {
    [[unroll]] for (int j = 0; j < TAPS; j++) {
      int r = STRIDE * (reverse ? TAPS - 1 - i : i) + a, s = STRIDE * (reverse ? TAPS - 1 - j : j) + b;
      uint tap = p.source + uint(r * STRIDE * TAPS + s) * p.tap * CHANNELS;
#ifdef NATURAL
      vec4 natural[4];
      [[unroll]] for (uint k = 0; k < 4; k++) natural[k] = READ(tap + (4 * out4 + k) * p.ins + first_in);
      [[unroll]] for (uint c = 0; c < CHANNELS; c++) taps[c][i][j] = vec4(natural[0][c], natural[1][c], natural[2][c], natural[3][c]);
#else
      [[unroll]] for (uint c = 0; c < CHANNELS; c++) taps[c][i][j] = READ(tap + (CHANNELS * first_in + c) * p.columns + out4);
#endif
    }
  }
  // Line by line, each point of a line for SIDE_BY_SIDE channels.
  [[unroll]] for (int first = 0; first < CHANNELS; first += SIDE_BY_SIDE) {
    vec4 lines[SIDE_BY_SIDE][SIZE][TAPS];
    [[unroll]] for (int c = 0; c < SIDE_BY_SIDE; c++) {
      [[unroll]] for (int j = 0; j < TAPS; j++) {
        vec4 column_taps[TAPS], result[SIZE];
        [[unroll]] for (int i = 0; i < TAPS; i++) column_taps[i] = taps[first + c][i][j];
        taps_to_points(column_taps, result);
        [[unroll]] for (int i = 0; i < SIZE; i++) lines[c][i][j] = result[i];
      }
    }
    uint row = target + uint(CHANNELS * first_in + first) * p.to_row;
    [[unroll]] for (int i = 0; i < SIZE; i++) {
      vec4 u[SIDE_BY_SIDE][SIZE];
      [[unroll]] for (int c = 0; c < SIDE_BY_SIDE; c++) taps_to_points(lines[c][i], u[c]);
      [[unroll]] for (int j = 0; j < SIZE; j++) {
        [[unroll]] for (int c = 0; c < SIDE_BY_SIDE; c++) points4[uint(i * SIZE + j) * p.to_point + row + c * p.to_row] = u[c][j];
      }
    }
  }
}
