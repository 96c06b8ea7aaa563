// Which buffers do variables and a plan need?
#include "host/runtime/buffers.h"

#include "host/graph/error.h"

namespace gouache {
namespace {

BufferWish port_buffer(const Plan& plan, const NamedTensor& tensor, std::size_t index, Storage storage) {
  const bool known = tensor.region >= 0 && std::size_t(tensor.region) < plan.regions.size();
  const Region region = known ? plan.regions[std::size_t(tensor.region)] : Region{};
  if (!known || region.storage != storage || region.block != std::int32_t(index) || region.bytes < tensor.type.bytes() || region.offset < 0)
    throw Error(ErrorCode::internal, plan.name + ": '" + tensor.name + "' does not lie in a buffer of its own");
  const bool input = storage == Storage::input;
  return {region.offset + region.bytes, input ? BufferPlace::upload : BufferPlace::readback,
          input ? MemoryPurpose::input : MemoryPurpose::output, plan.name + " " + tensor.name};
}

}  // namespace

std::vector<BufferWish> state_buffers(const StateLayout& layout) {
  std::vector<BufferWish> buffers;
  for (const StateLayout::Block& block : layout.blocks)
    buffers.push_back({block.bytes, BufferPlace::device, MemoryPurpose::state, "state " + block.name});
  return buffers;
}

PlanBuffers plan_buffers(const Plan& plan) {
  PlanBuffers buffers;
  for (std::int64_t bytes : plan.arena_blocks)
    buffers.arena.push_back({bytes, BufferPlace::device, MemoryPurpose::arena, plan.name + " arena"});
  buffers.unused_offset = (std::int64_t(plan.constants.size() * sizeof(plan.constants[0])) + 255) / 256 * 256;
  buffers.constants = {buffers.unused_offset + kUnusedBytes, BufferPlace::device, MemoryPurpose::constant, plan.name + " constants"};
  for (std::size_t i = 0; i < plan.inputs.size(); i++) buffers.inputs.push_back(port_buffer(plan, plan.inputs[i], i, Storage::input));
  for (std::size_t i = 0; i < plan.outputs.size(); i++) buffers.outputs.push_back(port_buffer(plan, plan.outputs[i], i, Storage::output));
  return buffers;
}

BufferWish kept_outputs_buffer(const Plan& plan, std::size_t copies) {
  std::int64_t bytes = 0;
  for (const NamedTensor& output : plan.outputs) bytes += output.type.bytes();
  return {bytes * std::int64_t(copies), BufferPlace::readback, MemoryPurpose::output, plan.name + " kept outputs"};
}

void add_memory(MemoryBytes& bytes, const BufferWish& wish) {
  bytes[std::size_t(wish.purpose)] += std::uint64_t(wish.bytes + kBufferSlack);
}

void add_memory(MemoryBytes& bytes, const Plan& plan) {
  const PlanBuffers buffers = plan_buffers(plan);
  for (const std::vector<BufferWish>* wishes : {&buffers.arena, &buffers.inputs, &buffers.outputs})
    for (const BufferWish& wish : *wishes) add_memory(bytes, wish);
  add_memory(bytes, buffers.constants);
}

}  // namespace gouache
