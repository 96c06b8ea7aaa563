// C [M,N] = A [M,K] B [K,N] for each matrix of a batch; either operand may lie transposed.  A tile in shared memory.
// Natural A and transposed B are read as vec4 along k (K a multiple of 4), transposed A along m, natural B along n.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#define EPILOGUE_VEC4
#include "include/load_store.glsl"
#include "include/epilogue.glsl"
#include "include/shared_gemm.glsl"

layout(constant_id = 16) const bool TRANSPOSE_A = false;
layout(constant_id = 17) const bool TRANSPOSE_B = false;

layout(push_constant) uniform Push {
  uint m, n4, k;               // n4 = N / 4
  uint column_tiles, tiles;    // tiles of one matrix
  uint a_batch, b_batch;       // vec4s from one matrix of a batch to the next
  uint first;                  // matrices of the result before the batch's first
} p;

void main() {
  uint tile = tile_index(), batch = gl_WorkGroupID.z;
  if (tile >= p.tiles) return;  // the whole workgroup
  uint row0 = tile / p.column_tiles * TILE, column0 = tile % p.column_tiles * TILE4;
  uint k4 = (p.k + 3) / 4, m4 = p.m / 4;

  clear_sums();
  for (uint k = 0; k < p.k; k += STEP) {
    [[unroll]] for (uint part = 0; part < STEP * TILE4 / INVOCATIONS; part++) {
      uint slot = part * INVOCATIONS + gl_LocalInvocationID.x;
      uint line = slot / TILE4, across = slot % TILE4;  // a vec4 across: k value, rows or columns / 4
      uint i = slot / STEP4, along = slot % STEP4;      // a vec4 along k: row or column, k / 4
      if (TRANSPOSE_A) {
        bool inside = k + line < p.k;
        vec4 v = READ_ROWS(batch * p.a_batch + (inside ? (k + line) * m4 + min(row0 / 4 + across, m4 - 1) : 0));
        row_tile[slot] = inside ? v : vec4(0.0);
      } else {
        bool inside = k / 4 + along < k4;
        vec4 v = READ_ROWS(batch * p.a_batch + (inside ? min(row0 + i, p.m - 1) * k4 + k / 4 + along : 0));
        v = inside ? v : vec4(0.0);
        PUT_ALONG_K(row_tile, along, i, v)
      }
      if (TRANSPOSE_B) {
        bool inside = k / 4 + along < k4;
        vec4 v = READ_COLUMNS(batch * p.b_batch + (inside ? min(4 * column0 + i, 4 * p.n4 - 1) * k4 + k / 4 + along : 0));
        v = inside ? v : vec4(0.0);
        PUT_ALONG_K(column_tile, along, i, v)
      } else {
        bool inside = k + line < p.k;
        vec4 v = READ_COLUMNS(batch * p.b_batch + (inside ? (k + line) * p.n4 + min(column0 + across, p.n4 - 1) : 0));
        column_tile[slot] = inside ? v : vec4(0.0);
      }
    }
    multiply_tiles();
  }

  uint column = column0 + own_column4();
  if (column >= p.n4) return;
  [[unroll]] for (uint i = 0; i < 8; i++) {
    uint row = row0 + own_row() + i;
    if (row < p.m) {
      uint at = ((p.first + batch) * p.m + row) * p.n4 + column;
      result4[at] = epilogue(sum[i], at, column);
    }
  }
}
