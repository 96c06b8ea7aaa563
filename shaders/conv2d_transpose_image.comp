// conv2d_transpose from many channels to an image of one to four: x [N,H,W,C] from y [N,P,Q,K] and weights [R,S,K,C], NATURAL: [R,S,C,K],
// dilation 1.  A lane owns a column of BLOCKS blocks of stride x stride image pixels with all their channels and reads each vec4 of y it needs
// once; the weights of four y channels are spread over the lanes and handed round.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#extension GL_KHR_shader_subgroup_quad : require
#define BLOCKS ROWS
#include "include/tile_gemm.glsl"

layout(constant_id = 16) const int R = 4;
layout(constant_id = 17) const int S = 4;
layout(constant_id = 18) const int STRIDE_H = 2;
layout(constant_id = 19) const int STRIDE_W = 2;
layout(constant_id = 20) const int PAD_H = 1;
layout(constant_id = 21) const int PAD_W = 1;
layout(constant_id = 22) const uint CHANNELS = 3;
layout(constant_id = 23) const bool NATURAL = false;

#ifdef READ_TEXEL
layout(set = 0, binding = 1) uniform samplerBuffer y_tensor;
#define READ_Y(index) texelFetch(y_tensor, index)
layout(set = 0, binding = 2) uniform samplerBuffer weights_tensor;
#define READ_WEIGHTS(index) texelFetch(weights_tensor, int(index))
#else
layout(set = 0, binding = 1) readonly buffer YTensor { vec4 y_tensor[]; };
#define READ_Y(index) y_tensor[index]
layout(set = 0, binding = 2) readonly buffer Weights { vec4 weights4[]; };
#define READ_WEIGHTS(index) weights4[index]
#endif

layout(push_constant) uniform Push {
  int n, h, w;                 // images, extents of x
  int p, q, k4;                // extents of y, K / 4
  int block_lines, block_columns;  // groups of BLOCKS blocks along h, blocks along w
  uint tiles;
} p;

// Pixel b stride + i meets tap r of line b + (i + pad) / stride - r / stride of y, where i + pad = r modulo stride.
const int FIRST_H = PAD_H / STRIDE_H - (R - 1) / STRIDE_H, FIRST_W = PAD_W / STRIDE_W - (S - 1) / STRIDE_W;
const int LINES = int(BLOCKS) + (PAD_H + STRIDE_H - 1) / STRIDE_H - FIRST_H;
const int WIDTH = 1 + (PAD_W + STRIDE_W - 1) / STRIDE_W - FIRST_W;
#define TAPS uint(R * S)
#include "include/image_channels.glsl"

const int PIXELS = int(BLOCKS) * STRIDE_H * STRIDE_W;
vec4 pixel[PIXELS];

void main() {
  uint tile = tile_index(), lane = gl_SubgroupInvocationID;
  if (tile >= p.tiles) return;
  int owner = int(tile * LANES + lane), groups = p.n * p.block_lines * p.block_columns;
  bool owns = owner < groups;
  owner = min(owner, groups - 1);
  int block_w = owner % p.block_columns, line = owner / p.block_columns;
  int block_h = line % p.block_lines * int(BLOCKS), image = line / p.block_lines;

  uint weight_at[READS];
  [[unroll]] for (uint g = 0; g < READS; g++) {
    uint slot = min(g * LANES + lane, TAP_VECTORS - 1);
    weight_at[g] = NATURAL ? slot * uint(p.k4) : slot / CHANNELS * uint(p.k4) * CHANNELS + slot % CHANNELS;
  }
  [[unroll]] for (int i = 0; i < PIXELS; i++) pixel[i] = vec4(0.0);

  for (int k = 0; k < p.k4; k++) {
    vec4 y[LINES * WIDTH];
    [[unroll]] for (int i = 0; i < LINES; i++) {
      [[unroll]] for (int j = 0; j < WIDTH; j++) {
        int h = block_h + FIRST_H + i, w = block_w + FIRST_W + j;
        bool inside = uint(h) < uint(p.p) && uint(w) < uint(p.q);
        vec4 v = READ_Y(inside ? ((image * p.p + h) * p.q + w) * p.k4 + k : 0);
        y[i * WIDTH + j] = inside ? v : vec4(0.0);
      }
    }
    [[unroll]] for (uint g = 0; g < READS; g++) weights[g] = READ_WEIGHTS(weight_at[g] + uint(k) * (NATURAL ? 1 : CHANNELS));

    [[unroll]] for (int t = 0; t < R * S; t++) {
      int r = t / S, s = t % S;
      int i = (r + STRIDE_H * R - PAD_H) % STRIDE_H, j = (s + STRIDE_W * S - PAD_W) % STRIDE_W;  // the phase that tap meets
      int line0 = (i + PAD_H) / STRIDE_H - r / STRIDE_H - FIRST_H, place = (j + PAD_W) / STRIDE_W - s / STRIDE_W - FIRST_W;
      mat4 tap = tap_weights(uint(t) * CHANNELS);
      [[unroll]] for (int b = 0; b < int(BLOCKS); b++) {
        vec4 v = y[(b + line0) * WIDTH + place];
        int at = (b * STRIDE_H + i) * STRIDE_W + j;
        ADD_PRODUCTS(pixel[at], v, tap)
      }
    }
  }

  if (!owns) return;
  [[unroll]] for (int i = 0; i < PIXELS; i++) {
    int h = block_h * STRIDE_H + i / STRIDE_W, w = block_w * STRIDE_W + i % STRIDE_W;
    if (h < p.h && w < p.w) store_pixel(pixel[i], uint((image * p.h + h) * p.w + w) * CHANNELS);
  }
}
