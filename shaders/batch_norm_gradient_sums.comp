#version 450
// batch_norm_gradient, first pass: sums of d and of d (x - mean), d = program(dy, aux), of every column of every split of the rows.
#extension GL_GOOGLE_include_directive : require
#include "include/columns.glsl"
#include "include/operands.glsl"
#include "include/program.glsl"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
TENSOR(0, dy)
TENSOR(1, x)
OPERAND(2, aux)                                                       // WIDTH 1: the statistics
layout(set = 0, binding = 3) buffer Partial { VALUE partial[]; };     // [splits, 2, width], then [5, channels]
VECTOR(4, statistics)                                                 // WIDTH 4: [2, channels] mean, biased variance

layout(push_constant) uniform Push {
  COLUMNS_WORDS
  float epsilon;
} push;

#if WIDTH == 4
#define STATISTIC(i) FETCH(statistics, i)
VALUE load(uint i, uint c) {
  return FROM_VEC4(run_program(TO_VEC4(READ_AT(dy, i)), TO_VEC4(READ_OPERAND(aux, INPUT_1, i, c)), vec4(0.0), vec4(0.0)));
}
#else
#define STATISTIC(i) aux_1[i]
VALUE load(uint i, uint c) { return run_program(vec4(READ_AT(dy, i)), vec4(0.0), vec4(0.0), vec4(0.0)).x; }
#endif

void main() {
  COLUMNS_PLACE(split, column, row, end)
  uint c = column % push.channels;
  VALUE mean = STATISTIC(c);
  VALUE a = VALUE(0.0), b = VALUE(0.0), ax = VALUE(0.0), bx = VALUE(0.0);
  uint i = row * push.width + column;
  for (; row + 4 <= end; row += 4) {
    VALUE d[4], v[4];
    [[unroll]] for (uint u = 0; u < 4; u++) d[u] = load(i + u * push.width, c);  // turning from one tensor to the other costs lavapipe time
    [[unroll]] for (uint u = 0; u < 4; u++) v[u] = READ_AT(x, i + u * push.width);
    [[unroll]] for (uint u = 0; u < 4; u += 2) {
      a += d[u];
      b += d[u + 1];
      ax += d[u] * (v[u] - mean);
      bx += d[u + 1] * (v[u + 1] - mean);
    }
    i += 4 * push.width;
  }
  for (; row < end; row++) {
    VALUE d = load(i, c);
    a += d;
    ax += d * (READ_AT(x, i) - mean);
    i += push.width;
  }
  uint to = split * 2 * push.width + column;
  partial[to] = a + b;
  partial[to + push.width] = ax + bx;
  if (split == 0 && column < push.channels) {
    uint tail = push.splits * 2 * push.width;
    partial[tail + c] = mean;
    partial[tail + push.channels + c] = VALUE(1.0) / sqrt(STATISTIC(push.channels + c) + push.epsilon);
  }
}
