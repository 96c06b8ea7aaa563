#version 450
// [rows, width] -> [rows]: sum or max of program(x, aux, aux) along each row; a lane owns a row and reads vec4s.
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
layout(set = 0, binding = 3) writeonly buffer Result { float result[]; };

layout(push_constant) uniform Push {
  uint fold, rows, width;                            // workgroups along x; rows; vec4s a row
  uint channels, channel_multiplier, channel_shift;  // vec4s along x's last axis
  float scale;
} push;

const bool HAS_CHANNELS = INPUT_1 == INPUT_CHANNEL || INPUT_2 == INPUT_CHANNEL;

vec4 load(uint i) {
  uint channel = HAS_CHANNELS ? i - divide(i, push.channel_multiplier, push.channel_shift) * push.channels : 0;
  return run_program(x_4[i], READ_OPERAND(aux1, INPUT_1, i, channel), READ_OPERAND(aux2, INPUT_2, i, channel), vec4(0.0));
}

vec4 combine(vec4 a, vec4 b) { return TAKES_MAX ? max(a, b) : a + b; }

void main() {
  uint row = group_index(push.fold) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (row >= push.rows) return;
  uint i = row * push.width, end = i + push.width;
  vec4 identity = vec4(TAKES_MAX ? uintBitsToFloat(0xff800000u) : 0.0);
  vec4 s0 = identity;
  while (i < end) {  // sums of sums: the rounding error stays small over long rows
    uint stop = min(i + 128, end);
    vec4 s1 = identity, s2 = identity;
    for (; i + 4 <= stop; i += 4) {
      vec4 v[4];
      [[unroll]] for (uint u = 0; u < 4; u++) v[u] = load(i + u);
      s1 = combine(s1, combine(v[0], v[2]));
      s2 = combine(s2, combine(v[1], v[3]));
    }
    for (; i < stop; i++) s1 = combine(s1, load(i));
    s0 = combine(s0, combine(s1, s2));
  }
  result[row] = TAKES_MAX ? max(max(s0.x, s0.y), max(s0.z, s0.w)) : ((s0.x + s0.y) + (s0.z + s0.w)) * push.scale;
}
