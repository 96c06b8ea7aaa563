// What does an engine do with a frame?  Begins its command buffer, lets others record into it, submits it, and knows when it is safe.
#pragma once

#include <gtest/gtest.h>

#include <array>

#include "tests/abi/borrowed.h"

namespace gouache::testing {

/// Frames of an engine, of which up to kInFlight are on the GPU; its queue is used by nobody else.
class EngineFrames {
 public:
  static constexpr std::size_t kInFlight = 2;

  explicit EngineFrames(const Engine& engine) : engine_(engine), table_(engine.table()) {
    VkCommandPoolCreateInfo pool{};
    pool.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
    pool.flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT;
    pool.queueFamilyIndex = engine.lend().queue_family;
    EXPECT_EQ(table_.vkCreateCommandPool(engine.device(), &pool, nullptr, &pool_), VK_SUCCESS);
    VkCommandBufferAllocateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
    info.commandPool = pool_;
    info.commandBufferCount = kInFlight;
    EXPECT_EQ(table_.vkAllocateCommandBuffers(engine.device(), &info, commands_.data()), VK_SUCCESS);
    VkFenceCreateInfo fence{};
    fence.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
    for (VkFence& made : fences_) EXPECT_EQ(table_.vkCreateFence(engine.device(), &fence, nullptr, &made), VK_SUCCESS);
  }
  ~EngineFrames() {
    finish();
    for (VkFence fence : fences_) table_.vkDestroyFence(engine_.device(), fence, nullptr);
    table_.vkDestroyCommandPool(engine_.device(), pool_, nullptr);
  }
  EngineFrames(const EngineFrames&) = delete;
  EngineFrames& operator=(const EngineFrames&) = delete;

  /// Begins the next frame, waiting for the one that last used its command buffer.
  GouFrame begin() {
    if (frame_ - safe_ == kInFlight) wait();
    auto frame = of_type<GouFrame>(GOU_TYPE_FRAME);
    frame.commands = commands_[++frame_ % kInFlight];
    frame.frame = frame_;
    frame.safe = safe_;
    VkCommandBufferBeginInfo info{};
    info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
    EXPECT_EQ(table_.vkBeginCommandBuffer(frame.commands, &info), VK_SUCCESS);
    return frame;
  }
  void end() {
    const VkCommandBuffer commands = commands_[frame_ % kInFlight];
    EXPECT_EQ(table_.vkEndCommandBuffer(commands), VK_SUCCESS);
    VkSubmitInfo batch{};
    batch.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
    batch.commandBufferCount = 1;
    batch.pCommandBuffers = &commands;
    EXPECT_EQ(table_.vkQueueSubmit(engine_.queue(), 1, &batch, fences_[frame_ % kInFlight]), VK_SUCCESS);
  }
  /// Waits for all.
  void finish() {
    while (safe_ < frame_) wait();
  }

 private:
  void wait() {
    const VkFence fence = fences_[++safe_ % kInFlight];
    EXPECT_EQ(table_.vkWaitForFences(engine_.device(), 1, &fence, VK_TRUE, UINT64_MAX), VK_SUCCESS);
    EXPECT_EQ(table_.vkResetFences(engine_.device(), 1, &fence), VK_SUCCESS);
  }

  const Engine& engine_;
  const DeviceTable& table_;
  VkCommandPool pool_ = VK_NULL_HANDLE;
  std::array<VkCommandBuffer, kInFlight> commands_{};
  std::array<VkFence, kInFlight> fences_{};
  std::uint64_t frame_ = 0, safe_ = 0;
};

}  // namespace gouache::testing
