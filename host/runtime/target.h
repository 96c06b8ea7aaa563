// How do painted images get into a host's images and buffers?  Packed by compute passes, then copied: the host's memory needs no usage
// but TRANSFER_DST.
#pragma once

#include "host/runtime/resizer.h"
#include "host/runtime/texel_packer.h"
#include "host/vulkan/image.h"

namespace gouache {

/// How a host uses its image or buffer before or after we write it. The default is right for every use on our queue, if not the fastest.
struct TargetState {
  VkImageLayout layout = VK_IMAGE_LAYOUT_GENERAL;  ///< images only
  VkPipelineStageFlags stages = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
  VkAccessFlags access = VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT;
  /// The family that owns it. VK_QUEUE_FAMILY_IGNORED, or the family of our queue: ours, or VK_SHARING_MODE_CONCURRENT.
  std::uint32_t queue_family = VK_QUEUE_FAMILY_IGNORED;
};

// Another queue family before: the host releases it there, and we acquire it; `stages` is where the submit waits for the host's
// semaphore. Another one after: we release it, and the host acquires it there; `stages` and `access` are not used. The host's barriers
// must be ours with regard to families, range and layouts: from before.layout to VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, and from that to
// after.layout, for all mip levels of one layer; for a buffer, offset and the bytes that are written. An image whose layout is
// VK_IMAGE_LAYOUT_UNDEFINED before is not acquired: what it held is dropped.

/// One write into an image.
struct ImageDestination {
  VkImage image = VK_NULL_HANDLE;
  std::uint32_t layer = 0;
  std::uint32_t x = 0, y = 0;  ///< of the upper left texel, for images larger than what the model paints
  TargetState before, after;
};

/// One write into a buffer.
struct BufferDestination {
  VkBuffer buffer = VK_NULL_HANDLE;
  VkDeviceSize offset = 0, size = 0;  ///< of the first texel; of the whole buffer
  TargetState before, after;
};

/// What images of a batch become before they are copied into a host's memory: another size, then texels.
class TargetPasses {
 public:
  std::uint32_t count() const { return static_cast<std::uint32_t>(packer_.levels().size()) + resizer_.changes_size(); }
  /// Records pass `pass` for the batch's first image, whatever it holds, into buffers of ours: a driver that compiles what runs for the
  /// first time does so then. As ImageTarget::record, and may stand anywhere between two of those.
  void record_alone(VkCommandBuffer commands, std::uint32_t pass) const;

 protected:
  TargetPasses(Device& device, const PaintedImages& images, VkFormat format, TexelOptions options, const Resizing& size, TexelUse use,
               std::uint32_t mip_levels);

  Device& device_;
  Resizer resizer_;
  TexelPacker packer_;
};

/// Writes into 2D images, or layers of 2D array images, that are like `description`: colour images with one sample, written from mip level
/// 0 on. An image larger than what is written (an atlas) must have one mip level; a smaller one is refused.
class ImageTarget : public TargetPasses {
 public:
  /// Everything is made here. What is written is `size`, 0 as painted. Throws Error as resizing_of, Resizer, TexelPacker and require_format
  /// do.
  ImageTarget(Device& device, const PaintedImages& images, const ImageDescription& description, TexelOptions options = {},
              const Resizing& size = {});

  /// Records the packing of image `image` and its copy into every mip level, outside a render pass, on our queue or one of its family.
  /// Allocates nothing and makes no Vulkan object. What is recorded uses a buffer of this object: submit it to one queue, in any order.
  /// Throws as require(), before anything is recorded.
  void record(VkCommandBuffer commands, std::int64_t image, const ImageDestination& to) const;
  /// Throws Error(invalid_argument) naming what does not fit.
  void require(const ImageDestination& to) const;

  const ImageDescription& description() const { return description_; }
  /// Of one image.
  std::uint32_t width() const { return packer_.levels().front().width; }
  std::uint32_t height() const { return packer_.levels().front().height; }

 private:
  ImageDescription description_;
};

/// Writes tight rows of texels into buffers; also in VK_FORMAT_R32_SFLOAT and VK_FORMAT_R32G32B32A32_SFLOAT.
class BufferTarget : public TargetPasses {
 public:
  BufferTarget(Device& device, const PaintedImages& images, VkFormat format, TexelOptions options = {}, const Resizing& size = {});

  /// Bytes of one image.
  VkDeviceSize bytes() const { return VkDeviceSize(packer_.levels().front().bytes); }

  /// As ImageTarget::record; writes bytes() bytes at any offset.
  void record(VkCommandBuffer commands, std::int64_t image, const BufferDestination& to) const;
  void require(const BufferDestination& to) const;
};

}  // namespace gouache
