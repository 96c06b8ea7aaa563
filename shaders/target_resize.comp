#version 450
// A painted image becomes one of another size, as floats like those it was painted with. A lane makes one texel.
// Filters: host/runtime/resizing.h. The CPU's definition is resize_image() there.
#extension GL_GOOGLE_include_directive : require
#include "include/stream.glsl"
#include "shared/interface.h"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(set = 0, binding = 0) readonly buffer Source { float source[]; };  // [N, H, W, CHANNELS] in [-1, 1]
layout(set = 0, binding = 1) writeonly buffer Result { float result[]; };  // [height, width, CHANNELS]

layout(push_constant) uniform Push {
  uint first;                               // of the image's values in the tensor
  uint texels, fold;                        // of the result; workgroups along x
  uint width, multiplier, shift;            // of the result, and how to divide by that
  uint height, source_width, source_height;
} push;
#include "include/painted.glsl"

layout(constant_id = CONSTANT_SWITCH_0 + 4) const uint NEAREST = 0;

// The texels that the tent over texel i of `to` touches, of `from` along an axis.
struct Taps { float centre, support; int begin, end; };
Taps taps_of(uint i, uint from, uint to) {
  Taps taps;
  float scale = float(from) / float(to);
  taps.support = max(scale, 1.0);
  taps.centre = (float(i) + 0.5) * scale - 0.5;
  taps.begin = max(int(ceil(taps.centre - taps.support)), 0);
  taps.end = min(int(floor(taps.centre + taps.support)) + 1, int(from));
  return taps;
}
float weight(Taps taps, int at) { return max(1.0 - abs(float(at) - taps.centre) / taps.support, 0.0); }

void main() {
  uint texel = group_index(push.fold) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (texel >= push.texels) return;
  uint y = divide(texel, push.multiplier, push.shift), x = texel - y * push.width;
  if (NEAREST != 0) {
    uint from_y = (2 * y + 1) * push.source_height / (2 * push.height), from_x = (2 * x + 1) * push.source_width / (2 * push.width);
    uint from = push.first + (from_y * push.source_width + from_x) * CHANNELS;
    for (uint c = 0; c < CHANNELS; c++) result[texel * CHANNELS + c] = source[from + c];
    return;
  }
  Taps rows = taps_of(y, push.source_height, push.height), columns = taps_of(x, push.source_width, push.width);
  vec4 sum = vec4(0.0);
  float total = 0.0;
  for (int j = rows.begin; j < rows.end; j++)
    for (int i = columns.begin; i < columns.end; i++) {
      float share = weight(rows, j) * weight(columns, i);
      sum += share * painted_light(uint(j) * push.source_width + uint(i));
      total += share;
    }
  sum /= total;
  vec3 colour = light_to_srgb(quotient(sum.rgb, sum.a)) * sum.a;
  for (uint c = 0; c < CHANNELS; c++) {
    bool alpha = c == CHANNELS - 1 && (CHANNELS == 2 || CHANNELS == 4);
    result[texel * CHANNELS + c] = (alpha ? sum.a : colour[min(c, 2)]) * 2.0 - 1.0;
  }
}
