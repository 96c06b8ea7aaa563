// Which Vulkan device does the studio own, and what does every part of it need of that device?
#pragma once

#include <vulkan/vulkan.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "demo/api/objects.h"

namespace gouache::studio {

/// The device is gone: everything made from it must be made anew.
class DeviceLost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws std::runtime_error naming the call for an error, DeviceLost for VK_ERROR_DEVICE_LOST; else gives the result back.
VkResult vulkan(VkResult result, const char* call);

/// Memory that the library holds on the device, in bytes by GouMemoryPurpose. Written by the threads that call it.
using MemoryUse = std::array<std::atomic<std::uint64_t>, 6>;

/// What the library's memory callbacks are given.
struct LibraryCounter {
  VkDevice device;
  MemoryUse* use;
};

/// A buffer that the host writes and reads, mapped as long as it lives.
struct HostBuffer {
  VkBuffer buffer = VK_NULL_HANDLE;
  VkDeviceMemory memory = VK_NULL_HANDLE;
  VkDeviceSize size = 0;
  void* data = nullptr;
};

/// Instance, device and its one queue, which draws, presents and computes for the library. Everything but submit() belongs to the UI
/// thread.
class Gpu {
 public:
  /// `extensions`: of the instance, for the window; `device`: a part of a device's name, or "" for the most capable one; `presents` is
  /// asked whether a queue family of a device can show pictures. Throws std::runtime_error: no such device, or why it cannot serve.
  Gpu(const std::vector<const char*>& extensions, const std::string& device,
      const std::function<bool(VkInstance, VkPhysicalDevice, std::uint32_t family)>& presents);
  ~Gpu();
  Gpu(const Gpu&) = delete;
  Gpu& operator=(const Gpu&) = delete;

  VkInstance instance() const { return instance_; }
  VkPhysicalDevice physical() const { return physical_; }
  VkDevice device() const { return device_; }
  std::uint32_t family() const { return family_; }
  const VkPhysicalDeviceProperties& properties() const { return properties_; }
  GouContext painter() const { return painter_.get(); }  ///< the library on this device
  const MemoryUse& memory_use() const { return *memory_use_; }

  /// One submit at a time, whichever thread of ours or call of the library makes it.
  void submit(const VkSubmitInfo& info, VkFence fence);
  VkResult present(const VkPresentInfoKHR& info);
  void wait_idle();

  VkDeviceMemory allocate(const VkMemoryRequirements& needs, VkMemoryPropertyFlags wanted) const;
  HostBuffer host_buffer(VkDeviceSize size, VkBufferUsageFlags usage) const;
  void destroy(HostBuffer& buffer) const;
  VkShaderModule shader(const std::uint32_t* words, std::size_t count) const;

  /// Calls `end` when the frames that are under way now are over: for what they may still use.
  void retire(std::function<void()> end);
  /// Ends all that was retired; the GPU is at rest. For those whose ends it may be part of, before they go.
  void end_retired();
  /// Frame `number` (from 1, growing) begins; all up to `finished` are over.
  void frame_begins(std::uint64_t number, std::uint64_t finished);

 private:
  void choose(const std::string& wanted, const std::function<bool(VkInstance, VkPhysicalDevice, std::uint32_t)>& presents);
  void open_device();
  void open_painter();

  struct Retired {
    std::uint64_t frame;
    std::function<void()> end;
  };
  VkInstance instance_ = VK_NULL_HANDLE;
  VkPhysicalDevice physical_ = VK_NULL_HANDLE;
  VkPhysicalDeviceProperties properties_{};
  VkPhysicalDeviceMemoryProperties memory_types_{};
  VkDevice device_ = VK_NULL_HANDLE;
  VkQueue queue_ = VK_NULL_HANDLE;
  std::uint32_t family_ = 0;
  GouRequirements wishes_{};
  std::mutex queue_mutex_;
  std::unique_ptr<MemoryUse> memory_use_ = std::make_unique<MemoryUse>();
  std::unique_ptr<LibraryCounter> counter_;
  api::Context painter_;
  std::uint64_t frame_ = 0;
  std::vector<Retired> retired_;
};

}  // namespace gouache::studio
