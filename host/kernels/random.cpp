// Which kernel draws random numbers?  One shader: a lane makes a Philox block of a sample, or the permuted index of a sample.
#include <algorithm>
#include <bit>
#include <limits>

#include "host/kernels/families.h"
#include "host/kernels/streaming.h"
#include "host/ops/philox.h"

namespace gouache {
namespace {

using namespace streaming;

std::vector<Kernel> random_candidates(const Launch& launch, const DeviceCaps& caps) {
  const auto* a = std::get_if<RandomAttributes>(&launch.attributes);
  if (!a || launch.inputs.size() != 1 || launch.outputs.size() != 1 || !operands_fit(launch, caps)) return {};
  const TensorType &control = launch.inputs[0], &out = launch.outputs[0];
  bool permutation = a->distribution == Distribution::permutation;
  if (control.dtype != DType::u32 || control.count() < CONTROL_WORDS || out.shape != a->shape) return {};
  if (out.dtype != (permutation ? DType::u32 : DType::f32)) return {};
  if (a->samples_per_step < 0 || a->samples_per_step > std::numeric_limits<std::uint32_t>::max() || a->first_sample < 0) return {};
  std::int64_t samples = a->shape.empty() ? 1 : a->shape[0], size = samples == 0 ? 0 : out.count() / samples;
  if (permutation && (size != 1 || a->count < 1 || a->count > std::numeric_limits<std::int32_t>::max())) return {};

  std::int64_t blocks = ceil_div(size, 4), all = samples * blocks;
  std::uint32_t lanes = lanes_for(all, 1, 64, caps);
  Dispatch d = dispatch("random", ceil_div(all, lanes), lanes, caps);
  d.constants.push_back({CONSTANT_SWITCH_0, static_cast<std::uint32_t>(a->distribution)});
  Divisor divisor(word(blocks));
  std::uint64_t first = static_cast<std::uint64_t>(a->first_sample);
  d.push = {word(all),
            dispatch_fold(d),
            word(blocks),
            divisor.multiplier,
            divisor.shift,
            word(size),
            word(a->samples_per_step),
            static_cast<std::uint32_t>(first),
            static_cast<std::uint32_t>(first >> 32),
            a->stream,
            word(a->count),
            permutation_half_bits(static_cast<std::uint32_t>(std::max<std::int64_t>(a->count, 1)))};
  d.bindings = {reads(0, OperandKind::input, 0), writes(1, OperandKind::output, 0)};
  Kernel kernel;
  kernel.row = "philox";
  kernel.bytes = static_cast<double>(out.bytes());
  kernel.dispatches.push_back(std::move(d));
  return {kernel};
}

}  // namespace

const KernelFamily random_family{"random", false, false, random_candidates};

}  // namespace gouache
