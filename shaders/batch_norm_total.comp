#version 450
// batch_norm, between the passes: joins the splits' means and deviations (Chan, Golub and LeVeque 1979) and leaves, a channel,
// mean, gamma / sqrt(variance + epsilon) and beta behind them for the second pass. Means are joined relative to the first piece's;
// what the sum of both loses to rounding goes into beta.
#extension GL_GOOGLE_include_directive : require
#include "include/columns.glsl"
#include "include/operands.glsl"
#include "shared/interface.h"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(set = 0, binding = 0) buffer Partial { VALUE partial[]; };  // [splits, 2, width], then [3, channels]
layout(set = 0, binding = 1) readonly buffer Gamma { VALUE gamma[]; };
layout(set = 0, binding = 2) readonly buffer Beta { VALUE beta[]; };
layout(set = 0, binding = 3) writeonly buffer Statistics { VALUE statistics[]; };  // [2, channels]: mean, biased variance

layout(push_constant) uniform Push {
  COLUMNS_WORDS
  float epsilon;
} push;

void main() {
  uint c = group_index(push.fold) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (c >= push.channels) return;
  float count = 0.0;
  VALUE first = partial[c], mean = VALUE(0.0), square = VALUE(0.0);  // mean: relative to `first`
  for (uint split = 0; split < push.splits; split++) {
    float n = float(min(push.chunk, push.rows - split * push.chunk));
    for (uint column = c; column < push.width; column += push.channels) {
      uint i = split * 2 * push.width + column;
      float total = count + n;
      VALUE d = (partial[i] - first) - mean;
      mean += d * (n / total);
      square += partial[i + push.width] + d * d * (count * n / total);
      count = total;
    }
  }
  VALUE variance = square / count, scale = gamma[c] / sqrt(variance + push.epsilon);
  precise VALUE rounded = first + mean;
  precise VALUE rest = (first - rounded) + mean;
  statistics[c] = rounded;
  statistics[push.channels + c] = variance;
  uint tail = push.splits * 2 * push.width;
  partial[tail + c] = rounded;
  partial[tail + push.channels + c] = scale;
  partial[tail + 2 * push.channels + c] = beta[c] - rest * scale;
}
