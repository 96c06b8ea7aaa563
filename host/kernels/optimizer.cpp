// Which kernels update the training state?  The optimizer over a whole block of parameters, the gradient's norm, and the step count.
#include <algorithm>

#include "host/kernels/families.h"
#include "host/kernels/streaming.h"

namespace gouache {
namespace {

using namespace streaming;

constexpr std::int64_t kPartialSums = 1024;  // of the gradient's norm, which one lane adds up

bool is_control(const TensorType& t) { return t.dtype == DType::u32 && t.count() == CONTROL_WORDS; }

/// The kernel, and before it, where gradients fit, the same with its first dispatch reading them (binding `slot`) as texels.
std::vector<Kernel> with_texels(Kernel kernel, const TensorType& gradients, std::size_t slot, const DeviceCaps& caps) {
  std::vector<Kernel> kernels{kernel};
  if (all_texels({gradients}, caps)) {
    kernel.row += " texel";
    kernel.dispatches[0].module += ".texel";
    kernel.dispatches[0].bindings[slot].kind = BindingKind::texel;
    kernels.insert(kernels.begin(), std::move(kernel));
  }
  return kernels;
}

/// inputs control, state [runs * size], gradients [size]; output: state, in place.
std::vector<Kernel> optimizer_candidates(const Launch& launch, const DeviceCaps& caps) {
  const auto* a = std::get_if<OptimizerAttributes>(&launch.attributes);
  if (!a || launch.inputs.size() != 3 || launch.outputs.size() != 1 || !operands_fit(launch, caps)) return {};
  const TensorType &state = launch.inputs[1], &gradients = launch.inputs[2];
  bool adam = a->kind == OptimizerKind::adam, averages = a->ema_decay > 0.0f;
  std::int64_t size = gradients.count(), runs = 1 + (adam ? 2 : 0) + (averages ? 1 : 0);
  if (!is_control(launch.inputs[0]) || state.dtype != DType::f32 || gradients.dtype != DType::f32) return {};
  if (launch.outputs[0].dtype != DType::f32 || launch.outputs[0].count() != state.count()) return {};
  if (size % 4 != 0 || state.count() != runs * size) return {};

  std::int64_t values = size / 4;
  // On a CPU a workgroup is a piece's eight lanes, which walk through its run from end to end.
  std::uint32_t lanes = lanes_for(values, 4, caps.is_cpu ? RUN_LANES : 64, caps);
  std::int64_t rounds = caps.is_cpu ? std::clamp<std::int64_t>(ceil_div(values, 64 * std::int64_t{lanes}), 1, 512)
                                    : std::clamp<std::int64_t>(ceil_div(values, 4096 * std::int64_t{lanes}), 1, 64);
  std::int64_t chunk = rounds * lanes;
  Dispatch d = dispatch("optimizer", ceil_div(values, chunk), lanes, caps);
  d.constants.push_back({CONSTANT_SWITCH_0, adam ? 1u : 0u});
  d.constants.push_back({CONSTANT_SWITCH_0 + 1, averages ? 1u : 0u});
  auto one_minus = [](float v) { return word(static_cast<float>(1.0 - static_cast<double>(v))); };
  d.push = {word(values),
            dispatch_fold(d),
            word(chunk),
            static_cast<std::uint32_t>(a->updates_per_step),
            static_cast<std::uint32_t>(a->update),
            word(a->rate),
            word(a->beta1),
            word(a->beta2),
            one_minus(a->beta1),
            one_minus(a->beta2),
            word(a->epsilon),
            word(a->ema_decay),
            one_minus(a->ema_decay)};
  d.bindings = {reads(0, OperandKind::input, 0), reads(1, OperandKind::input, 2), updates(2, OperandKind::output, 0)};
  Kernel kernel;
  kernel.row = std::string(adam ? "adam" : "sgd") + (averages ? " ema" : "");
  kernel.flops = static_cast<double>(size) * ((adam ? 12 : 2) + (averages ? 3 : 0));
  kernel.bytes = static_cast<double>(size * 4 * (2 * runs + 1));
  kernel.dispatches.push_back(std::move(d));
  if (!caps.is_cpu || !all_texels({state}, caps)) return {kernel};
  std::vector<Kernel> kernels = with_texels(std::move(kernel), gradients, 1, caps);
  kernels[0].dispatches[0].bindings.push_back(reads_texels(3, OperandKind::output, 0));
  return kernels;
}

/// inputs control, gradients; outputs control (in place), norm [1].
std::vector<Kernel> gradient_norm_candidates(const Launch& launch, const DeviceCaps& caps) {
  if (launch.inputs.size() != 2 || launch.outputs.size() != 2 || !operands_fit(launch, caps)) return {};
  const TensorType& gradients = launch.inputs[1];
  if (!is_control(launch.inputs[0]) || !is_control(launch.outputs[0]) || gradients.dtype != DType::f32 || gradients.count() % 4 != 0)
    return {};
  if (launch.outputs[1].dtype != DType::f32 || launch.outputs[1].count() != 1) return {};

  std::int64_t values = gradients.count() / 4;
  std::uint32_t lanes = lanes_for(values, 4, caps.is_cpu ? 16 : 64, caps);
  std::int64_t groups = std::clamp<std::int64_t>(ceil_div(values, 4 * std::int64_t{lanes}), 1, kPartialSums / lanes);
  std::int64_t chunk = ceil_div(ceil_div(values, groups), lanes) * lanes;
  groups = ceil_div(values, chunk);
  Dispatch first = dispatch("gradient_norm", groups, lanes, caps), second;
  first.push = {word(values), dispatch_fold(first), word(chunk)};
  first.bindings = {reads(0, OperandKind::input, 1), writes(1, OperandKind::scratch, 0)};
  second.module = "gradient_norm.total";
  second.push = {word(std::int64_t{first.grid[0]} * first.grid[1] * lanes)};
  second.bindings = {reads(0, OperandKind::scratch, 0), updates(1, OperandKind::output, 0), writes(2, OperandKind::output, 1)};
  Kernel kernel;
  kernel.row = "two stages";
  kernel.scratch = {std::int64_t{first.grid[0]} * first.grid[1] * lanes * 8};
  kernel.flops = 2.0 * static_cast<double>(gradients.count());
  kernel.bytes = static_cast<double>(gradients.bytes());
  kernel.dispatches = {std::move(first), std::move(second)};
  return with_texels(std::move(kernel), gradients, 0, caps);
}

std::vector<Kernel> advance_step_candidates(const Launch& launch, const DeviceCaps&) {
  if (launch.inputs.size() != 1 || launch.outputs.size() != 1 || !is_control(launch.inputs[0]) || !is_control(launch.outputs[0])) return {};
  Dispatch d;
  d.module = "advance_step";
  d.bindings = {updates(0, OperandKind::output, 0)};
  Kernel kernel;
  kernel.row = "one lane";
  kernel.bytes = 8;
  kernel.dispatches.push_back(std::move(d));
  return {kernel};
}

}  // namespace

const KernelFamily optimizer_family{"optimizer", false, false, optimizer_candidates};
const KernelFamily gradient_norm_family{"gradient_norm", false, false, gradient_norm_candidates};
const KernelFamily advance_step_family{"advance_step", false, false, advance_step_candidates};

}  // namespace gouache
