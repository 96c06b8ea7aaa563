#version 450
// One optimizer update, in place, of a block [parameters | first moments | second moments | averages]: SGD, or
// Adam with bias correction (Kingma and Ba 2015, epsilon outside the square root), and the running average of the new parameters.
#extension GL_GOOGLE_include_directive : require
#include "include/stream.glsl"
#include "shared/interface.h"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(constant_id = CONSTANT_SWITCH_0) const bool ADAM = true;
layout(constant_id = 17) const bool AVERAGES = false;
layout(set = 0, binding = 0) readonly buffer Control { uint control[]; };
#ifdef READ_TEXEL
layout(set = 0, binding = 1) uniform samplerBuffer gradients;
#define GRADIENT(i) texelFetch(gradients, int(i))
layout(set = 0, binding = 3) uniform samplerBuffer before;  // `state` again: no lane reads what another writes
#define STATE(i) texelFetch(before, int(i))
#else
layout(set = 0, binding = 1) readonly buffer Gradients { vec4 gradients[]; };
#define GRADIENT(i) gradients[i]
#define STATE(i) state[i]
#endif
layout(set = 0, binding = 2) buffer State { vec4 state[]; };

layout(push_constant) uniform Push {
  uint size, fold, chunk;               // vec4s a run; workgroups along x; vec4s a workgroup, a multiple of twice its size
  uint updates_per_step, update;
  float rate, beta1, beta2, one_minus_beta1, one_minus_beta2, epsilon, ema_decay, one_minus_decay;
} push;

// 1 - beta^t without cancellation, given 1 - beta: 1 - (1 - a)(1 - b) = a + b - a b, by repeated squaring.
float one_minus_power(float one_minus_beta, uint t) {
  float power = one_minus_beta, result = 0.0;
  for (; t > 0; t >>= 1) {
    if ((t & 1u) != 0) result = result + power - result * power;
    power = power + power - power * power;
  }
  return result;
}

// Where the averages begin, in runs of parameters.
const uint AVERAGES_AT = ADAM ? 3 : 1;

// What a lane reads of one vec4 of parameters.
struct Old { vec4 gradient, parameter, moment1, moment2, average; };

float rate, correction2;

void update(uint i, Old old) {
  vec4 p = old.parameter;
  if (ADAM) {
    vec4 m = push.beta1 * old.moment1 + push.one_minus_beta1 * old.gradient;
    vec4 v = push.beta2 * old.moment2 + push.one_minus_beta2 * old.gradient * old.gradient;
    state[push.size + i] = m;
    state[2 * push.size + i] = v;
    p -= rate * m / (sqrt(v) * correction2 + push.epsilon);
  } else {
    p -= rate * old.gradient;
  }
  state[i] = p;
  if (AVERAGES) state[AVERAGES_AT * push.size + i] = push.ema_decay * old.average + push.one_minus_decay * p;
}

// COUNT vec4s, RUN apart. Tensor by tensor: turning from one texel buffer to another costs lavapipe time.
#define UPDATE(COUNT, first)                                                                              \
  {                                                                                                       \
    Old old[COUNT];                                                                                       \
    [[unroll]] for (uint u = 0; u < COUNT; u++) old[u].gradient = GRADIENT(first + u * RUN);            \
    [[unroll]] for (uint u = 0; u < COUNT; u++) old[u].parameter = STATE(first + u * RUN);              \
    if (ADAM) {                                                                                           \
      [[unroll]] for (uint u = 0; u < COUNT; u++) old[u].moment1 = STATE(push.size + first + u * RUN);     \
      [[unroll]] for (uint u = 0; u < COUNT; u++) old[u].moment2 = STATE(2 * push.size + first + u * RUN); \
    }                                                                                                     \
    if (AVERAGES) {                                                                                       \
      [[unroll]] for (uint u = 0; u < COUNT; u++) old[u].average = STATE(AVERAGES_AT * push.size + first + u * RUN); \
    }                                                                                                     \
    [[unroll]] for (uint u = 0; u < COUNT; u++) update(first + u * RUN, old[u]);                        \
  }

void main() {
  if (control[CONTROL_NOT_FINITE] != 0) return;
  uint first = group_index(push.fold) * push.chunk, end = min(first + push.chunk, push.size);
  rate = push.rate * uintBitsToFloat(control[CONTROL_RATE]), correction2 = 1.0;
  if (ADAM) {
    uint t = control[CONTROL_STEP] * push.updates_per_step + push.update + 1;
    rate /= one_minus_power(push.one_minus_beta1, t);
    correction2 = 1.0 / sqrt(one_minus_power(push.one_minus_beta2, t));
  }
  uint width = gl_WorkGroupSize.x, lane = gl_LocalInvocationID.x;
#ifdef READ_TEXEL
  uint i = first + run_of(lane);
  for (; i + 3 * RUN < end; i += 4 * width) UPDATE(4, i)
  for (; i < end; i += RUN) UPDATE(1, i)  // fewer than four
#else
  for (uint i = first + lane; i < end; i += width) UPDATE(1, i)
#endif
}
