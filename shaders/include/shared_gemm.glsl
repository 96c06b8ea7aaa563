// How does a workgroup multiply through shared memory?  128 invocations own 64 rows and 64 columns of a product; 16 values along k at a
// time are brought in together. Each invocation keeps 8 vec4 sums: 8 rows, 4 columns. 8 KiB, for GPUs: barriers are dear on CPUs.
#ifndef SHARED_GEMM_GLSL
#define SHARED_GEMM_GLSL

#define TILE 64u
#define STEP 16u                       // values along k
#define INVOCATIONS 128u
#define TILE4 (TILE / 4)
#define STEP4 (STEP / 4)
layout(local_size_x = 128) in;

shared vec4 row_tile[STEP * TILE4];    // [k][rows / 4]
shared vec4 column_tile[STEP * TILE4]; // [k][columns / 4]
vec4 sum[8];

uint own_row() { return gl_LocalInvocationID.x / TILE4 * 8; }
uint own_column4() { return gl_LocalInvocationID.x % TILE4; }

void clear_sums() {
  [[unroll]] for (uint i = 0; i < 8; i++) sum[i] = vec4(0.0);
}

// A vec4 along k of one row (or column) lies across four k values of a tile.
#define PUT_ALONG_K(tile_of, k4, i, v)                           \
  {                                                              \
    tile_of[(4 * (k4)) * TILE4 + (i) / 4][(i) % 4] = (v).x;      \
    tile_of[(4 * (k4) + 1) * TILE4 + (i) / 4][(i) % 4] = (v).y;  \
    tile_of[(4 * (k4) + 2) * TILE4 + (i) / 4][(i) % 4] = (v).z;  \
    tile_of[(4 * (k4) + 3) * TILE4 + (i) / 4][(i) % 4] = (v).w;  \
  }

void multiply_tiles() {
  barrier();
  for (uint k = 0; k < STEP; k++) {
    vec4 a = row_tile[k * TILE4 + own_row() / 4], b = row_tile[k * TILE4 + own_row() / 4 + 1], c = column_tile[k * TILE4 + own_column4()];
    sum[0] = fma(vec4(a.x), c, sum[0]);
    sum[1] = fma(vec4(a.y), c, sum[1]);
    sum[2] = fma(vec4(a.z), c, sum[2]);
    sum[3] = fma(vec4(a.w), c, sum[3]);
    sum[4] = fma(vec4(b.x), c, sum[4]);
    sum[5] = fma(vec4(b.y), c, sum[5]);
    sum[6] = fma(vec4(b.z), c, sum[6]);
    sum[7] = fma(vec4(b.w), c, sum[7]);
  }
  barrier();
}

// Workgroups are numbered along x, then y, so that no axis of the grid grows past its limit.
uint tile_index() { return gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x; }
#endif
