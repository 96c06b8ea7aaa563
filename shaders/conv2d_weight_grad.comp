// dw [R,S,C,K] of y = conv2d(x [N,H,W,C], w), from x and dy [N,P,Q,K].  A matrix product of a subgroup tile: rows are (tap, input
// channel) pairs as they lie in dw, columns output channels, k runs over output pixels. Each pixel costs a lane one read of dy and
// one of x, which is handed round. SCALAR_ROWS: C is any number and a slot is one value.
// A second and later part of the pixels (workgroup z) writes a partial sum of its own; sum_parts.comp adds them in order.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#extension GL_KHR_shader_subgroup_quad : require
#define EPILOGUE_VEC4
#define DEPTH 1                // UNROLL counts pixels
#include "include/load_store.glsl"
#include "include/epilogue.glsl"
#include "include/tile_gemm.glsl"

layout(push_constant) uniform Push {
  int h, w, c;                 // of x; c in vec4s, or in values for SCALAR_ROWS
  uint n4;                     // K / 4
  int p, q, s;                 // extents of y, kernel width
  int stride_h, stride_w, pad_h, pad_w, dilation_h, dilation_w;
  int rows;                    // R S C
  int pixels, part;            // N P Q, and how many of them one workgroup sums
  uint column_tiles, tiles, row_tiles;  // row_tiles: see tile_gemm.glsl
} p;

#ifdef SCALAR_ROWS
#define VALUES 1
const uint SLOTS = ROWS;       // slots a pixel has
#else
#define VALUES 4
const uint SLOTS = ROWS / 4;
#endif
const uint READS = (SLOTS * UNROLL + LANES - 1) / LANES;  // of x, a lane makes a step
const uint PLACES = (SLOTS + LANES - 1) / LANES;          // (tap, channel) places a lane reads for

#ifdef SCALAR_ROWS
float values[READS];
#else
vec4 values[READS];
#endif

void main() {
  uint tile = tile_index(), lane = team_lane();
  if (tile >= p.tiles) return;
  uint row0 = TILE_ROW(tile) * ROWS;
  uint column = FIRST_COLUMN(tile, lane);
  place_columns(column, p.n4);
  int first = int(gl_WorkGroupID.z) * p.part, last = min(first + p.part, p.pixels);

  int dh[PLACES], dw[PLACES], channel[PLACES];
  [[unroll]] for (uint g = 0; g < PLACES; g++) {
    int place = min(int(row0) / VALUES + int((g * LANES + lane) % SLOTS), p.rows / VALUES - 1);
    int tap = place / p.c;
    dh[g] = tap / p.s * p.dilation_h - p.pad_h;
    dw[g] = tap % p.s * p.dilation_w - p.pad_w;
    channel[g] = place % p.c;
  }

  clear_sums();
  int line = first / p.q;
  int y_w = first % p.q, y_h = line % p.p, image = line / p.p * p.h;
  for (int pixel = first; pixel < last; pixel += int(UNROLL)) {
    int at_w[UNROLL], at_h[UNROLL], at_image[UNROLL];
    [[unroll]] for (uint u = 0; u < UNROLL; u++) {
      at_w[u] = y_w * p.stride_w;
      at_h[u] = y_h * p.stride_h;
      at_image[u] = image;
      y_w++;
      if (y_w == p.q) { y_w = 0; y_h++; }
      if (y_h == p.p) { y_h = 0; image += p.h; }
    }
    [[unroll]] for (uint g = 0; g < READS; g++) {
      // Which pixel of the step the slot belongs to: the same for all lanes unless a subgroup reads several pixels at once.
      uint u = min((g * LANES + (LANES > SLOTS ? lane : 0)) / SLOTS, UNROLL - 1);
      int h = at_h[u] + dh[g % PLACES], w = at_w[u] + dw[g % PLACES];
      bool inside = uint(h) < uint(p.h) && uint(w) < uint(p.w) && pixel + int(u) < last;
      int at = inside ? ((at_image[u] + h) * p.w + w) * p.c + channel[g % PLACES] : 0;
#ifdef SCALAR_ROWS
      float v = rows_tensor[at];
      values[g] = inside ? v : 0.0;
#else
      vec4 v = READ_ROWS(at);
      values[g] = inside ? v : vec4(0.0);
#endif
    }
    [[unroll]] for (uint u = 0; u < UNROLL; u++) {
      uint at = uint(min(pixel + int(u), last - 1)) * p.n4;
      [[unroll]] for (uint c = 0; c < COLUMNS; c++) columns[u * COLUMNS + c] = READ_COLUMNS(at + column_at[c]);
    }
    [[unroll]] for (uint j = 0; j < SLOTS; j++) {
#ifdef SCALAR_ROWS
      float v[UNROLL];
      [[unroll]] for (uint u = 0; u < UNROLL; u++) v[u] = EXCHANGE(values[(u * SLOTS + j) / LANES], (u * SLOTS + j) % LANES);
      [[unroll]] for (uint c = 0; c < COLUMNS; c++) {
        uint at = j * COLUMNS + c;
#ifdef EXCHANGE_BROADCAST
        FOR_EACH_FLOAT(m) {
          [[unroll]] for (uint u = 0; u < UNROLL; u++) sum[at][m] = fma(v[u], columns[u * COLUMNS + c][m], sum[at][m]);
        }
#else
        [[unroll]] for (uint u = 0; u < UNROLL; u++) sum[at] = fma(vec4(v[u]), columns[u * COLUMNS + c], sum[at]);
#endif
      }
#else
      [[unroll]] for (uint u = 0; u < UNROLL; u++) four_rows[u] = EXCHANGE(values[(u * SLOTS + j) / LANES], (u * SLOTS + j) % LANES);
      multiply_four_rows(j);
#endif
    }
  }

  [[unroll]] for (uint j = 0; j < ROWS * COLUMNS; j++) {
    uint row = row0 + j / COLUMNS, to = column + j % COLUMNS * LANES;
    if (row < uint(p.rows) && to < p.n4) {
      uint at = row * p.n4 + to;
      result4[gl_WorkGroupID.z * uint(p.rows) * p.n4 + at] = epilogue(sum[j], at, to);
    }
  }
}
