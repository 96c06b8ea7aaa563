// What does a module become once its specialization constants are known?  The same module with plain constants.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "host/plan/catalog.h"

namespace gouache {

/// `words`, a SPIR-V module, with every specialization constant turned into a constant: of the value in `constants` (by SpecId),
/// else of its default; what is computed from such constants is computed here (integers of 32 bits and booleans; other instructions
/// stay, with constant operands). Some drivers' optimizers (SwiftShader's) fold, unroll and drop branches on constants alone.
/// Throws Error(internal) for words that are not a module. Pure, thread-safe.
std::vector<std::uint32_t> freeze_constants(std::span<const std::uint32_t> words, std::span<const SpecConstant> constants);

}  // namespace gouache
