// Where does a painted image lie on the device?  A VkImage with mips and memory of its own, for hosts that bring none.
#pragma once

#include "host/vulkan/memory.h"
#include "host/vulkan/owned.h"

namespace gouache {

struct ImageDescription {
  VkFormat format = VK_FORMAT_R8G8B8A8_UNORM;
  std::uint32_t width = 1, height = 1, layers = 1, mip_levels = 1;
};

/// Levels of a whole mip chain: down to 1x1.
std::uint32_t full_mip_levels(std::uint32_t width, std::uint32_t height);

/// An optimally tiled 2D image to sample and to copy from and to, used by one queue family at a time. Moves, does not copy; empty when
/// default-made. Its layout is undefined at first.
class Image {
 public:
  Image() = default;
  /// Throws Error(unsupported) naming the format where it cannot be sampled or copied to, Error(out_of_memory).
  Image(Device& device, const ImageDescription& description, const std::string& name);
  Image(Image&&) noexcept = default;
  Image& operator=(Image&& other) noexcept;

  VkImage handle() const { return image_.get(); }
  const ImageDescription& description() const { return description_; }

 private:
  ImageDescription description_;
  Memory memory_;  // freed after the image is destroyed
  OwnedImage image_;
};

/// Refuses `format` unless optimally tiled images of it can be sampled and copied to: Error(unsupported) naming the missing feature.
void require_format(const Device& device, VkFormat format);

/// "VK_FORMAT_R8_UNORM" for the formats that Gouache writes, else "VkFormat 37".
std::string name_of(VkFormat format);

}  // namespace gouache
