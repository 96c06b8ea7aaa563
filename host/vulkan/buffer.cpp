// Where do bytes lie on the device?
#include "host/vulkan/buffer.h"

#include <bit>
#include <utility>

#include "host/graph/error.h"
#include "host/vulkan/result.h"
#include "host/vulkan/transfer.h"

namespace gouache {

namespace {

/// A buffer with no memory yet, and what it needs.
struct Bare {
  std::int64_t bytes = 0;
  OwnedBuffer buffer;
  VkMemoryRequirements needs{};
  bool imports = false;  ///< whether its memory may be the host's
};

Bare bare(Device& device, const BufferWish& wish) {
  if (wish.bytes <= 0) throw Error(ErrorCode::internal, wish.name + ": a buffer of " + std::to_string(wish.bytes) + " bytes");
  Bare made;
  made.bytes = (wish.bytes + 15) / 16 * 16;
  VkBufferCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
  info.size = VkDeviceSize(made.bytes + kBufferSlack);
  if (std::has_single_bit(info.size)) info.size += 16;  // lavapipe compiles kernels once more for views of such buffers
  info.usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT | VK_BUFFER_USAGE_UNIFORM_TEXEL_BUFFER_BIT |
               VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT;
  if (device.enabled().buffer_addresses) info.usage |= VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT;
  made.imports = imports(device, info.size);
  VkExternalMemoryBufferCreateInfo host{};
  host.sType = VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO;
  host.handleTypes = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT;
  if (made.imports) info.pNext = &host;
  made.buffer = make_owned<OwnedBuffer>(device, &DeviceTable::vkCreateBuffer, "vkCreateBuffer", info);
  device.table().vkGetBufferMemoryRequirements(device.handle(), made.buffer.get(), &made.needs);
  if (const VkDeviceSize whole = device.facts().host_memory_alignment; made.imports)
    made.needs.size = (made.needs.size + whole - 1) / whole * whole;
  return made;
}

}  // namespace

MemoryNeeds needs_of(Device& device, const BufferWish& wish) {
  return memory_needs(device, bare(device, wish).needs, wish.place, wish.name);
}

Buffer::Buffer(Device& device, const BufferWish& wish) : device_(&device) {
  Bare made = bare(device, wish);
  bytes_ = made.bytes;
  buffer_ = std::move(made.buffer);
  memory_ = Memory(device, made.needs, wish.place, wish.purpose, wish.name, made.imports);
  check(device.table().vkBindBufferMemory(device.handle(), handle(), memory_.handle(), 0), "vkBindBufferMemory", wish.name);
  name_object(device, VK_OBJECT_TYPE_BUFFER, std::uint64_t(handle()), wish.name);
}

Buffer::~Buffer() {
  if (handle() && !device_->queue()) device_->transfer().deferred().bury(*this);
}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  std::swap(device_, other.device_);
  std::swap(bytes_, other.bytes_);
  std::swap(memory_, other.memory_);
  std::swap(buffer_, other.buffer_);
  return *this;
}

}  // namespace gouache
