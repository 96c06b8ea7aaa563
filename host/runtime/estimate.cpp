// What would a model or a training take of a device's memory, and is there so much?
#include "host/runtime/estimate.h"

#include <numeric>

#include "host/graph/error.h"
#include "host/vulkan/device_memory.h"
#include "host/vulkan/transfer.h"

namespace gouache {

std::uint64_t Estimate::total() const { return std::accumulate(bytes_.begin(), bytes_.end(), std::uint64_t{0}); }

void Estimate::add(const StateLayout& layout) {
  for (const BufferWish& wish : state_buffers(layout)) add(wish);
}

void Estimate::add(const Plan& plan) {
  const PlanBuffers buffers = plan_buffers(plan);
  for (const BufferWish& wish : buffers.arena) add(wish);
  add(buffers.constants);
  for (const BufferWish& wish : buffers.inputs) add(wish);
  for (const BufferWish& wish : buffers.outputs) add(wish);
}

void Estimate::add_staging() {
  if (!device_.transfer().has_staging()) add(Transfer::staging_buffer());
}

void Estimate::plan(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::unsupported && error.code() != ErrorCode::out_of_memory) throw;
    if (refusal_.empty()) refusal_ = error.what();
  }
}

void Estimate::add(const BufferWish& wish) {
  const MemoryNeeds needs = needs_of(device_, wish);
  const VkPhysicalDeviceMemoryProperties& memory = device_.facts().memory;
  const std::uint32_t heap = memory.memoryTypes[needs.type].heapIndex;
  const std::uint64_t in_use = device_.memory().bytes + total();
  std::string refusal = memory_refusal(device_, wish.purpose, needs.bytes, in_use, wish.name);
  bytes_[std::size_t(wish.purpose)] += needs.bytes;
  heaps_[heap] += needs.bytes;
  if (refusal.empty() && heaps_[heap] > memory.memoryHeaps[heap].size)
    refusal =
        wish.name + ": " + grouped(heaps_[heap]) + " bytes are needed of a memory heap that has " + grouped(memory.memoryHeaps[heap].size);
  if (refusal_.empty()) refusal_ = std::move(refusal);
}

}  // namespace gouache
