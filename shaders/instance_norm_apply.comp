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
  uint c = column % push.channels, place = push.tail + image * push.channels + c;
  VALUE mean = channels[place], scale = channels[place + push.tail_stride], beta = channels[place + 2 * push.tail_stride];
  uint i = (image * push.rows + row) * push.width + column;
  uint to = (image * push.rows + row) * push.y_width + column / push.channels * push.y_pitch + push.y_first + c;
  for (; row + 4 <= end; row += 4) {
    VALUE v[4];
    [[unroll]] for (uint u = 0; u < 4; u++) v[u] = result((READ_AT(x, i + u * push.width) - mean) * scale + beta, i + u * push.width, c);
    [[unroll]] for (uint u = 0; u < 4; u++) y[to + u * push.y_width] = v[u];
    i += 4 * push.width;
    to += 4 * push.y_width;
  }
  for (; row < end; row++) {
    y[to] = result((READ_AT(x, i) - mean) * scale + beta, i, c);
    i += push.width;
    to += push.y_width;
  }
}
