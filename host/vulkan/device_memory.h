// Where does device memory come from?  From the lender's callbacks or vkAllocateMemory, within the limit, booked by purpose.
#pragma once

#include <cstddef>
#include <string>

#include "host/vulkan/device.h"

namespace gouache {

/// The sentence that DeviceMemory's constructor would throw before it asks Vulkan, were `in_use` bytes taken; empty: it would ask.
std::string memory_refusal(const Device& device, MemoryPurpose purpose, std::uint64_t bytes, std::uint64_t in_use, const std::string& name);

/// One whole VkDeviceMemory. Moves, does not copy; empty when default-made. What is bound to it must be destroyed before.
class DeviceMemory {
 public:
  DeviceMemory() = default;
  /// Throws Error(out_of_memory) naming `name`, the purpose, the bytes asked for, those in use and the limit that was met, if one was.
  /// `imported` (null: none): memory of the host that it is to be; it must outlive this.
  DeviceMemory(Device& device, MemoryPurpose purpose, std::uint32_t type, VkDeviceSize bytes, const std::string& name,
               std::byte* imported = nullptr);
  DeviceMemory(DeviceMemory&& other) noexcept { *this = std::move(other); }
  DeviceMemory& operator=(DeviceMemory&& other) noexcept;
  ~DeviceMemory();

  VkDeviceMemory handle() const { return handle_; }
  /// Maps it all, until it is released.
  std::byte* map(const std::string& name);
  void unmap();

 private:
  Device* device_ = nullptr;
  VkDeviceMemory handle_ = VK_NULL_HANDLE;
  MemoryPurpose purpose_ = MemoryPurpose::staging;
  std::uint32_t type_ = 0;
  VkDeviceSize bytes_ = 0;
  bool mapped_ = false;
};

}  // namespace gouache
