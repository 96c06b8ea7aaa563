#version 450
// instance_norm, second pass: y = program((x - mean) scale + beta, aux).
#extension GL_GOOGLE_include_directive : require
#include "include/image_columns.glsl"
#include "include/operands.glsl"
#include "include/program.glsl"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
TENSOR(0, x)
layout(set = 0, binding = 1) readonly buffer Channels { VALUE channels[]; };  // from VALUE `tail`: [3, images x channels] mean, scale, beta
OPERAND(2, aux)
layout(set = 0, binding = 3) writeonly buffer Y { VALUE y[]; };

layout(push_constant) uniform Push {
  IMAGE_COLUMNS_WORDS
  uint tail, tail_stride;            // tail_stride: images x channels
  uint y_first, y_pitch, y_width;    // where y begins in the tensor it is written to; VALUEs there from pixel to pixel, from row to row
} push;

VALUE result(VALUE v, uint i, uint c) {
  return FROM_VEC4(run_program(TO_VEC4(v), TO_VEC4(READ_OPERAND(aux, INPUT_1, i, c)), vec4(0.0), vec4(0.0)));
}

void main() {
  IMAGE_COLUMNS_PLACE(split, lane, image, column, row, end)
  uint c[MOST_PIECES], to[MOST_PIECES];
  VALUE mean[MOST_PIECES], scale[MOST_PIECES], beta[MOST_PIECES];
  [[unroll]] for (uint q = 0; q < PIECES; q++) {
    uint pixel = (column + q * RUN) / push.channels;
    c[q] = column + q * RUN - pixel * push.channels;
    to[q] = (image * push.rows + row) * push.y_width + pixel * push.y_pitch + push.y_first + c[q];
    uint place = push.tail + image * push.channels + c[q];
    mean[q] = channels[place];
    scale[q] = channels[place + push.tail_stride];
    beta[q] = channels[place + 2 * push.tail_stride];
  }
  uint i = (image * push.rows + row) * push.width + column;
  uint rows = 0;  // that are done
  for (; row + ROWS_OF(4) <= end; row += ROWS_OF(4)) {
    VALUE v[4];
    [[unroll]] for (uint u = 0; u < 4; u++) {
      uint q = PIECE_OF(u), at = i + ELEMENT(u);
      v[u] = result((READ_AT(x, at) - mean[q]) * scale[q] + beta[q], at, c[q]);
    }
    [[unroll]] for (uint u = 0; u < 4; u++) y[to[PIECE_OF(u)] + (rows + ROWS_OF(u)) * push.y_width] = v[u];
    i += ROWS_OF(4) * push.width;
    rows += ROWS_OF(4);
  }
  for (; row < end; row++) {
    [[unroll]] for (uint q = 0; q < PIECES; q++) {
      uint at = i + q * RUN;
      y[to[q] + rows * push.y_width] = result((READ_AT(x, at) - mean[q]) * scale[q] + beta[q], at, c[q]);
    }
    i += push.width;
    rows++;
  }
}
