// What does each scalar function compute?  One line a function, on four values at once.
#ifndef SCALAR_OPS_GLSL
#define SCALAR_OPS_GLSL
#include "shared/interface.h"

vec4 softplus4(vec4 x) { return max(x, vec4(0.0)) + log(vec4(1.0) + exp(-abs(x))); }

// The sigmoid of x without overflow: exp of a non-positive number only.
vec4 sigmoid4(vec4 x) {
  vec4 e = exp(-abs(x));
  return mix(e, vec4(1.0), greaterThanEqual(x, vec4(0.0))) / (vec4(1.0) + e);
}

// tanh through exp of a non-positive number; a short series near 0, where 1 - e would cancel.
vec4 tanh4(vec4 x) {
  vec4 a = abs(x);
  vec4 e = exp(-2.0 * a);
  vec4 far = (vec4(1.0) - e) / (vec4(1.0) + e);
  vec4 s = a * a;
  vec4 near = a * (1.0 + s * (-1.0 / 3.0 + s * (2.0 / 15.0 + s * (-17.0 / 315.0 + s * (62.0 / 2835.0)))));
  return sign(x) * mix(far, near, lessThan(a, vec4(0.3)));
}

// The function of this number on a, b and c, into y. A macro, since its number must be a specialization constant where the switch stands:
// the host leaves out the cases that are not taken (host/kernels/prune.h).
#define SCALAR_FUNCTION(number, y, a, b, c)                                              \
  switch (number) {                                                                      \
    case FUNCTION_NEGATE: y = -a; break;                                                 \
    case FUNCTION_ABS: y = abs(a); break;                                                \
    case FUNCTION_SIGN: y = sign(a); break;                                              \
    case FUNCTION_SQUARE: y = a * a; break;                                              \
    case FUNCTION_SQRT: y = sqrt(a); break;                                              \
    case FUNCTION_RSQRT: y = vec4(1.0) / sqrt(a); break;                                 \
    case FUNCTION_RECIPROCAL: y = vec4(1.0) / a; break;                                  \
    case FUNCTION_EXP: y = exp(a); break;                                                \
    case FUNCTION_LOG: y = log(a); break;                                                \
    case FUNCTION_TANH: y = tanh4(a); break;                                             \
    case FUNCTION_SIGMOID: y = sigmoid4(a); break;                                       \
    case FUNCTION_SOFTPLUS: y = softplus4(a); break;                                     \
    case FUNCTION_RELU: y = max(a, vec4(0.0)); break;                                    \
    case FUNCTION_STEP: y = mix(vec4(0.0), vec4(1.0), greaterThan(a, vec4(0.0))); break; \
    case FUNCTION_ADD: y = a + b; break;                                                 \
    case FUNCTION_SUBTRACT: y = a - b; break;                                            \
    case FUNCTION_MULTIPLY: y = a * b; break;                                            \
    case FUNCTION_DIVIDE: y = a / b; break;                                              \
    case FUNCTION_MAXIMUM: y = max(a, b); break;                                         \
    case FUNCTION_MINIMUM: y = min(a, b); break;                                         \
    case FUNCTION_GREATER: y = mix(vec4(0.0), vec4(1.0), greaterThan(a, b)); break;      \
    case FUNCTION_LEAKY_RELU: y = mix(b * a, a, greaterThan(a, vec4(0.0))); break;       \
    case FUNCTION_LEAKY_SLOPE: y = mix(b, vec4(1.0), greaterThan(a, vec4(0.0))); break;  \
    case FUNCTION_SELECT: y = mix(c, b, notEqual(a, vec4(0.0))); break;                  \
    case FUNCTION_POWER: y = pow(a, b); break;                                           \
    default: y = a; break;                                                               \
  }
#endif
