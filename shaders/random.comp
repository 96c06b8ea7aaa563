#version 450
// Random numbers of a batch of samples: which are those of this seed, step and stream?
// A lane makes one Philox block: elements 4 j .. 4 j + 3 of one sample, or the permuted index of one sample.
#extension GL_GOOGLE_include_directive : require
#include "include/stream.glsl"
#include "include/random.glsl"
#include "shared/interface.h"

#define RANDOM_NORMAL 0
#define RANDOM_UNIFORM 1
#define RANDOM_PERMUTATION 2

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(constant_id = CONSTANT_SWITCH_0) const uint DISTRIBUTION = RANDOM_NORMAL;
layout(set = 0, binding = 0) readonly buffer Control { uint control[]; };
layout(set = 0, binding = 1) writeonly buffer Result { float result[]; };
layout(set = 0, binding = 1) writeonly buffer Indices { uint indices[]; };

layout(push_constant) uniform Push {
  uint count, fold;                       // blocks in all; workgroups along x
  uint blocks, multiplier, shift;         // blocks a sample, and how to divide by that
  uint size;                              // elements a sample
  uint samples_per_step, first_low, first_high, stream;
  uint permuted_count, half_bits;         // of a permutation
} push;

void main() {
  uint i = group_index(push.fold) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (i >= push.count) return;
  uint n = divide(i, push.multiplier, push.shift), j = i - n * push.blocks;
  uvec2 key = uvec2(control[CONTROL_SEED_LOW], control[CONTROL_SEED_HIGH]);
  uvec2 number = sample_number(control[CONTROL_STEP], push.samples_per_step, uvec2(push.first_low, push.first_high), n);
  if (DISTRIBUTION == RANDOM_PERMUTATION) {
    uvec2 place = long_divide(number, push.permuted_count);  // epoch, position
    uvec4 round_keys = philox(uvec4(0xffffffffu, place.x, 0u, push.stream), key);
    indices[i] = permuted(place.y, push.permuted_count, push.half_bits, round_keys);
    return;
  }
  uvec4 words = philox(uvec4(j, number, push.stream), key);
  vec4 v = vec4(uniform_of(words.x), uniform_of(words.y), uniform_of(words.z), uniform_of(words.w));
  if (DISTRIBUTION == RANDOM_NORMAL) v = vec4(normals_of(words.x, words.y), normals_of(words.z, words.w));
  uint first = n * push.size + 4 * j, left = push.size - 4 * j;
  [[unroll]] for (uint u = 0; u < 4; u++)
    if (u < left) result[first + u] = v[u];
}
