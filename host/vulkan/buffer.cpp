// Where do bytes lie on the device?
#include "host/vulkan/buffer.h"

#include <utility>

#include "host/graph/error.h"
#include "host/vulkan/result.h"
#include "host/vulkan/transfer.h"

namespace gouache {

Buffer::Buffer(Device& device, std::int64_t bytes, BufferPlace place, MemoryPurpose purpose, const std::string& name)
    : device_(&device), bytes_((bytes + 15) / 16 * 16) {
  if (bytes <= 0) throw Error(ErrorCode::internal, name + ": a buffer of " + std::to_string(bytes) + " bytes");
  VkBufferCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
  info.size = VkDeviceSize(bytes_);
  info.usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT | VK_BUFFER_USAGE_UNIFORM_TEXEL_BUFFER_BIT |
               VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT;
  buffer_ = make_owned<OwnedBuffer>(device, &DeviceTable::vkCreateBuffer, "vkCreateBuffer", info);

  VkMemoryRequirements needs{};
  device.table().vkGetBufferMemoryRequirements(device.handle(), handle(), &needs);
  memory_ = Memory(device, needs, place, purpose, name);
  check(device.table().vkBindBufferMemory(device.handle(), handle(), memory_.handle(), 0), "vkBindBufferMemory", name);
  name_object(device, VK_OBJECT_TYPE_BUFFER, std::uint64_t(handle()), name);
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
