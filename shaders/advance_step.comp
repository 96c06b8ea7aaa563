#version 450
// The step is done: counts it, unless a gradient was not finite.
#extension GL_GOOGLE_include_directive : require
#include "shared/interface.h"

layout(local_size_x = 1) in;
layout(set = 0, binding = 0) buffer Control { uint control[]; };

void main() {
  if (control[CONTROL_NOT_FINITE] == 0) control[CONTROL_STEP] += 1;
}
