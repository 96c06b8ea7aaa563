// Which images does the plugin own for its host?
#pragma once

#include "gouache/gouache.h"
#include "host/vulkan/image.h"

/// An image of the plugin's own, a view of it, and how many jobs are going to write it.
struct GouImage_T {
  GouImage_T(GouContext owner, const gouache::ImageDescription& description);
  ~GouImage_T();
  GouContext context;
  gouache::Image image;
  gouache::OwnedImageView view;
  std::uint32_t uses = 0;
};

namespace gouache {

/// Keeps the plugin's own image from being destroyed while a job writes it; does nothing for images of the host.
class ImageUse {
 public:
  ImageUse(const GouContext_T& context, VkImage image);
  ~ImageUse() {
    if (image_) --image_->uses;
  }
  ImageUse(const ImageUse&) = delete;
  ImageUse& operator=(const ImageUse&) = delete;

 private:
  GouImage image_ = nullptr;
};

}  // namespace gouache
