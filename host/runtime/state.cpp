// Where do the variables live on the device?
#include "host/runtime/state.h"

#include <cstring>

#include "host/graph/error.h"
#include "host/runtime/buffers.h"
#include "host/vulkan/transfer.h"

namespace gouache {

namespace {

const StateSlot& sized_slot(const StateLayout& layout, const std::string& name, std::size_t bytes) {
  const StateSlot& slot = layout.at(name);
  if (bytes != std::size_t(slot.type.bytes()))
    throw Error("variable '" + name + "' holds " + grouped(std::uint64_t(slot.type.bytes())) + " bytes " + to_text(slot.type.shape) +
                ", got " + grouped(bytes));
  return slot;
}

}  // namespace

State::State(Device& device, const StateLayout& layout) : device_(device), layout_(layout), versions_(layout.blocks.size()) {
  for (const BufferWish& wish : state_buffers(layout_)) blocks_.emplace_back(device, wish);
  for (const Buffer& block : blocks_)
    if (!block.was_zero()) device.transfer().zero(block, 0, block.bytes());
}

const Buffer& State::block(std::int32_t index) const {
  if (index < 0 || std::size_t(index) >= blocks_.size())
    throw Error(ErrorCode::internal, "state: there is no block " + std::to_string(index) + " among " + std::to_string(blocks_.size()));
  return blocks_[std::size_t(index)];
}

void State::upload(const std::string& name, std::span<const std::byte> bytes) {
  const StateSlot& slot = sized_slot(layout_, name, bytes.size());
  device_.transfer().upload(block(slot.block), slot.offset, bytes);
  changed(slot.block);
}

void State::upload(const std::string& name, const ProduceBytes& produce) {
  const StateSlot& slot = layout_.at(name);
  device_.transfer().upload(block(slot.block), slot.offset, slot.type.bytes(), produce);
  changed(slot.block);
}

void State::download(const std::string& name, std::span<std::byte> bytes) const {
  const StateSlot& slot = sized_slot(layout_, name, bytes.size());
  if (fetched_ && fetched_->blocks[std::size_t(slot.block)].bytes()) {
    const Buffer& block = fetched_->blocks[std::size_t(slot.block)];
    std::memcpy(bytes.data(), block.mapped().data() + slot.offset, bytes.size());
    return;
  }
  device_.transfer().download(block(slot.block), slot.offset, bytes);
}

bool State::fetch(const std::string& left_out) {
  if (device_.queue()) return true;
  Deferred& frames = device_.transfer().deferred();
  if (!fetched_) {
    Fetched wish;
    wish.blocks.resize(blocks_.size());
    for (std::size_t i = 0; i < blocks_.size(); i++) {
      if (!left_out.empty() && std::int32_t(i) == layout_.at(left_out).block) continue;
      wish.blocks[i] =
          Buffer(device_, blocks_[i].bytes(), BufferPlace::readback, MemoryPurpose::staging, "copy of " + layout_.blocks[i].name);
      frames.download(blocks_[i], 0, wish.blocks[i]);
    }
    wish.mark = frames.mark();
    fetched_ = std::move(wish);
  }
  if (!frames.reached(fetched_->mark)) return false;
  for (const Buffer& block : fetched_->blocks) block.invalidate();
  return true;
}

void State::zero(const std::string& name) {
  const StateSlot& slot = layout_.at(name);
  device_.transfer().zero(block(slot.block), slot.offset, slot.type.bytes());
  changed(slot.block);
}

void State::zero() {
  for (const Buffer& block : blocks_) device_.transfer().zero(block, 0, block.bytes());
  for (std::uint64_t& version : versions_) version++;
}

}  // namespace gouache
