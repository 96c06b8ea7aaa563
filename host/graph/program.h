// What is a fused elementwise program?  A short straight-line list of scalar functions that a kernel runs on each element:
// the body of an elementwise launch, the epilogue of a convolution or matmul, the prologue of a reduction.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "shaders/shared/interface.h"

namespace gouache {

/// How a program input is addressed relative to the element being computed.
enum class InputMode : std::uint32_t {
  full = INPUT_FULL,        ///< same shape as the iterated tensor
  channel = INPUT_CHANNEL,  ///< [C], one value per channel (last axis)
  scalar = INPUT_SCALAR,    ///< one element
  strided = INPUT_STRIDED,  ///< any broadcast or permuted view
};

struct Instruction {
  std::uint8_t function = FUNCTION_IDENTITY;  ///< FUNCTION_*
  std::uint8_t a = 0, b = 0, c = 0;           ///< operands: 0..7 inputs, 8..15 scalars, 16.. results of earlier instructions
  std::uint32_t word() const { return function | std::uint32_t(a) << 8 | std::uint32_t(b) << 16 | std::uint32_t(c) << 24; }
  bool operator==(const Instruction&) const = default;
};

/// Inputs come in the order of `inputs`; as an epilogue, input 0 is the kernel's own result. The last instruction's value is
/// the program's; without instructions it is input 0.
struct Program {
  std::vector<InputMode> inputs;
  std::vector<Instruction> code;  ///< at most PROGRAM_MAX_LENGTH
  std::vector<float> scalars;     ///< at most PROGRAM_MAX_SCALARS
  bool empty() const { return code.empty(); }
  bool operator==(const Program&) const = default;
};

/// The specialization constants that carry `program` (ids CONSTANT_PROGRAM_*); values are 32-bit words.
struct SpecConstant {
  std::uint32_t id = 0, value = 0;
  bool operator==(const SpecConstant&) const = default;
};
void append_program(const Program& program, std::vector<SpecConstant>& constants);

/// "add leaky_relu(0.2)": for plan dumps and labels.
std::string to_text(const Program& program);

}  // namespace gouache
