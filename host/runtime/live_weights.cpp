// How do a training's newest weights get into the memory that a model paints from?
#include "host/runtime/live_weights.h"

#include "host/graph/error.h"
#include "host/vulkan/device.h"

namespace gouache {

LiveWeights::LiveWeights(Device& device, const std::vector<WeightPlace>& from, State& to) : device_(device) {
  for (const WeightPlace& place : from) {
    const StateSlot& slot = to.layout().at(place.name);
    if (slot.type.bytes() != place.bytes)
      throw Error("variable '" + place.name + "' holds " + grouped(std::uint64_t(place.bytes)) + " bytes in the training and " +
                  grouped(std::uint64_t(slot.type.bytes())) + " in the model");
    copies_.push_back(
        {place.buffer, to.block(slot.block).handle(), {VkDeviceSize(place.offset), VkDeviceSize(slot.offset), VkDeviceSize(place.bytes)}});
  }
}

void LiveWeights::record(VkCommandBuffer commands) const {
  const DeviceTable& table = device_.table();
  const VkMemoryBarrier before{VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr, VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
                               VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT};
  table.vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT,
                             VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 1, &before, 0, nullptr, 0, nullptr);
  for (const BufferCopy& copy : copies_) table.vkCmdCopyBuffer(commands, copy.from, copy.to, 1, &copy.range);
  const VkMemoryBarrier after{VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr, VK_ACCESS_TRANSFER_WRITE_BIT,
                              VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_READ_BIT};
  table.vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_TRANSFER_BIT,
                             VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 1, &after, 0, nullptr, 0, nullptr);
}

}  // namespace gouache
