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
  uint c = column % push.channels;
  VALUE mean = channels[push.tail + c], scale = channels[push.tail + push.channels + c];
  VALUE beta = channels[push.tail + 2 * push.channels + c];
  uint i = row * push.width + column;
  for (; row + 4 <= end; row += 4) {
    VALUE v[4];
    [[unroll]] for (uint u = 0; u < 4; u++) v[u] = result((READ_AT(x, i + u * push.width) - mean) * scale + beta, i + u * push.width, c);
    [[unroll]] for (uint u = 0; u < 4; u++) y[i + u * push.width] = v[u];
    i += 4 * push.width;
  }
  for (; row < end; row++) {
    y[i] = result((READ_AT(x, i) - mean) * scale + beta, i, c);
    i += push.width;
  }
}
