#version 450
// Where does a vertex of the user interface lie, and with which colour?
layout(push_constant) uniform Push { vec2 scale, offset; } push;
layout(location = 0) in vec2 position;
layout(location = 1) in vec2 coordinate;
layout(location = 2) in vec4 tint;  // sRGB-encoded, straight alpha
layout(location = 0) out vec2 out_coordinate;
layout(location = 1) out vec4 out_tint;

void main() {
  out_coordinate = coordinate;
  out_tint = vec4(tint.rgb * tint.a, tint.a);
  gl_Position = vec4(position * push.scale + push.offset, 0, 1);
}
