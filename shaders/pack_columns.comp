// The columns' operand of a product [K,N] -> the same tile by tile: [tiles][K][W vec4s]. A tile that is read along k lies in one piece then,
// which caches fetch ahead of its reader. One invocation, one vec4.
// NATURAL: from the weights of a transposed convolution as they lie in the graph, [taps][N][K / taps]: one invocation, 4 x 4 values.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/stream.glsl"

layout(local_size_x = 64, local_size_x_id = CONSTANT_LOCAL_SIZE) in;
layout(set = 0, binding = 0) writeonly buffer Packed { vec4 packed4[]; };
#ifdef READ_TEXEL
layout(set = 0, binding = 1) uniform samplerBuffer source;
#define READ(index) texelFetch(source, int(index))
#else
layout(set = 0, binding = 1) readonly buffer Source { vec4 source[]; };
#define READ(index) source[index]
#endif

layout(push_constant) uniform Push {
  uint fold, count;                // workgroups along x; invocations
  uint n4, n_multiplier, n_shift;  // N / 4
  uint rows, tile_shift;           // K; log2 of W
#ifdef NATURAL
  uint k4, k_multiplier, k_shift;  // K / taps / 4
#endif
} p;

uint place(uint row, uint n) { return ((n >> p.tile_shift) * p.rows + row << p.tile_shift) + (n & (1u << p.tile_shift) - 1); }

void main() {
  uint i = group_index(p.fold) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (i >= p.count) return;
#ifdef NATURAL
  uint line = divide(i, p.k_multiplier, p.k_shift), k = i - line * p.k4;  // line: of four channels of a tap
  uint tap = divide(line, p.n_multiplier, p.n_shift), n = line - tap * p.n4;
  uint from = line * 4 * p.k4 + k, row = (tap * p.k4 + k) * 4;
  vec4 a = READ(from), b = READ(from + p.k4), c = READ(from + 2 * p.k4), d = READ(from + 3 * p.k4);
  packed4[place(row, n)] = vec4(a.x, b.x, c.x, d.x);
  packed4[place(row + 1, n)] = vec4(a.y, b.y, c.y, d.y);
  packed4[place(row + 2, n)] = vec4(a.z, b.z, c.z, d.z);
  packed4[place(row + 3, n)] = vec4(a.w, b.w, c.w, d.w);
#else
  uint row = divide(i, p.n_multiplier, p.n_shift);
  packed4[place(row, i - row * p.n4)] = READ(i);
#endif
}
