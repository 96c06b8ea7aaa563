// How do painted images get into a host's images and buffers?
#include "host/runtime/target.h"

#include <array>

#include "host/graph/error.h"

namespace gouache {

namespace {

constexpr std::uint32_t kMostLevels = 15;  ///< of 16,384 texels

/// Stages that every queue with VK_QUEUE_COMPUTE_BIT has.
constexpr VkPipelineStageFlags kComputeStages =
    VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT | VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT | VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT |
    VK_PIPELINE_STAGE_DRAW_INDIRECT_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT | VK_PIPELINE_STAGE_HOST_BIT | VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;

bool foreign(const Device& device, const TargetState& state) {
  return state.queue_family != VK_QUEUE_FAMILY_IGNORED && state.queue_family != device.queue_family();
}

void require_stages(const Device& device, const TargetState& state, const char* when) {
  if (state.stages == 0) throw Error(std::string(when) + ".stages is 0, expected at least one pipeline stage");
  const bool draws = device.facts().queue_families.at(device.queue_family()).queueFlags & VK_QUEUE_GRAPHICS_BIT;
  if (!draws && (state.stages & ~kComputeStages))
    throw Error(std::string(when) + ".stages names graphics stages, but the queue family that writes, " +
                std::to_string(device.queue_family()) + ", has none");
}

/// Our side of a barrier: nothing but the families where somebody else's side does the rest.
struct Handover {
  VkPipelineStageFlags stages = 0;
  VkAccessFlags access = 0;
  std::uint32_t from_family = VK_QUEUE_FAMILY_IGNORED, to_family = VK_QUEUE_FAMILY_IGNORED;
};

Handover acquire(const Device& device, const TargetState& before, bool contents) {
  require_stages(device, before, "before");
  if (!foreign(device, before)) return {before.stages, before.access};
  if (!contents) return {before.stages, 0};
  return {before.stages, 0, before.queue_family, device.queue_family()};
}

Handover release(const Device& device, const TargetState& after) {
  if (foreign(device, after)) return {VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, 0, device.queue_family(), after.queue_family};
  require_stages(device, after, "after");
  return {after.stages, after.access};
}

VkMemoryBarrier packed_barrier() {
  return {VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr, VK_ACCESS_SHADER_WRITE_BIT, VK_ACCESS_TRANSFER_READ_BIT};
}

std::string extent_text(std::int64_t width, std::int64_t height) { return std::to_string(width) + "x" + std::to_string(height); }

/// `description` if images of that size can be written.
const ImageDescription& fitting(const ImageDescription& description, const Resizing& images) {
  const std::string text = "an image of " + extent_text(description.width, description.height);
  if (description.width < images.width || description.height < images.height)
    throw Error(text + " is too small for " + extent_text(images.width, images.height) + ", which is to be written");
  const bool equal = description.width == images.width && description.height == images.height;
  if (!equal && description.mip_levels != 1)
    throw Error(text + " has " + std::to_string(description.mip_levels) + " mip levels; larger than " +
                extent_text(images.width, images.height) + ", which is to be written, it must have 1");
  if (description.layers < 1) throw Error(text + " has no layers");
  return description;
}

/// Draws a frame round the commands of one write in a debugger.
class Label {
 public:
  Label(const Device& device, VkCommandBuffer commands, const char* text) : device_(device), commands_(commands) {
    if (!device_.enabled().debug_utils) return;
    VkDebugUtilsLabelEXT label{};
    label.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_LABEL_EXT;
    label.pLabelName = text;
    device_.table().vkCmdBeginDebugUtilsLabelEXT(commands_, &label);
  }
  ~Label() {
    if (device_.enabled().debug_utils) device_.table().vkCmdEndDebugUtilsLabelEXT(commands_);
  }
  Label(const Label&) = delete;
  Label& operator=(const Label&) = delete;

