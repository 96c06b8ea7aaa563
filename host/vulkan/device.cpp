// Which device do we compute on?  Borrowing, checking, counting; device_own.cpp makes devices of our own.
#include "host/vulkan/device.h"

#include <algorithm>

#include "host/graph/error.h"
#include "host/vulkan/pipeline.h"
#include "host/vulkan/result.h"
#include "host/vulkan/transfer.h"

namespace gouache {

namespace {

void require_borrowed(const BorrowedDevice& borrowed) {
  struct Field {
    const char* name;
    bool given;
  };
  const Field fields[] = {
      {"instance", borrowed.instance != VK_NULL_HANDLE},
      {"physical_device", borrowed.physical_device != VK_NULL_HANDLE},
      {"device", borrowed.device != VK_NULL_HANDLE},
      {"get_instance_proc_addr", borrowed.get_instance_proc_addr != nullptr},
  };
  for (const Field& field : fields)
    if (!field.given) throw Error(std::string("borrowed device: ") + field.name + " is null");
}

void require_features(const DeviceFacts& facts, const EnabledFeatures& enabled) {
  struct Feature {
    const char* name;
    bool enabled, available;
  };
  const EnabledFeatures& available = facts.available;
  const Feature features[] = {
      {"subgroupSizeControl", enabled.subgroup_size_control, available.subgroup_size_control},
      {"computeFullSubgroups", enabled.compute_full_subgroups, available.compute_full_subgroups},
      {"subgroupBroadcastDynamicId", enabled.subgroup_broadcast_dynamic_id, available.subgroup_broadcast_dynamic_id},
      {"timelineSemaphore", enabled.timeline_semaphore, available.timeline_semaphore},
      {"shaderInt64", enabled.int64, available.int64},
  };
  for (const Feature& feature : features)
    if (feature.enabled && !feature.available)
      throw Error(std::string("borrowed device: the enabled features name ") + feature.name + ", but " + facts.name + " lacks it");
}

void require_queue_family(const DeviceFacts& facts, std::uint32_t family) {
  if (family >= facts.queue_families.size())
    throw Error("borrowed device: queue_family is " + std::to_string(family) + ", but " + facts.name + " has " +
                std::to_string(facts.queue_families.size()));
  if (!(facts.queue_families[family].queueFlags & VK_QUEUE_COMPUTE_BIT))
    throw Error("borrowed device: queue family " + std::to_string(family) + " of " + facts.name + " lacks VK_QUEUE_COMPUTE_BIT");
}

}  // namespace

const char* name_of(MemoryPurpose purpose) {
  constexpr const char* kNames[kMemoryPurposes] = {"arena", "state", "constant", "input", "output", "staging"};
  return kNames[std::size_t(purpose)];
}

Device::Device(const BorrowedDevice& borrowed, DeviceOptions options) {
  require_borrowed(borrowed);
  instance_ = borrowed.instance;
  device_ = borrowed.device;
  queue_ = borrowed.queue;
  queue_family_ = borrowed.queue_family;
  if (borrowed.allocator) allocator_ = *borrowed.allocator;
  borrowed_pipeline_cache_ = borrowed.pipeline_cache;
  lock_queue_ = borrowed.lock_queue;
  unlock_queue_ = borrowed.unlock_queue;
  lent_memory_ = borrowed.memory;
  enabled_ = borrowed.enabled;
  instance_table_ = load_instance_table(borrowed.get_instance_proc_addr, instance_);
  if (options.instance_hook) options.instance_hook(instance_table_);
  facts_ = query_facts(instance_table_, borrowed.physical_device, borrowed.api_version);
  require_features(facts_, enabled_);
  require_queue_family(facts_, queue_family_);
  enabled_.buffer_addresses &= wanted_features(facts_, false).buffer_addresses && !memory_is_lent();  // the lender's memory may have none
  table_ = load_device_table(instance_table_, device_, enabled_);
  finish(options);
}

void Device::finish(const DeviceOptions& options) {
  memory_limit_ = options.memory_limit;
  if (options.device_hook) options.device_hook(table_);
  caps_ = make_caps(facts_, enabled_);
  if (const std::string text = refusal(caps_); !text.empty()) throw Error(ErrorCode::unsupported, text);
  if (options.caps) {
    caps_ = *options.caps;
    if (const std::string text = refusal(caps_); !text.empty()) throw Error(ErrorCode::unsupported, text);
  }
  pipelines_ = std::make_unique<Pipelines>(*this);
  transfer_ = std::make_unique<Transfer>(*this);
}

Device::~Device() = default;

bool Device::requires_subgroup_size() const {
  return enabled_.subgroup_size_control && enabled_.compute_full_subgroups && facts_.required_size_in_compute;
}

void Device::submit(const VkSubmitInfo& batch, VkFence fence) {
  require_alive();
  if (!queue_) throw Error(ErrorCode::unsupported, "the device was lent without a queue: work can be recorded, not submitted");
  VkResult result = VK_SUCCESS;
  {
    const std::lock_guard turn(submitting_);
    if (lock_queue_) lock_queue_();
    result = table_.vkQueueSubmit(queue_, 1, &batch, fence);
    if (unlock_queue_) unlock_queue_();
  }
  check_work(result, "vkQueueSubmit");
  submits_++;
}

void Device::check_work(VkResult result, const char* function) {
  if (result == VK_ERROR_DEVICE_LOST) lost_ = true;
  check(result, function);
}

void Device::require_alive() const {
  if (lost_) throw Error(ErrorCode::device_lost, "the Vulkan device was lost; destroy all that was made on it");
}

void Device::created(VkResult result, const char* function, std::uint64_t count) {
  check(result, function);
  objects_ += count;
}

std::shared_ptr<const Tuning> Device::tuning() const {
  const std::lock_guard turn(choosing_);
  return tuning_;
}

void Device::set_tuning(std::shared_ptr<const Tuning> tuning) {
  const std::lock_guard turn(choosing_);
  tuning_ = std::move(tuning);
}

}  // namespace gouache
