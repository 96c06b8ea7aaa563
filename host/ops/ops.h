// How does one write a computation?  Builder functions, one per op, named as in the op table; broadcasting follows numpy.
// All throw Error naming the op and the shapes when these do not fit. Tensors given together belong to one graph.
#pragma once

#include <utility>
#include <vector>

#include "host/graph/graph.h"

namespace gouache {

// ---- elementwise: [..] op [..] with broadcasting, fp32
Tensor unary(std::uint8_t function, Tensor x);
Tensor binary(std::uint8_t function, Tensor a, Tensor b);
Tensor operator+(Tensor a, Tensor b);
Tensor operator-(Tensor a, Tensor b);
Tensor operator*(Tensor a, Tensor b);
Tensor operator/(Tensor a, Tensor b);
Tensor operator+(Tensor a, float b);
Tensor operator-(Tensor a, float b);
Tensor operator*(Tensor a, float b);
Tensor operator*(float a, Tensor b);
Tensor operator/(Tensor a, float b);
Tensor operator-(Tensor x);
Tensor abs(Tensor x);
Tensor sign(Tensor x);  ///< no gradient flows
Tensor square(Tensor x);
Tensor sqrt(Tensor x);
Tensor rsqrt(Tensor x);
Tensor reciprocal(Tensor x);
Tensor exp(Tensor x);
Tensor log(Tensor x);
Tensor tanh(Tensor x);
Tensor sigmoid(Tensor x);
Tensor softplus(Tensor x);  ///< log(1 + exp(x))
Tensor relu(Tensor x);
Tensor step(Tensor x);  ///< 1 where x > 0, else 0; no gradient flows
Tensor maximum(Tensor a, Tensor b);
Tensor minimum(Tensor a, Tensor b);
Tensor greater(Tensor a, Tensor b);                   ///< 1 where a > b, else 0; no gradient flows
Tensor power(Tensor a, Tensor b);                     ///< a >= 0
Tensor leaky_relu(Tensor x, float slope);             ///< slope in [0, 1]; the gradient is read off the result's sign
Tensor select(Tensor condition, Tensor a, Tensor b);  ///< condition != 0 ? a : b

// ---- reductions; reduced axes stay as extent 1; empty `axes` means all
Tensor sum(Tensor x, std::vector<int> axes = {});
Tensor mean(Tensor x, std::vector<int> axes = {});
Tensor reduce_max(Tensor x, std::vector<int> axes = {});
Tensor argmax(Tensor x, std::vector<int> axes);  ///< u32, one axis; no gradient
/// Sums x over the axes along which `shape` was broadcast to x's shape; the result has exactly `shape`.
Tensor sum_to(Tensor x, const Shape& shape);

// ---- linear algebra
/// [B..., M, K] x [B..., K, N]; transposed operands are stored [B..., K, M] and [B..., N, K].
Tensor matmul(Tensor a, Tensor b, bool transpose_a = false, bool transpose_b = false);

/// The same setting along every spatial axis; pad on both sides.
struct ConvSettings {
  int kernel = 3, stride = 1, pad = 0, dilation = 1;
};
ConvAttributes conv_attributes(const ConvSettings& settings, int spatial_rank = 2);
/// x [N,H,W,C], w [R,S,C,K] -> [N,P,Q,K].
Tensor conv2d(Tensor x, Tensor w, const ConvAttributes& attributes);
/// y [N,P,Q,K], w [R,S,C,K] -> image [N,H,W,C] (`image`): conv2d's adjoint.
Tensor conv2d_transpose(Tensor y, Tensor w, const ConvAttributes& attributes, const Shape& image);
/// x [N,H,W,C], dy [N,P,Q,K] -> [R,S,C,K] (`weights`): conv2d's gradient with respect to its weights.
Tensor conv2d_weight_grad(Tensor x, Tensor dy, const ConvAttributes& attributes, const Shape& weights);

// ---- shape
Tensor reshape(Tensor x, Shape shape);  ///< one extent may be -1
Tensor broadcast(Tensor x, Shape shape);
Tensor permute(Tensor x, std::vector<int> order);
Tensor slice(Tensor x, Shape begin, Shape extent);
Tensor pad(Tensor x, Shape before, Shape after);
Tensor concat(std::vector<Tensor> parts, int axis);
Tensor resample(Tensor x, ResampleKind kind, int factor);
inline Tensor upsample_nearest(Tensor x, int factor) { return resample(x, ResampleKind::nearest_up, factor); }
/// x [N, H, W, factor factor C] -> [N, factor H, factor W, C]: the channels of a pixel become a block of pixels, counted (down, right,
/// channel). Shi et al. 2016, arXiv:1609.05158, there counted (channel, down, right).
Tensor pixel_shuffle(Tensor x, int factor);
/// x [N, H, W, C], offsets f32 [N, 2] in pixels (down, right), rounded to the nearest integer, halves away from zero; zeros move in.
/// No gradient flows to the offsets.
Tensor translate(Tensor x, Tensor offsets);

// ---- data and random
/// data [rows, ...] f32 or u8, indices u32 [B] -> [B, ...] f32 = scale * data + offset.
Tensor gather(Tensor data, Tensor indices, float scale = 1.0f, float offset = 0.0f);
/// dy [B, ...], indices u32 [B] -> [rows, ...].
Tensor scatter_add(Tensor dy, Tensor indices, std::int64_t rows);
/// control u32[CONTROL_WORDS]; no gradient.
Tensor random(Tensor control, RandomAttributes attributes);

// ---- training state (no gradient; updated in place)
/// Latches control[CONTROL_NOT_FINITE] when a gradient is NaN or Inf, or the sum of squares exceeds fp32. Gives {control, length of
/// all gradients together [1]}.
std::pair<Tensor, Tensor> gradient_norm(Tensor control, std::vector<Tensor> gradients);
/// See OptimizerAttributes. `inputs` = {control, parameters..., gradients..., first moments..., second moments..., averages...}.
std::vector<Tensor> optimizer(std::vector<Tensor> inputs, OptimizerAttributes attributes);
/// control[CONTROL_STEP] + 1, unless not finite.
Tensor advance_step(Tensor control);

// ---- composites
struct BatchNorm {
  Tensor y;           ///< as x
  Tensor statistics;  ///< [2 groups, C]: mean, biased variance over all axes but the last, group by group
};
/// y = gamma (x - mean) / sqrt(variance + epsilon) + beta; x [..., C], gamma and beta [C]. Ioffe & Szegedy 2015. With several groups
/// x is so many batches along its first axis, each normalised by itself.
BatchNorm batch_norm(Tensor x, Tensor gamma, Tensor beta, float epsilon, int groups = 1);
/// The same with mean and biased variance of each image apart: x [N, spatial extents, C] -> as x. Ulyanov et al. 2016.
Tensor instance_norm(Tensor x, Tensor gamma, Tensor beta, float epsilon);
/// exp(x) / sum of exp(x) along the last axis.
Tensor softmax(Tensor x);

}  // namespace gouache
