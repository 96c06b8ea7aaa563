// How do painted images get another size on the device?  One image at a time, into a buffer of ours.
#pragma once

#include "host/runtime/compute_pass.h"
#include "host/runtime/resizing.h"
#include "host/runtime/texel_packer.h"

namespace gouache {

/// Everything is made by the constructor. A default one, or one that changes nothing, shows the images as they were painted.
class Resizer {
 public:
  /// `to` is from resizing_of(). Throws Error(out_of_memory), Error(unsupported) for more texels than a buffer can hold. `device` must
  /// outlive it.
  Resizer(Device& device, const PaintedImages& images, const Resizing& to);

  /// What record() leaves: one image; without a change of size all of them.
  const PaintedImages& result() const { return result_; }
  /// Records the pass for image `image` of the batch, after the compute commands before it, and returns which of result() it is. Ends with
  /// no barrier. Binds as ComputePass.
  std::int64_t record(VkCommandBuffer commands, std::int64_t image) const;
  /// Whether record() records anything.
  bool changes_size() const { return buffer_.handle() != VK_NULL_HANDLE; }
  /// Throws Error(invalid_argument) when the batch has no image `image`.
  void require_image(std::int64_t image) const;

 private:
  Dispatch dispatch(ResizeFilter filter) const;

  Device& device_;
  PaintedImages images_, result_;
  Buffer buffer_;
  ComputePass pass_;
};

}  // namespace gouache
