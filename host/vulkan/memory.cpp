// What lies behind a buffer or an image?
#include "host/vulkan/memory.h"

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

/// Whether the memory is the system's own, which nobody has touched yet: a software driver's, and not a lender's.
bool is_from_the_system(const Device& device, std::uint32_t type) {
  const DeviceFacts& facts = device.facts();
  return facts.type == VK_PHYSICAL_DEVICE_TYPE_CPU && !device.memory_is_lent() && (facts.memory.memoryTypes[type].propertyFlags & kVisible);
}

/// Memory of the host that the device takes as memory of this type; nothing where there is none.
LargePages pages_for(const Device& device, std::uint32_t type, VkDeviceSize bytes) {
  LargePages pages{std::size_t(bytes)};
  if (pages.memory().empty()) return {};
  VkMemoryHostPointerPropertiesEXT properties{};
  properties.sType = VK_STRUCTURE_TYPE_MEMORY_HOST_POINTER_PROPERTIES_EXT;
  const VkResult result = device.table().vkGetMemoryHostPointerPropertiesEXT(
      device.handle(), VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT, pages.memory().data(), &properties);
  if (result != VK_SUCCESS || !(properties.memoryTypeBits >> type & 1)) return {};
  return pages;
}

}  // namespace

bool imports(const Device& device, VkDeviceSize bytes) {
  return device.enabled().host_memory && !device.memory_is_lent() && bytes >= kLargePageBytes;
}

MemoryNeeds memory_needs(const Device& device, const VkMemoryRequirements& needs, BufferPlace place, const std::string& name) {
  const VkPhysicalDeviceMemoryProperties& memory = device.facts().memory;
  for (VkMemoryPropertyFlags wish : wishes(place))
    for (std::uint32_t type = 0; type < memory.memoryTypeCount; type++)
      if ((needs.memoryTypeBits >> type & 1) && (memory.memoryTypes[type].propertyFlags & wish) == wish) return {type, needs.size};
  throw Error(ErrorCode::unsupported, name + ": the device has no memory type for it");
}

Memory::Memory(Device& device, const VkMemoryRequirements& needs, BufferPlace place, MemoryPurpose purpose, const std::string& name,
               bool may_import)
    : device_(&device) {
  const MemoryNeeds needed = memory_needs(device, needs, place, name);
  const std::uint32_t type = needed.type;
  const VkDeviceSize bytes = needed.bytes;
  if (may_import) pages_ = pages_for(device, type, bytes);
  const auto take = [&] { memory_ = DeviceMemory(device, purpose, type, bytes, name, pages_.memory().data()); };
  try {
    take();
  } catch (const Error&) {  // some drivers say only now that they do not import it
    if (pages_.memory().empty()) throw;
    pages_ = {};
    take();
  }
  take_pages(pages_.memory());
  const bool is_fresh = pages_.memory().empty() && bytes >= kLargePageBytes && is_from_the_system(device, type);
  if (place == BufferPlace::device && !is_fresh) return;
  mapped_ = memory_.map(name);
  if (is_fresh) take_pages({mapped_, std::size_t(bytes)});  // which are soon filled
  if (place == BufferPlace::device) {
    memory_.unmap();
    mapped_ = nullptr;
    return;
  }
  coherent_ = device.facts().memory.memoryTypes[type].propertyFlags & kCoherent;
}

void Memory::flush() const {
  if (!mapped_ || coherent_) return;
  const VkMappedMemoryRange range{VK_STRUCTURE_TYPE_MAPPED_MEMORY_RANGE, nullptr, handle(), 0, VK_WHOLE_SIZE};
  check(device_->table().vkFlushMappedMemoryRanges(device_->handle(), 1, &range), "vkFlushMappedMemoryRanges");
}

void Memory::invalidate() const {
  if (!mapped_ || coherent_) return;
  const VkMappedMemoryRange range{VK_STRUCTURE_TYPE_MAPPED_MEMORY_RANGE, nullptr, handle(), 0, VK_WHOLE_SIZE};
  check(device_->table().vkInvalidateMappedMemoryRanges(device_->handle(), 1, &range), "vkInvalidateMappedMemoryRanges");
}

}  // namespace gouache
