#version 450
// y = exp(x - the row's largest) / their sum, for each row of [rows, width].  A subgroup owns ROWS rows and shares each out, vec4 by vec4:
// neighbouring lanes read and write neighbours, and each value is read once and raised once.
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#extension GL_KHR_shader_subgroup_quad : require
#define WIDTH 4
#include "include/stream.glsl"
#include "include/operands.glsl"
#include "include/exchange.glsl"
#include "shared/interface.h"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(constant_id = CONSTANT_ROWS) const uint ROWS = 4;
layout(constant_id = CONSTANT_LANES) const uint LANES = 8;
layout(constant_id = CONSTANT_SWITCH_0) const uint HELD = 2;          // vec4s of a row that a lane keeps
layout(constant_id = CONSTANT_SWITCH_0 + 1) const bool TAIL = false;  // some lanes' last one is past the row's end
layout(constant_id = CONSTANT_SWITCH_0 + 2) const bool BUTTERFLY = false;
TENSOR(0, x)
layout(set = 0, binding = 1) writeonly buffer Y { vec4 y[]; };

layout(push_constant) uniform Push {
  uint fold, rows, width;  // workgroups along x; rows; vec4s a row
} push;

// The largest, or the sum, of all lanes' values. Few lanes: one after another, in a cheap exchange; many: in pairs, pairs of pairs, and so on.
float over_lanes(float own, bool sum) {
#ifndef EXCHANGE_BROADCAST
  if (BUTTERFLY) {
    [[unroll]] for (uint step = 1; step < LANES; step *= 2) {
      float other = EXCHANGE(own, gl_SubgroupInvocationID ^ step);
      own = sum ? own + other : max(own, other);
    }
    return own;
  }
#endif
  float all = EXCHANGE(own, 0);
  [[unroll]] for (uint i = 1; i < LANES; i++) {
    float other = EXCHANGE(own, i);
    all = sum ? all + other : max(all, other);
  }
  return all;
}

void main() {
  uint lane = gl_SubgroupInvocationID, first = (group_index(push.fold) * gl_NumSubgroups + gl_SubgroupID) * ROWS;
  if (first >= push.rows) return;
  vec4 v[ROWS * HELD];
  [[unroll]] for (uint r = 0; r < ROWS; r++) {
    uint row = min(first + r, push.rows - 1) * push.width;
    [[unroll]] for (uint h = 0; h < HELD; h++) {
      uint at = h * LANES + lane;
      v[r * HELD + h] = READ_AT(x, row + (TAIL ? min(at, push.width - 1) : at));
    }
  }
  [[unroll]] for (uint r = 0; r < ROWS; r++) {
    vec4 most = v[r * HELD], all = vec4(0.0);
    [[unroll]] for (uint h = 1; h < HELD; h++) most = max(most, v[r * HELD + h]);
    float top = over_lanes(max(max(most.x, most.y), max(most.z, most.w)), false);
    [[unroll]] for (uint h = 0; h < HELD; h++) {
      v[r * HELD + h] = exp(v[r * HELD + h] - top);
      all += !TAIL || h * LANES + lane < push.width ? v[r * HELD + h] : vec4(0.0);
    }
    float share = 1.0 / over_lanes((all.x + all.y) + (all.z + all.w), true);
    [[unroll]] for (uint h = 0; h < HELD; h++) v[r * HELD + h] *= share;
  }
  [[unroll]] for (uint r = 0; r < ROWS; r++) {
    [[unroll]] for (uint h = 0; h < HELD; h++) {
      uint at = h * LANES + lane;
      if (first + r < push.rows && (!TAIL || at < push.width)) y[(first + r) * push.width + at] = v[r * HELD + h];
    }
  }
}
