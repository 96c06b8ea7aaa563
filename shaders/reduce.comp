#version 450
// Sum, mean, max or argmax of program(x, aux, aux) over any axes: a lane owns one result, or one split of it, and walks its elements.
// Some drivers end every loop after 65,535 iterations a lane, so the host splits long walks.
#extension GL_GOOGLE_include_directive : require
#include "include/stream.glsl"
#include "include/program.glsl"

#define REDUCE_SUM 0
#define REDUCE_MAX 1
#define REDUCE_ARGMAX 2

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(constant_id = CONSTANT_SWITCH_0) const uint KIND = REDUCE_SUM;
layout(constant_id = 17) const int KEPT = 1;      // leading axes of the box: kept
layout(constant_id = 18) const int REDUCED = 1;   // the axes after them: reduced
layout(set = 0, binding = 0) readonly buffer X { float x[]; };
layout(set = 0, binding = 1) readonly buffer Aux1 { float aux1[]; };
layout(set = 0, binding = 2) readonly buffer Aux2 { float aux2[]; };
layout(set = 0, binding = 3) writeonly buffer Result { float result[]; };
layout(set = 0, binding = 3) writeonly buffer Indices { uint indices[]; };

layout(push_constant) uniform Push {
  uint extent[6];
  int stride[18];              // elements: x, aux1, aux2
  uint count, fold, elements;  // lanes; workgroups along x; elements of one result
  float scale;                 // 1, or 1 / elements for a mean
  uint splits, chunk;          // lanes a result, each with `chunk` of its elements; lane = result * splits + split
} push;

// Adds to the three offsets those of element `index` of axes [first, first + axes).
ivec3 offsets(uint index, int first, int axes) {
  ivec3 sum = ivec3(0);
  [[unroll]] for (int d = 5; d >= 0; d--)
    if (d < axes) {
      uint at = index;
      if (d > 0) {
        uint quotient = index / push.extent[first + d];
        at = index - quotient * push.extent[first + d];
        index = quotient;
      }
      sum += int(at) * ivec3(push.stride[first + d], push.stride[6 + first + d], push.stride[12 + first + d]);
    }
  return sum;
}

void main() {
  uint i = group_index(push.fold) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (i >= push.count) return;
  uint owner = i / push.splits, begin = (i - owner * push.splits) * push.chunk, end = min(begin + push.chunk, push.elements);
  ivec3 base = offsets(owner, 0, KEPT);
  if (KIND == REDUCE_ARGMAX) {
    uint best = 0;
    float most = x[base.x];
    for (uint r = 0; r < push.elements; r += 32)
      [[unroll]] for (uint u = 0; u < 32; u++)
        if (r + u < push.elements) {
          float v = x[base.x + offsets(r + u, KEPT, REDUCED).x];
          if (v > most) { most = v; best = r + u; }
        }
    indices[i] = best;
    return;
  }
  vec4 total = vec4(KIND == REDUCE_MAX ? uintBitsToFloat(0xff800000u) : 0.0), block = total;
  for (uint r = begin; r < end; r += 4) {
    vec4 a = vec4(0.0), b = vec4(0.0), c = vec4(0.0);
    [[unroll]] for (uint u = 0; u < 4; u++)
      if (r + u < end) {
        ivec3 o = base + offsets(r + u, KEPT, REDUCED);
        a[u] = x[o.x];
        if (INPUT_1 != INPUT_NONE) b[u] = aux1[o.y];
        if (INPUT_2 != INPUT_NONE) c[u] = aux2[o.z];
      }
    vec4 v = run_program(a, b, c, vec4(0.0));
    bvec4 valid = lessThan(uvec4(r, r + 1, r + 2, r + 3), uvec4(end));
    if (KIND == REDUCE_MAX) {
      total = mix(total, max(total, v), valid);
    } else {
      block += mix(vec4(0.0), v, valid);
      if ((r & 1023u) == 1020u) {  // sums of sums: the rounding error stays small over millions of elements
        total += block;
        block = vec4(0.0);
      }
    }
  }
  if (KIND == REDUCE_SUM) total += block;
  result[i] = KIND == REDUCE_MAX ? max(max(total.x, total.y), max(total.z, total.w))
                                 : ((total.x + total.y) + (total.z + total.w)) * push.scale;
}
