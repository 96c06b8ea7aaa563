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
  uint c = column % push.channels, place = push.tail + c;
  VALUE mean = CHANNEL(place), scale = CHANNEL(place + 2 * push.channels);
  VALUE mean_d = CHANNEL(place + 3 * push.channels), slope = CHANNEL(place + 4 * push.channels);
  uint i = row * push.width + column;
  for (; row + 4 <= end; row += 4) {
    VALUE d[4], v[4];
    [[unroll]] for (uint u = 0; u < 4; u++) d[u] = scale * (load(i + u * push.width, c) - mean_d);
    [[unroll]] for (uint u = 0; u < 4; u++) v[u] = slope * (READ_AT(x, i + u * push.width) - mean);
    [[unroll]] for (uint u = 0; u < 4; u++) dx[i + u * push.width] = d[u] + v[u];
    i += 4 * push.width;
  }
  for (; row < end; row++) {
    dx[i] = scale * (load(i, c) - mean_d) + slope * (READ_AT(x, i) - mean);
    i += push.width;
  }
}
