// y [N,P,Q,K] = conv2d(x [N,H,W,C], w [R,S,C,K]) with one to four output channels K, stride 1, dilation 1.
// A lane owns ROWS neighbouring pixels of a line with all their channels and reads each vec4 of x that a kernel line meets once; the
// weights of four input channels are spread over the lanes and handed round.  Kernel lines are a loop: 9 x 9 taps are too much code.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#extension GL_KHR_shader_subgroup_quad : require
#include "include/tile_gemm.glsl"

layout(constant_id = 16) const int S = 3;
layout(constant_id = 17) const uint CHANNELS = 3;

#ifdef READ_TEXEL
layout(set = 0, binding = 1) uniform samplerBuffer x_tensor;
#define READ_X(index) texelFetch(x_tensor, index)
layout(set = 0, binding = 2) uniform samplerBuffer weights_tensor;
#define READ_WEIGHTS(index) texelFetch(weights_tensor, int(index))
#else
layout(set = 0, binding = 1) readonly buffer XTensor { vec4 x_tensor[]; };
#define READ_X(index) x_tensor[index]
layout(set = 0, binding = 2) readonly buffer Weights { vec4 weights4[]; };
#define READ_WEIGHTS(index) weights4[index]
#endif

layout(push_constant) uniform Push {
  int h, w, c4;                // of x; c4 = C / 4
  int p, q;                    // of y
  int r, pad_h, pad_w;         // kernel lines
  int line_runs, runs;         // runs of ROWS pixels: in a line, in all
  uint tiles;
} p;

const int WIDTH = int(ROWS) + S - 1;                          // pixels of x that a run meets in a line
const bool NATURAL = false;
#define TAPS uint(S)
#include "include/image_channels.glsl"

vec4 pixel[ROWS];

void main() {
  uint tile = tile_index(), lane = gl_SubgroupInvocationID;
  if (tile >= p.tiles) return;
  int owner = int(tile * LANES + lane);
  bool owns = owner < p.runs;
  owner = min(owner, p.runs - 1);
  int line = owner / p.line_runs, y_w = owner % p.line_runs * int(ROWS);
  int y_h = line % p.p, image = line / p.p;

  uint weight_at[READS];
  [[unroll]] for (uint g = 0; g < READS; g++) {
    uint slot = min(g * LANES + lane, TAP_VECTORS - 1);
    weight_at[g] = slot / CHANNELS * uint(p.c4) * CHANNELS + slot % CHANNELS;
  }
  [[unroll]] for (uint i = 0; i < ROWS; i++) pixel[i] = vec4(0.0);

  for (int r = 0; r < p.r; r++) {
    int h = y_h - p.pad_h + r, start = ((image * p.h + h) * p.w + y_w - p.pad_w) * p.c4;
    bool meets = uint(h) < uint(p.h);
    for (int k = 0; k < p.c4; k++) {
      vec4 x[WIDTH];
      [[unroll]] for (int j = 0; j < WIDTH; j++) {
        bool inside = meets && uint(y_w - p.pad_w + j) < uint(p.w);
        vec4 v = READ_X(inside ? start + j * p.c4 + k : 0);
        x[j] = inside ? v : vec4(0.0);
      }
      [[unroll]] for (uint g = 0; g < READS; g++)
        weights[g] = READ_WEIGHTS(weight_at[g] + uint(r * S * p.c4 + k) * CHANNELS);

      [[unroll]] for (int s = 0; s < S; s++) {
        mat4 tap = tap_weights(uint(s) * CHANNELS);
        [[unroll]] for (int i = 0; i < int(ROWS); i++) {
          vec4 v = x[i + s];
          ADD_PRODUCTS(pixel[i], v, tap)
        }
      }
    }
  }

  if (!owns) return;
  uint first = uint((image * p.p + y_h) * p.q + y_w) * CHANNELS;
  [[unroll]] for (int i = 0; i < int(ROWS); i++) {
    if (y_w + i < p.q) store_pixel(pixel[i], first + uint(i) * CHANNELS);
  }
}
