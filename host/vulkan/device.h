// Which device do we compute on?  The engine's, borrowed, or one of our own; with what it can do, what it holds and what was made.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/kernels/family.h"
#include "host/vulkan/device_facts.h"
#include "host/vulkan/instance.h"

namespace gouache {

class Pipelines;
class Transfer;

/// What device memory is used for.
enum class MemoryPurpose : std::uint8_t { arena, state, constant, input, output, staging };
constexpr std::size_t kMemoryPurposes = 6;
const char* name_of(MemoryPurpose purpose);

/// The lender's functions instead of vkAllocateMemory and vkFreeMemory: both or neither. Called one at a time.
struct LentMemory {
  std::function<VkResult(MemoryPurpose, std::uint32_t type, VkDeviceSize bytes, VkDeviceMemory*)> allocate;
  std::function<void(MemoryPurpose, std::uint32_t type, VkDeviceSize bytes, VkDeviceMemory)> release;
};

/// A device that somebody else made, keeps and destroys after us. Nothing is used that `enabled` does not name.
struct BorrowedDevice {
  VkInstance instance = VK_NULL_HANDLE;
  VkPhysicalDevice physical_device = VK_NULL_HANDLE;
  VkDevice device = VK_NULL_HANDLE;
  VkQueue queue = VK_NULL_HANDLE;  ///< null: for recording only, submit() throws
  std::uint32_t queue_family = 0;  ///< the family of `queue`; it must compute
  PFN_vkGetInstanceProcAddr get_instance_proc_addr = nullptr;
  std::uint32_t api_version = VK_API_VERSION_1_1;  ///< of VkApplicationInfo
  EnabledFeatures enabled;
  const VkAllocationCallbacks* allocator = nullptr;  ///< copied; may be null
  VkPipelineCache pipeline_cache = VK_NULL_HANDLE;   ///< may be null: then we keep one of our own
  std::function<void()> lock_queue, unlock_queue;    ///< called around vkQueueSubmit; may be empty
  LentMemory memory;
};

struct DeviceOptions {
  /// Kernel rows see this record instead of the device's own (tests: the guaranteed minimum). Refused like a device when too small.
  std::optional<DeviceCaps> caps;
  /// Whether kernels take buffers by their addresses where a device of ours can; else as its driver is known to prefer (quirks.h).
  std::optional<bool> buffer_addresses;
  std::uint64_t memory_limit = 0;  ///< bytes of device memory at most; 0: no limit
  /// Called right after a table was filled; may replace functions in it (fault injection).
  std::function<void(InstanceTable&)> instance_hook;
  std::function<void(DeviceTable&)> device_hook;
};

struct MemoryUse {
  std::uint64_t bytes = 0, peak_bytes = 0;
};

/// What was ever made on a device; none of it moves while a warmed-up executable runs, except `submits`.
struct DeviceCounters {
  std::uint64_t objects = 0;      ///< Vulkan objects created, descriptor sets and command buffers among them
  std::uint64_t allocations = 0;  ///< VkDeviceMemory taken
  std::uint64_t submits = 0;      ///< vkQueueSubmit
};

/// A Device, its Pipelines and its Transfer may be used by several threads at once, what is made on them by one at a time each. What is
/// made on a Device must be gone before it. The order of locks: Transfer's, then Device's; a pipeline's, then that of their list.
/// Transfer's is held while the GPU is waited for and a pipeline's while a driver compiles: work in ticks takes neither.
class Device {
 public:
  /// Borrows. Throws Error(invalid_argument) for a null handle or a feature the physical device lacks, Error(unsupported)
  /// naming the limit, its value and the need when the device is not enough.
  explicit Device(const BorrowedDevice& borrowed, DeviceOptions options = {});

  /// Makes an instance and a device of its own. `selector`: a number in list_devices(), a part of the device's or driver's name
  /// in any case, or empty for the best that serves (discrete, integrated, virtual GPU, then CPU).
  explicit Device(std::string_view selector, DeviceOptions options = {});

  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  const DeviceFacts& facts() const { return facts_; }
  const DeviceCaps& caps() const { return caps_; }
  const EnabledFeatures& enabled() const { return enabled_; }
  VkInstance instance() const { return instance_; }
  VkDevice handle() const { return device_; }
  VkQueue queue() const { return queue_; }
  std::uint32_t queue_family() const { return queue_family_; }
  const VkAllocationCallbacks* allocator() const { return allocator_ ? &*allocator_ : nullptr; }
  VkPipelineCache borrowed_pipeline_cache() const { return borrowed_pipeline_cache_; }
  const InstanceTable& instance_table() const { return instance_table_; }
  const DeviceTable& table() const { return table_; }
  /// The same, for a test to replace functions in.
  DeviceTable& mutable_table() { return table_; }

  /// Whether pipelines require their subgroup size (else the device runs all at caps().subgroup_size, or at none that is certain).
  bool requires_subgroup_size() const;

  /// The kernels to plan with: of caps(), with the tuning that was set last.
  Catalog catalog() const { return Catalog(caps_, tuning()); }
  /// May be null. Set, it counts for catalogs asked for from then on.
  std::shared_ptr<const Tuning> tuning() const;
  void set_tuning(std::shared_ptr<const Tuning> tuning);

