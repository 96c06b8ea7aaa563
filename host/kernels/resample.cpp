// Which kernels change an image's resolution?  nearest_up and its adjoint sum_down, four channels at a time where they allow.
#include <algorithm>

#include "host/kernels/families.h"
#include "host/kernels/streaming.h"

namespace gouache {
namespace {

using namespace streaming;

std::vector<Kernel> resample_candidates(const Launch& launch, const DeviceCaps& caps) {
  const auto* attributes = std::get_if<ResampleAttributes>(&launch.attributes);
  if (!attributes || launch.inputs.size() != 1 || launch.outputs.size() != 1 || attributes->factor < 1) return {};
  if (!all_of_type(launch.inputs, DType::f32) || !all_of_type(launch.outputs, DType::f32) || !operands_fit(launch, caps)) return {};
  const Shape &in = launch.inputs[0].shape, &out = launch.outputs[0].shape;
  if (in.size() != out.size() || in.size() < 3 || in.size() > 5) return {};
  bool down = attributes->kind == ResampleKind::sum_down;
  std::size_t spatial = in.size() - 2;
  const TensorType& smaller = down ? launch.outputs[0] : launch.inputs[0];

  std::vector<Kernel> kernels;
  constexpr struct {
    std::int64_t width;
    bool texel;
    const char* row;
  } kForms[] = {{4, true, "vec4 texel"}, {4, false, "vec4"}, {1, false, "plain"}};
  for (const auto& [width, texel, row] : kForms) {
    if (out.back() % width != 0 || (texel && !all_texels(launch.inputs, caps))) continue;
    std::int64_t values = smaller.count() / width;
    std::uint32_t lanes = lanes_for(values, 4, 256, caps);
    Dispatch d = dispatch(texel        ? "resample.vec4.texel"
                          : width == 4 ? "resample.vec4"
                                       : "resample.plain",
                          ceil_div(values, 4 * lanes), lanes, caps);
    d.constants.push_back({CONSTANT_SWITCH_0, down ? 1u : 0u});
    std::vector<std::uint32_t> extents(4, 1);
    std::uint32_t factors[] = {1, 1, 1};
    for (std::size_t i = 0; i < spatial; i++) {
      extents[3 - spatial + i] = word(smaller.shape[1 + i]);
      factors[3 - spatial + i] = static_cast<std::uint32_t>(attributes->factor);
    }
    extents[3] = word(out.back() / width);
    set_powers_of_two(d, extents);
    d.push = {word(values), dispatch_fold(d)};
    d.push.insert(d.push.end(), extents.begin(), extents.end());
    for (std::uint32_t v : extents) d.push.push_back(Divisor(v).multiplier);
    for (std::uint32_t v : extents) d.push.push_back(Divisor(v).shift);
    for (std::uint32_t i = 0; i < 3; i++) d.constants.push_back({CONSTANT_SWITCH_0 + 1 + i, factors[i]});
    const std::uint32_t step = step_along(extents[3], caps), most = down ? step : caps.prefers_broadcast ? 0u : 1u;  // NOTES.md
    d.constants.push_back({CONSTANT_SWITCH_0 + 4, std::min(step, most)});
    d.bindings = {reads_as(texel, 0, OperandKind::input, 0), writes(1, OperandKind::output, 0)};
    Kernel kernel;
    kernel.row = row;
    kernel.flops = down ? static_cast<double>(launch.inputs[0].count()) : 0.0;
    kernel.bytes = tensor_bytes(launch);
    kernel.dispatches.push_back(std::move(d));
    kernels.push_back(std::move(kernel));
  }
  return kernels;
}

}  // namespace

const KernelFamily resample_family{"resample", false, false, resample_candidates};

}  // namespace gouache
