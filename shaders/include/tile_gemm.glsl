// How does one team of lanes multiply?  It owns ROWS rows and 4 LANES COLUMNS columns of a product; each lane keeps ROWS x COLUMNS vec4 sums
// of columns of its own, LANES vec4s apart. Lanes read the other operand spread out and hand it round, so that every value is read once a team.
// A team is a subgroup, or a part of one where the product has fewer columns than a subgroup's lanes.
#ifndef TILE_GEMM_GLSL
#define TILE_GEMM_GLSL
#include "shared/interface.h"

layout(local_size_x = 8, local_size_x_id = 0) in;             // CONSTANT_LOCAL_SIZE: LANES TEAMS
layout(constant_id = CONSTANT_ROWS) const uint ROWS = 8;
layout(constant_id = CONSTANT_COLUMNS) const uint COLUMNS = 1;
layout(constant_id = CONSTANT_UNROLL) const uint UNROLL = 1;
layout(constant_id = CONSTANT_LANES) const uint LANES = 8;    // of a team: a power of two
layout(constant_id = CONSTANT_TEAMS) const uint TEAMS = 1;    // of a subgroup; one subgroup a workgroup

#define FIRST_LANE (TEAMS > 1 ? gl_SubgroupInvocationID / LANES * LANES : 0u)  // of the team
#include "include/exchange.glsl"

uint team_lane() { return TEAMS > 1 ? gl_SubgroupInvocationID % LANES : gl_SubgroupInvocationID; }

#ifndef DEPTH
#define DEPTH 4                                               // k values a vec4 of the rows' operand holds
#endif

#ifndef SLOT
#define SLOT(i, u) ((u) * ROWS + (i))                         // of row i, u DEPTHs along k
#endif

// vec4s of the rows' operand that a lane reads for one block of k values. Slot g LANES + lane is in rows[g].
const uint PARTS = (ROWS * UNROLL + LANES - 1) / LANES;

vec4 sum[ROWS * COLUMNS];              // of row i and the lane's vec4 c: i COLUMNS + c
vec4 rows[PARTS];
vec4 columns[UNROLL * DEPTH * COLUMNS];  // of k value t and the lane's vec4 c: t COLUMNS + c

void clear_sums() {
  [[unroll]] for (uint i = 0; i < ROWS * COLUMNS; i++) sum[i] = vec4(0.0);
}

#ifdef EXCHANGE_BROADCAST
// SwiftShader puts every value away that it does not use in the next instruction: all products of one float of a sum, then the next float.
#define FOR_EACH_FLOAT(m) [[unroll]] for (uint m = 0; m < 4; m++)

// Slot SLOT(i, u) holds DEPTH k values (those of columns[u DEPTH ..]) of row i.
void multiply_along_k() {
  [[unroll]] for (uint i = 0; i < ROWS; i++) {
    vec4 v[UNROLL];
    [[unroll]] for (uint u = 0; u < UNROLL; u++) v[u] = EXCHANGE(rows[SLOT(i, u) / LANES], SLOT(i, u) % LANES);
    [[unroll]] for (uint c = 0; c < COLUMNS; c++) {
      FOR_EACH_FLOAT(m) {
        [[unroll]] for (uint t = 0; t < UNROLL * DEPTH; t++)
          sum[i * COLUMNS + c][m] = fma(v[t / DEPTH][t % DEPTH], columns[t * COLUMNS + c][m], sum[i * COLUMNS + c][m]);
      }
    }
  }
}

// Four rows, 4 j .. 4 j + 3, at the k values of the step: four_rows[t] holds theirs at that of columns[t].
vec4 four_rows[UNROLL * DEPTH];
void multiply_four_rows(uint j) {
  [[unroll]] for (uint i = 0; i < 4 * COLUMNS; i++) {
    FOR_EACH_FLOAT(m) {
      [[unroll]] for (uint t = 0; t < UNROLL * DEPTH; t++)
        sum[4 * j * COLUMNS + i][m] =
            fma(four_rows[t][i / COLUMNS], columns[t * COLUMNS + i % COLUMNS][m], sum[4 * j * COLUMNS + i][m]);
    }
  }
}
#else
void multiply_along_k() {
  [[unroll]] for (uint i = 0; i < ROWS; i++) {
    [[unroll]] for (uint u = 0; u < UNROLL; u++) {
      vec4 v = EXCHANGE(rows[SLOT(i, u) / LANES], SLOT(i, u) % LANES);
      [[unroll]] for (uint c = 0; c < COLUMNS; c++) {
        uint at = i * COLUMNS + c, k = u * DEPTH * COLUMNS + c;
        sum[at] = fma(vec4(v.x), columns[k], sum[at]);
        if (DEPTH > 1) sum[at] = fma(vec4(v.y), columns[k + COLUMNS], sum[at]);
        if (DEPTH > 2) sum[at] = fma(vec4(v.z), columns[k + 2 * COLUMNS], sum[at]);
        if (DEPTH > 3) sum[at] = fma(vec4(v.w), columns[k + 3 * COLUMNS], sum[at]);
      }
    }
  }
}

vec4 four_rows[UNROLL * DEPTH];
void multiply_four_rows(uint j) {
  [[unroll]] for (uint i = 0; i < 4 * COLUMNS; i++) {
    uint at = 4 * j * COLUMNS + i;
    [[unroll]] for (uint t = 0; t < UNROLL * DEPTH; t++)
      sum[at] = fma(vec4(four_rows[t][i / COLUMNS]), columns[t * COLUMNS + i % COLUMNS], sum[at]);
  }
}
#endif

// Slot t ROWS / 4 + j holds rows 4 j .. 4 j + 3 at the k value of columns[t].
void multiply_along_rows() {
  [[unroll]] for (uint j = 0; j < ROWS / 4; j++) {
    [[unroll]] for (uint t = 0; t < UNROLL * DEPTH; t++)
      four_rows[t] = EXCHANGE(rows[(t * (ROWS / 4) + j) / LANES], (t * (ROWS / 4) + j) % LANES);
    multiply_four_rows(j);
  }
}

// Tiles are numbered along the columns, or, where row_tiles is not 0, along the rows, of which there are so many: the operand that no
// cache holds whole is read once, not once a tile.
#define TILE_ROW(tile) (p.row_tiles > 0 ? tile % p.row_tiles : tile / p.column_tiles)

#define TILE_COLUMN(tile) (p.row_tiles > 0 ? tile / p.row_tiles : tile % p.column_tiles)

// The lane's columns, as vec4s, given the tile's first: those past the last read it again and are not written.
#define FIRST_COLUMN(tile, lane) (TILE_COLUMN(tile) * LANES * COLUMNS + lane)
uint column_at[COLUMNS];
void place_columns(uint first, uint count) {
  [[unroll]] for (uint c = 0; c < COLUMNS; c++) column_at[c] = min(first + c * LANES, count - 1);
}

// The same where the operand may be packed (pack_columns.comp): tiles begin `block` vec4s apart; `last` is the last there is to read.
void place_packed_columns(uint tile_column, uint lane, uint block, uint last) {
  [[unroll]] for (uint c = 0; c < COLUMNS; c++) column_at[c] = min(tile_column * block + lane + c * LANES, last);
}

// Which tile is the team's?  Workgroups are numbered along x, then y, so that no axis of the grid grows past its limit.
uint tile_index() {
  uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  return TEAMS > 1 ? group * TEAMS + gl_SubgroupInvocationID / LANES : group;
}
#endif
