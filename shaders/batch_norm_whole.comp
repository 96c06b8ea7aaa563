#version 450
// batch_norm in one dispatch: a lane owns one column of four neighbouring channels, or several, of a group and walks its rows twice,
// first for the statistics, then to apply them: y = program((x - mean) scale + beta, aux). Sums run over blocks, each shifted by the mean of
// its first four rows, and are joined (Chan, Golub and LeVeque 1979) relative to the first value; what the sum of both loses to rounding
// goes into beta.
#extension GL_GOOGLE_include_directive : require
#include "include/column_pieces.glsl"
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
  uint lane = group_index(push.fold) * gl_WorkGroupSize.x * PIECES + gl_LocalInvocationID.x;
  if (lane >= push.width * push.groups) return;
  uint group = lane / push.width, c = lane - group * push.width, begin = group * push.rows * push.width + c;
  float count = 0.0;
  VALUE first[MOST_PIECES], mean[MOST_PIECES], square[MOST_PIECES];  // mean: relative to `first`
  [[unroll]] for (uint q = 0; q < PIECES; q++) {
    first[q] = READ_AT(x, begin + q * RUN);
    mean[q] = VALUE(0.0);
    square[q] = VALUE(0.0);
  }
  for (uint row = 0; row < push.rows;) {
    uint end = min(row + BLOCK, push.rows), i = row * push.width + begin;
    float n = float(end - row), total = count + n;
    VALUE shift[MOST_PIECES], a[4], aa[4];
    [[unroll]] for (uint q = 0; q < PIECES; q++) {
      shift[q] = VALUE(0.0);
      [[unroll]] for (uint u = 0; u < 4; u++) shift[q] += 0.25 * READ_AT(x, min(row + u, end - 1) * push.width + begin + q * RUN);
    }
    [[unroll]] for (uint u = 0; u < 4; u++) {
      a[u] = VALUE(0.0);
      aa[u] = VALUE(0.0);
    }
    for (; row + ROWS_OF(8) <= end; row += ROWS_OF(8)) {
      VALUE v[8];
      [[unroll]] for (uint u = 0; u < 8; u++) v[u] = READ_AT(x, i + ELEMENT(u));
      [[unroll]] for (uint u = 0; u < 8; u++) {
        VALUE d = v[u] - shift[PIECE_OF(u)];
        a[PIECE_OF(u)] += d;
        aa[PIECE_OF(u)] += d * d;
      }
      i += ROWS_OF(8) * push.width;
    }
    for (; row < end; row++) {
      [[unroll]] for (uint q = 0; q < PIECES; q++) {
        VALUE d = READ_AT(x, i + q * RUN) - shift[q];
        a[q] += d;
        aa[q] += d * d;
      }
      i += push.width;
    }
    [[unroll]] for (uint q = 0; q < PIECES; q++) {
      VALUE d = (shift[q] - first[q]) + a[q] / n - mean[q];
      mean[q] += d * (n / total);
      square[q] += max(aa[q] - a[q] * (a[q] / n), VALUE(0.0)) + d * d * (count * n / total);
    }
    count = total;
  }
  VALUE rounded[MOST_PIECES], scale[MOST_PIECES], offset[MOST_PIECES];
  [[unroll]] for (uint q = 0; q < PIECES; q++) {
    uint channel = c + q * RUN;
    VALUE variance = square[q] / count;
    scale[q] = FETCH(gamma, channel) / sqrt(variance + push.epsilon);
    precise VALUE sum = first[q] + mean[q];
    precise VALUE rest = (first[q] - sum) + mean[q];
    rounded[q] = sum;
    offset[q] = FETCH(beta, channel) - rest * scale[q];
    statistics[2 * group * push.width + channel] = sum;
    statistics[(2 * group + 1) * push.width + channel] = variance;
  }

  uint i = begin, row = 0;
  for (; row + ROWS_OF(4) <= push.rows; row += ROWS_OF(4)) {
    VALUE v[4];
    [[unroll]] for (uint u = 0; u < 4; u++) {
      uint q = PIECE_OF(u), at = i + ELEMENT(u);
      v[u] = result((READ_AT(x, at) - rounded[q]) * scale[q] + offset[q], at, c + q * RUN);
    }
    [[unroll]] for (uint u = 0; u < 4; u++) y[i + ELEMENT(u)] = v[u];
    i += ROWS_OF(4) * push.width;
  }
  for (; row < push.rows; row++) {
    [[unroll]] for (uint q = 0; q < PIECES; q++) {
      uint at = i + q * RUN;
      y[at] = result((READ_AT(x, at) - rounded[q]) * scale[q] + offset[q], at, c + q * RUN);
    }
    i += push.width;
  }
}
