// Where do bytes lie on the device?
#include "host/vulkan/buffer.h"

#include <utility>

#include "host/graph/error.h"
#include "host/vulkan/result.h"

namespace gouache {

namespace {

constexpr VkMemoryPropertyFlags kVisible = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT, kCoherent = VK_MEMORY_PROPERTY_HOST_COHERENT_BIT,
                                kCached = VK_MEMORY_PROPERTY_HOST_CACHED_BIT, kLocal = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;

/// What each place would like, the best first; the last is what the specification promises.
constexpr VkMemoryPropertyFlags kDevicePlace[] = {kLocal, 0};
constexpr VkMemoryPropertyFlags kUploadPlace[] = {kVisible | kCoherent, kVisible};
constexpr VkMemoryPropertyFlags kReadbackPlace[] = {kVisible | kCached | kCoherent, kVisible | kCached, kVisible};

std::span<const VkMemoryPropertyFlags> wishes(BufferPlace place) {
  if (place == BufferPlace::upload) return kUploadPlace;
  if (place == BufferPlace::readback) return kReadbackPlace;
  return kDevicePlace;
}

std::uint32_t memory_type(const VkPhysicalDeviceMemoryProperties& memory, std::uint32_t allowed, BufferPlace place,
                          const std::string& name) {
  for (VkMemoryPropertyFlags wish : wishes(place))
    for (std::uint32_t type = 0; type < memory.memoryTypeCount; type++)
      if ((allowed >> type & 1) && (memory.memoryTypes[type].propertyFlags & wish) == wish) return type;
  throw Error(ErrorCode::unsupported, name + ": the device has no memory type for this buffer");
}

}  // namespace

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
  const std::uint32_t type = memory_type(device.facts().memory, needs.memoryTypeBits, place, name);
  memory_ = DeviceMemory(device, purpose, type, needs.size, name);
  check(device.table().vkBindBufferMemory(device.handle(), handle(), memory_.handle(), 0), "vkBindBufferMemory", name);
  if (place != BufferPlace::device) {
    mapped_ = memory_.map(name);
    coherent_ = device.facts().memory.memoryTypes[type].propertyFlags & kCoherent;
  }
  if (device.enabled().debug_utils) {
    VkDebugUtilsObjectNameInfoEXT label{};
    label.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_OBJECT_NAME_INFO_EXT;
    label.objectType = VK_OBJECT_TYPE_BUFFER;
    label.objectHandle = std::uint64_t(handle());
    label.pObjectName = name.c_str();
    check(device.table().vkSetDebugUtilsObjectNameEXT(device.handle(), &label), "vkSetDebugUtilsObjectNameEXT");
  }
}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  std::swap(device_, other.device_);
  std::swap(bytes_, other.bytes_);
  std::swap(memory_, other.memory_);
  std::swap(buffer_, other.buffer_);
  std::swap(mapped_, other.mapped_);
  std::swap(coherent_, other.coherent_);
  return *this;
}

void Buffer::flush() const {
  if (!mapped_ || coherent_) return;
  const VkMappedMemoryRange range{VK_STRUCTURE_TYPE_MAPPED_MEMORY_RANGE, nullptr, memory_.handle(), 0, VK_WHOLE_SIZE};
  check(device_->table().vkFlushMappedMemoryRanges(device_->handle(), 1, &range), "vkFlushMappedMemoryRanges");
}

void Buffer::invalidate() const {
  if (!mapped_ || coherent_) return;
  const VkMappedMemoryRange range{VK_STRUCTURE_TYPE_MAPPED_MEMORY_RANGE, nullptr, memory_.handle(), 0, VK_WHOLE_SIZE};
  check(device_->table().vkInvalidateMappedMemoryRanges(device_->handle(), 1, &range), "vkInvalidateMappedMemoryRanges");
}

}  // namespace gouache
