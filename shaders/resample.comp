#version 450
// nearest_up repeats each pixel `factor` times along D, H and W; sum_down, its adjoint, sums those blocks.
#extension GL_GOOGLE_include_directive : require
#include "include/stream.glsl"
#include "include/operands.glsl"
#include "shared/interface.h"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(constant_id = CONSTANT_SWITCH_0) const bool DOWN = false;
layout(constant_id = 17) const uint FACTOR_D = 1;  // along D, H, W (1 where the tensor has no such axis)
layout(constant_id = 18) const uint FACTOR_H = 2;
layout(constant_id = 19) const uint FACTOR_W = 2;
layout(constant_id = 20) const uint STEP = 0;  // not 0: a lane's four VALUEs of the smaller tensor are channels of one pixel, so far apart
TENSOR(0, source)
layout(set = 0, binding = 1) writeonly buffer Result { VALUE result[]; };

layout(push_constant) uniform Push {
  uint count, fold;          // VALUEs of the smaller tensor (nearest_up's source, sum_down's result); workgroups along x
  uint extent[4];            // its D, H, W, C (C in VALUEs)
  uint multiplier[4], shift[4];
} push;

// The VALUE of the larger tensor at which the block of the smaller one's VALUE i begins.
uint block_of(uint i) {
  uint rest = i, at[4];
  [[unroll]] for (int a = 3; a >= 0; a--) {
    uint quotient = divide_axis(rest, push.multiplier[a], push.shift[a]);
    at[a] = rest - quotient * push.extent[a];
    rest = quotient;
  }
  uint plane = (rest * push.extent[0] + at[0]) * FACTOR_D, line = plane * push.extent[1] * FACTOR_H + at[1] * FACTOR_H;
  return (line * push.extent[2] * FACTOR_W + at[2] * FACTOR_W) * push.extent[3] + at[3];
}

const uint BLOCK = FACTOR_D * FACTOR_H * FACTOR_W;

// From the begin of a block to its VALUE k.
uint inside(uint k) {
  uint w = k % FACTOR_W, h = k / FACTOR_W % FACTOR_H, d = k / (FACTOR_W * FACTOR_H);
  return ((d * push.extent[1] * FACTOR_H + h) * push.extent[2] * FACTOR_W + w) * push.extent[3];
}

// A lane owns four VALUEs of the smaller tensor with their blocks of the larger one: each VALUE is read and written once.
void main() {
  uint width = gl_WorkGroupSize.x;
  if (STEP > 0) {
    uint i = piece_of(group_index(push.fold) * width + gl_LocalInvocationID.x, max(STEP, 1));
    if (i >= push.count) return;
    uint block = block_of(i);
    VALUE v[4];
    if (DOWN) {
      [[unroll]] for (uint u = 0; u < 4; u++) v[u] = VALUE(0.0);
      [[unroll]] for (uint k = 0; k < BLOCK; k++) {
        [[unroll]] for (uint u = 0; u < 4; u++) v[u] += READ_AT(source, block + inside(k) + u * STEP);
      }
      [[unroll]] for (uint u = 0; u < 4; u++) result[i + u * STEP] = v[u];
    } else {
      [[unroll]] for (uint u = 0; u < 4; u++) v[u] = READ_AT(source, i + u * STEP);
      [[unroll]] for (uint k = 0; k < BLOCK; k++) {
        [[unroll]] for (uint u = 0; u < 4; u++) result[block + inside(k) + u * STEP] = v[u];
      }
    }
    return;
  }
  uint first = group_index(push.fold) * width * 4 + run_of(gl_LocalInvocationID.x);
  for (uint u = 0; u < 4; u++) {
    uint i = first + u * RUN;
    if (i >= push.count) return;
    uint block = block_of(i);
    VALUE value = VALUE(0.0);
    if (DOWN) {
      [[unroll]] for (uint k = 0; k < BLOCK; k++) value += READ_AT(source, block + inside(k));
      result[i] = value;
    } else {
      value = READ_AT(source, i);
      [[unroll]] for (uint k = 0; k < BLOCK; k++) result[block + inside(k)] = value;
    }
  }
}
