// Which layers do models use?  Compositions of ops; parameters come from the scope they are given.
#pragma once

#include <cstdint>

#include "host/nn/scope.h"
#include "host/ops/ops.h"

namespace gouache {

/// Whether a layer adds a bias [channels], which begins at zero. A layer before a batch norm needs none.
enum class Bias { none, zeros };

/// Standard deviation of all new weights: DCGAN's N(0, 0.02).
inline constexpr float kWeightDeviation = 0.02f;
inline constexpr float kBatchNormEpsilon = 1e-5f;
inline constexpr float kBatchNormMomentum = 0.1f;

/// Deviation that keeps the variance of leaky ReLU's results: sqrt(2 / ((1 + slope^2) fan_in)). He et al. 2015, arXiv:1502.01852.
float he_deviation(std::int64_t fan_in, float slope);

/// x [N, I] -> [N, O]. Parameters weight [I, O], bias [O].
Tensor dense(Scope s, Tensor x, std::int64_t outputs, Bias bias = Bias::zeros, float deviation = kWeightDeviation);

/// Class numbers [N, 1] -> [N, classes]: 1 in the class's column, else 0.
Tensor one_hot(Tensor numbers, std::int64_t classes);

/// x [N, I] and one-hot labels [N, K] -> [N, I + K]; x as it is where there are no labels. Mirza & Osindero 2014, arXiv:1411.1784.
Tensor with_labels(Tensor x, Tensor labels);

/// x [N, H, W, C] -> [N, P, Q, channels]. Parameters weight [R, S, C, channels], bias [channels].
Tensor conv2d(Scope s, Tensor x, std::int64_t channels, const ConvSettings& settings, Bias bias = Bias::zeros,
              float deviation = kWeightDeviation);

/// x [N, P, Q, K] -> [N, H, W, channels], H = (P - 1) stride - 2 pad + dilation (kernel - 1) + 1. Parameters weight
/// [R, S, channels, K] (conv2d's layout with the image side third), bias [channels].
Tensor conv2d_transpose(Scope s, Tensor x, std::int64_t channels, const ConvSettings& settings, Bias bias = Bias::zeros);

/// x [..., C]. Parameters scale [C] ~ N(1, 0.02), shift [C]; running_statistics [2, C] (mean, unbiased variance).
/// Training mode: the batch's statistics, reported to the parameter set. Inference mode: the running ones.
Tensor batch_norm(Scope s, Tensor x);

/// x [N, spatial extents, C], the same in every mode. Parameters scale [C] ~ N(1, 0.02), shift [C].
Tensor instance_norm(Scope s, Tensor x);

/// x > 0 ? x : slope x, a slope a channel. Parameter slope [C] = 0.25. He et al. 2015, arXiv:1502.01852.
Tensor prelu(Scope s, Tensor x);

}  // namespace gouache
