// How is a texel of a painted image read?  For shaders that declare `source`, the tensor [N, H, W, CHANNELS], and `push.first`, the image's
// first value in it.
#ifndef PAINTED_GLSL
#define PAINTED_GLSL
#include "texel.glsl"

// Encoded colour times alpha, held within [0, alpha].
vec4 painted(uint texel) {
  uint at = push.first + texel * CHANNELS;
  bool has_alpha = CHANNELS == 2 || CHANNELS == 4;
  float alpha = has_alpha ? unit(source[at + CHANNELS - 1]) : 1.0;
  vec3 colour = vec3(unit(source[at]));
  if (CHANNELS >= 3) colour.gb = vec2(unit(source[at + 1]), unit(source[at + 2]));
  return vec4(min(colour, vec3(alpha)), alpha);
}

// The same as linear light times alpha.
vec4 painted_light(uint texel) {
  vec4 colour = painted(texel);
  return vec4(srgb_to_light(quotient(colour.rgb, colour.a)) * colour.a, colour.a);
}
#endif
