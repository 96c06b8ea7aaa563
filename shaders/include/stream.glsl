// Where is this workgroup, and how does a kernel divide by a number that is only known at run time?
#ifndef STREAM_GLSL
#define STREAM_GLSL
#extension GL_EXT_control_flow_attributes : require
#include "shared/interface.h"

// Workgroups are counted along x, then y, with `fold` of them along x: a device may allow only 65,535 an axis.
uint group_index(uint fold) { return gl_WorkGroupID.x + gl_WorkGroupID.y * fold; }

// Four vec4s a lane: eight lanes' lie side by side, their next ones behind those. So few lanes read and write one piece of a tensor, line
// after line, where four vec4s a workgroup's width apart are four pieces that no cache fetches ahead of them.
#define RUN RUN_LANES
uint run_of(uint lane) { return lane / RUN * (4 * RUN) + lane % RUN; }  // the first; the others follow RUN apart

// The same with pieces of 4 `step` vec4s, as long as an axis allows.
uint piece_of(uint lane, uint step) { return lane / step * (4 * step) + lane % step; }

// n / d for n < 2^31, where multiplier = ceil(2^(31 + shift) / d) and shift = ceil(log2 d) (Granlund and Montgomery 1994).
// Vector units have no integer division: the driver would divide lane by lane.
uint divide(uint n, uint multiplier, uint shift) {
  uint high, low;
  umulExtended(n << 1, multiplier, high, low);
  return high >> shift;
}

// The same in kernels that divide along several axes, where the host says whether all are powers of two: a product of 64 bits is what such
// a kernel spends most of its time on.
layout(constant_id = CONSTANT_POWERS_OF_TWO) const bool POWERS_OF_TWO = false;
uint divide_axis(uint n, uint multiplier, uint shift) { return POWERS_OF_TWO ? n >> shift : divide(n, multiplier, shift); }
#endif
