// Where does device memory come from?
#include "host/vulkan/device_memory.h"

#include <algorithm>
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

MemoryUse Device::memory(MemoryPurpose purpose) const {
  const std::lock_guard turn(counting_);
  return memory_[std::size_t(purpose)];
}

MemoryUse Device::memory() const {
  const std::lock_guard turn(counting_);
  return total_memory_;
}

/// Negative: released. counting_ is held.
void Device::book_memory(MemoryPurpose purpose, std::int64_t bytes) {
  for (MemoryUse* use : {&memory_[std::size_t(purpose)], &total_memory_}) use->bytes = std::uint64_t(std::int64_t(use->bytes) + bytes);
}

/// Books before anything is taken, so that threads together keep to the limit.
void Device::reserve_memory(MemoryPurpose purpose, VkDeviceSize bytes, const std::string& name) {
  const std::lock_guard turn(counting_);
  if (const std::string refusal = memory_refusal(*this, purpose, bytes, total_memory_.bytes, name); !refusal.empty())
    throw Error(ErrorCode::out_of_memory, refusal);
  book_memory(purpose, std::int64_t(bytes));
}

VkDeviceMemory Device::take_memory(MemoryPurpose purpose, std::uint32_t type, VkDeviceSize bytes, const std::string& name,
                                   std::byte* imported) {
  reserve_memory(purpose, bytes, name);
  VkDeviceMemory taken = VK_NULL_HANDLE;
  VkResult result = VK_SUCCESS;
  if (lent_memory_.allocate) {
    const std::lock_guard turn(lending_);
    result = lent_memory_.allocate(purpose, type, bytes, &taken);
  } else {
    VkMemoryAllocateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO;
    VkImportMemoryHostPointerInfoEXT import{};
    import.sType = VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT;
    import.handleType = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT;
    import.pHostPointer = imported;
    VkMemoryAllocateFlagsInfo flags{VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO, nullptr, VK_MEMORY_ALLOCATE_DEVICE_ADDRESS_BIT, 0};
    if (enabled_.buffer_addresses) import.pNext = info.pNext = &flags;
    if (imported) info.pNext = &import;
    info.allocationSize = bytes;
    info.memoryTypeIndex = type;
    result = table_.vkAllocateMemory(device_, &info, allocator(), &taken);
  }
  std::uint64_t in_use = 0;
  {
    const std::lock_guard turn(counting_);
    if (result == VK_SUCCESS && taken) {
      allocations_++;
      for (MemoryUse* use : {&memory_[std::size_t(purpose)], &total_memory_}) use->peak_bytes = std::max(use->peak_bytes, use->bytes);
      return taken;
    }
    book_memory(purpose, -std::int64_t(bytes));
    in_use = total_memory_.bytes;
  }
  check(result, lent_memory_.allocate ? "the host's memory callback" : "vkAllocateMemory", demand(purpose, bytes, in_use, name));
  throw Error("the host's memory callback succeeded without giving memory (" + demand(purpose, bytes, in_use, name) + ")");
}

void Device::give_memory(MemoryPurpose purpose, std::uint32_t type, VkDeviceSize bytes, VkDeviceMemory memory, bool mapped) {
  if (lent_memory_.release) {
    if (mapped) table_.vkUnmapMemory(device_, memory);  // the host may keep it
    const std::lock_guard turn(lending_);
    lent_memory_.release(purpose, type, bytes, memory);
  } else {
    table_.vkFreeMemory(device_, memory, allocator());
  }
  const std::lock_guard turn(counting_);
  book_memory(purpose, -std::int64_t(bytes));
}

DeviceMemory::DeviceMemory(Device& device, MemoryPurpose purpose, std::uint32_t type, VkDeviceSize bytes, const std::string& name,
                           std::byte* imported)
    : device_(&device), handle_(device.take_memory(purpose, type, bytes, name, imported)), purpose_(purpose), type_(type), bytes_(bytes) {}

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
  if (handle_) device_->give_memory(purpose_, type_, bytes_, handle_, mapped_);
}

std::byte* DeviceMemory::map(const std::string& name) {
  void* address = nullptr;
  check(device_->table().vkMapMemory(device_->handle(), handle_, 0, VK_WHOLE_SIZE, 0, &address), "vkMapMemory", name);
  mapped_ = true;
  return static_cast<std::byte*>(address);
}

void DeviceMemory::unmap() {
  device_->table().vkUnmapMemory(device_->handle(), handle_);
  mapped_ = false;
}

}  // namespace gouache
