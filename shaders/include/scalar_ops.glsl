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

vec4 scalar_function(uint function, vec4 a, vec4 b, vec4 c) {
  switch (function) {
    case FUNCTION_NEGATE: return -a;
    case FUNCTION_ABS: return abs(a);
    case FUNCTION_SIGN: return sign(a);
    case FUNCTION_SQUARE: return a * a;
    case FUNCTION_SQRT: return sqrt(a);
    case FUNCTION_RSQRT: return vec4(1.0) / sqrt(a);
    case FUNCTION_RECIPROCAL: return vec4(1.0) / a;
    case FUNCTION_EXP: return exp(a);
    case FUNCTION_LOG: return log(a);
    case FUNCTION_TANH: return tanh4(a);
    case FUNCTION_SIGMOID: return sigmoid4(a);
    case FUNCTION_SOFTPLUS: return softplus4(a);
    case FUNCTION_RELU: return max(a, vec4(0.0));
    case FUNCTION_STEP: return mix(vec4(0.0), vec4(1.0), greaterThan(a, vec4(0.0)));
    case FUNCTION_ADD: return a + b;
    case FUNCTION_SUBTRACT: return a - b;
    case FUNCTION_MULTIPLY: return a * b;
    case FUNCTION_DIVIDE: return a / b;
    case FUNCTION_MAXIMUM: return max(a, b);
    case FUNCTION_MINIMUM: return min(a, b);
    case FUNCTION_GREATER: return mix(vec4(0.0), vec4(1.0), greaterThan(a, b));
    case FUNCTION_LEAKY_RELU: return mix(b * a, a, greaterThan(a, vec4(0.0)));
    case FUNCTION_LEAKY_SLOPE: return mix(b, vec4(1.0), greaterThan(a, vec4(0.0)));
    case FUNCTION_SELECT: return mix(c, b, notEqual(a, vec4(0.0)));
    case FUNCTION_POWER: return pow(a, b);
    default: return a;
  }
}
#endif
