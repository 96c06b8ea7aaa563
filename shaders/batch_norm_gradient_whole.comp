#version 450
// batch_norm_gradient in one dispatch: a lane owns four neighbouring channels and walks the rows of each group twice, first for the sums
// of d and of d (x - mean), d = program(dy, aux), then for dx = scale (d - mean(d)) + slope (x - mean): scale = gamma invstd,
// slope = -scale invstd^2 mean(d (x - mean)).
#extension GL_GOOGLE_include_directive : require
#include "include/stream.glsl"
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
  uint c = group_index(push.fold) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (c >= push.width) return;
  VALUE all_gamma = VALUE(0.0), all_beta = VALUE(0.0);
  for (uint group = 0; group < push.groups; group++) {
    uint begin = group * push.rows * push.width + c;
    VALUE mean = FETCH(statistics, 2 * group * push.width + c), sum = VALUE(0.0), sum_x = VALUE(0.0);
    for (uint row = 0; row < push.rows;) {
      uint end = min(row + BLOCK, push.rows), i = row * push.width + begin;
      VALUE a = VALUE(0.0), ax = VALUE(0.0);
      for (; row + 4 <= end; row += 4) {
        VALUE d[4], v[4];
        [[unroll]] for (uint u = 0; u < 4; u++) d[u] = load(i + u * push.width, c);
        [[unroll]] for (uint u = 0; u < 4; u++) v[u] = READ_AT(x, i + u * push.width);
        [[unroll]] for (uint u = 0; u < 4; u++) {
          a += d[u];
          ax += d[u] * (v[u] - mean);
        }
        i += 4 * push.width;
      }
      for (; row < end; row++) {
        VALUE d = load(i, c);
        a += d;
        ax += d * (READ_AT(x, i) - mean);
        i += push.width;
      }
      sum += a;
      sum_x += ax;
    }
    VALUE invstd = VALUE(1.0) / sqrt(FETCH(statistics, (2 * group + 1) * push.width + c) + push.epsilon);
    VALUE scale = FETCH(gamma, c) * invstd;
    VALUE mean_d = sum * push.one_over_count, slope = -scale * invstd * invstd * sum_x * push.one_over_count;
    all_gamma += sum_x * invstd;
    all_beta += sum;

    uint i = begin, row = 0;
    for (; row + 4 <= push.rows; row += 4) {
      VALUE d[4], v[4];
      [[unroll]] for (uint u = 0; u < 4; u++) d[u] = scale * (load(i + u * push.width, c) - mean_d);
      [[unroll]] for (uint u = 0; u < 4; u++) v[u] = slope * (READ_AT(x, i + u * push.width) - mean);
      [[unroll]] for (uint u = 0; u < 4; u++) dx[i + u * push.width] = d[u] + v[u];
      i += 4 * push.width;
    }
    for (; row < push.rows; row++) {
      dx[i] = scale * (load(i, c) - mean_d) + slope * (READ_AT(x, i) - mean);
      i += push.width;
    }
  }
  dgamma[c] = all_gamma;
  dbeta[c] = all_beta;
}
