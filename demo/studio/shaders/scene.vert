#version 450
// Where does a point of the lit scene lie?  Positions and directions are the viewer's: x right, y up, z towards them.
layout(push_constant) uniform Push {
  vec4 turn;   // quaternion x, y, z, w: from the body to the viewer
  vec4 lens;   // clip x and y a unit of x/z and y/z; clip z = -z * lens.z + lens.w
  vec4 light;  // xyz: towards the light; w: exponent of the highlight
  vec4 up;     // xyz: towards the sky; w: distance from which on things fade, 0: never
  vec4 place;  // xyz: of the body's origin; w: how far the texture has moved on
  vec4 repeat; // xy: how often the texture is shown where it is once in the mesh; z: strength of the highlight
} push;
layout(location = 0) in vec3 position;
layout(location = 1) in vec3 normal;
layout(location = 2) in vec2 coordinate;
layout(location = 0) out vec3 out_position;
layout(location = 1) out vec3 out_normal;
layout(location = 2) out vec2 out_coordinate;

vec3 turned(vec3 v) { return v + 2 * cross(push.turn.xyz, cross(push.turn.xyz, v) + push.turn.w * v); }

void main() {
  out_position = turned(position) + push.place.xyz;
  out_normal = turned(normal);
  out_coordinate = coordinate * push.repeat.xy - vec2(0, push.place.w);
  gl_Position = vec4(out_position.x * push.lens.x, -out_position.y * push.lens.y, -out_position.z * push.lens.z + push.lens.w, -out_position.z);
}
