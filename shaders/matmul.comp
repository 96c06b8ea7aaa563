// C [M,N] = A [M,K] B [K,N] for each matrix of a batch; either operand may lie transposed.  The product of a subgroup tile.
// Natural A and transposed B are read as vec4 along k (K a multiple of 4), transposed A along m, natural B along n.
// RESIDENT: K is at most 4 UNROLL. A team reads its rows of A once, keeps them and walks along the columns of B and C.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#extension GL_KHR_shader_subgroup_quad : require
#define EPILOGUE_VEC4
#include "include/load_store.glsl"
#include "include/epilogue.glsl"
#define SLOT(i, u) ((i) * UNROLL + (u))  // a row's values of a step are neighbours in memory: read by neighbouring lanes
#include "include/tile_gemm.glsl"

layout(constant_id = 16) const bool TRANSPOSE_A = false;
layout(constant_id = 17) const bool TRANSPOSE_B = false;
layout(constant_id = 18) const bool K_TAIL = false;  // K is not a multiple of 4 UNROLL

// How an operand is walked over, in vec4s: from OPERAND_BLOCK rows (vec4s of rows, of columns) to the next ones, from one to the next,
// and from one step along k to the next.
struct Walk {
  uint block, one, step;
};
uint walk(Walk w, uint i) { return i / OPERAND_BLOCK * w.block + i % OPERAND_BLOCK * w.one; }

layout(push_constant) uniform Push {
  uint m, n4, k;               // n4 = N / 4
  uint column_tiles, tiles, row_tiles;    // tiles of one matrix; row_tiles: see tile_gemm.glsl
  uint a_batch, b_batch;       // vec4s from one matrix of a batch to the next
  uint first;                  // matrices of the result before the batch's first
  Walk a, b;
#ifdef RESIDENT
  uint run;                    // tiles that a team takes, one after another along the columns
#endif
} p;

uint batch, k4;

// Where each part's slot begins, and the first k value (or vec4 of k values) it needs. Steps are read once: SwiftShader would each time.
uint a_start[PARTS], a_first[PARTS], a_step;
void place_rows(uint row0, uint lane) {
  uint m4 = p.m / 4;
  a_step = p.a.step;
  [[unroll]] for (uint g = 0; g < PARTS; g++) {
    uint slot = g * LANES + lane;
    if (TRANSPOSE_A) {
      a_first[g] = min(slot / max(ROWS / 4, 1), 4 * UNROLL - 1);
      a_start[g] = batch * p.a_batch + walk(p.a, min(row0 / 4 + slot % max(ROWS / 4, 1), m4 - 1));
    } else {
      a_first[g] = slot % UNROLL;
      a_start[g] = batch * p.a_batch + walk(p.a, min(row0 + slot / UNROLL, p.m - 1));
    }
  }
}

void read_rows(uint k) {
  [[unroll]] for (uint g = 0; g < PARTS; g++) {
    uint step = TRANSPOSE_A ? 4 * k + a_first[g] : k + a_first[g];
    bool inside = !K_TAIL || step < (TRANSPOSE_A ? p.k : k4);
    uint at = inside ? step : 0;
    vec4 v = READ_ROWS(a_start[g] + at * a_step);
    rows[g] = inside ? v : vec4(0.0);
  }
}

uint b_start[COLUMNS], b_step;
void read_columns(uint k) {
  [[unroll]] for (uint c = 0; c < COLUMNS; c++) {
    if (TRANSPOSE_B) {
      // All reads of a cache line before the next column's: columns may lie a power of two apart, in more lines than a cache has ways.
      [[unroll]] for (uint q = 0; q < 4; q++) {
        [[unroll]] for (uint u = 0; u < UNROLL; u++) {
          vec4 v = READ_COLUMNS(b_start[c] + q * k4 + (K_TAIL ? min(k + u, k4 - 1) : k + u));
          uint to = 4 * u * COLUMNS + c;
          columns[to][q] = v.x;
          columns[to + COLUMNS][q] = v.y;
          columns[to + 2 * COLUMNS][q] = v.z;
          columns[to + 3 * COLUMNS][q] = v.w;
        }
      }
    } else {
      [[unroll]] for (uint t = 0; t < 4 * UNROLL; t++) {
        uint at = 4 * k + t;
        columns[t * COLUMNS + c] = READ_COLUMNS(b_start[c] + (K_TAIL ? min(at, p.k - 1) : at) * b_step);
      }
    }
  }
}

void multiply_step() {
  if (TRANSPOSE_A) multiply_along_rows(); else multiply_along_k();
}

void store(uint row0, uint column) {
  [[unroll]] for (uint j = 0; j < ROWS * COLUMNS; j++) {
    uint row = row0 + j / COLUMNS, to = column + j % COLUMNS * LANES;
    if (row < p.m && to < p.n4) {
      uint at = ((p.first + batch) * p.m + row) * p.n4 + to;
      result4[at] = epilogue(sum[j], at, to);
    }
  }
}

void start_columns(uint column) {
  place_columns(column, p.n4);
  [[unroll]] for (uint c = 0; c < COLUMNS; c++)
    b_start[c] = batch * p.b_batch + (TRANSPOSE_B ? 4 * column_at[c] * k4 : walk(p.b, column_at[c]));
}

void main() {
  uint tile = tile_index(), lane = team_lane();
  if (tile >= p.tiles) return;
  batch = gl_WorkGroupID.z;
  k4 = (p.k + 3) / 4;
  b_step = p.b.step;
  uint row0 = TILE_ROW(tile) * ROWS;
  place_rows(row0, lane);
#ifdef RESIDENT
  read_rows(0);
  uint first = TILE_COLUMN(tile) * LANES * COLUMNS * p.run, last = min(first + LANES * COLUMNS * p.run, p.n4);
  for (uint at = first; at < last; at += LANES * COLUMNS) {
    start_columns(at + lane);
    read_columns(0);
    clear_sums();
    multiply_step();
    store(row0, at + lane);
  }
#else
  uint column = FIRST_COLUMN(tile, lane);
  start_columns(column);
  clear_sums();
  for (uint k = 0; k < k4; k += UNROLL) {
    read_rows(k);
    read_columns(k);
    multiply_step();
  }
  store(row0, column);
#endif
}
