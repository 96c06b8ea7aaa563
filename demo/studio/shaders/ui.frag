#version 450
// Which colour has a pixel of the user interface?  Encoded as sRGB and multiplied by alpha throughout.
layout(set = 0, binding = 0) uniform sampler2D picture;
layout(location = 0) in vec2 coordinate;
layout(location = 1) in vec4 tint;
layout(location = 0) out vec4 colour;

void main() { colour = texture(picture, coordinate) * tint; }
