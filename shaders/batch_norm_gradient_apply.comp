#version 450
// batch_norm_gradient, second pass: dx = scale (d - mean(d)) + slope (x - mean), d = program(dy, aux).
#extension GL_GOOGLE_include_directive : require
#include "include/columns.glsl"
#include "include/operands.glsl"
#include "include/program.glsl"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
TENSOR(0, dy)
TENSOR(1, x)
OPERAND(2, aux)                                                     // WIDTH 1: the channels
layout(set = 0, binding = 3) writeonly buffer Dx { VALUE dx[]; };
VECTOR(4, channels)                                                 // WIDTH 4: from texel `tail`: [5, channels] mean, -, scale, mean(d), slope

layout(push_constant) uniform Push {
  COLUMNS_WORDS
  uint tail;
} push;

#if WIDTH == 4
#define CHANNEL(i) FETCH(channels, i)
VALUE load(uint i, uint c) {
  return FROM_VEC4(run_program(TO_VEC4(READ_AT(dy, i)), TO_VEC4(READ_OPERAND(aux, INPUT_1, i, c)), vec4(0.0), vec4(0.0)));
}
#else
#define CHANNEL(i) aux_1[i]
VALUE load(uint i, uint c) { return run_program(vec4(READ_AT(dy, i)), vec4(0.0), vec4(0.0), vec4(0.0)).x; }
#endif

void main() {
  COLUMNS_PLACE(split, column, row, end)
  uint c[MOST_PIECES];
  VALUE mean[MOST_PIECES], scale[MOST_PIECES], mean_d[MOST_PIECES], slope[MOST_PIECES];
  [[unroll]] for (uint q = 0; q < PIECES; q++) {
    c[q] = (column + q * RUN) % push.channels;
    uint place = push.tail + c[q];
    mean[q] = CHANNEL(place);
    scale[q] = CHANNEL(place + 2 * push.channels);
    mean_d[q] = CHANNEL(place + 3 * push.channels);
    slope[q] = CHANNEL(place + 4 * push.channels);
  }
  uint i = row * push.width + column;
  for (; row + ROWS_OF(4) <= end; row += ROWS_OF(4)) {
    VALUE d[4], v[4];
    [[unroll]] for (uint u = 0; u < 4; u++) d[u] = scale[PIECE_OF(u)] * (load(i + ELEMENT(u), c[PIECE_OF(u)]) - mean_d[PIECE_OF(u)]);
    [[unroll]] for (uint u = 0; u < 4; u++) v[u] = slope[PIECE_OF(u)] * (READ_AT(x, i + ELEMENT(u)) - mean[PIECE_OF(u)]);
    [[unroll]] for (uint u = 0; u < 4; u++) dx[i + ELEMENT(u)] = d[u] + v[u];
    i += ROWS_OF(4) * push.width;
  }
  for (; row < end; row++) {
    [[unroll]] for (uint q = 0; q < PIECES; q++) {
      uint at = i + q * RUN;
      dx[at] = scale[q] * (load(at, c[q]) - mean_d[q]) + slope[q] * (READ_AT(x, at) - mean[q]);
    }
    i += push.width;
  }
}
