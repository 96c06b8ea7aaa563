#version 450
// instance_norm, first pass: mean and sum of squared deviations of every column of every split of an image's rows.
// Values are shifted by the mean of the split's first four rows, so a mean of 1000 costs no digits of a deviation of 1.
#extension GL_GOOGLE_include_directive : require
#include "include/image_columns.glsl"
#include "include/operands.glsl"
#include "shared/interface.h"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
TENSOR(0, x)
layout(set = 0, binding = 1) writeonly buffer Partial { VALUE partial[]; };  // [splits, 2, images x width]

layout(push_constant) uniform Push { IMAGE_COLUMNS_WORDS } push;

void main() {
  IMAGE_COLUMNS_PLACE(split, lane, image, column, row, end)
  float count = float(end - row);
  uint base = image * push.rows * push.width + column;
  VALUE shift = VALUE(0.0);
  [[unroll]] for (uint u = 0; u < 4; u++) shift += 0.25 * READ_AT(x, base + min(row + u, end - 1) * push.width);
  VALUE a = VALUE(0.0), b = VALUE(0.0), aa = VALUE(0.0), bb = VALUE(0.0);
  uint i = base + row * push.width;
  for (; row + 8 <= end; row += 8) {
    VALUE v[8];
    [[unroll]] for (uint u = 0; u < 8; u++) v[u] = READ_AT(x, i + u * push.width);
    [[unroll]] for (uint u = 0; u < 8; u += 2) {
      VALUE d = v[u] - shift, e = v[u + 1] - shift;
      a += d;
      b += e;
      aa += d * d;
      bb += e * e;
    }
    i += 8 * push.width;
  }
  for (; row < end; row++) {
    VALUE d = READ_AT(x, i) - shift;
    a += d;
    aa += d * d;
    i += push.width;
  }
  VALUE mean = (a + b) / count;
  uint to = split * 2 * push.lanes + lane;
  partial[to] = shift + mean;
  partial[to + push.lanes] = max(aa + bb - (a + b) * mean, VALUE(0.0));
}
