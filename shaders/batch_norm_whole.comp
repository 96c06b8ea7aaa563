#version 450
// batch_norm in one dispatch: a lane owns four neighbouring channels of a group and walks their rows twice, first for the statistics, then
// to apply them: y = program((x - mean) scale + beta, aux). Sums run over blocks, each shifted by the mean of its first four rows, and are joined
// (Chan, Golub and LeVeque 1979) relative to the first value; what the sum of both loses to rounding goes into beta.
#extension GL_GOOGLE_include_directive : require
#include "include/stream.glsl"
#include "include/operands.glsl"
#include "include/program.glsl"

layout(local_size_x = 8, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
TENSOR(0, x)
VECTOR(1, gamma)
OPERAND(2, aux)
layout(set = 0, binding = 3) writeonly buffer Y { VALUE y[]; };
VECTOR(4, beta)
layout(set = 0, binding = 5) writeonly buffer Statistics { VALUE statistics[]; };  // [groups, 2, channels]: mean, biased variance

layout(push_constant) uniform Push {
  uint fold;         // workgroups along x
  uint width, rows, groups;  // VALUEs a row; rows of a group
  float epsilon;
} push;

const uint BLOCK = 512;  // rows

VALUE result(VALUE v, uint i, uint c) {
  return FROM_VEC4(run_program(TO_VEC4(v), TO_VEC4(READ_OPERAND(aux, INPUT_1, i, c)), vec4(0.0), vec4(0.0)));
}

void main() {
  uint lane = group_index(push.fold) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (lane >= push.width * push.groups) return;
  uint group = lane / push.width, c = lane - group * push.width, begin = group * push.rows * push.width + c;
  float count = 0.0;
  VALUE first = READ_AT(x, begin), mean = VALUE(0.0), square = VALUE(0.0);  // mean: relative to `first`
  for (uint row = 0; row < push.rows;) {
    uint end = min(row + BLOCK, push.rows), i = row * push.width + begin;
    float n = float(end - row), total = count + n;
    VALUE shift = VALUE(0.0);
    [[unroll]] for (uint u = 0; u < 4; u++) shift += 0.25 * READ_AT(x, min(row + u, end - 1) * push.width + begin);
    VALUE a = VALUE(0.0), aa = VALUE(0.0);
    for (; row + 8 <= end; row += 8) {
      VALUE v[8];
      [[unroll]] for (uint u = 0; u < 8; u++) v[u] = READ_AT(x, i + u * push.width);
      [[unroll]] for (uint u = 0; u < 8; u++) {
        VALUE d = v[u] - shift;
        a += d;
        aa += d * d;
      }
      i += 8 * push.width;
    }
    for (; row < end; row++) {
      VALUE d = READ_AT(x, i) - shift;
      a += d;
      aa += d * d;
      i += push.width;
    }
    VALUE d = (shift - first) + a / n - mean;
    mean += d * (n / total);
    square += max(aa - a * (a / n), VALUE(0.0)) + d * d * (count * n / total);
    count = total;
  }
  VALUE variance = square / count, scale = FETCH(gamma, c) / sqrt(variance + push.epsilon);
  precise VALUE rounded = first + mean;
  precise VALUE rest = (first - rounded) + mean;
  VALUE offset = FETCH(beta, c) - rest * scale;
  statistics[2 * group * push.width + c] = rounded;
  statistics[(2 * group + 1) * push.width + c] = variance;

  uint i = begin, row = 0;
  for (; row + 4 <= push.rows; row += 4) {
    VALUE v[4];
    [[unroll]] for (uint u = 0; u < 4; u++) v[u] = result((READ_AT(x, i + u * push.width) - rounded) * scale + offset, i + u * push.width, c);
    [[unroll]] for (uint u = 0; u < 4; u++) y[i + u * push.width] = v[u];
    i += 4 * push.width;
  }
  for (; row < push.rows; row++) {
    y[i] = result((READ_AT(x, i) - rounded) * scale + offset, i, c);
    i += push.width;
  }
}
