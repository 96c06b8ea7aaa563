// Which kernels shift the images of a batch?  One row for four channels at a time, one for any number.
#include "host/kernels/families.h"
#include "host/kernels/streaming.h"

namespace gouache {
namespace {

using namespace streaming;

std::vector<Kernel> translate_candidates(const Launch& launch, const DeviceCaps& caps) {
  if (launch.inputs.size() != 2 || launch.outputs.size() != 1 || !all_of_type(launch.inputs, DType::f32) ||
      !all_of_type(launch.outputs, DType::f32) || !operands_fit(launch, caps))
    return {};
  const Shape& shape = launch.inputs[0].shape;
  if (shape.size() != 4 || launch.outputs[0].shape != shape || launch.inputs[1].shape != Shape{shape[0], 2}) return {};
  std::vector<Kernel> kernels;
  for (std::int64_t width : {4, 1}) {
    if (shape[3] % width != 0) continue;
    const std::int64_t values = launch.outputs[0].count() / width;
    const std::uint32_t lanes = lanes_for(values, 4, 256, caps);
    Dispatch d = dispatch(width == 4 ? "translate.vec4" : "translate.plain", ceil_div(values, 4 * lanes), lanes, caps);
    const std::uint32_t extents[3] = {word(shape[1]), word(shape[2]), word(shape[3] / width)};
    set_powers_of_two(d, extents);
    d.push = {word(values), dispatch_fold(d)};
    d.push.insert(d.push.end(), std::begin(extents), std::end(extents));
    for (std::uint32_t extent : extents) d.push.push_back(Divisor(extent).multiplier);
    for (std::uint32_t extent : extents) d.push.push_back(Divisor(extent).shift);
    d.bindings = {reads(0, OperandKind::input, 0), reads(1, OperandKind::input, 1), writes(2, OperandKind::output, 0)};
    Kernel kernel;
    kernel.row = width == 4 ? "vec4" : "plain";
    kernel.bytes = tensor_bytes(launch);
    kernel.dispatches.push_back(std::move(d));
    kernels.push_back(std::move(kernel));
  }
  return kernels;
}

}  // namespace

const KernelFamily translate_family{"translate", false, false, translate_candidates};

}  // namespace gouache
