#version 450
// y = exp(x - the row's largest) / their sum, for each row of [rows, width].  A lane owns a row. HELD > 0: it keeps the row, so that
// each value is read once and raised once; else it reads the row three times, which a cache makes cheap.
#extension GL_GOOGLE_include_directive : require
#include "include/stream.glsl"
#include "include/operands.glsl"
#include "shared/interface.h"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(constant_id = CONSTANT_SWITCH_0) const uint HELD = 0;  // VALUEs of a row, if there are few enough
TENSOR(0, x)
layout(set = 0, binding = 1) writeonly buffer Y { VALUE y[]; };

layout(push_constant) uniform Push {
  uint fold, rows, width;  // workgroups along x; rows; VALUEs a row
} push;

#if WIDTH == 4
float largest(vec4 v) { return max(max(v.x, v.y), max(v.z, v.w)); }
float total(vec4 v) { return (v.x + v.y) + (v.z + v.w); }
#else
float largest(float v) { return v; }
float total(float v) { return v; }
#endif

const uint KEPT = HELD > 0 ? HELD : 1;

void main() {
  uint row = group_index(push.fold) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (row >= push.rows) return;
  uint first = row * push.width, end = first + push.width;
  if (HELD > 0) {
    VALUE v[KEPT];
    [[unroll]] for (uint i = 0; i < KEPT; i++) v[i] = READ_AT(x, first + i);
    VALUE most = v[0], all = VALUE(0.0);
    [[unroll]] for (uint i = 1; i < KEPT; i++) most = max(most, v[i]);
    float top = largest(most);
    [[unroll]] for (uint i = 0; i < KEPT; i++) {
      v[i] = exp(v[i] - top);
      all += v[i];
    }
    float share = 1.0 / total(all);
    [[unroll]] for (uint i = 0; i < KEPT; i++) y[first + i] = v[i] * share;
  } else {
    VALUE most = READ_AT(x, first), all = VALUE(0.0);
    for (uint i = first + 1; i < end; i++) most = max(most, READ_AT(x, i));
    float top = largest(most);
    for (uint i = first; i < end;) {  // sums of sums: the rounding error stays small over long rows
      VALUE some = VALUE(0.0);
      for (uint stop = min(i + 64, end); i < stop; i++) some += exp(READ_AT(x, i) - top);
      all += some;
    }
    float share = 1.0 / total(all);
    for (uint i = first; i < end; i++) y[i] = exp(READ_AT(x, i) - top) * share;
  }
}