  Pipelines& pipelines() { return *pipelines_; }
  Transfer& transfer() { return *transfer_; }

  /// Hands one batch to the queue, between the host's lock callbacks. Throws Error(unsupported) when no queue was lent.
  void submit(const VkSubmitInfo& batch, VkFence fence);
  /// check() for a call that tells how submitted work went; remembers when the device was lost.
  void check_work(VkResult result, const char* function);
  /// Throws Error(device_lost) once the device was lost: it does not come back.
  void require_alive() const;
  bool lost() const { return lost_; }

  /// check() for a call that creates `count` objects, which it counts.
  void created(VkResult result, const char* function, std::uint64_t count = 1);
  /// Takes device memory from the lender or the driver, within the limit, and books it. Throws Error(out_of_memory) naming `name`, the
  /// purpose, the bytes asked for, those in use and the limit that was met, if one was. `imported`: as DeviceMemory's.
  VkDeviceMemory take_memory(MemoryPurpose purpose, std::uint32_t type, VkDeviceSize bytes, const std::string& name,
                             std::byte* imported = nullptr);
  /// Gives it back, unmapped first where it is mapped and the lender may keep it.
  void give_memory(MemoryPurpose purpose, std::uint32_t type, VkDeviceSize bytes, VkDeviceMemory memory, bool mapped);
  DeviceCounters counters() const { return {objects_, allocations_, submits_}; }
  /// Whether memory comes from the lender's callbacks.
  bool memory_is_lent() const { return bool(lent_memory_.allocate); }
  MemoryUse memory(MemoryPurpose purpose) const;
  MemoryUse memory() const;
  std::uint64_t memory_limit() const { return memory_limit_; }  ///< 0: none

 private:
  /// The VkDevice when it is ours.
  struct OwnDevice {
    VkDevice handle = VK_NULL_HANDLE;
    PFN_vkDestroyDevice destroy = nullptr;
    ~OwnDevice() {
      if (handle && destroy) destroy(handle, nullptr);
    }
  };

  void make_own_device();
  void book_memory(MemoryPurpose purpose, std::int64_t bytes);
  void reserve_memory(MemoryPurpose purpose, VkDeviceSize bytes, const std::string& name);
  void finish(const DeviceOptions& options);

  std::unique_ptr<Instance> own_instance_;
  OwnDevice own_device_;
  VkInstance instance_ = VK_NULL_HANDLE;
  VkDevice device_ = VK_NULL_HANDLE;
  VkQueue queue_ = VK_NULL_HANDLE;
  std::uint32_t queue_family_ = 0;
  std::optional<VkAllocationCallbacks> allocator_;
  VkPipelineCache borrowed_pipeline_cache_ = VK_NULL_HANDLE;
  std::function<void()> lock_queue_, unlock_queue_;
  LentMemory lent_memory_;
  std::uint64_t memory_limit_ = 0;
  InstanceTable instance_table_;
  DeviceTable table_;
  EnabledFeatures enabled_;
  DeviceFacts facts_;
  DeviceCaps caps_;
  std::atomic<std::uint64_t> objects_ = 0, allocations_ = 0, submits_ = 0;
  std::atomic<bool> lost_ = false;
  std::mutex submitting_;        ///< around the lender's lock
  std::mutex lending_;           ///< around the lender's memory callbacks
  mutable std::mutex counting_;  ///< of memory_ and total_memory_
  std::array<MemoryUse, kMemoryPurposes> memory_;
  MemoryUse total_memory_;
  mutable std::mutex choosing_;  ///< of tuning_; taken alone
  std::shared_ptr<const Tuning> tuning_;
  std::unique_ptr<Pipelines> pipelines_;
  std::unique_ptr<Transfer> transfer_;
};

/// One line of `gouache devices`.
struct DeviceInfo {
  DeviceFacts facts;
  DeviceCaps caps;      ///< as a Device of our own would have them
  std::string refusal;  ///< why it cannot serve; empty when it can
};

/// Every Vulkan device of the system's loader, in its order. Throws Error(unsupported) when there is no loader or no driver.
/// A device older than Vulkan 1.1 has a name and a refusal only.
std::vector<DeviceInfo> list_devices();

/// The line of one physical device; `api_version` is the instance's.
DeviceInfo inspect_device(const InstanceTable& table, VkPhysicalDevice device, std::uint32_t api_version, bool debug_utils);

/// What a device of our own enables where it can.
EnabledFeatures wanted_features(const DeviceFacts& facts, bool debug_utils);

/// How VkDeviceCreateInfo enables `wanted`: names of extensions, and feature structs of which those needed are chained.
struct DeviceWishes {
  std::vector<const char*> extensions;
  VkPhysicalDeviceFeatures features{};
  VkPhysicalDeviceVulkan12Features core12{};
  VkPhysicalDeviceSubgroupSizeControlFeatures sizes{};
  VkPhysicalDeviceTimelineSemaphoreFeatures timeline{};  ///< where the version has no core12
  bool has_core12 = false, has_sizes = false, has_timeline = false;
};
DeviceWishes device_wishes(const DeviceFacts& facts, const EnabledFeatures& wanted);

}  // namespace gouache
