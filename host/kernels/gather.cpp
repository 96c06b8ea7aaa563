// Which kernels draw rows out of a tensor, and add them back?  gather from f32 or packed bytes, and scatter_add, its adjoint.
#include "host/kernels/families.h"
#include "host/kernels/streaming.h"

namespace gouache {
namespace {

using namespace streaming;

// lavapipe of Mesa 22.3 ends a shader's loops after 65,535 iterations in all; scatter_add takes one an index.
constexpr std::int64_t kLongestBatch = 65000;

std::int64_t row_size(const Shape& shape) { return shape.empty() || shape[0] == 0 ? 0 : element_count(shape) / shape[0]; }

Kernel kernel_of(std::string row, Dispatch d, double flops, double bytes) {
  Kernel kernel;
  kernel.row = std::move(row);
  kernel.flops = flops;
  kernel.bytes = bytes;
  kernel.dispatches.push_back(std::move(d));
  return kernel;
}

bool rows_and_indices(const Launch& launch, const DeviceCaps& caps) {
  return launch.inputs.size() == 2 && launch.outputs.size() == 1 && launch.inputs[1].dtype == DType::u32 &&
         launch.outputs[0].dtype == DType::f32 && operands_fit(launch, caps) &&
         row_size(launch.inputs[0].shape) == row_size(launch.outputs[0].shape) && row_size(launch.inputs[0].shape) > 0;
}

std::vector<Kernel> gather_candidates(const Launch& launch, const DeviceCaps& caps) {
  const auto* attributes = std::get_if<GatherAttributes>(&launch.attributes);
  if (!attributes || !rows_and_indices(launch, caps) || launch.inputs[0].dtype == DType::u32) return {};
  if (launch.outputs[0].shape[0] != launch.inputs[1].count()) return {};
  bool bytes = launch.inputs[0].dtype == DType::u8;
  std::int64_t size = row_size(launch.outputs[0].shape), count = launch.outputs[0].count();
  std::vector<Kernel> kernels;
  for (std::int64_t width : {4, 1}) {
    if (size % width != 0) continue;
    std::int64_t values = count / width;
    std::uint32_t lanes = lanes_for(values, 4, 256, caps);
    std::string module = std::string(bytes ? "gather.u8" : "gather.f32") + (width == 4 ? ".vec4" : ".plain");
    Dispatch d = dispatch(module, ceil_div(values, 4 * lanes), lanes, caps);
    Divisor divisor(word(size / width));
    d.push = {word(values),
              dispatch_fold(d),
              word(size / width),
              divisor.multiplier,
              divisor.shift,
              word(launch.inputs[0].shape[0]),
              word(attributes->scale),
              word(attributes->offset)};
    d.bindings = {reads(0, OperandKind::input, 0), reads(1, OperandKind::input, 1), writes(2, OperandKind::output, 0)};
    double moved = static_cast<double>(count * (4 + size_of(launch.inputs[0].dtype)));
    kernels.push_back(kernel_of(width == 4 ? "vec4" : "plain", std::move(d), 2.0 * static_cast<double>(count), moved));
  }
  return kernels;
}

std::vector<Kernel> scatter_add_candidates(const Launch& launch, const DeviceCaps& caps) {
  const auto* attributes = std::get_if<GatherAttributes>(&launch.attributes);
  if (!attributes || !rows_and_indices(launch, caps) || launch.inputs[0].dtype != DType::f32) return {};
  if (launch.inputs[0].shape[0] != launch.inputs[1].count() || launch.inputs[1].count() > kLongestBatch) return {};
  std::int64_t size = row_size(launch.outputs[0].shape), count = launch.outputs[0].count();
  std::vector<Kernel> kernels;
  for (std::int64_t width : {4, 1}) {
    if (size % width != 0) continue;
    std::int64_t values = count / width;
    std::uint32_t lanes = lanes_for(values, 1, 64, caps);
    Dispatch d = dispatch(width == 4 ? "scatter_add.vec4" : "scatter_add.plain", ceil_div(values, lanes), lanes, caps);
    Divisor divisor(word(size / width));
    d.push = {word(values),           dispatch_fold(d), word(size / width),
              divisor.multiplier,     divisor.shift,    word(launch.inputs[1].count()),
              word(attributes->scale)};
    d.bindings = {reads(0, OperandKind::input, 0), reads(1, OperandKind::input, 1), writes(2, OperandKind::output, 0)};
    kernels.push_back(
        kernel_of(width == 4 ? "vec4" : "plain", std::move(d), static_cast<double>(launch.inputs[0].count()), tensor_bytes(launch)));
  }
  return kernels;
}

}  // namespace

const KernelFamily gather_family{"gather", false, false, gather_candidates};
const KernelFamily scatter_add_family{"scatter_add", false, false, scatter_add_candidates};

}  // namespace gouache
