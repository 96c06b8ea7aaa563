#version 450
// batch_norm, second pass: y = program((x - mean) scale + beta, aux).
#extension GL_GOOGLE_include_directive : require
#include "include/columns.glsl"
#include "include/operands.glsl"
#include "include/program.glsl"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
TENSOR(0, x)
layout(set = 0, binding = 1) readonly buffer Channels { VALUE channels[]; };  // from VALUE `tail`: [3, channels] mean, scale, beta
OPERAND(2, aux)
layout(set = 0, binding = 3) writeonly buffer Y { VALUE y[]; };

layout(push_constant) uniform Push {
  COLUMNS_WORDS
  uint tail;
} push;

VALUE result(VALUE v, uint i, uint c) {
  return FROM_VEC4(run_program(TO_VEC4(v), TO_VEC4(READ_OPERAND(aux, INPUT_1, i, c)), vec4(0.0), vec4(0.0)));
}

void main() {
  COLUMNS_PLACE(split, column, row, end)
  uint c[MOST_PIECES];
  VALUE mean[MOST_PIECES], scale[MOST_PIECES], beta[MOST_PIECES];
  [[unroll]] for (uint q = 0; q < PIECES; q++) {
    c[q] = (column + q * RUN) % push.channels;
    mean[q] = channels[push.tail + c[q]];
    scale[q] = channels[push.tail + push.channels + c[q]];
    beta[q] = channels[push.tail + 2 * push.channels + c[q]];
  }
  uint i = row * push.width + column;
  for (; row + ROWS_OF(4) <= end; row += ROWS_OF(4)) {
    VALUE v[4];
    [[unroll]] for (uint u = 0; u < 4; u++) {
      uint q = PIECE_OF(u), at = i + ELEMENT(u);
      v[u] = result((READ_AT(x, at) - mean[q]) * scale[q] + beta[q], at, c[q]);
    }
    [[unroll]] for (uint u = 0; u < 4; u++) y[i + ELEMENT(u)] = v[u];
    i += ROWS_OF(4) * push.width;
  }
  for (; row < end; row++) {
    [[unroll]] for (uint q = 0; q < PIECES; q++) {
      uint at = i + q * RUN;
      y[at] = result((READ_AT(x, at) - mean[q]) * scale[q] + beta[q], at, c[q]);
    }
    i += push.width;
  }
}
