// Which Vulkan functions do we call?  One row each; tables of pointers filled from the host's own vkGetInstanceProcAddr.
// Nothing here is global: a table belongs to one instance or device, and a test may put its own function in any place.
#pragma once

#ifndef VK_NO_PROTOTYPES
#define VK_NO_PROTOTYPES
#endif
#include <vulkan/vulkan_core.h>

namespace gouache {

/// Optional features that were enabled when the VkDevice (debug_utils: the VkInstance) was made. What is false is never used.
struct EnabledFeatures {
  bool subgroup_size_control = false;          ///< pipelines may require a subgroup size
  bool compute_full_subgroups = false;         ///< pipelines may require that subgroups are full
  bool subgroup_broadcast_dynamic_id = false;  ///< subgroupBroadcast may take a lane that is not a constant (Vulkan 1.2)
  bool timeline_semaphore = false;
  bool debug_utils = false;
  bool host_memory = false;       ///< memory of the host may be imported as device memory (VK_EXT_external_memory_host)
  bool buffer_addresses = false;  ///< buffers have addresses, which kernels use in place of descriptors (bufferDeviceAddress, Vulkan 1.2)
  bool int64 = false;             ///< integers of 64 bits in shaders: as such, what lies at an address is read faster (shaderInt64)
};

// Rows: X(function, the EnabledFeatures member it needs or `always`, the name it had before it was core or nullptr).
#define GOUACHE_GLOBAL_FUNCTIONS(X)                          \
  X(vkEnumerateInstanceVersion, always, nullptr)             \
  X(vkEnumerateInstanceExtensionProperties, always, nullptr) \
  X(vkCreateInstance, always, nullptr)

#define GOUACHE_INSTANCE_FUNCTIONS(X)                                            \
  X(vkDestroyInstance, always, nullptr)                                          \
  X(vkEnumeratePhysicalDevices, always, nullptr)                                 \
  X(vkEnumerateDeviceExtensionProperties, always, nullptr)                       \
  X(vkGetPhysicalDeviceProperties, always, nullptr)                              \
  X(vkGetPhysicalDeviceProperties2, always, "vkGetPhysicalDeviceProperties2KHR") \
  X(vkGetPhysicalDeviceFeatures2, always, "vkGetPhysicalDeviceFeatures2KHR")     \
  X(vkGetPhysicalDeviceQueueFamilyProperties, always, nullptr)                   \
  X(vkGetPhysicalDeviceMemoryProperties, always, nullptr)                        \
  X(vkGetPhysicalDeviceFormatProperties, always, nullptr)                        \
  X(vkCreateDevice, always, nullptr)                                             \
  X(vkGetDeviceProcAddr, always, nullptr)

#define GOUACHE_DEVICE_FUNCTIONS(X)                                                  \
  X(vkDestroyDevice, always, nullptr)                                                \
  X(vkGetDeviceQueue, always, nullptr)                                               \
  X(vkQueueSubmit, always, nullptr)                                                  \
  X(vkAllocateMemory, always, nullptr)                                               \
  X(vkFreeMemory, always, nullptr)                                                   \
  X(vkGetMemoryHostPointerPropertiesEXT, host_memory, nullptr)                       \
  X(vkMapMemory, always, nullptr)                                                    \
  X(vkUnmapMemory, always, nullptr)                                                  \
  X(vkFlushMappedMemoryRanges, always, nullptr)                                      \
  X(vkInvalidateMappedMemoryRanges, always, nullptr)                                 \
  X(vkCreateBuffer, always, nullptr)                                                 \
  X(vkDestroyBuffer, always, nullptr)                                                \
  X(vkGetBufferMemoryRequirements, always, nullptr)                                  \
  X(vkGetBufferDeviceAddress, buffer_addresses, nullptr)                             \
  X(vkBindBufferMemory, always, nullptr)                                             \
  X(vkCreateImage, always, nullptr)                                                  \
  X(vkDestroyImage, always, nullptr)                                                 \
  X(vkCreateImageView, always, nullptr)                                              \
  X(vkDestroyImageView, always, nullptr)                                             \
  X(vkGetImageMemoryRequirements, always, nullptr)                                   \
  X(vkBindImageMemory, always, nullptr)                                              \
  X(vkCreateBufferView, always, nullptr)                                             \
  X(vkDestroyBufferView, always, nullptr)                                            \
  X(vkCreateShaderModule, always, nullptr)                                           \
  X(vkDestroyShaderModule, always, nullptr)                                          \
  X(vkCreateDescriptorSetLayout, always, nullptr)                                    \
  X(vkDestroyDescriptorSetLayout, always, nullptr)                                   \
  X(vkCreatePipelineLayout, always, nullptr)                                         \
  X(vkDestroyPipelineLayout, always, nullptr)                                        \
  X(vkCreatePipelineCache, always, nullptr)                                          \
  X(vkGetPipelineCacheData, always, nullptr)                                         \
  X(vkDestroyPipelineCache, always, nullptr)                                         \
  X(vkCreateComputePipelines, always, nullptr)                                       \
  X(vkDestroyPipeline, always, nullptr)                                              \
  X(vkCreateDescriptorPool, always, nullptr)                                         \
  X(vkDestroyDescriptorPool, always, nullptr)                                        \
  X(vkAllocateDescriptorSets, always, nullptr)                                       \
  X(vkUpdateDescriptorSets, always, nullptr)                                         \
  X(vkCreateCommandPool, always, nullptr)                                            \
  X(vkDestroyCommandPool, always, nullptr)                                           \
  X(vkAllocateCommandBuffers, always, nullptr)                                       \
  X(vkBeginCommandBuffer, always, nullptr)                                           \
  X(vkEndCommandBuffer, always, nullptr)                                             \
  X(vkCreateFence, always, nullptr)                                                  \
  X(vkDestroyFence, always, nullptr)                                                 \
  X(vkResetFences, always, nullptr)                                                  \
  X(vkGetFenceStatus, always, nullptr)                                               \
  X(vkWaitForFences, always, nullptr)                                                \
  X(vkCreateQueryPool, always, nullptr)                                              \
  X(vkDestroyQueryPool, always, nullptr)                                             \
  X(vkGetQueryPoolResults, always, nullptr)                                          \
  X(vkCmdBindPipeline, always, nullptr)                                              \
  X(vkCmdBindDescriptorSets, always, nullptr)                                        \
  X(vkCmdPushConstants, always, nullptr)                                             \
  X(vkCmdDispatch, always, nullptr)                                                  \
  X(vkCmdDispatchBase, always, "vkCmdDispatchBaseKHR")                               \
  X(vkCmdPipelineBarrier, always, nullptr)                                           \
  X(vkCmdCopyBuffer, always, nullptr)                                                \
  X(vkCmdCopyBufferToImage, always, nullptr)                                         \
  X(vkCmdFillBuffer, always, nullptr)                                                \
  X(vkCmdResetQueryPool, always, nullptr)                                            \
  X(vkCmdWriteTimestamp, always, nullptr)                                            \
  X(vkCreateSemaphore, timeline_semaphore, nullptr)                                  \
  X(vkDestroySemaphore, timeline_semaphore, nullptr)                                 \
  X(vkGetSemaphoreCounterValue, timeline_semaphore, "vkGetSemaphoreCounterValueKHR") \
  X(vkWaitSemaphores, timeline_semaphore, "vkWaitSemaphoresKHR")                     \
  X(vkCmdBeginDebugUtilsLabelEXT, debug_utils, nullptr)                              \
  X(vkCmdEndDebugUtilsLabelEXT, debug_utils, nullptr)                                \
  X(vkSetDebugUtilsObjectNameEXT, debug_utils, nullptr)

#define GOUACHE_MEMBER(function, need, older_name) PFN_##function function = nullptr;

/// What can be called without an instance.
struct GlobalTable {
  PFN_vkGetInstanceProcAddr vkGetInstanceProcAddr = nullptr;
  GOUACHE_GLOBAL_FUNCTIONS(GOUACHE_MEMBER)
};

struct InstanceTable {
  PFN_vkGetInstanceProcAddr vkGetInstanceProcAddr = nullptr;
  GOUACHE_INSTANCE_FUNCTIONS(GOUACHE_MEMBER)
};

struct DeviceTable {
  GOUACHE_DEVICE_FUNCTIONS(GOUACHE_MEMBER)
};

#undef GOUACHE_MEMBER

/// Each throws Error(unsupported) naming the first function that is needed and missing. A function of a feature that is not
/// enabled stays null; one that became core is taken under its core name, else under its older one.
GlobalTable load_global_table(PFN_vkGetInstanceProcAddr get_instance_proc_addr);
InstanceTable load_instance_table(PFN_vkGetInstanceProcAddr get_instance_proc_addr, VkInstance instance);
DeviceTable load_device_table(const InstanceTable& instance_table, VkDevice device, const EnabledFeatures& enabled);

}  // namespace gouache
