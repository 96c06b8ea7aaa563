// Which kernels run a fused elementwise program?  vec4s where shapes allow, single elements, and broadcast views of any shape.
#include <algorithm>
#include <optional>

#include "host/kernels/box.h"
#include "host/kernels/families.h"
#include "host/kernels/streaming.h"

namespace gouache {
namespace {

using namespace streaming;

/// The launch with input `index` last, so that it can be read as texels; instructions follow.
Launch with_input_last(Launch launch, std::size_t index, std::vector<std::uint16_t>& order) {
  std::size_t last = launch.inputs.size() - 1;
  std::swap(launch.program.inputs[index], launch.program.inputs[last]);
  std::swap(order[index], order[last]);
  for (Instruction& instruction : launch.program.code)
    for (std::uint8_t* operand : {&instruction.a, &instruction.b, &instruction.c}) {
      if (*operand == index)
        *operand = static_cast<std::uint8_t>(last);
      else if (*operand == last)
        *operand = static_cast<std::uint8_t>(index);
    }
  return launch;
}

Kernel kernel_of(const Launch& launch, std::string row, Dispatch dispatch) {
  Kernel kernel;
  kernel.row = std::move(row);
  kernel.dispatches.push_back(std::move(dispatch));
  kernel.flops = program_flops(launch.program, launch.outputs[0].count());
  kernel.bytes = tensor_bytes(launch);
  return kernel;
}

/// vec4 or plain: every input full, channel or scalar. `texel`: all are read as texels.
std::optional<Kernel> direct(Launch launch, const DeviceCaps& caps, bool vec4, bool texel) {
  const Shape& shape = launch.outputs[0].shape;
  std::int64_t count = launch.outputs[0].count(), width = vec4 ? 4 : 1, channels = shape.empty() ? 1 : shape.back();
  if (!simple_operands(launch.program, 0, launch.inputs, 0, shape)) return std::nullopt;
  if (count % width != 0 || (has_mode(launch.program, InputMode::channel) && channels % width != 0)) return std::nullopt;

  const Band band = launch.band;
  if (band.width % width != 0 || band.pitch % width != 0 || band.first % width != 0) return std::nullopt;
  if (texel && (has_mode(launch.program, InputMode::scalar) || !all_texels(launch.inputs, caps))) return std::nullopt;

  std::vector<std::uint16_t> order{0, 1, 2, 3};
  std::size_t inputs = launch.inputs.size();
  if (inputs == 4) {
    if (!vec4) return std::nullopt;
    // A channel vector is the best one to read as texels; of full inputs the last, which is least likely to be overwritten.
    std::optional<std::size_t> texel;
    for (std::size_t i = 0; i < 4; i++) {
      bool channel = launch.program.inputs[i] == InputMode::channel, full = launch.program.inputs[i] == InputMode::full;
      if ((channel || full) && texels_fit(launch.inputs[i].bytes(), caps) &&
          (!texel || channel || launch.program.inputs[*texel] == InputMode::full))
        texel = i;
    }
    if (!texel) return std::nullopt;
    launch = with_input_last(std::move(launch), *texel, order);
  }

  std::int64_t values = count / width;
  std::uint32_t lanes = lanes_for(values, 4, 256, caps);
  Dispatch d = dispatch(texel  ? "elementwise.vec4.texel"
                        : vec4 ? "elementwise.vec4"
                               : "elementwise.plain",
                        ceil_div(values, 4 * lanes), lanes, caps);
  append_program(launch.program, d.constants);
  Divisor divisor(word(channels / width));
  d.push = {word(values), dispatch_fold(d), word(channels / width), divisor.multiplier, divisor.shift};
  if (band.width > 0) {
    d.constants.insert(d.constants.begin(), {CONSTANT_SWITCH_0, 1});
    const Divisor by_width(word(band.width / width));
    d.push.insert(d.push.end(), {word(band.first / width), word((band.pitch - band.width) / width), by_width.multiplier, by_width.shift});
  } else {
    d.push.insert(d.push.end(), 4, 0);
  }
  for (int i = 0; i < 3; i++)
    d.bindings.push_back(reads_as(texel, i, static_cast<std::size_t>(i) < inputs ? OperandKind::input : OperandKind::none,
                                  order[static_cast<std::size_t>(i)]));
  d.bindings.push_back(writes(3, OperandKind::output, 0));
  d.bindings.push_back(inputs == 4 ? reads_texels(4, OperandKind::input, order[3]) : unused(4, BindingKind::texel));
  return kernel_of(launch, texel ? "vec4 texel" : vec4 ? "vec4" : "plain", std::move(d));
}

/// Broadcast views of up to three inputs; `vec4`: four neighbours along the innermost merged axis.
std::optional<Kernel> strided(const Launch& launch, const DeviceCaps& caps, bool vec4) {
  std::size_t inputs = launch.inputs.size();
  if (inputs > 3 || launch.program.inputs.size() != inputs) return std::nullopt;
  const Shape& shape = launch.outputs[0].shape;
  Box box{shape, {}, {}};
  for (std::size_t i = 0; i < inputs; i++) {
    const TensorType& t = launch.inputs[i];
    InputMode mode = launch.program.inputs[i];
    if (t.dtype != DType::f32) return std::nullopt;
    Shape strides = broadcast_strides(t.shape, shape);
    if (mode == InputMode::full && t.count() == launch.outputs[0].count()) strides = strides_of(shape);
    if (mode == InputMode::scalar && t.count() == 1) strides.assign(shape.size(), 0);
    if (strides.size() != shape.size()) return std::nullopt;
    box.strides.push_back(std::move(strides));
  }
  box.strides.push_back(strides_of(shape));  // the result, so that its axes merge only where they run on
  box.collapse();
  if (box.rank() > kBoxRank) return std::nullopt;
  std::uint32_t repeats = 0;
  if (vec4) {
    if (!box.takes_vec4(true)) return std::nullopt;
    box.extent.back() /= 4;
    for (std::size_t i = 0; i < inputs; i++) {
      if (box.strides[i].back() == 0)
        repeats |= 1u << i;
      else
        box.strides[i].back() = 4;
    }
  }
  std::int64_t values = element_count(box.extent);
  std::uint32_t lanes = lanes_for(values, 4, 256, caps);
  Dispatch d = dispatch(vec4 ? "elementwise_strided.vec4" : "elementwise_strided.plain", ceil_div(values, 4 * lanes), lanes, caps);
  d.constants.push_back({CONSTANT_SWITCH_0, static_cast<std::uint32_t>(box.rank())});
  d.constants.push_back({CONSTANT_SWITCH_0 + 1, repeats});
  append_program(launch.program, d.constants);
  push_box(d, box);
  for (std::size_t i = 0; i < 3; i++) push_axes(d, i < inputs ? box.strides[i] : Shape{});
  for (int i = 0; i < 3; i++) d.bindings.push_back(static_cast<std::size_t>(i) < inputs ? reads(i, OperandKind::input, i) : unused(i));
  d.bindings.push_back(writes(3, OperandKind::output, 0));
  return kernel_of(launch, vec4 ? "strided vec4" : "strided", std::move(d));
}

std::vector<Kernel> elementwise_candidates(const Launch& launch, const DeviceCaps& caps) {
  std::size_t inputs = launch.inputs.size();
  if (inputs < 1 || inputs > PROGRAM_MAX_INPUTS || launch.outputs.size() != 1 || launch.program.inputs.size() != inputs) return {};
  if (!operands_fit(launch, caps) || !all_of_type(launch.inputs, DType::f32) || !all_of_type(launch.outputs, DType::f32)) return {};
  std::vector<Kernel> kernels;
  if (auto kernel = direct(launch, caps, true, true)) kernels.push_back(std::move(*kernel));
  for (bool vec4 : {true, false})
    if (auto kernel = direct(launch, caps, vec4, false)) kernels.push_back(std::move(*kernel));
  if (has_mode(launch.program, InputMode::strided) && launch.band.width == 0)
    for (bool vec4 : {true, false})
      if (auto kernel = strided(launch, caps, vec4)) kernels.push_back(std::move(*kernel));
  return kernels;
}

}  // namespace

const KernelFamily elementwise_family{"elementwise", true, false, elementwise_candidates, nullptr, true};

}  // namespace gouache
