// How is one dispatch recorded again and again, outside any plan?
#include "host/runtime/compute_pass.h"

namespace gouache {

ComputePass::ComputePass(Device& device, const Dispatch& dispatch, std::span<const VkDescriptorBufferInfo> buffers)
    : device_(&device),
      pipeline_(device.pipelines().get(dispatch)),
      layout_(device.pipelines().layout_of(dispatch)),
      grid_(dispatch.grid),
      push_(dispatch.push) {
  const auto count = static_cast<std::uint32_t>(buffers.size());
  const VkDescriptorPoolSize size{VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, count};
  VkDescriptorPoolCreateInfo pool{};
  pool.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO;
  pool.maxSets = 1;
  pool.poolSizeCount = 1;
  pool.pPoolSizes = &size;
  pool_ = make_owned<OwnedDescriptorPool>(device, &DeviceTable::vkCreateDescriptorPool, "vkCreateDescriptorPool", pool);
  VkDescriptorSetAllocateInfo allocation{};
  allocation.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO;
  allocation.descriptorPool = pool_.get();
  allocation.descriptorSetCount = 1;
  allocation.pSetLayouts = &layout_.set_layout;
  device.created(device.table().vkAllocateDescriptorSets(device.handle(), &allocation, &set_), "vkAllocateDescriptorSets");
  VkWriteDescriptorSet write{};
  write.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET;
  write.dstSet = set_;
  write.descriptorCount = count;
  write.descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
  write.pBufferInfo = buffers.data();
  device.table().vkUpdateDescriptorSets(device.handle(), 1, &write, 0, nullptr);
  push_.resize(device.pipelines().push_words(dispatch));
  for (std::uint32_t slot = 0; slot < count; slot++) device.pipelines().push_address(dispatch, slot, buffers[slot], push_);
}

void ComputePass::record(VkCommandBuffer commands, std::uint32_t first) const {
  const DeviceTable& table = device_->table();
  table.vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline_);
  table.vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_COMPUTE, layout_.layout, 0, 1, &set_, 0, nullptr);
  const auto bytes = static_cast<std::uint32_t>(push_.size() * 4);
  table.vkCmdPushConstants(commands, layout_.layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, bytes, push_.data());
  table.vkCmdPushConstants(commands, layout_.layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, 4, &first);
  table.vkCmdDispatch(commands, grid_[0], grid_[1], grid_[2]);
}

void record_compute_barrier(const Device& device, VkCommandBuffer commands, bool transfers) {
  VkPipelineStageFlags stages = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT;
  VkMemoryBarrier barrier{VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr, VK_ACCESS_SHADER_WRITE_BIT,
                          VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT};
  if (transfers) {
    stages |= VK_PIPELINE_STAGE_TRANSFER_BIT;
    barrier.srcAccessMask |= VK_ACCESS_TRANSFER_WRITE_BIT;
  }
  device.table().vkCmdPipelineBarrier(commands, stages, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, 0, 1, &barrier, 0, nullptr, 0, nullptr);
}

}  // namespace gouache
