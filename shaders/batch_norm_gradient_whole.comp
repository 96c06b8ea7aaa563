#version 450
// batch_norm_gradient in one dispatch: a lane owns one column of four neighbouring channels, or several, and walks the rows of each group
// twice, first for the sums of d and of d (x - mean), d = program(dy, aux), then for dx = scale (d - mean(d)) + slope (x - mean):
// scale = gamma invstd, slope = -scale invstd^2 mean(d (x - mean)).
#extension GL_GOOGLE_include_directive : require
#include "include/column_pieces.glsl"
#include "include/operands.glsl"
#include "include/program.glsl"

layout(local_size_x = 8, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
TENSOR(0, dy)
TENSOR(1, x)
OPERAND(2, aux)
layout(set = 0, binding = 3) writeonly buffer Dx { VALUE dx[]; };
VECTOR(4, gamma)
VECTOR(5, statistics)  // [groups, 2, channels]: mean, biased variance
layout(set = 0, binding = 6) writeonly buffer DGamma { VALUE dgamma[]; };
layout(set = 0, binding = 7) writeonly buffer DBeta { VALUE dbeta[]; };

layout(push_constant) uniform Push {
  uint fold;         // workgroups along x
  uint width, rows, groups;  // VALUEs a row; rows of a group
  float epsilon, one_over_count;
} push;

const uint BLOCK = 512;  // rows whose sums are added up before they join the others'

VALUE load(uint i, uint c) {
  return FROM_VEC4(run_program(TO_VEC4(READ_AT(dy, i)), TO_VEC4(READ_OPERAND(aux, INPUT_1, i, c)), vec4(0.0), vec4(0.0)));
}

void main() {
  uint c = group_index(push.fold) * gl_WorkGroupSize.x * PIECES + gl_LocalInvocationID.x;
  if (c >= push.width) return;
  VALUE all_gamma[MOST_PIECES], all_beta[MOST_PIECES];
  [[unroll]] for (uint q = 0; q < PIECES; q++) {
    all_gamma[q] = VALUE(0.0);
    all_beta[q] = VALUE(0.0);
  }
  for (uint group = 0; group < push.groups; group++) {
    uint begin = group * push.rows * push.width + c;
    VALUE mean[MOST_PIECES], sum[MOST_PIECES], sum_x[MOST_PIECES];
    [[unroll]] for (uint q = 0; q < PIECES; q++) {
      mean[q] = FETCH(statistics, 2 * group * push.width + c + q * RUN);
      sum[q] = VALUE(0.0);
      sum_x[q] = VALUE(0.0);
    }
    for (uint row = 0; row < push.rows;) {
      uint end = min(row + BLOCK, push.rows), i = row * push.width + begin;
      VALUE a[MOST_PIECES], ax[MOST_PIECES];
      [[unroll]] for (uint q = 0; q < PIECES; q++) {
        a[q] = VALUE(0.0);
        ax[q] = VALUE(0.0);
      }
      for (; row + ROWS_OF(4) <= end; row += ROWS_OF(4)) {
        VALUE d[4], v[4];
        [[unroll]] for (uint u = 0; u < 4; u++) d[u] = load(i + ELEMENT(u), c + PIECE_OF(u) * RUN);
        [[unroll]] for (uint u = 0; u < 4; u++) v[u] = READ_AT(x, i + ELEMENT(u));
        [[unroll]] for (uint u = 0; u < 4; u++) {
          a[PIECE_OF(u)] += d[u];
          ax[PIECE_OF(u)] += d[u] * (v[u] - mean[PIECE_OF(u)]);
        }
        i += ROWS_OF(4) * push.width;
      }
      for (; row < end; row++) {
        [[unroll]] for (uint q = 0; q < PIECES; q++) {
          VALUE d = load(i + q * RUN, c + q * RUN);
          a[q] += d;
          ax[q] += d * (READ_AT(x, i + q * RUN) - mean[q]);
        }
        i += push.width;
      }
      [[unroll]] for (uint q = 0; q < PIECES; q++) {
        sum[q] += a[q];
        sum_x[q] += ax[q];
      }
    }
    VALUE scale[MOST_PIECES], mean_d[MOST_PIECES], slope[MOST_PIECES];
    [[unroll]] for (uint q = 0; q < PIECES; q++) {
      uint channel = c + q * RUN;
      VALUE invstd = VALUE(1.0) / sqrt(FETCH(statistics, (2 * group + 1) * push.width + channel) + push.epsilon);
      scale[q] = FETCH(gamma, channel) * invstd;
      mean_d[q] = sum[q] * push.one_over_count;
      slope[q] = -scale[q] * invstd * invstd * sum_x[q] * push.one_over_count;
      all_gamma[q] += sum_x[q] * invstd;
      all_beta[q] += sum[q];
    }

    uint i = begin, row = 0;
    for (; row + ROWS_OF(4) <= push.rows; row += ROWS_OF(4)) {
      VALUE d[4], v[4];
      [[unroll]] for (uint u = 0; u < 4; u++) {
        uint q = PIECE_OF(u);
        d[u] = scale[q] * (load(i + ELEMENT(u), c + q * RUN) - mean_d[q]);
      }
      [[unroll]] for (uint u = 0; u < 4; u++) v[u] = slope[PIECE_OF(u)] * (READ_AT(x, i + ELEMENT(u)) - mean[PIECE_OF(u)]);
      [[unroll]] for (uint u = 0; u < 4; u++) dx[i + ELEMENT(u)] = d[u] + v[u];
      i += ROWS_OF(4) * push.width;
    }
    for (; row < push.rows; row++) {
      [[unroll]] for (uint q = 0; q < PIECES; q++) {
        uint at = i + q * RUN;
        dx[at] = scale[q] * (load(at, c + q * RUN) - mean_d[q]) + slope[q] * (READ_AT(x, at) - mean[q]);
      }
      i += push.width;
    }
  }
  [[unroll]] for (uint q = 0; q < PIECES; q++) {
    dgamma[c + q * RUN] = all_gamma[q];
    dbeta[c + q * RUN] = all_beta[q];
  }
}
