// What happens to a finished sum before it is stored?  The fused program (include/program.glsl) runs on it.
// Program input 0 is the sum. Of the others at most one is full (binding 3: a storage buffer, with FULL_TEXELS a texel buffer) and at most
// two are channel vectors (bindings 4, 5); the host refuses everything else.
#ifndef EPILOGUE_GLSL
#define EPILOGUE_GLSL
#include "include/program.glsl"

const bool READS_FULL = INPUT_1 == INPUT_FULL || INPUT_2 == INPUT_FULL || INPUT_3 == INPUT_FULL;
const uint CHANNEL_INPUTS =
    uint(INPUT_1 == INPUT_CHANNEL) + uint(INPUT_2 == INPUT_CHANNEL) + uint(INPUT_3 == INPUT_CHANNEL);

// Runs the program on `sum`, with the other inputs' values at the same place.
vec4 apply_program(vec4 sum, vec4 full, vec4 channel_0, vec4 channel_1) {
  vec4 in1 = INPUT_1 == INPUT_FULL ? full : channel_0;
  vec4 in2 = INPUT_2 == INPUT_FULL ? full : INPUT_1 == INPUT_CHANNEL ? channel_1 : channel_0;
  vec4 in3 = INPUT_3 == INPUT_FULL ? full : channel_1;
  return run_program(sum, in1, in2, in3);
}

#ifdef EPILOGUE_VEC4
layout(constant_id = CONSTANT_FULL_TEXELS) const bool FULL_TEXELS = false;

layout(set = 0, binding = 3) readonly buffer Full { vec4 full4[]; };  // one of these is left when the module is pruned
layout(set = 0, binding = 3) uniform samplerBuffer full_texels;
layout(set = 0, binding = 4) uniform samplerBuffer channel_0;
layout(set = 0, binding = 5) uniform samplerBuffer channel_1;

// index4: the place in the result, channel4: along its last axis, both in vec4s.
vec4 epilogue(vec4 sum, uint index4, uint channel4) {
  vec4 full = vec4(0.0), first = vec4(0.0), second = vec4(0.0);
  if (READS_FULL && FULL_TEXELS) full = texelFetch(full_texels, int(index4));
  if (READS_FULL && !FULL_TEXELS) full = full4[index4];
  if (CHANNEL_INPUTS > 0) first = texelFetch(channel_0, int(channel4));
  if (CHANNEL_INPUTS > 1) second = texelFetch(channel_1, int(channel4));
  return apply_program(sum, full, first, second);
}
#endif
#endif
