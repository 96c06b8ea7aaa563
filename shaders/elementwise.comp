#version 450
// y = program(in0, in1, in2, in3) on each element.  Inputs have y's shape, one value a channel, or one value.
// Four reads a lane, a workgroup's width apart, then four writes: the form that moves the most bytes on every driver.
#extension GL_GOOGLE_include_directive : require
#include "include/stream.glsl"
#include "include/operands.glsl"
#include "include/program.glsl"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
OPERAND(0, in0)
OPERAND(1, in1)
OPERAND(2, in2)
layout(set = 0, binding = 3) writeonly buffer Result { VALUE result[]; };
layout(set = 0, binding = 4) uniform textureBuffer in3;  // full or channel, vec4 rows only

layout(push_constant) uniform Push {
  uint count, fold;                                     // VALUEs of y; workgroups along x
  uint channels, channel_multiplier, channel_shift;     // VALUEs along the last axis, and how to divide by that
  uint band, skipped, width_multiplier, width_shift;    // IN_BAND: where y begins, VALUEs between its rows, how to divide by a row's
} push;

layout(constant_id = CONSTANT_SWITCH_0) const bool IN_BAND = false;  // y is columns of a wider tensor
uint place(uint i) { return IN_BAND ? push.band + i + divide(i, push.width_multiplier, push.width_shift) * push.skipped : i; }

const bool HAS_CHANNELS = INPUT_0 == INPUT_CHANNEL || INPUT_1 == INPUT_CHANNEL || INPUT_2 == INPUT_CHANNEL || INPUT_3 == INPUT_CHANNEL;

uint channel_of(uint i) {
  return HAS_CHANNELS ? i - divide(i, push.channel_multiplier, push.channel_shift) * push.channels : 0;
}

#if WIDTH == 4
#define READ_IN3(i, channel) \
  (INPUT_3 == INPUT_FULL ? texelFetch(in3, int(i)) : INPUT_3 == INPUT_CHANNEL ? texelFetch(in3, int(channel)) : vec4(0.0))

void main() {
  uint first = group_index(push.fold) * gl_WorkGroupSize.x * 4 + run_of(gl_LocalInvocationID.x);
  if (first + 3 * RUN < push.count) {
    // Input by input: turning from one tensor to another costs lavapipe time.
    vec4 a[4], b[4], c[4], d[4];
    [[unroll]] for (uint u = 0; u < 4; u++) a[u] = READ_OPERAND(in0, INPUT_0, first + u * RUN, channel_of(first + u * RUN));
    [[unroll]] for (uint u = 0; u < 4; u++) b[u] = READ_OPERAND(in1, INPUT_1, first + u * RUN, channel_of(first + u * RUN));
    [[unroll]] for (uint u = 0; u < 4; u++) c[u] = READ_OPERAND(in2, INPUT_2, first + u * RUN, channel_of(first + u * RUN));
    [[unroll]] for (uint u = 0; u < 4; u++) d[u] = READ_IN3(first + u * RUN, channel_of(first + u * RUN));
    [[unroll]] for (uint u = 0; u < 4; u++) result[place(first + u * RUN)] = run_program(a[u], b[u], c[u], d[u]);
  } else {
    for (uint i = first; i < push.count; i += RUN) {  // fewer than four
      uint channel = channel_of(i);
      result[place(i)] = run_program(READ_OPERAND(in0, INPUT_0, i, channel), READ_OPERAND(in1, INPUT_1, i, channel),
                              READ_OPERAND(in2, INPUT_2, i, channel), READ_IN3(i, channel));
    }
  }
}
#else
// Single elements: a lane's four go through the program as one vec4.
void main() {
  uint width = gl_WorkGroupSize.x;
  uint first = group_index(push.fold) * width * 4 + gl_LocalInvocationID.x;
  vec4 a = vec4(0.0), b = vec4(0.0), c = vec4(0.0);
  [[unroll]] for (uint u = 0; u < 4; u++) {
    uint i = first + u * width, channel = channel_of(i);
    if (i < push.count) {
      a[u] = READ_OPERAND(in0, INPUT_0, i, channel);
      b[u] = READ_OPERAND(in1, INPUT_1, i, channel);
      c[u] = READ_OPERAND(in2, INPUT_2, i, channel);
    }
  }
  vec4 y = run_program(a, b, c, vec4(0.0));
  [[unroll]] for (uint u = 0; u < 4; u++)
    if (first + u * width < push.count) result[place(first + u * width)] = y[u];
}
#endif
