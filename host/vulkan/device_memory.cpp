// Where does device memory come from?
#include "host/vulkan/device_memory.h"

#include <utility>

#include "host/graph/error.h"
#include "host/vulkan/result.h"

namespace gouache {

namespace {

std::string demand(MemoryPurpose purpose, std::uint64_t bytes, std::uint64_t in_use, const std::string& name) {
  return name + ": " + grouped(bytes) + " bytes of " + name_of(purpose) + " memory, " + grouped(in_use) + " bytes are in use";
}

}  // namespace

std::string memory_refusal(const Device& device, MemoryPurpose purpose, std::uint64_t bytes, std::uint64_t in_use,
                           const std::string& name) {
  const std::uint64_t most = device.facts().max_allocation_bytes, limit = device.memory_limit();
  const std::string what = demand(purpose, bytes, in_use, name);
  if (bytes > most) return what + "; maxMemoryAllocationSize is " + grouped(most);
  if (limit && (bytes > limit || in_use > limit - bytes)) return what + "; the host's limit is " + grouped(limit) + " bytes";
  return {};
}

DeviceMemory::DeviceMemory(Device& device, MemoryPurpose purpose, std::uint32_t type, VkDeviceSize bytes, const std::string& name)
    : device_(&device), purpose_(purpose), type_(type), bytes_(bytes) {
  const std::uint64_t in_use = device.memory().bytes;
  if (const std::string refusal = memory_refusal(device, purpose, bytes, in_use, name); !refusal.empty())
    throw Error(ErrorCode::out_of_memory, refusal);
  const std::string what = demand(purpose, bytes, in_use, name);
  if (const LentMemory& lent = device.lent_memory(); lent.allocate) {
    check(lent.allocate(purpose, type, bytes, &handle_), "the host's memory callback", what);
    if (!handle_) throw Error("the host's memory callback succeeded without giving memory (" + what + ")");
  } else {
    VkMemoryAllocateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO;
    info.allocationSize = bytes;
    info.memoryTypeIndex = type;
    check(device.table().vkAllocateMemory(device.handle(), &info, device.allocator(), &handle_), "vkAllocateMemory", what);
  }
  device.count_allocation();
  device.book_memory(purpose, std::int64_t(bytes));
}

DeviceMemory& DeviceMemory::operator=(DeviceMemory&& other) noexcept {
  std::swap(device_, other.device_);
  std::swap(handle_, other.handle_);
  std::swap(purpose_, other.purpose_);
  std::swap(type_, other.type_);
  std::swap(bytes_, other.bytes_);
  std::swap(mapped_, other.mapped_);
  return *this;
}

DeviceMemory::~DeviceMemory() {
  if (!handle_) return;
  if (const LentMemory& lent = device_->lent_memory(); lent.release) {
    if (mapped_) device_->table().vkUnmapMemory(device_->handle(), handle_);  // the host may keep it
    lent.release(purpose_, type_, bytes_, handle_);
  } else {
    device_->table().vkFreeMemory(device_->handle(), handle_, device_->allocator());
  }
  device_->book_memory(purpose_, -std::int64_t(bytes_));
}

std::byte* DeviceMemory::map(const std::string& name) {
  void* address = nullptr;
  check(device_->table().vkMapMemory(device_->handle(), handle_, 0, VK_WHOLE_SIZE, 0, &address), "vkMapMemory", name);
  mapped_ = true;
  return static_cast<std::byte*>(address);
}

}  // namespace gouache
