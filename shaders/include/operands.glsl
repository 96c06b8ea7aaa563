// How does a kernel read an operand both as vec4s and as single floats?  Two views of one binding.
#ifndef OPERANDS_GLSL
#define OPERANDS_GLSL

#define OPERAND(SLOT, NAME)                                                            \
  layout(set = 0, binding = SLOT) readonly buffer NAME##Vectors { vec4 NAME##_4[]; };  \
  layout(set = 0, binding = SLOT) readonly buffer NAME##Scalars { float NAME##_1[]; };

// WIDTH 4: a VALUE is four neighbouring elements; WIDTH 1: one element.
#if WIDTH == 4
#define VALUE vec4
#define TO_VEC4(v) (v)
#define FROM_VEC4(v) (v)
#define VALUES(NAME) NAME##_4
#else
#define VALUE float
#define TO_VEC4(v) vec4(v)
#define FROM_VEC4(v) (v).x
#define VALUES(NAME) NAME##_1
#endif

// VALUE `i` of an operand addressed by `mode`; `channel` is the VALUE's place along the last axis.
#define READ_OPERAND(NAME, mode, i, channel)             \
  (mode == INPUT_FULL      ? VALUES(NAME)[i]             \
   : mode == INPUT_CHANNEL ? VALUES(NAME)[channel]       \
   : mode == INPUT_SCALAR  ? VALUE(NAME##_1[0])          \
                           : VALUE(0.0))
#endif
