#version 450
// y = program(in0, in1, in2), each input a broadcast view of up to six axes.
// WIDTH 4: VALUEs lie along the innermost axis, where an input either runs on (stride 4) or repeats one element (stride 0).
#extension GL_GOOGLE_include_directive : require
#include "include/box.glsl"
#include "include/operands.glsl"
#include "include/program.glsl"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(constant_id = CONSTANT_SWITCH_0) const int RANK = 6;
layout(constant_id = 17) const uint REPEATS = 0;  // WIDTH 4: bit n set if input n repeats one element along the innermost axis
OPERAND(0, in0)
OPERAND(1, in1)
OPERAND(2, in2)
layout(set = 0, binding = 3) writeonly buffer Result { VALUE result[]; };

layout(push_constant) uniform Push {
  BOX_WORDS
  int stride[18];  // elements: input 0, 1, 2
} push;

int offset(int at[6], int first) {
  int sum = 0;
  [[unroll]] for (int d = 0; d < 6; d++)
    if (d < RANK) sum += at[d] * push.stride[first + d];
  return sum;
}

#if WIDTH == 4
#define READ(NAME, n) ((REPEATS & (1u << n)) != 0 ? vec4(NAME##_1[offset(at, 6 * n)]) : NAME##_4[offset(at, 6 * n) >> 2])
#else
#define READ(NAME, n) NAME##_1[offset(at, 6 * n)]
#endif

void main() {
  uint first = group_index(push.fold) * gl_WorkGroupSize.x * 4 + run_of(gl_LocalInvocationID.x);
  for (uint u = 0; u < 4; u++) {
    uint i = first + u * RUN;
    if (i >= push.count) return;
    int at[6];
    BOX_COORDINATES(at, i)
    VALUE a = READ(in0, 0), b = VALUE(0.0), c = VALUE(0.0);
    if (INPUT_1 != INPUT_NONE) b = READ(in1, 1);
    if (INPUT_2 != INPUT_NONE) c = READ(in2, 2);
    result[i] = FROM_VEC4(run_program(TO_VEC4(a), TO_VEC4(b), TO_VEC4(c), vec4(0.0)));
  }
}
