// How many floating-point operations a second does this device reach at best?  Nothing but fma on 12 independent accumulators,
// unrolled 8 times: an invocation does 192 operations (12 x 8 fma) a loop, so 192 * loops in all.
#version 450
#extension GL_EXT_control_flow_attributes : require
layout(local_size_x = 8) in;
layout(set = 0, binding = 0) writeonly buffer Result { float result[]; };
layout(push_constant) uniform Push {
  uint loops;
  float factor, summand;       // 0.5, 0.25: unknown to the compiler, and the sums stay finite
} p;

void main() {
  float sum[12];
  [[unroll]] for (int i = 0; i < 12; i++) sum[i] = float(gl_GlobalInvocationID.x) + float(i);
  for (uint loop = 0; loop < p.loops; loop++) {
    [[unroll]] for (int u = 0; u < 8; u++) {
      [[unroll]] for (int i = 0; i < 12; i++) sum[i] = fma(sum[i], p.factor, p.summand);
    }
  }
  float total = 0.0;
  [[unroll]] for (int i = 0; i < 12; i++) total += sum[i];
  result[gl_GlobalInvocationID.x] = total;
}
