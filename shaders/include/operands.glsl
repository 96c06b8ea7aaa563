// How does a kernel read an operand both as vec4s and as single floats?  Two views of one binding, or, with READ_TEXEL, a texel buffer of
// vec4s (lavapipe fetches a texel several times faster than it loads a vec4 from a storage buffer).
#ifndef OPERANDS_GLSL
#define OPERANDS_GLSL

#extension GL_EXT_samplerless_texture_functions : require
#define VECTOR(SLOT, NAME) layout(set = 0, binding = SLOT) uniform textureBuffer NAME;  // few values, read as texels always
#define FETCH(NAME, i) texelFetch(NAME, int(i))

#ifdef READ_TEXEL
#define OPERAND(SLOT, NAME) layout(set = 0, binding = SLOT) uniform textureBuffer NAME##_t;
#define TENSOR(SLOT, NAME) layout(set = 0, binding = SLOT) uniform textureBuffer NAME##_t;
#define READ_AT(NAME, i) texelFetch(NAME##_t, int(i))
#define READ_SCALAR(NAME) texelFetch(NAME##_t, 0)  // never chosen: one value has no texel
#else
#define OPERAND(SLOT, NAME)                                                            \
  layout(set = 0, binding = SLOT) readonly buffer NAME##Vectors { vec4 NAME##_4[]; };  \
  layout(set = 0, binding = SLOT) readonly buffer NAME##Scalars { float NAME##_1[]; };

#define TENSOR(SLOT, NAME) layout(set = 0, binding = SLOT) readonly buffer NAME##Values { VALUE NAME##_v[]; };
#define READ_AT(NAME, i) NAME##_v[i]
#define READ_SCALAR(NAME) VALUE(NAME##_1[0])
#endif

// WIDTH 4: a VALUE is four neighbouring elements; WIDTH 1: one element. TENSOR has a single view of VALUEs, READ_AT reads one.
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
#ifdef READ_TEXEL
#define READ_VALUE(NAME, i) READ_AT(NAME, i)
#else
#define READ_VALUE(NAME, i) VALUES(NAME)[i]
#endif
#define READ_OPERAND(NAME, mode, i, channel)             \
  (mode == INPUT_FULL      ? READ_VALUE(NAME, i)         \
   : mode == INPUT_CHANNEL ? READ_VALUE(NAME, channel)   \
   : mode == INPUT_SCALAR  ? READ_SCALAR(NAME)           \
                           : VALUE(0.0))
#endif
