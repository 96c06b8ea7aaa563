// How does a lane multiply a tensor of many channels into pixels of an image of one to four?  A pixel is one vec4 with all its channels, and
// four of the tensor's channels are taken at a time: what is left to unroll are taps and pixels, and drivers unroll nested loops slowly.
// The kernel says what TAPS (that are spread over the lanes at once), CHANNELS and NATURAL are.
#ifndef IMAGE_CHANNELS_GLSL
#define IMAGE_CHANNELS_GLSL
#include "include/epilogue_scalar.glsl"
#include "include/tile_gemm.glsl"

const uint TAP_VECTORS = TAPS * CHANNELS;  // vec4s of weights for four of the tensor's channels
const uint READS = (TAP_VECTORS + LANES - 1) / LANES;
vec4 weights[READS];                       // slot g LANES + lane is in weights[g]

#define HANDED(slot) EXCHANGE(weights[(slot) / LANES], (slot) % LANES)

// The weights of the tap that begin at slot `first`: of each of the tensor's four channels, for the image's. NATURAL: a vec4 holds those of
// one of the image's channels; else those of one of the tensor's channels, for all of the image's, come one after the other.
mat4 tap_weights(uint first) {
  vec4 a = HANDED(first), b = vec4(0.0), c = vec4(0.0), d = vec4(0.0);
  if (CHANNELS > 1) b = HANDED(first + 1);
  if (CHANNELS > 2) c = HANDED(first + 2);
  if (CHANNELS > 3) d = HANDED(first + 3);
  if (NATURAL) return mat4(a.x, b.x, c.x, d.x, a.y, b.y, c.y, d.y, a.z, b.z, c.z, d.z, a.w, b.w, c.w, d.w);
  if (CHANNELS == 1) return mat4(vec4(a.x, 0.0, 0.0, 0.0), vec4(a.y, 0.0, 0.0, 0.0), vec4(a.z, 0.0, 0.0, 0.0), vec4(a.w, 0.0, 0.0, 0.0));
  if (CHANNELS == 2) return mat4(vec4(a.xy, 0.0, 0.0), vec4(a.zw, 0.0, 0.0), vec4(b.xy, 0.0, 0.0), vec4(b.zw, 0.0, 0.0));
  if (CHANNELS == 3) return mat4(vec4(a.xyz, 0.0), vec4(a.w, b.xy, 0.0), vec4(b.zw, c.x, 0.0), vec4(c.yzw, 0.0));
  return mat4(a, b, c, d);
}

#ifdef EXCHANGE_BROADCAST
// SwiftShader wants all products of one float of a sum, then the next float (tile_gemm.glsl).
#define ADD_PRODUCTS_OF(sum, v, tap, c) \
  sum.c = fma(v.w, tap[3].c, fma(v.z, tap[2].c, fma(v.y, tap[1].c, fma(v.x, tap[0].c, sum.c))));
#define ADD_PRODUCTS(sum, v, tap)                       \
  ADD_PRODUCTS_OF(sum, v, tap, x)                       \
  if (CHANNELS > 1) { ADD_PRODUCTS_OF(sum, v, tap, y) } \
  if (CHANNELS > 2) { ADD_PRODUCTS_OF(sum, v, tap, z) } \
  if (CHANNELS > 3) { ADD_PRODUCTS_OF(sum, v, tap, w) }
#else
#define ADD_PRODUCTS(sum, v, tap) \
  sum = fma(v.wwww, tap[3], fma(v.zzzz, tap[2], fma(v.yyyy, tap[1], fma(v.xxxx, tap[0], sum))));
#endif

// Runs the program on a finished pixel, all its channels at once, and stores it; index: the place of its first channel in the result.
void store_pixel(vec4 sums, uint index) {
  vec4 full = vec4(0.0), first = vec4(0.0), second = vec4(0.0);
  if (READS_FULL || CHANNEL_INPUTS > 0) {
    [[unroll]] for (uint c = 0; c < CHANNELS; c++) {
      if (READS_FULL) full[c] = further[index + c];
      if (CHANNEL_INPUTS > 0) first[c] = CHANNEL_IN_STORAGE ? further[c] : texelFetch(channel_0, 0)[c];
      if (CHANNEL_INPUTS > 1) second[c] = texelFetch(channel_1, 0)[c];
    }
  }
  vec4 results = apply_program(sums, full, first, second);
  result[index] = results.x;
  if (CHANNELS > 1) result[index + 1] = results.y;
  if (CHANNELS > 2) result[index + 2] = results.z;
  if (CHANNELS > 3) result[index + 3] = results.w;
}
#endif
