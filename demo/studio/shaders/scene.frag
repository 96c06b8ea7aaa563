#version 450
// Which colour has a lit, textured point?  Light is linear until it leaves, encoded as sRGB and multiplied by alpha.
layout(set = 0, binding = 0) uniform sampler2D picture;  // linear light, multiplied by alpha
layout(push_constant) uniform Push { vec4 turn, lens, light, up, place, repeat; } push;  // as in scene.vert
layout(location = 0) in vec3 position;
layout(location = 1) in vec3 normal;
layout(location = 2) in vec2 coordinate;
layout(location = 0) out vec4 colour;

const vec3 kBase = vec3(0.20, 0.21, 0.23);    // shows where the texture is transparent
const vec3 kSun = vec3(0.92, 0.89, 0.82);     // what a white surface that faces the light sends back
const vec3 kSky = vec3(0.24, 0.27, 0.32), kGround = vec3(0.10, 0.09, 0.08);  // the same for all the rest of the light
const float kReflectance = 0.04;              // of what is no metal, seen straight on

vec3 encoded(vec3 light) {  // IEC 61966-2-1
  return mix(12.92 * light, 1.055 * pow(light, vec3(1 / 2.4)) - 0.055, greaterThan(light, vec3(0.0031308)));
}

void main() {
  vec4 texel = texture(picture, coordinate);
  vec3 surface = texel.rgb + (1 - texel.a) * kBase;
  vec3 n = normalize(normal), v = normalize(-position), l = push.light.xyz, h = normalize(l + v);
  float facing = max(dot(n, l), 0);
  // Blinn-Phong with its highlight normalised to the energy that comes in: (m + 8) / (8 pi) (n.h)^m, with Schlick's Fresnel term; the sun
  // sends pi (Akenine-Moeller, Haines, Hoffman: Real-Time Rendering, 3rd edition, 7.5 and 7.6).
  float m = push.light.w;
  float fresnel = kReflectance + (1 - kReflectance) * pow(1 - max(dot(h, v), 0), 5);
  float highlight = push.repeat.z * fresnel * (m + 8) / 8 * pow(max(dot(n, h), 0), m);
  vec3 around = mix(kGround, kSky, 0.5 + 0.5 * dot(n, push.up.xyz));
  vec3 light = surface * (facing * kSun + around) + facing * highlight * kSun;
  float there = push.up.w > 0 ? clamp(2 - length(position) / push.up.w, 0, 1) : 1;
  colour = vec4(encoded(clamp(light, 0, 1)) * there, there);
}
