// Which layers do models use?
#include "host/nn/layers.h"

#include <cmath>
#include <numeric>

namespace gouache {
namespace {

Tensor biased(const Scope& s, Tensor y, Bias bias) {
  return bias == Bias::none ? y : y + s.parameter("bias", {y.shape().back()}, Init::zeros());
}

void need_rank(const char* layer, Tensor x, std::size_t rank, const char* form) {
  if (x.shape().size() != rank) throw Error(std::string(layer) + ": expected " + form + ", got " + to_text(x.shape()));
}

}  // namespace

Tensor dense(Scope s, Tensor x, std::int64_t outputs, Bias bias, float deviation) {
  need_rank("dense", x, 2, "[N, I]");
  return biased(s, matmul(x, s.parameter("weight", {x.shape()[1], outputs}, Init::normal(deviation))), bias);
}

Tensor one_hot(Tensor numbers, std::int64_t classes) {
  std::vector<float> all(static_cast<std::size_t>(classes));
  std::iota(all.begin(), all.end(), 0.0f);
  return relu(-abs(numbers - numbers.graph->constant({classes}, all)) + 1.0f);
}

Tensor with_labels(Tensor x, Tensor labels) { return labels ? concat({x, labels}, 1) : x; }

float he_deviation(std::int64_t fan_in, float slope) { return std::sqrt(2.0f / ((1.0f + slope * slope) * static_cast<float>(fan_in))); }

Tensor conv2d(Scope s, Tensor x, std::int64_t channels, const ConvSettings& settings, Bias bias, float deviation) {
  need_rank("conv2d", x, 4, "[N, H, W, C]");
  const Tensor w = s.parameter("weight", {settings.kernel, settings.kernel, x.shape()[3], channels}, Init::normal(deviation));
  return biased(s, conv2d(x, w, conv_attributes(settings)), bias);
}

Tensor conv2d_transpose(Scope s, Tensor x, std::int64_t channels, const ConvSettings& settings, Bias bias) {
  need_rank("conv2d_transpose", x, 4, "[N, P, Q, K]");
  const Shape& in = x.shape();
  const Tensor w = s.parameter("weight", {settings.kernel, settings.kernel, channels, in[3]}, Init::normal(kWeightDeviation));
  const auto extent = [&](std::int64_t p) {
    return (p - 1) * settings.stride - 2 * settings.pad + settings.dilation * (settings.kernel - 1) + 1;
  };
  return biased(s, conv2d_transpose(x, w, conv_attributes(settings), {in[0], extent(in[1]), extent(in[2]), channels}), bias);
}

Tensor batch_norm(Scope s, Tensor x) {
  const std::int64_t channels = x.shape().back();
  const Tensor scale = s.parameter("scale", {channels}, Init::normal(kWeightDeviation, 1.0f));
  const Tensor shift = s.parameter("shift", {channels}, Init::zeros());
  const std::string name = s.path() + "/running_statistics";
  const Tensor running = s.set().parameter(name, {2, channels}, Init::statistics(), false);
  if (s.set().mode() == Mode::training) {
    const BatchNorm norm = batch_norm(x, scale, shift, kBatchNormEpsilon);
    s.set().observe(name, norm.statistics, element_count(x.shape()) / channels);
    return norm.y;
  }
  const Tensor mean = reshape(slice(running, {0, 0}, {1, channels}), {channels});
  const Tensor variance = reshape(slice(running, {1, 0}, {1, channels}), {channels});
  const Tensor factor = scale * rsqrt(variance + kBatchNormEpsilon);
  const Tensor offset = shift - mean * factor;  // in a statement of its own: compilers disagree about which argument comes first
  return x * factor + offset;
}

Tensor instance_norm(Scope s, Tensor x) {
  const std::int64_t channels = x.shape().back();
  const Tensor scale = s.parameter("scale", {channels}, Init::normal(kWeightDeviation, 1.0f));
  return instance_norm(x, scale, s.parameter("shift", {channels}, Init::zeros()), kBatchNormEpsilon);
}

Tensor prelu(Scope s, Tensor x) {
  const Tensor slope = s.parameter("slope", {x.shape().back()}, {Init::Kind::constant, 0.25f});
  return relu(x) + slope * minimum(x, x.graph->scalar(0.0f));  // slopes of any sign, which leaky_relu's gradient does not allow
}

}  // namespace gouache
