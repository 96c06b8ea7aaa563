// How does a kernel run the short elementwise program that was fused into it?
// The program is specialization constants, frozen before the driver sees them (host/kernels/freeze.h): it gets straight-line code, of
// the steps there are and of each its own function (host/kernels/prune.h).
#ifndef PROGRAM_GLSL
#define PROGRAM_GLSL
#include "shared/interface.h"
#include "include/scalar_ops.glsl"

layout(constant_id = 32) const uint PROGRAM_LENGTH = 0;
layout(constant_id = 33) const uint CODE_0 = 0;
layout(constant_id = 34) const uint CODE_1 = 0;
layout(constant_id = 35) const uint CODE_2 = 0;
layout(constant_id = 36) const uint CODE_3 = 0;
layout(constant_id = 37) const uint CODE_4 = 0;
layout(constant_id = 38) const uint CODE_5 = 0;
layout(constant_id = 39) const uint CODE_6 = 0;
layout(constant_id = 40) const uint CODE_7 = 0;
layout(constant_id = 41) const uint CODE_8 = 0;
layout(constant_id = 42) const uint CODE_9 = 0;
layout(constant_id = 43) const uint CODE_10 = 0;
layout(constant_id = 44) const uint CODE_11 = 0;
layout(constant_id = 45) const float SCALAR_0 = 0.0;
layout(constant_id = 46) const float SCALAR_1 = 0.0;
layout(constant_id = 47) const float SCALAR_2 = 0.0;
layout(constant_id = 48) const float SCALAR_3 = 0.0;
layout(constant_id = 49) const float SCALAR_4 = 0.0;
layout(constant_id = 50) const float SCALAR_5 = 0.0;
layout(constant_id = 51) const float SCALAR_6 = 0.0;
layout(constant_id = 52) const float SCALAR_7 = 0.0;
layout(constant_id = 53) const uint INPUT_0 = INPUT_FULL;
layout(constant_id = 54) const uint INPUT_1 = INPUT_NONE;
layout(constant_id = 55) const uint INPUT_2 = INPUT_NONE;
layout(constant_id = 56) const uint INPUT_3 = INPUT_NONE;

#define PROGRAM_STEP(n)                                                                                                                \
  if (PROGRAM_LENGTH > n) {                                                                                                            \
    vec4 a = value[(CODE_##n >> 8) & 255u], b = value[(CODE_##n >> 16) & 255u], c = value[CODE_##n >> 24], y;                          \
    SCALAR_FUNCTION(CODE_##n & 255u, y, a, b, c)                                                                                       \
    value[PROGRAM_OPERAND_RESULT + n] = y;                                                                                             \
  }

// Runs the program on four neighbouring elements; an empty program returns input 0.
vec4 run_program(vec4 in0, vec4 in1, vec4 in2, vec4 in3) {
  if (PROGRAM_LENGTH == 0) return in0;
  vec4 value[PROGRAM_OPERANDS];
  value[0] = in0; value[1] = in1; value[2] = in2; value[3] = in3;
  value[8] = vec4(SCALAR_0); value[9] = vec4(SCALAR_1); value[10] = vec4(SCALAR_2); value[11] = vec4(SCALAR_3);
  value[12] = vec4(SCALAR_4); value[13] = vec4(SCALAR_5); value[14] = vec4(SCALAR_6); value[15] = vec4(SCALAR_7);
  PROGRAM_STEP(0) PROGRAM_STEP(1) PROGRAM_STEP(2) PROGRAM_STEP(3) PROGRAM_STEP(4) PROGRAM_STEP(5)
  PROGRAM_STEP(6) PROGRAM_STEP(7) PROGRAM_STEP(8) PROGRAM_STEP(9) PROGRAM_STEP(10) PROGRAM_STEP(11)
  return value[PROGRAM_OPERAND_RESULT + PROGRAM_LENGTH - 1];
}
#endif