 private:
  const Device& device_;
  VkCommandBuffer commands_;
};

}  // namespace

TargetPasses::TargetPasses(Device& device, const PaintedImages& images, VkFormat format, TexelOptions options, const Resizing& size,
                           TexelUse use, std::uint32_t mip_levels)
    : device_(device),
      resizer_(device, images, resizing_of(size, images.height, images.width)),
      packer_(device, resizer_.result(), format, options, use, mip_levels) {}

void TargetPasses::record_alone(VkCommandBuffer commands, std::uint32_t pass) const {
  const std::uint32_t resizes = resizer_.changes_size();
  if (pass < resizes)
    resizer_.record(commands, 0);
  else
    packer_.record_level(commands, pass - resizes);
}

ImageTarget::ImageTarget(Device& device, const PaintedImages& images, const ImageDescription& description, TexelOptions options,
                         const Resizing& size)
    : TargetPasses(device, images, fitting(description, resizing_of(size, images.height, images.width)).format, options, size,
                   TexelUse::image, description.mip_levels),
      description_(description) {
  require_format(device, description.format);
}

void ImageTarget::require(const ImageDestination& to) const {
  const TexelPacker::Level& whole = packer_.levels().front();
  if (!to.image) throw Error("the image to write is null");
  if (to.layer >= description_.layers)
    throw Error("layer " + std::to_string(to.layer) + " of an image of " + std::to_string(description_.layers));
  if (to.x > description_.width - whole.width || to.y > description_.height - whole.height)
    throw Error(extent_text(whole.width, whole.height) + " texels at (" + std::to_string(to.x) + ", " + std::to_string(to.y) +
                ") leave an image of " + extent_text(description_.width, description_.height));
  if (to.after.layout == VK_IMAGE_LAYOUT_UNDEFINED || to.after.layout == VK_IMAGE_LAYOUT_PREINITIALIZED)
    throw Error("after.layout is VK_IMAGE_LAYOUT_UNDEFINED or VK_IMAGE_LAYOUT_PREINITIALIZED, expected one to leave the image in");
  acquire(device_, to.before, to.before.layout != VK_IMAGE_LAYOUT_UNDEFINED);
  release(device_, to.after);
}

void ImageTarget::record(VkCommandBuffer commands, std::int64_t image, const ImageDestination& to) const {
  resizer_.require_image(image);
  require(to);
  const Handover got = acquire(device_, to.before, to.before.layout != VK_IMAGE_LAYOUT_UNDEFINED), given = release(device_, to.after);

  const Label label(device_, commands, "gouache: image target");
  packer_.record(commands, resizer_.record(commands, image));
  const DeviceTable& table = device_.table();
  const std::uint32_t levels = description_.mip_levels;
  const VkMemoryBarrier packed = packed_barrier();
  VkImageMemoryBarrier barrier{};
  barrier.sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER;
  barrier.srcAccessMask = got.access;
  barrier.dstAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT;
  barrier.oldLayout = to.before.layout;
  barrier.newLayout = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL;
  barrier.srcQueueFamilyIndex = got.from_family;
  barrier.dstQueueFamilyIndex = got.to_family;
  barrier.image = to.image;
  barrier.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, levels, to.layer, 1};
  table.vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | got.stages, VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 1, &packed, 0,
                             nullptr, 1, &barrier);

  std::array<VkBufferImageCopy, kMostLevels> copies{};
  for (std::uint32_t i = 0; i < levels; i++) {
    const TexelPacker::Level& level = packer_.levels()[i];
    copies[i].bufferOffset = VkDeviceSize(level.offset);
    copies[i].imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, i, to.layer, 1};
    copies[i].imageOffset = {std::int32_t(to.x), std::int32_t(to.y), 0};  // (0, 0) where there are mips
    copies[i].imageExtent = {level.width, level.height, 1};
  }
  table.vkCmdCopyBufferToImage(commands, packer_.buffer(), to.image, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, levels, copies.data());

  barrier.srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT;
  barrier.dstAccessMask = given.access;
  barrier.oldLayout = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL;
  barrier.newLayout = to.after.layout;
  barrier.srcQueueFamilyIndex = given.from_family;
  barrier.dstQueueFamilyIndex = given.to_family;
  table.vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_TRANSFER_BIT, given.stages, 0, 0, nullptr, 0, nullptr, 1, &barrier);
}

BufferTarget::BufferTarget(Device& device, const PaintedImages& images, VkFormat format, TexelOptions options, const Resizing& size)
    : TargetPasses(device, images, format, options, size, TexelUse::buffer, 1) {}

void BufferTarget::require(const BufferDestination& to) const {
  if (!to.buffer) throw Error("the buffer to write is null");
  if (to.offset > to.size || bytes() > to.size - to.offset)
    throw Error(grouped(bytes()) + " bytes at offset " + grouped(to.offset) + " leave a buffer of " + grouped(to.size));
  acquire(device_, to.before, true);
  release(device_, to.after);
}

void BufferTarget::record(VkCommandBuffer commands, std::int64_t image, const BufferDestination& to) const {
  resizer_.require_image(image);
  require(to);
  const Handover got = acquire(device_, to.before, true), given = release(device_, to.after);

  const Label label(device_, commands, "gouache: buffer target");
  packer_.record(commands, resizer_.record(commands, image));
  const DeviceTable& table = device_.table();
  const VkMemoryBarrier packed = packed_barrier();
  VkBufferMemoryBarrier barrier{};
  barrier.sType = VK_STRUCTURE_TYPE_BUFFER_MEMORY_BARRIER;
  barrier.srcAccessMask = got.access;
  barrier.dstAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT;
  barrier.srcQueueFamilyIndex = got.from_family;
  barrier.dstQueueFamilyIndex = got.to_family;
  barrier.buffer = to.buffer;
  barrier.offset = to.offset;
  barrier.size = bytes();
  table.vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | got.stages, VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 1, &packed, 1,
                             &barrier, 0, nullptr);
  const VkBufferCopy copy{VkDeviceSize(packer_.levels().front().offset), to.offset, bytes()};
  table.vkCmdCopyBuffer(commands, packer_.buffer(), to.buffer, 1, &copy);
  barrier.srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT;
  barrier.dstAccessMask = given.access;
  barrier.srcQueueFamilyIndex = given.from_family;
  barrier.dstQueueFamilyIndex = given.to_family;
  table.vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_TRANSFER_BIT, given.stages, 0, 0, nullptr, 1, &barrier, 0, nullptr);
}

}  // namespace gouache
