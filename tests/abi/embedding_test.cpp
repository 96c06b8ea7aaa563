// Does Gouache keep to what an engine lends: its queue and lock, its memory on host and device, its limit?
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>
#include <thread>
#include <utility>

#include "tests/abi/borrowed.h"

namespace gouache::testing {
namespace {

constexpr auto kBad = GOU_ERROR_INVALID_ARGUMENT;

/// An engine whose functions are watched, and what it would write to lend its device.
class Embedding : public ::testing::Test {
 protected:
  Embedding() : vulkan(engine.lend().get_instance_proc_addr), host(lent_host(engine)) { host.get_instance_proc_addr = vulkan.loader(); }

  GouContext create() {
    GouContext context = nullptr;
    EXPECT_OK(gouCreateContext(&host, &context));
    return context;
  }
  void expect_refused(GouResult result, const char* says) {
    GouContext context = nullptr;
    expect_error(result, says, gouCreateContext(&host, &context));
    EXPECT_EQ(context, nullptr);
  }
  static void train_and_destroy(GouContext context) {
    const GouTraining training = create_faces(context);
    ASSERT_NE(training, nullptr);
    run_steps(training, 2);
    EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
    EXPECT_OK(gouDestroyContext(context));
  }

  Engine engine;
  Watched vulkan;
  GouVulkanHost host;
};

TEST_F(Embedding, TheQueueIsLockedForEachSubmitAndForNothingElse) {
  struct Lock {
    std::atomic<std::thread::id> holder;  // nobody: a thread that makes pipelines goes on beside submits
    std::atomic<int> taken = 0;
  } lock;
  host.queue_user = &lock;
  host.lock_queue = [](void* user) {
    auto& it = *static_cast<Lock*>(user);
    EXPECT_EQ(it.holder.exchange(std::this_thread::get_id()), std::thread::id());
    it.taken++;
  };
  host.unlock_queue = [](void* user) {
    EXPECT_EQ(static_cast<Lock*>(user)->holder.exchange(std::thread::id()), std::this_thread::get_id());
  };
  vulkan.refuse = [&](const std::string& function) {
    EXPECT_EQ(lock.holder == std::this_thread::get_id(), function == "vkQueueSubmit") << function;
    return VK_SUCCESS;
  };
  const GouContext context = create();
  std::memset(&host, 0x5a, sizeof host);  // copied
  train_and_destroy(context);
  EXPECT_GE(lock.taken, 3);
  EXPECT_EQ(vulkan.calls()["vkQueueSubmit"], static_cast<std::uint64_t>(lock.taken));
  EXPECT_EQ(lock.holder.load(), std::thread::id());
}

TEST_F(Embedding, HostMemoryComesFromTheAllocator) {
  struct Heap {
    std::map<void*, std::size_t> blocks;
    int calls = 0;
    void* give(std::size_t size, std::size_t alignment) {
      void* block = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
      blocks[block] = size;
      calls++;
      return block;
    }
    void take(void* block) {
      if (!block) return;
      EXPECT_EQ(blocks.erase(block), 1u);
      std::free(block);
    }
  } heap;
  VkAllocationCallbacks allocator{};
  allocator.pUserData = &heap;
  allocator.pfnAllocation = [](void* user, std::size_t size, std::size_t alignment, VkSystemAllocationScope) {
    return static_cast<Heap*>(user)->give(size, alignment);
  };
  allocator.pfnReallocation = [](void* user, void* old, std::size_t size, std::size_t alignment, VkSystemAllocationScope) {
    auto& it = *static_cast<Heap*>(user);
    void* block = size ? it.give(size, alignment) : nullptr;
    if (block && old) std::memcpy(block, old, std::min(size, it.blocks.at(old)));
    it.take(old);
    return block;
  };
  allocator.pfnFree = [](void* user, void* block) { static_cast<Heap*>(user)->take(block); };
  host.allocator = &allocator;
  const GouContext context = create();
  std::memset(&allocator, 0, sizeof allocator);  // copied
  train_and_destroy(context);
  EXPECT_GT(heap.calls, 0);
  EXPECT_TRUE(heap.blocks.empty());
}

/// Device memory as an engine's own allocator would hand it out.
class DeviceHeap {
 public:
  explicit DeviceHeap(const Engine& engine) : engine_(engine) {
    const BorrowedDevice lent = engine.lend();
    load_instance_table(lent.get_instance_proc_addr, lent.instance).vkGetPhysicalDeviceMemoryProperties(lent.physical_device, &types_);
  }
  GouMemory callbacks() {
    auto memory = of_type<GouMemory>(GOU_TYPE_MEMORY);
    memory.user = this;
    memory.allocate = [](void* user, GouMemoryPurpose purpose, std::uint32_t type, std::uint64_t bytes, VkDeviceMemory* to) {
      return static_cast<DeviceHeap*>(user)->allocate({purpose, type, bytes}, to);
    };
    memory.release = [](void* user, GouMemoryPurpose purpose, std::uint32_t type, std::uint64_t bytes, VkDeviceMemory of) {
      static_cast<DeviceHeap*>(user)->release({purpose, type, bytes}, of);
    };
    return memory;
  }
  VkResult answer = VK_SUCCESS;  ///< to the next request
  bool empty_handed = false;     ///< succeeds without giving memory
  std::uint64_t held = 0, peak = 0;
  std::set<GouMemoryPurpose> purposes;

