#version 450
// batch_norm, first pass: mean and sum of squared deviations of every column of every split of the rows.
// Values are shifted by the mean of the split's first four rows, so a mean of 1000 costs no digits of a deviation of 1.
#extension GL_GOOGLE_include_directive : require
#include "include/columns.glsl"
#include "include/operands.glsl"
#include "shared/interface.h"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
TENSOR(0, x)
layout(set = 0, binding = 1) writeonly buffer Partial { VALUE partial[]; };  // [splits, 2, width]

layout(push_constant) uniform Push { COLUMNS_WORDS } push;

void main() {
  COLUMNS_PLACE(split, column, row, end)
  float count = float(end - row);
  VALUE shift[MOST_PIECES], sums[4], squares[4];
  [[unroll]] for (uint q = 0; q < PIECES; q++) {
    shift[q] = VALUE(0.0);
    [[unroll]] for (uint u = 0; u < 4; u++) shift[q] += 0.25 * READ_AT(x, min(row + u, end - 1) * push.width + column + q * RUN);
  }
  [[unroll]] for (uint u = 0; u < 4; u++) {
    sums[u] = VALUE(0.0);
    squares[u] = VALUE(0.0);
  }
  uint i = row * push.width + column;
  for (; row + ROWS_OF(8) <= end; row += ROWS_OF(8)) {
    VALUE v[8];
    [[unroll]] for (uint u = 0; u < 8; u++) v[u] = READ_AT(x, i + ELEMENT(u));
    [[unroll]] for (uint u = 0; u < 8; u++) {
      VALUE d = v[u] - shift[PIECE_OF(u)];
      sums[u % 4] += d;
      squares[u % 4] += d * d;
    }
    i += ROWS_OF(8) * push.width;
  }
  for (; row < end; row++) {
    [[unroll]] for (uint q = 0; q < PIECES; q++) {
      VALUE d = READ_AT(x, i + q * RUN) - shift[q];
      sums[q] += d;
      squares[q] += d * d;
    }
    i += push.width;
  }
  SUM_UP(sums)
  SUM_UP(squares)
  uint to = split * 2 * push.width + column;
  [[unroll]] for (uint q = 0; q < PIECES; q++) {
    VALUE mean = sums[q] / count;
    partial[to + q * RUN] = shift[q] + mean;
    partial[to + push.width + q * RUN] = max(squares[q] - sums[q] * mean, VALUE(0.0));
  }
}
