// Which kernels run softmax?  A lane a row, in one pass: short rows are kept, long ones read three times.
#include <optional>

#include "host/kernels/families.h"
#include "host/kernels/streaming.h"
#include "shaders/shared/interface.h"

namespace gouache {
namespace {

using namespace streaming;

struct Form {
  const char *name, *module;
  std::int64_t width;  ///< elements of a value
  bool texel;          ///< whether x is read as texels
};
constexpr Form kForms[] = {
    {"vec4 texel", "softmax.vec4.texel", 4, true}, {"vec4", "softmax.vec4", 4, false}, {"plain", "softmax.plain", 1, false}};

std::optional<Kernel> kernel_of(const Launch& launch, const Form& form, const DeviceCaps& caps) {
  constexpr std::int64_t kMostHeld = 16;           // values of a row in registers
  constexpr std::int64_t kLongestRow = 65000 / 4;  // lavapipe of Mesa 22.3 ends a shader's loops after 65,535 iterations in all
  const TensorType& x = launch.inputs[0];
  const std::int64_t width = x.shape.back() / form.width, rows = x.count() / x.shape.back();
  if (x.shape.back() % form.width != 0 || width > kLongestRow) return std::nullopt;
  if (form.texel && !all_texels(launch.inputs, caps)) return std::nullopt;
  const std::uint32_t lanes = lanes_for(rows, 1, 64, caps);
  Dispatch d = dispatch(form.module, ceil_div(rows, lanes), lanes, caps);
  d.constants.push_back({CONSTANT_SWITCH_0, width <= kMostHeld ? word(width) : 0});
  d.push = {dispatch_fold(d), word(rows), word(width)};
  d.bindings = {reads_as(form.texel, 0, OperandKind::input, 0), writes(1, OperandKind::output, 0)};
  Kernel kernel;
  kernel.row = form.name;
  kernel.dispatches.push_back(std::move(d));
  kernel.flops = 5 * static_cast<double>(x.count());
  kernel.bytes = tensor_bytes(launch);
  return kernel;
}

std::vector<Kernel> candidates(const Launch& launch, const DeviceCaps& caps) {
  if (launch.inputs.size() != 1 || launch.outputs.size() != 1 || launch.inputs[0].shape.empty()) return {};
  if (!all_of_type(launch.inputs, DType::f32) || !all_of_type(launch.outputs, DType::f32) || !operands_fit(launch, caps)) return {};
  if (launch.outputs[0].count() != launch.inputs[0].count()) return {};
  std::vector<Kernel> kernels;
  for (const Form& form : kForms)
    if (auto kernel = kernel_of(launch, form, caps)) kernels.push_back(std::move(*kernel));
  return kernels;
}

}  // namespace

const KernelFamily softmax_family{"softmax", false, true, candidates};

}  // namespace gouache
