// Which coordinates has element `index` of a box of up to six axes?
// The includer declares constant RANK and, in its push constants `push`, BOX_WORDS.
#ifndef BOX_GLSL
#define BOX_GLSL
#include "include/stream.glsl"

// Of axes 1..5 (the outermost is not needed): extents, multipliers of divide(), and its shifts, 5 bits each.
#define BOX_WORDS   \
  uint extent[5];     \
  uint multiplier[5]; \
  uint shifts;        \
  uint count;         \
  uint fold;

// Axis by axis, not as a loop: lavapipe of Mesa 22.3 does not unroll one within another, and then fetches `at` from memory lane by lane.
#define BOX_AXIS(at, d)                                                                                    \
  at[d] = 0;                                                                                               \
  if (d < RANK) {                                                                                          \
    uint quotient = divide_axis(rest, push.multiplier[d - 1], (push.shifts >> (5 * (d - 1))) & 31u);       \
    at[d] = int(rest - quotient * push.extent[d - 1]);                                                     \
    rest = quotient;                                                                                       \
  }

#define BOX_COORDINATES(at, index) \
  {                                \
    uint rest = index;             \
    BOX_AXIS(at, 5)                \
    BOX_AXIS(at, 4)                \
    BOX_AXIS(at, 3)                \
    BOX_AXIS(at, 2)                \
    BOX_AXIS(at, 1)                \
    at[0] = int(rest);             \
  }

#define BOX_OFFSET(at, stride) \
  (at[0] * stride[0] + at[1] * stride[1] + at[2] * stride[2] + at[3] * stride[3] + at[4] * stride[4] + at[5] * stride[5])
#endif
