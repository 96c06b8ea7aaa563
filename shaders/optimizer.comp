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
#else
layout(set = 0, binding = 1) readonly buffer Gradients { vec4 gradients[]; };
#define GRADIENT(i) gradients[i]
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

void main() {
  if (control[CONTROL_NOT_FINITE] != 0) return;
  uint first = group_index(push.fold) * push.chunk, end = min(first + push.chunk, push.size);
  float rate = push.rate * uintBitsToFloat(control[CONTROL_RATE]), correction2 = 1.0;
  if (ADAM) {
    uint t = control[CONTROL_STEP] * push.updates_per_step + push.update + 1;
    rate /= one_minus_power(push.one_minus_beta1, t);
    correction2 = 1.0 / sqrt(one_minus_power(push.one_minus_beta2, t));
  }
  uint width = gl_WorkGroupSize.x;
  for (uint i = first + gl_LocalInvocationID.x; i < end; i += width) {
    vec4 g = GRADIENT(i), p = state[i];
    if (ADAM) {
      vec4 m = push.beta1 * state[push.size + i] + push.one_minus_beta1 * g;
      vec4 v = push.beta2 * state[2 * push.size + i] + push.one_minus_beta2 * g * g;
      state[push.size + i] = m;
      state[2 * push.size + i] = v;
      p -= rate * m / (sqrt(v) * correction2 + push.epsilon);
    } else {
      p -= rate * g;
    }
    state[i] = p;
    if (AVERAGES) {
      uint a = (ADAM ? 3 : 1) * push.size + i;
      state[a] = push.ema_decay * state[a] + push.one_minus_decay * p;
    }
  }
}
