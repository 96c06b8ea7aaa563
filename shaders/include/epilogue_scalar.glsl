// What happens to a finished sum before it is stored, in kernels whose last axis is not a multiple of four?
// One further storage buffer (binding 3) holds the full input or, with CHANNEL_IN_STORAGE, the only channel vector; otherwise
// channel vectors are texel buffers (bindings 4, 5) and the last axis is a multiple of four.
#ifndef EPILOGUE_SCALAR_GLSL
#define EPILOGUE_SCALAR_GLSL
#include "include/epilogue.glsl"

layout(constant_id = 31) const bool CHANNEL_IN_STORAGE = false;

layout(set = 0, binding = 0) writeonly buffer Result { float result[]; };
layout(set = 0, binding = 3) readonly buffer Further { float further[]; };
layout(set = 0, binding = 4) uniform samplerBuffer channel_0;
layout(set = 0, binding = 5) uniform samplerBuffer channel_1;

// index: the place in the result, channel: along its last axis.
void store_scalar(float sum, uint index, uint channel) {
  float full = 0.0, first = 0.0, second = 0.0;
  if (READS_FULL) full = further[index];
  if (CHANNEL_INPUTS > 0) first = CHANNEL_IN_STORAGE ? further[channel] : texelFetch(channel_0, int(channel / 4))[channel % 4];
  if (CHANNEL_INPUTS > 1) second = texelFetch(channel_1, int(channel / 4))[channel % 4];
  result[index] = apply_program(vec4(sum), vec4(full), vec4(first), vec4(second)).x;
}
#endif
