// How is a memory-bound kernel dispatched?  Lanes walk a tensor in workgroups folded over two axes; divisors become multipliers.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "host/graph/tensor_type.h"
#include "host/kernels/device_caps.h"
#include "host/plan/catalog.h"

namespace gouache::streaming {

/// n / divisor = (2 n multiplier) >> (32 + shift) for n < 2^31: divide() of shaders/include/stream.glsl.
struct Divisor {
  std::uint32_t multiplier = 0, shift = 0;
  explicit Divisor(std::uint32_t divisor);
};

/// Appends what divide() takes to a dispatch's push constants: the divisor, its multiplier and its shift.
void push_divisor(Dispatch& dispatch, std::int64_t divisor);

/// Tells divide_axis() of stream.glsl whether all of a dispatch's divisors are powers of two.
void set_powers_of_two(Dispatch& dispatch, std::span<const std::uint32_t> divisors);

inline std::uint32_t word(float value) { return std::bit_cast<std::uint32_t>(value); }
inline std::uint32_t word(std::int64_t value) { return static_cast<std::uint32_t>(value); }
inline std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

/// Whether every operand is non-empty, can be counted with 31 bits and bound whole as a storage buffer.
bool operands_fit(const Launch& launch, const DeviceCaps& caps);
/// Whether `bytes` of scratch or texels can be bound that way.
bool storage_fits(std::int64_t bytes, const DeviceCaps& caps);
bool texels_fit(std::int64_t bytes, const DeviceCaps& caps);
/// Whether all of them can be read as texels of four values.
bool all_texels(const std::vector<TensorType>& tensors, const DeviceCaps& caps);
bool all_of_type(const std::vector<TensorType>& types, DType type);

/// Bytes of all inputs and outputs.
double tensor_bytes(const Launch& launch);

/// Workgroup size of a kernel whose lanes walk `values` values, `per_lane` each: as large as pays and the device allows.
std::uint32_t lanes_for(std::int64_t values, std::int64_t per_lane, std::uint32_t most, const DeviceCaps& caps);

/// How far apart a lane's four of an axis of `extent` lie, so that as many lanes as possible share one piece of it (piece_of() of
/// stream.glsl): 8, 4, 2 or 1; 0 where the axis does not come out even or the device is no CPU.
std::uint32_t step_along(std::int64_t extent, const DeviceCaps& caps);

/// A dispatch of `groups` workgroups of `lanes`; the grid is folded, and dispatch_fold() is the word shaders call `fold`.
Dispatch dispatch(std::string module, std::int64_t groups, std::uint32_t lanes, const DeviceCaps& caps);
inline std::uint32_t dispatch_fold(const Dispatch& d) { return d.grid[0]; }

inline Binding reads(int slot, OperandKind kind, int index) {
  return {static_cast<std::uint8_t>(slot), BindingKind::storage, {kind, static_cast<std::uint16_t>(index)}, true, false};
}
inline Binding reads_texels(int slot, OperandKind kind, int index) {
  return {static_cast<std::uint8_t>(slot), BindingKind::texel, {kind, static_cast<std::uint16_t>(index)}, true, false};
}
inline Binding writes(int slot, OperandKind kind, int index) {
  return {static_cast<std::uint8_t>(slot), BindingKind::storage, {kind, static_cast<std::uint16_t>(index)}, false, true};
}
inline Binding updates(int slot, OperandKind kind, int index) {
  return {static_cast<std::uint8_t>(slot), BindingKind::storage, {kind, static_cast<std::uint16_t>(index)}, true, true};
}
/// `kind` none: a binding the shader declares and never touches.
inline Binding reads_as(bool texel, int slot, OperandKind kind, int index) {
  if (kind == OperandKind::none) index = 0;
  return texel ? reads_texels(slot, kind, index) : reads(slot, kind, index);
}
/// A binding the shader declares and never touches.
inline Binding unused(int slot, BindingKind kind = BindingKind::storage) {
  return {static_cast<std::uint8_t>(slot), kind, {}, true, false};
}

/// Whether program inputs [first, ..) are full, channel (a vector along the last axis of `shape`) or scalar, each of the size
/// its mode says; `inputs` are the tensors, from program input `first` on.
bool simple_operands(const Program& program, std::size_t first, const std::vector<TensorType>& inputs, std::size_t first_tensor,
                     const Shape& shape);
bool has_mode(const Program& program, InputMode mode);
/// Useful operations: one an instruction and element.
double program_flops(const Program& program, std::int64_t count);

}  // namespace gouache::streaming
