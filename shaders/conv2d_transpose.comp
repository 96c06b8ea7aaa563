// x [N,H,W,C] = adjoint of conv2d applied to y [N,P,Q,K], with the weights' last axes swapped: w [R,S,K,C].
// x[h,w,c] = sum over r,s,k with h = p stride + r dilation - pad.  Output pixels whose h and w have the same remainders modulo the
// stride form a phase (workgroup z): a dense matrix product over the few taps that meet it, so no inserted zero is multiplied.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#extension GL_KHR_shader_subgroup_quad : require
#define EPILOGUE_VEC4
#include "include/load_store.glsl"
#include "include/epilogue.glsl"
#include "include/tile_gemm.glsl"

layout(push_constant) uniform Push {
  int n, h, w;                 // images, extents of x
  uint n4;                     // C / 4
  int p, q, k4;                // extents of y, K / 4
  int r, s;                    // kernel
  int stride_h, stride_w, pad_h, pad_w, dilation_h, dilation_w;
  int tap_step_h, tap_step_w;  // taps of a phase are this far apart: stride / gcd(stride, dilation)
  int move_h, move_w;          // and move the place in y by this much: dilation / gcd(stride, dilation)
  uint column_tiles, tiles, row_tiles;  // row_tiles: see tile_gemm.glsl
  uint column_step, column_block, last_column;  // of the weights, in vec4s: from one k value to the next, from one tile to the next
} p;

const uint PIXELS = (ROWS + LANES - 1) / LANES;  // a lane reads for this many pixels

// The first tap along an axis that meets the phase `e` = (h + pad) mod stride; `taps` when none does.
int first_tap(int e, int stride, int dilation, int taps) {
  int tap = 0;
  while (tap < min(stride, taps) && tap * dilation % stride != e) tap++;
  return tap < stride ? tap : taps;
}

void main() {
  uint tile = tile_index(), lane = team_lane();
  int phase_h = int(gl_WorkGroupID.z) / p.stride_w, phase_w = int(gl_WorkGroupID.z) % p.stride_w;
  int lines = (p.h - phase_h + p.stride_h - 1) / p.stride_h;   // of the phase
  int width = (p.w - phase_w + p.stride_w - 1) / p.stride_w;
  int pixels = p.n * lines * width;
  uint row0 = TILE_ROW(tile) * ROWS;
  if (tile >= p.tiles || int(row0) >= pixels) return;
  uint column = FIRST_COLUMN(tile, lane);
  place_packed_columns(TILE_COLUMN(tile), lane, p.column_block, p.last_column);

  int r0 = first_tap((phase_h + p.pad_h) % p.stride_h, p.stride_h, p.dilation_h, p.r);
  int s0 = first_tap((phase_w + p.pad_w) % p.stride_w, p.stride_w, p.dilation_w, p.s);
  int taps_h = (p.r - r0 + p.tap_step_h - 1) / p.tap_step_h, taps_w = (p.s - s0 + p.tap_step_w - 1) / p.tap_step_w;
  int p_first = (phase_h + p.pad_h - r0 * p.dilation_h) / p.stride_h, q_first = (phase_w + p.pad_w - s0 * p.dilation_w) / p.stride_w;

  int p0[PIXELS], q0[PIXELS], image[PIXELS];     // where the first tap reads for a pixel, first pixel of its image
  [[unroll]] for (uint g = 0; g < PIXELS; g++) {
    int pixel = min(int(row0 + (g * LANES + lane) % ROWS), pixels - 1);
    int line = pixel / width;
    p0[g] = line % lines + p_first;
    q0[g] = pixel % width + q_first;
    image[g] = line / lines * p.p * p.q;
  }

  clear_sums();
  int steps = taps_h * taps_w * p.k4 / int(UNROLL);
  int th = 0, tw = 0, k = 0;
  uint weight = uint(r0 * p.s + s0) * 4 * uint(p.k4) * p.column_step;
  for (int step = 0; step < steps; step++) {
    [[unroll]] for (uint g = 0; g < PARTS; g++) {
      int u = int(min((g * LANES + lane) / ROWS, UNROLL - 1));
      int h = p0[g % PIXELS] - th * p.move_h, w = q0[g % PIXELS] - tw * p.move_w;
      bool inside = uint(h) < uint(p.p) && uint(w) < uint(p.q);
      vec4 v = READ_ROWS(inside ? (image[g % PIXELS] + h * p.q + w) * p.k4 + k + u : 0);
      rows[g] = inside ? v : vec4(0.0);
    }
    [[unroll]] for (uint q = 0; q < UNROLL * DEPTH; q++) {
      [[unroll]] for (uint i = 0; i < COLUMNS; i++) columns[q * COLUMNS + i] = READ_COLUMNS(weight + q * p.column_step + column_at[i]);
    }
    multiply_along_k();
    weight += UNROLL * DEPTH * p.column_step;
    k += int(UNROLL);
    if (k == p.k4) {
      k = 0;
      tw++;
      if (tw == taps_w) { tw = 0; th++; }
      weight = uint((r0 + th * p.tap_step_h) * p.s + s0 + tw * p.tap_step_w) * 4 * uint(p.k4) * p.column_step;
    }
  }

  int line = int(row0) / width;
  int x_w = int(row0) % width, x_h = line % lines, x_n = line / lines;
  [[unroll]] for (uint i = 0; i < ROWS; i++) {
    uint from = uint((x_n * p.h + x_h * p.stride_h + phase_h) * p.w + x_w * p.stride_w + phase_w) * p.n4;
    bool inside = x_n < p.n;
    [[unroll]] for (uint c = 0; c < COLUMNS; c++) {
      uint to = column + c * LANES, at = from + to;
      if (inside && to < p.n4) result4[at] = epilogue(sum[i * COLUMNS + c], at, to);
    }
    x_w++;
    if (x_w == width) { x_w = 0; x_h++; }
    if (x_h == lines) { x_h = 0; x_n++; }
  }
}
