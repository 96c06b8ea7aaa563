// How do painted images become texels?  Compute passes that pack one image and its mip chain into a buffer of ours, to be copied.
#pragma once

#include <cstdint>
#include <vector>

#include "host/runtime/compute_pass.h"
#include "host/vulkan/buffer.h"

namespace gouache {

/// Images as a model's kernels write them: [count, height, width, channels] floats in [-1, 1], colour encoded as sRGB and multiplied by
/// alpha; 1 channel is grey, 2 grey and alpha, 3 RGB, 4 RGBA. The buffer has VK_BUFFER_USAGE_STORAGE_BUFFER_BIT and outlives its users.
struct PaintedImages {
  VkBuffer buffer = VK_NULL_HANDLE;
  std::int64_t offset = 0;  ///< in bytes; a multiple of 256
  std::int64_t count = 0, height = 0, width = 0, channels = 0;
};

/// Throws Error(invalid_argument) naming what is out of range, Error(unsupported) for more than the device can bind at once. The buffer
/// may still be missing.
void require_painted(const Device& device, const PaintedImages& images);
/// All of them, as a storage buffer.
VkDescriptorBufferInfo all_of(const PaintedImages& images);

/// What the numbers of a texel mean. By default colour is encoded as sRGB, multiplied by alpha and within [0, alpha], as
/// GOU_PIXELS_UNORM8 has it; VK_FORMAT_R8G8B8A8_SRGB then gets the same bytes as VK_FORMAT_R8G8B8A8_UNORM.
struct TexelOptions {
  bool straight_alpha = false;  ///< colour is not multiplied by alpha (it is 0 where alpha is 0)
  /// What a sampler returns is linear light, multiplied by alpha in linear light unless straight_alpha: for floats, and for
  /// VK_FORMAT_R8G8B8A8_SRGB, whose bytes then differ from the default where alpha is neither 0 nor 1. Not for UNORM formats.
  bool linear = false;
};

/// Where the texels end up: buffers take more formats than images.
enum class TexelUse : std::uint8_t { image, buffer };

/// Mip levels are box-filtered in linear light multiplied by alpha, each from the level above in floats; an odd extent is cut into equal
/// parts. Everything is made by the constructor; recording allocates nothing and makes no Vulkan object.
class TexelPacker {
 public:
  struct Level {
    std::uint32_t width = 0, height = 0;
    std::int64_t offset = 0, bytes = 0;  ///< rows are tight; the offset is a multiple of 256
  };

  /// Throws Error(unsupported) naming a format that is not written and those that are, Error(invalid_argument) naming the number that
  /// does not fit, Error(out_of_memory). `device` must outlive it.
  TexelPacker(Device& device, const PaintedImages& images, VkFormat format, TexelOptions options, TexelUse use, std::uint32_t mip_levels);

  /// Records the passes for an image of the batch. They begin after the compute and transfer commands before them on this queue (so after
  /// whoever wrote the images, and after the copies from this buffer) and end with no barrier: their writes are compute shader writes.
  /// Binds a compute pipeline, its set 0 and push constants.
  void record(VkCommandBuffer commands, std::int64_t image) const;

  /// Records the pass of one level alone, for the first image, with barriers as record().
  void record_level(VkCommandBuffer commands, std::size_t level) const;

  VkBuffer buffer() const { return packed_.handle(); }
  const std::vector<Level>& levels() const { return levels_; }

 private:
  void lay_out(std::uint32_t mip_levels, std::int64_t texel_bytes);
  Dispatch dispatch(std::size_t level, std::uint32_t texel) const;

  Device& device_;
  PaintedImages images_;
  TexelOptions options_;
  std::vector<Level> levels_, lights_;  ///< lights_[i] keeps level i + 1 as floats
  Buffer packed_, light_;
  std::vector<ComputePass> passes_;  ///< one a level
};

}  // namespace gouache
