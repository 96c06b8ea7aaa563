// y [N,P,Q,K] = conv2d(x [N,H,W,C], w [R,S,C,K]).  A matrix product of a subgroup tile: rows are output pixels, columns output
// channels, k runs over taps and input channels in one flat loop (nested tap loops lost 5 to 20 %).
// SCALAR_ROWS: one to four image channels, read value by value; UNROLL then counts taps along x.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#extension GL_KHR_shader_subgroup_quad : require
#define EPILOGUE_VEC4
#ifdef SCALAR_ROWS
layout(constant_id = 16) const uint CHANNELS = 3;
#define DEPTH CHANNELS
#endif
#include "include/load_store.glsl"
#include "include/epilogue.glsl"
#include "include/tile_gemm.glsl"

layout(push_constant) uniform Push {
  int h, w, c4;                // of x; c4 = C / 4 (not read for SCALAR_ROWS)
  uint n4, pixels;             // K / 4, N P Q
  uint p, q;
  int s;                       // kernel width
  int stride_h, stride_w, pad_h, pad_w, dilation_h, dilation_w;
  uint steps;                  // R S C4 / UNROLL, or R S / UNROLL for SCALAR_ROWS
  uint column_tiles, tiles, row_tiles;  // row_tiles: see tile_gemm.glsl
  uint column_step, column_block, last_column;  // of the weights, in vec4s: from one k value to the next, from one tile to the next
} p;

const uint PIXELS = (ROWS + LANES - 1) / LANES;  // a lane reads for this many pixels

void main() {
  uint tile = tile_index(), lane = team_lane();
  if (tile >= p.tiles) return;
  uint row0 = TILE_ROW(tile) * ROWS;
  uint column = FIRST_COLUMN(tile, lane);
  place_packed_columns(TILE_COLUMN(tile), lane, p.column_block, p.last_column);

  int h0[PIXELS], w0[PIXELS], image[PIXELS];     // top left of the pixel's window, first pixel of its image
  [[unroll]] for (uint g = 0; g < PIXELS; g++) {
    uint pixel = min(row0 + (g * LANES + lane) % ROWS, p.pixels - 1);
    uint line = pixel / p.q;
    h0[g] = int(line % p.p) * p.stride_h - p.pad_h;
    w0[g] = int(pixel % p.q) * p.stride_w - p.pad_w;
    image[g] = int(line / p.p) * p.h * p.w;
  }

  clear_sums();
  int r = 0, s = 0, c = 0;
  uint weight = 0;
  for (uint step = 0; step < p.steps; step++) {
    [[unroll]] for (uint g = 0; g < PARTS; g++) {
      int u = int(min((g * LANES + lane) / ROWS, UNROLL - 1));
      int h = h0[g % PIXELS] + r * p.dilation_h;
#ifdef SCALAR_ROWS
      int w = w0[g % PIXELS] + (s + u) * p.dilation_w;
      bool inside = uint(h) < uint(p.h) && uint(w) < uint(p.w);
      int at = inside ? (image[g % PIXELS] + h * p.w + w) * int(CHANNELS) : 0;
      vec4 v = vec4(rows_tensor[at], 0.0, 0.0, 0.0);
      if (CHANNELS > 1) v.y = rows_tensor[at + 1];
      if (CHANNELS > 2) v.z = rows_tensor[at + 2];
      if (CHANNELS > 3) v.w = rows_tensor[at + 3];
#else
      int w = w0[g % PIXELS] + s * p.dilation_w;
      bool inside = uint(h) < uint(p.h) && uint(w) < uint(p.w);
      vec4 v = READ_ROWS(inside ? (image[g % PIXELS] + h * p.w + w) * p.c4 + c + u : 0);
#endif
      rows[g] = inside ? v : vec4(0.0);
    }
    [[unroll]] for (uint q = 0; q < UNROLL * DEPTH; q++) {
      [[unroll]] for (uint i = 0; i < COLUMNS; i++) columns[q * COLUMNS + i] = READ_COLUMNS(weight + q * p.column_step + column_at[i]);
    }
    multiply_along_k();
    weight += UNROLL * DEPTH * p.column_step;
#ifdef SCALAR_ROWS
    s += int(UNROLL);
    if (s == p.s) { s = 0; r++; }
#else
    c += int(UNROLL);
    if (c == p.c4) {
      c = 0;
      s++;
      if (s == p.s) { s = 0; r++; }
    }
#endif
  }

  [[unroll]] for (uint j = 0; j < ROWS * COLUMNS; j++) {
    uint pixel = row0 + j / COLUMNS, to = column + j % COLUMNS * LANES;
    if (pixel < p.pixels && to < p.n4) {
      uint at = pixel * p.n4 + to;
      result4[at] = epilogue(sum[j], at, to);
    }
  }
}
