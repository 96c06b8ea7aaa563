// How is a memory-bound kernel dispatched?  Lanes walk a tensor in workgroups folded over two axes; divisors become multipliers.
#include "host/kernels/streaming.h"

#include <algorithm>
#include <limits>

#include "shaders/shared/interface.h"

namespace gouache::streaming {

Divisor::Divisor(std::uint32_t divisor) {
  divisor = std::max(divisor, 1u);
  shift = static_cast<std::uint32_t>(std::bit_width(divisor - 1));
  multiplier = static_cast<std::uint32_t>(((std::uint64_t{1} << (31 + shift)) + divisor - 1) / divisor);
}

void set_powers_of_two(Dispatch& dispatch, std::span<const std::uint32_t> divisors) {
  const bool all = std::ranges::all_of(divisors, [](std::uint32_t divisor) { return std::has_single_bit(divisor); });
  dispatch.constants.push_back({CONSTANT_POWERS_OF_TWO, all ? 1u : 0u});
}

bool storage_fits(std::int64_t bytes, const DeviceCaps& caps) {
  std::uint64_t limit = std::min<std::uint64_t>(caps.max_storage_range, std::numeric_limits<std::uint32_t>::max());
  return bytes > 0 && static_cast<std::uint64_t>(bytes) <= limit;
}

void push_divisor(Dispatch& dispatch, std::int64_t divisor) {
  const Divisor made(word(divisor));
  dispatch.push.insert(dispatch.push.end(), {word(divisor), made.multiplier, made.shift});
}

bool texels_fit(std::int64_t bytes, const DeviceCaps& caps) { return bytes >= 16 && bytes / 16 <= caps.max_texels; }

bool all_texels(const std::vector<TensorType>& tensors, const DeviceCaps& caps) {
  return std::ranges::all_of(tensors, [&](const TensorType& t) { return t.bytes() % 16 == 0 && texels_fit(t.bytes(), caps); });
}

bool operands_fit(const Launch& launch, const DeviceCaps& caps) {
  auto fits = [&](const TensorType& t) { return storage_fits(t.bytes(), caps) && t.count() < std::numeric_limits<std::int32_t>::max(); };
  const std::int64_t written = launch.outputs.empty() ? 0 : launch.written_bytes(0);
  return std::ranges::all_of(launch.inputs, fits) && std::ranges::all_of(launch.outputs, fits) && storage_fits(written, caps) &&
         written / 4 < std::numeric_limits<std::int32_t>::max();
}

bool all_of_type(const std::vector<TensorType>& types, DType type) {
  return std::ranges::all_of(types, [&](const TensorType& t) { return t.dtype == type; });
}

double tensor_bytes(const Launch& launch) {
  double sum = 0;
  for (const TensorType& t : launch.inputs) sum += static_cast<double>(t.bytes());
  for (const TensorType& t : launch.outputs) sum += static_cast<double>(t.bytes());
  return sum;
}

std::uint32_t lanes_for(std::int64_t values, std::int64_t per_lane, std::uint32_t most, const DeviceCaps& caps) {
  constexpr std::uint32_t kFew = 64;
  const std::uint32_t allowed = std::bit_floor(std::min(most, caps.max_invocations));
  const std::int64_t wanted = std::max<std::int64_t>(ceil_div(values, per_lane), 8);
  if (wanted >= allowed) return allowed;
  if (per_lane > 1)  // values in a row: lanes without any cost less than a pipeline for each size
    return wanted <= kFew ? std::min(kFew, allowed) : allowed;
  return std::bit_ceil(static_cast<std::uint32_t>(wanted));
}

std::uint32_t step_along(std::int64_t extent, const DeviceCaps& caps) {
  if (!caps.is_cpu) return 0;
  for (const std::uint32_t step : {8u, 4u, 2u, 1u})
    if (extent % (4 * step) == 0) return step;
  return 0;
}

Dispatch dispatch(std::string module, std::int64_t groups, std::uint32_t lanes, const DeviceCaps& caps) {
  Dispatch d;
  d.module = std::move(module);
  d.constants.push_back({CONSTANT_LOCAL_SIZE, lanes});
  std::int64_t rows = ceil_div(groups, caps.max_groups);
  std::int64_t fold = ceil_div(groups, std::max<std::int64_t>(rows, 1));
  d.grid = {static_cast<std::uint32_t>(fold), static_cast<std::uint32_t>(ceil_div(groups, fold)), 1};
  return d;
}

bool simple_operands(const Program& program, std::size_t first, const std::vector<TensorType>& inputs, std::size_t first_tensor,
                     const Shape& shape) {
  std::int64_t count = element_count(shape), channels = shape.empty() ? 1 : shape.back();
  std::size_t extra = program.inputs.size() > first ? program.inputs.size() - first : 0;
  if (inputs.size() != first_tensor + extra) return false;
  for (std::size_t i = 0; i < extra; i++) {
    const TensorType& t = inputs[first_tensor + i];
    std::int64_t expected = 0;
    switch (program.inputs[first + i]) {
      case InputMode::full: expected = count; break;
      case InputMode::channel: expected = channels; break;
      case InputMode::scalar: expected = 1; break;
      case InputMode::strided: return false;
    }
    if (t.dtype != DType::f32 || t.count() != expected) return false;
  }
  return true;
}

bool has_mode(const Program& program, InputMode mode) { return std::ranges::find(program.inputs, mode) != program.inputs.end(); }

double program_flops(const Program& program, std::int64_t count) {
  return static_cast<double>(program.code.size()) * static_cast<double>(count);
}

}  // namespace gouache::streaming
