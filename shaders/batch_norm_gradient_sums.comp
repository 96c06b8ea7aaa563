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
  uint c[MOST_PIECES];
  VALUE mean[MOST_PIECES], sums[4], products[4];
  [[unroll]] for (uint q = 0; q < PIECES; q++) {
    c[q] = (column + q * RUN) % push.channels;
    mean[q] = STATISTIC(c[q]);
  }
  [[unroll]] for (uint u = 0; u < 4; u++) {
    sums[u] = VALUE(0.0);
    products[u] = VALUE(0.0);
  }
  uint i = row * push.width + column;
  for (; row + ROWS_OF(4) <= end; row += ROWS_OF(4)) {
    VALUE d[4], v[4];
    // Tensor by tensor: turning from one to the other costs lavapipe time.
    [[unroll]] for (uint u = 0; u < 4; u++) d[u] = load(i + ELEMENT(u), c[PIECE_OF(u)]);
    [[unroll]] for (uint u = 0; u < 4; u++) v[u] = READ_AT(x, i + ELEMENT(u));
    [[unroll]] for (uint u = 0; u < 4; u++) {
      sums[u] += d[u];
      products[u] += d[u] * (v[u] - mean[PIECE_OF(u)]);
    }
    i += ROWS_OF(4) * push.width;
  }
  for (; row < end; row++) {
    [[unroll]] for (uint q = 0; q < PIECES; q++) {
      VALUE d = load(i + q * RUN, c[q]);
      sums[q] += d;
      products[q] += d * (READ_AT(x, i + q * RUN) - mean[q]);
    }
    i += push.width;
  }
  SUM_UP(sums)
  SUM_UP(products)
  uint to = split * 2 * push.width + column;
  [[unroll]] for (uint q = 0; q < PIECES; q++) {
    partial[to + q * RUN] = sums[q];
    partial[to + push.width + q * RUN] = products[q];
    if (split == 0 && column + q * RUN < push.channels) {
      uint tail = push.splits * 2 * push.width;
      partial[tail + c[q]] = mean[q];
      partial[tail + push.channels + c[q]] = VALUE(1.0) / sqrt(STATISTIC(push.channels + c[q]) + push.epsilon);
    }
  }
}
