// Where do a request's images go, if not to host memory?  A GouImageTarget or GouBufferTarget, checked and ready to be written.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "gouache/gouache.h"
#include "host/runtime/generator.h"
#include "host/runtime/target.h"

namespace gouache {

/// Writes painted images one by one into what a request named.
class Destination {
 public:
  virtual ~Destination() = default;
  /// Records image `image` of the batch at hand, which is number `number` of the request. Allocates nothing.
  virtual void record(VkCommandBuffer commands, std::int64_t image, std::int64_t number) const = 0;
  /// Expected GPU time of one image.
  virtual double microseconds() const = 0;
};

/// What a model keeps between requests to write its images with: passes and buffers by format and size.
class TargetWriters {
 public:
  std::shared_ptr<const ImageTarget> image(Device& device, const PaintedImages& images, const ImageDescription& description,
                                           TexelOptions options, const Resizing& size);
  std::shared_ptr<const BufferTarget> buffer(Device& device, const PaintedImages& images, VkFormat format, TexelOptions options,
                                             const Resizing& size);

 private:
  template <class Target>
  struct Row {
    VkBuffer images = VK_NULL_HANDLE;
    ImageDescription description;
    TexelOptions options;
    Resizing size;
    std::shared_ptr<const Target> target;
  };
  template <class Target, class Make>
  static std::shared_ptr<const Target> find(std::vector<Row<Target>>& rows, Row<Target> wanted, const Make& make);
  std::vector<Row<ImageTarget>> image_rows_;
  std::vector<Row<BufferTarget>> buffer_rows_;
};

/// The destination of `count` images that lie in `images` batch by batch and are written in `size`. `target` begins with a GouImageTarget's
/// or GouBufferTarget's type. Refuses what does not fit, naming it, before anything is recorded.
std::unique_ptr<Destination> make_destination(GouContext_T& context, TargetWriters& writers, const PaintedImages& images,
                                              const void* target, std::int64_t count, const Resizing& size);

}  // namespace gouache