 private:
  struct Block {
    GouMemoryPurpose purpose;
    std::uint32_t type;
    std::uint64_t bytes;
    bool operator==(const Block&) const = default;
  };
  VkResult allocate(const Block& block, VkDeviceMemory* to) {
    if (answer != VK_SUCCESS || empty_handed) return answer;
    const VkMemoryAllocateInfo info{VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO, nullptr, block.bytes, block.type};
    const VkResult result = engine_.table().vkAllocateMemory(engine_.device(), &info, nullptr, to);
    blocks_[*to] = block;
    purposes.insert(block.purpose);
    peak = std::max(peak, held += block.bytes);
    return result;
  }
  void release(const Block& block, VkDeviceMemory of) {
    EXPECT_EQ(blocks_.at(of), block);
    blocks_.erase(of);
    held -= block.bytes;
    void* address = nullptr;
    if (types_.memoryTypes[block.type].propertyFlags & VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT) {  // the layer objects if it is mapped still
      EXPECT_EQ(engine_.table().vkMapMemory(engine_.device(), of, 0, VK_WHOLE_SIZE, 0, &address), VK_SUCCESS);
    }
    engine_.table().vkFreeMemory(engine_.device(), of, nullptr);
  }

  const Engine& engine_;
  VkPhysicalDeviceMemoryProperties types_{};
  std::map<VkDeviceMemory, Block> blocks_;
};

TEST_F(Embedding, DeviceMemoryComesFromTheCallbacks) {
  DeviceHeap heap(engine);
  GouMemory memory = heap.callbacks();
  host.next = &memory;
  const GouContext context = create();
  std::memset(&memory, 0, sizeof memory);  // copied
  const std::vector<std::uint8_t> pixels = faces();
  const GouTrain train = faces_training(pixels);
  GouTraining training = nullptr;
  heap.answer = VK_ERROR_OUT_OF_DEVICE_MEMORY;
  expect_error(GOU_ERROR_OUT_OF_MEMORY, "memory callback returned VK_ERROR_OUT_OF_DEVICE_MEMORY",
               gouCreateTraining(context, &train, &training));
  heap.answer = VK_SUCCESS;
  heap.empty_handed = true;
  expect_error(kBad, "memory callback succeeded without giving memory", gouCreateTraining(context, &train, &training));
  heap.empty_handed = false;
  train_and_destroy(context);
  EXPECT_EQ(vulkan.calls()["vkAllocateMemory"], 0u);
  EXPECT_EQ(vulkan.calls()["vkFreeMemory"], 0u);
  EXPECT_EQ(heap.held, 0u);
  for (const GouMemoryPurpose purpose : {GOU_MEMORY_ARENA, GOU_MEMORY_STATE, GOU_MEMORY_OUTPUT, GOU_MEMORY_STAGING})
    EXPECT_TRUE(heap.purposes.count(purpose)) << purpose;
}

TEST_F(Embedding, TheLimitIsNeverPassed) {
  DeviceHeap heap(engine);
  GouMemory memory = heap.callbacks();
  host.next = &memory;
  const std::vector<std::uint8_t> pixels = faces();
  const GouTrain train = faces_training(pixels);
  int refused = 0;
  for (memory.limit = 64; memory.limit < (1u << 30); memory.limit *= 4) {
    heap.peak = 0;
    const GouContext context = create();
    GouTraining training = nullptr;
    const GouResult result = gouCreateTraining(context, &train, &training);
    EXPECT_LE(heap.peak, memory.limit);
    if (result < 0) {
      expect_error(GOU_ERROR_OUT_OF_MEMORY, "; the host's limit is " + grouped(memory.limit) + " bytes", result);
      expect_error(GOU_ERROR_OUT_OF_MEMORY, " bytes are in use", result);
      EXPECT_EQ(training, nullptr);
      refused++;
    }
    EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
    EXPECT_OK(gouDestroyContext(context));
    if (result == GOU_SUCCESS) break;
  }
  EXPECT_GE(refused, 3);
  EXPECT_LT(memory.limit, 1u << 30) << "no limit was enough";

  auto own = of_type<GouOwnDevice>(GOU_TYPE_OWN_DEVICE);
  auto only_limit = of_type<GouMemory>(GOU_TYPE_MEMORY);
  only_limit.limit = 1000;
  own.next = &only_limit;
  GouContext context = nullptr;
  ASSERT_OK(gouCreateContext(&own, &context));
  GouTraining training = nullptr;
  expect_error(GOU_ERROR_OUT_OF_MEMORY, "the host's limit is 1,000 bytes", gouCreateTraining(context, &train, &training));
  EXPECT_OK(gouDestroyContext(context));
}

TEST_F(Embedding, WhatContradictsItselfIsNamed) {
  const GouVulkanHost whole = host;
  const auto nothing = [](void*) {};
  host.lock_queue = nothing;
  expect_refused(kBad, "lock_queue and unlock_queue: one is NULL, expected both or neither");
  host = whole;
  host.unlock_queue = nothing;
  expect_refused(kBad, "lock_queue and unlock_queue: one is NULL, expected both or neither");

  host = whole;
  VkAllocationCallbacks allocator{};
  allocator.pfnFree = [](void*, void*) {};
  host.allocator = &allocator;
  expect_refused(kBad, "allocator lacks pfnAllocation, pfnReallocation or pfnFree");
  allocator.pfnAllocation = [](void*, std::size_t, std::size_t, VkSystemAllocationScope) -> void* { return nullptr; };
  allocator.pfnReallocation = [](void*, void*, std::size_t, std::size_t, VkSystemAllocationScope) -> void* { return nullptr; };
  allocator.pfnInternalFree = [](void*, std::size_t, VkInternalAllocationType, VkSystemAllocationScope) {};
  expect_refused(kBad, "pfnInternalAllocation and pfnInternalFree: one is NULL");

  host = whole;
  DeviceHeap heap(engine);
  GouMemory memory = heap.callbacks();
  memory.release = nullptr;
  host.next = &memory;
  expect_refused(kBad, "GouMemory: allocate and release: one is NULL, expected both or neither");
  memory = heap.callbacks();
  auto own = of_type<GouOwnDevice>(GOU_TYPE_OWN_DEVICE);
  own.next = &memory;
  GouContext context = nullptr;
  expect_error(kBad, "GouMemory: allocate is for a GouVulkanHost", gouCreateContext(&own, &context));

  GouMemory second = heap.callbacks();
  memory.next = &second;
  expect_refused(GOU_ERROR_WRONG_STRUCT, "GouMemory is chained twice");
  memory.next = &memory;  // a ring
  expect_refused(GOU_ERROR_WRONG_STRUCT, "GouMemory is chained twice");
  auto stranger = of_type<GouTrain>(GOU_TYPE_TRAIN);
  memory.next = &stranger;
  expect_refused(GOU_ERROR_WRONG_STRUCT, "GouVulkanHost: GouTrain is chained, expected a GouLog, a GouMemory, a GouPipelineCacheData");
  stranger.type = 99;
  expect_refused(GOU_ERROR_WRONG_STRUCT, "a struct of type 99 is chained");
  memory.next = nullptr;
  memory.size += 8;
  expect_refused(GOU_ERROR_WRONG_STRUCT, "GouMemory: size is");

  host = whole;
  VkPhysicalDeviceFeatures2 features{};
  host.enabled_features = &features;
  expect_refused(GOU_ERROR_WRONG_STRUCT, "enabled_features is no VkPhysicalDeviceFeatures2");
}

TEST(TwoDevices, WorkInTurnsLikeOneAlone) {
  const Engine engines[2];
  GouContext contexts[2] = {};
  GouTraining trainings[2] = {};
  for (int i = 0; i < 2; ++i) {
    const GouVulkanHost host = lent_host(engines[i]);
    ASSERT_OK(gouCreateContext(&host, &contexts[i]));
    ASSERT_NE(trainings[i] = create_faces(contexts[i]), nullptr);
  }
  for (int step = 0; step < 3; ++step) {
    ASSERT_OK(gouBeginSteps(trainings[0], 1));
    ASSERT_OK(gouBeginSteps(trainings[1], 1));
    ASSERT_OK(gouFinishSteps(trainings[step % 2]));
    ASSERT_OK(gouFinishSteps(trainings[1 - step % 2]));
  }
  expect_error(kBad, "GouTrain is NULL", gouCreateTraining(contexts[1], nullptr, nullptr));
  EXPECT_STREQ(gouContextError(contexts[0]), "");
  const std::vector<float> images = sample(trainings[0], 3, 4, 4);
  EXPECT_OK(gouDestroyTraining(trainings[0], GOU_IF_IDLE));
  EXPECT_OK(gouDestroyContext(contexts[0]));
  EXPECT_EQ(sample(trainings[1], 3, 4, 4), images);
  EXPECT_OK(gouDestroyTraining(trainings[1], GOU_IF_IDLE));
  EXPECT_OK(gouDestroyContext(contexts[1]));
}

}  // namespace
}  // namespace gouache::testing
