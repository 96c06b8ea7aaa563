// How does an engine's frame look to the tests?
#include "tests/abi/frames.h"

namespace gouache::testing {

Frames::Frames(const Engine& engine) : engine_(engine), table_(engine.table()) {
  VkCommandPoolCreateInfo pool{};
  pool.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
  pool.flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT;
  pool.queueFamilyIndex = engine.lend().queue_family;
  EXPECT_EQ(table_.vkCreateCommandPool(engine.device(), &pool, nullptr, &pool_), VK_SUCCESS);
  VkCommandBufferAllocateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
  info.commandPool = pool_;
  info.commandBufferCount = 1;
  EXPECT_EQ(table_.vkAllocateCommandBuffers(engine.device(), &info, &commands_), VK_SUCCESS);
  VkFenceCreateInfo fence{};
  fence.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
  EXPECT_EQ(table_.vkCreateFence(engine.device(), &fence, nullptr, &fence_), VK_SUCCESS);
}

Frames::~Frames() {
  table_.vkDestroyFence(engine_.device(), fence_, nullptr);
  table_.vkDestroyCommandPool(engine_.device(), pool_, nullptr);
}

VkCommandBuffer Frames::begin() {
  VkCommandBufferBeginInfo info{};
  info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
  EXPECT_EQ(table_.vkBeginCommandBuffer(commands_, &info), VK_SUCCESS);
  return commands_;
}

void Frames::end() {
  EXPECT_EQ(table_.vkEndCommandBuffer(commands_), VK_SUCCESS);
  VkSubmitInfo batch{};
  batch.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
  batch.commandBufferCount = 1;
  batch.pCommandBuffers = &commands_;
  EXPECT_EQ(table_.vkQueueSubmit(engine_.queue(), 1, &batch, fence_), VK_SUCCESS);
  EXPECT_EQ(table_.vkWaitForFences(engine_.device(), 1, &fence_, VK_TRUE, UINT64_MAX), VK_SUCCESS);
  EXPECT_EQ(table_.vkResetFences(engine_.device(), 1, &fence_), VK_SUCCESS);
}

GouTick Frames::run(GouContext context, const GouBudget& budget) {
  auto report = of_type<GouTick>(GOU_TYPE_TICK);
  frame.safe = frame.frame++;
  frame.commands = begin();
  const GouResult result = gouRecord(context, &frame, &budget, &report);
  end();
  EXPECT_OK(result);
  return report;
}

}  // namespace gouache::testing
