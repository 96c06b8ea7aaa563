// y [N,P,Q,K] = conv2d(x [N,H,W,C], w [R,S,C,K]).  A matrix product through shared memory: rows are output pixels, columns output
// channels, k runs over taps and, within a tap, over input channels.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#define EPILOGUE_VEC4
#include "include/load_store.glsl"
#include "include/epilogue.glsl"
#include "include/shared_gemm.glsl"

layout(push_constant) uniform Push {
  int h, w, c4;                // of x; c4 = C / 4
  uint n4, pixels;             // K / 4, N P Q
  uint p, q;
  int r, s;                    // kernel
  int stride_h, stride_w, pad_h, pad_w, dilation_h, dilation_w;
  uint column_tiles, tiles;
} p;

const uint PARTS = STEP * TILE4 / INVOCATIONS;

void main() {
  uint tile = tile_index();
  if (tile >= p.tiles) return;  // the whole workgroup
  uint row0 = tile / p.column_tiles * TILE, column0 = tile % p.column_tiles * TILE4;

  int h0[PARTS], w0[PARTS], image[PARTS];        // top left of the pixel's window, first pixel of its image
  [[unroll]] for (uint part = 0; part < PARTS; part++) {
    uint pixel = min(row0 + (part * INVOCATIONS + gl_LocalInvocationID.x) / STEP4, p.pixels - 1);
    uint line = pixel / p.q;
    h0[part] = int(line % p.p) * p.stride_h - p.pad_h;
    w0[part] = int(pixel % p.q) * p.stride_w - p.pad_w;
    image[part] = int(line / p.p) * p.h * p.w;
  }

  clear_sums();
  for (int tap = 0; tap < p.r * p.s; tap++) {
    int dh = tap / p.s * p.dilation_h, dw = tap % p.s * p.dilation_w;
    for (int c = 0; c < p.c4; c += int(STEP4)) {
      [[unroll]] for (uint part = 0; part < PARTS; part++) {
        uint slot = part * INVOCATIONS + gl_LocalInvocationID.x, line = slot / TILE4, along = slot % STEP4;
        int h = h0[part] + dh, w = w0[part] + dw;
        bool inside = uint(h) < uint(p.h) && uint(w) < uint(p.w) && c + int(along) < p.c4;
        vec4 v = READ_ROWS(inside ? (image[part] + h * p.w + w) * p.c4 + c + int(along) : 0);
        v = inside ? v : vec4(0.0);
        PUT_ALONG_K(row_tile, along, slot / STEP4, v)
        bool weighs = 4 * c + int(line) < 4 * p.c4;
        vec4 u = READ_COLUMNS(weighs ? uint(4 * (tap * p.c4 + c)) * p.n4 + line * p.n4 + min(column0 + slot % TILE4, p.n4 - 1) : 0);
        column_tile[slot] = weighs ? u : vec4(0.0);
      }
      multiply_tiles();
    }
  }

  uint column = column0 + own_column4();
  if (column >= p.n4) return;
  [[unroll]] for (uint i = 0; i < 8; i++) {
    uint pixel = row0 + own_row() + i;
    if (pixel < p.pixels) {
      uint at = pixel * p.n4 + column;
      result4[at] = epilogue(sum[i], at, column);
    }
  }
}
