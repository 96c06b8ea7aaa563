// How does a fused program reach a kernel, and how does it read in a plan?
#include "host/graph/program.h"

#include <bit>
#include <cstdio>

#include "host/graph/error.h"
#include "host/graph/scalar_function.h"

namespace gouache {
namespace {

std::string operand_text(const Program& program, std::uint8_t operand) {
  if (operand >= PROGRAM_OPERAND_RESULT) return std::string("#").append(std::to_string(operand - PROGRAM_OPERAND_RESULT));
  if (operand < PROGRAM_OPERAND_SCALAR) return std::string("in").append(std::to_string(operand));
  const std::size_t index = operand - PROGRAM_OPERAND_SCALAR;
  if (index >= program.scalars.size()) return "?";
  char text[32];
  std::snprintf(text, sizeof text, "%g", static_cast<double>(program.scalars[index]));
  return text;
}

}  // namespace

void append_program(const Program& program, std::vector<SpecConstant>& constants) {
  if (program.code.size() > PROGRAM_MAX_LENGTH || program.scalars.size() > PROGRAM_MAX_SCALARS ||
      program.inputs.size() > PROGRAM_MAX_INPUTS)
    throw Error(ErrorCode::internal, "program: " + std::to_string(program.code.size()) + " instructions, " +
                                         std::to_string(program.scalars.size()) + " scalars, " + std::to_string(program.inputs.size()) +
                                         " inputs are more than a kernel takes");
  const auto add = [&](std::size_t id, std::uint32_t value) { constants.push_back({static_cast<std::uint32_t>(id), value}); };
  add(CONSTANT_PROGRAM_LENGTH, static_cast<std::uint32_t>(program.code.size()));
  for (std::size_t i = 0; i < program.code.size(); i++) add(CONSTANT_PROGRAM_CODE + i, program.code[i].word());
  for (std::size_t i = 0; i < program.scalars.size(); i++)
    add(CONSTANT_PROGRAM_SCALAR + i, std::bit_cast<std::uint32_t>(program.scalars[i]));
  for (std::size_t i = 0; i < program.inputs.size(); i++) add(CONSTANT_PROGRAM_INPUTS + i, static_cast<std::uint32_t>(program.inputs[i]));
}

// The value that flows from instruction to instruction is left out where it comes first and is "." elsewhere; so is a lone further input.
std::string to_text(const Program& program) {
  std::string text;
  for (std::size_t i = 0; i < program.code.size(); i++) {
    const Instruction& step = program.code[i];
    const ScalarFunction& function = scalar_function(step.function);
    const std::uint8_t operands[3] = {step.a, step.b, step.c};
    const auto flowing = static_cast<std::uint8_t>(i == 0 ? 0 : PROGRAM_OPERAND_RESULT + i - 1);
    const int first = operands[0] == flowing ? 1 : 0;
    std::string list;
    for (int k = first; k < function.arity; k++)
      list.append(k > first ? "," : "").append(operands[k] == flowing ? "." : operand_text(program, operands[k]));
    const bool lone_input = first == 1 && function.arity == 2 && operands[1] < PROGRAM_OPERAND_SCALAR && operands[1] != flowing;
    text.append(i ? " " : "").append(function.name);
    if (!list.empty() && !lone_input) text.append("(").append(list).append(")");
  }
  return text;
}

}  // namespace gouache
