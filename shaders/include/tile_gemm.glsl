// How does one subgroup multiply?  It owns ROWS rows and 4 LANES columns of a product; each lane keeps ROWS vec4 sums of its own
// four columns. Lanes read the other operand spread out and hand it round, so that every value is read once a subgroup.
#ifndef TILE_GEMM_GLSL
#define TILE_GEMM_GLSL
#include "shared/interface.h"

#ifdef FIXED_ROWS
// SwiftShader unrolls no loop whose bound is a specialization constant: there the tile is fixed when the module is built.
layout(local_size_x = FIXED_LANES) in;
const uint ROWS = FIXED_ROWS, UNROLL = 1, LANES = FIXED_LANES;
#else
layout(local_size_x = 8, local_size_x_id = 0) in;             // CONSTANT_LOCAL_SIZE: the same number as LANES
layout(constant_id = CONSTANT_ROWS) const uint ROWS = 8;
layout(constant_id = CONSTANT_UNROLL) const uint UNROLL = 1;
layout(constant_id = CONSTANT_LANES) const uint LANES = 8;    // subgroup size; one subgroup a workgroup
#endif

#ifdef EXCHANGE_BROADCAST
#define EXCHANGE(value, lane) subgroupBroadcast(value, lane)
#else
#define EXCHANGE(value, lane) subgroupShuffle(value, lane)
#endif

#ifndef DEPTH
#define DEPTH 4                                               // k values a vec4 of the rows' operand holds
#endif

// vec4s of the rows' operand that a lane reads for one block of k values. Slot g LANES + lane is in rows[g].
const uint PARTS = (ROWS * UNROLL + LANES - 1) / LANES;

vec4 sum[ROWS];
vec4 rows[PARTS];
vec4 columns[UNROLL * DEPTH];

void clear_sums() {
  [[unroll]] for (uint i = 0; i < ROWS; i++) sum[i] = vec4(0.0);
}

// Slot u ROWS + i holds DEPTH k values (those of columns[u DEPTH ..]) of row i.
void multiply_along_k() {
  [[unroll]] for (uint i = 0; i < ROWS; i++) {
    [[unroll]] for (uint u = 0; u < UNROLL; u++) {
      vec4 v = EXCHANGE(rows[(u * ROWS + i) / LANES], (u * ROWS + i) % LANES);
      sum[i] = fma(vec4(v.x), columns[u * DEPTH], sum[i]);
      if (DEPTH > 1) sum[i] = fma(vec4(v.y), columns[u * DEPTH + 1], sum[i]);
      if (DEPTH > 2) sum[i] = fma(vec4(v.z), columns[u * DEPTH + 2], sum[i]);
      if (DEPTH > 3) sum[i] = fma(vec4(v.w), columns[u * DEPTH + 3], sum[i]);
    }
  }
}

// Slot t ROWS / 4 + j holds rows 4 j .. 4 j + 3 at the k value of columns[t].
void multiply_along_rows() {
  [[unroll]] for (uint j = 0; j < ROWS / 4; j++) {
    [[unroll]] for (uint t = 0; t < UNROLL * DEPTH; t++) {
      vec4 v = EXCHANGE(rows[(t * (ROWS / 4) + j) / LANES], (t * (ROWS / 4) + j) % LANES);
      sum[4 * j] = fma(vec4(v.x), columns[t], sum[4 * j]);
      sum[4 * j + 1] = fma(vec4(v.y), columns[t], sum[4 * j + 1]);
      sum[4 * j + 2] = fma(vec4(v.z), columns[t], sum[4 * j + 2]);
      sum[4 * j + 3] = fma(vec4(v.w), columns[t], sum[4 * j + 3]);
    }
  }
}

// Workgroups are numbered along x, then y, so that no axis of the grid grows past its limit.
uint tile_index() { return gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x; }
#endif
