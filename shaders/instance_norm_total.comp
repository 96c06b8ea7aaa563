#version 450
// instance_norm, between the passes: joins the means and deviations of an image's splits (Chan, Golub and LeVeque 1979) and leaves, a
// channel of an image, mean, gamma / sqrt(variance + epsilon) and beta for the second pass. Means are joined relative to the first
// piece's; what the sum of both loses to rounding goes into beta.
#extension GL_GOOGLE_include_directive : require
#include "include/image_columns.glsl"
#include "include/operands.glsl"
#include "shared/interface.h"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(set = 0, binding = 0) buffer Partial { VALUE partial[]; };  // [splits, 2, images x width], then [3, images x channels]
layout(set = 0, binding = 1) readonly buffer Gamma { VALUE gamma[]; };
layout(set = 0, binding = 2) readonly buffer Beta { VALUE beta[]; };

layout(push_constant) uniform Push {
  IMAGE_COLUMNS_WORDS
  float epsilon;
} push;

void main() {
  uint place = group_index(push.fold) * gl_WorkGroupSize.x + gl_LocalInvocationID.x, images = push.lanes / push.width;
  if (place >= images * push.channels) return;
  uint image = place / push.channels, c = place - image * push.channels, base = image * push.width;
  float count = 0.0;
  VALUE first = partial[base + c], mean = VALUE(0.0), square = VALUE(0.0);  // mean: relative to `first`
  for (uint split = 0; split < push.splits; split++) {
    float n = float(min(push.chunk, push.rows - split * push.chunk));
    for (uint column = c; column < push.width; column += push.channels) {
      uint i = split * 2 * push.lanes + base + column;
      float total = count + n;
      VALUE d = (partial[i] - first) - mean;
      mean += d * (n / total);
      square += partial[i + push.lanes] + d * d * (count * n / total);
      count = total;
    }
  }
  VALUE scale = gamma[c] / sqrt(square / count + push.epsilon);
  precise VALUE rounded = first + mean;
  precise VALUE rest = (first - rounded) + mean;
  uint tail = push.splits * 2 * push.lanes + place;
  partial[tail] = rounded;
  partial[tail + images * push.channels] = scale;
  partial[tail + 2 * images * push.channels] = beta[c] - rest * scale;
}
