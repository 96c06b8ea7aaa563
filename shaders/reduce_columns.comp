#version 450
// [outer, rows, width] -> [outer, splits, width]: sum or max of program(x, aux, aux) over rows.
// A lane owns four neighbouring columns of one split of the rows and reads eight rows an iteration.
#extension GL_GOOGLE_include_directive : require
#define WIDTH 4
#include "include/stream.glsl"
#include "include/operands.glsl"
#include "include/program.glsl"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(constant_id = CONSTANT_SWITCH_0) const bool TAKES_MAX = false;
OPERAND(0, x)
OPERAND(1, aux1)
OPERAND(2, aux2)
layout(set = 0, binding = 3) writeonly buffer Result { vec4 result[]; };

layout(push_constant) uniform Push {
  uint fold, lanes, lane_groups;                     // workgroups along x; outer x width; workgroups that cover the lanes
  uint width, rows, chunk, splits;                   // vec4s a row; rows; rows a split
  uint channels, channel_multiplier, channel_shift;  // vec4s along x's last axis
  float scale;
} push;

const bool HAS_CHANNELS = INPUT_1 == INPUT_CHANNEL || INPUT_2 == INPUT_CHANNEL;

vec4 load(uint i) {
  uint channel = HAS_CHANNELS ? i - divide(i, push.channel_multiplier, push.channel_shift) * push.channels : 0;
  return run_program(READ_VALUE(x, i), READ_OPERAND(aux1, INPUT_1, i, channel), READ_OPERAND(aux2, INPUT_2, i, channel), vec4(0.0));
}

vec4 combine(vec4 a, vec4 b) { return TAKES_MAX ? max(a, b) : a + b; }

void main() {
  uint group = group_index(push.fold), split = group / push.lane_groups;
  uint lane = (group - split * push.lane_groups) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (lane >= push.lanes || split >= push.splits) return;
  uint outer = lane / push.width, column = lane - outer * push.width;
  uint base = outer * push.rows * push.width + column;
  uint row = split * push.chunk, end = min(row + push.chunk, push.rows);
  vec4 identity = vec4(TAKES_MAX ? uintBitsToFloat(0xff800000u) : 0.0);
  vec4 s0 = identity, s1 = identity, s2 = identity, s3 = identity;
  for (; row + 8 <= end; row += 8) {
    vec4 v[8];
    [[unroll]] for (uint u = 0; u < 8; u++) v[u] = load(base + (row + u) * push.width);
    s0 = combine(s0, combine(v[0], v[4]));
    s1 = combine(s1, combine(v[1], v[5]));
    s2 = combine(s2, combine(v[2], v[6]));
    s3 = combine(s3, combine(v[3], v[7]));
  }
  for (; row < end; row++) s0 = combine(s0, load(base + row * push.width));
  result[(outer * push.splits + split) * push.width + column] = combine(combine(s0, s1), combine(s2, s3)) * push.scale;
}
