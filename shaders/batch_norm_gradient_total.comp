#version 450
// batch_norm_gradient, between the passes: dgamma, dbeta, and what the second pass needs of each channel.
// dx = scale (d - mean(d)) + slope (x - mean): scale = gamma invstd, slope = -scale invstd^2 mean(d (x - mean)).
#extension GL_GOOGLE_include_directive : require
#include "include/columns.glsl"
#include "include/operands.glsl"
#include "shared/interface.h"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(set = 0, binding = 0) buffer Partial { VALUE partial[]; };  // [splits, 2, width], then [5, channels]: mean, invstd in; scale, mean(d), slope out
layout(set = 0, binding = 1) readonly buffer Gamma { VALUE gamma[]; };
layout(set = 0, binding = 2) writeonly buffer DGamma { VALUE dgamma[]; };
layout(set = 0, binding = 3) writeonly buffer DBeta { VALUE dbeta[]; };

layout(push_constant) uniform Push {
  COLUMNS_WORDS
  float one_over_count;  // 1 / pixels
} push;

void main() {
  uint c = group_index(push.fold) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (c >= push.channels) return;
  VALUE sum = VALUE(0.0), sum_x = VALUE(0.0);
  for (uint split = 0; split < push.splits; split++)
    for (uint column = c; column < push.width; column += push.channels) {
      uint i = split * 2 * push.width + column;
      sum += partial[i];
      sum_x += partial[i + push.width];
    }
  uint tail = push.splits * 2 * push.width + c;
  VALUE invstd = partial[tail + push.channels], scale = gamma[c] * invstd;
  dgamma[c] = sum_x * invstd;
  dbeta[c] = sum;
  partial[tail + 2 * push.channels] = scale;
  partial[tail + 3 * push.channels] = sum * push.one_over_count;
  partial[tail + 4 * push.channels] = -scale * invstd * invstd * sum_x * push.one_over_count;
}
