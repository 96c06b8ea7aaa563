// Which buffers do variables and a plan need?  What is made from these lists, and what is only reckoned from them, is the same.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "host/plan/plan.h"
#include "host/plan/state_layout.h"
#include "host/vulkan/buffer.h"

namespace gouache {

/// One a block, in order.
std::vector<BufferWish> state_buffers(const StateLayout& layout);

struct PlanBuffers {
  std::vector<BufferWish> arena;  ///< one an arena block
  BufferWish constants;           ///< the plan's constants, then what unused bindings show
  std::int64_t unused_offset = 0;
  std::vector<BufferWish> inputs, outputs;
};
inline constexpr std::int64_t kUnusedBytes = 256;  ///< what a binding shows that the shader never touches

/// Throws Error(internal) naming an input or output that does not lie in a buffer of its own.
PlanBuffers plan_buffers(const Plan& plan);

/// Room for so many copies of all outputs, one after another in their order.
BufferWish kept_outputs_buffer(const Plan& plan, std::size_t copies);

/// Bytes by MemoryPurpose, and what adds to them: a buffer, all of a plan's.
using MemoryBytes = std::array<std::uint64_t, kMemoryPurposes>;
void add_memory(MemoryBytes& bytes, const BufferWish& wish);
void add_memory(MemoryBytes& bytes, const Plan& plan);

}  // namespace gouache
