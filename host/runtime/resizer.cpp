// How do painted images get another size on the device?
#include "host/runtime/resizer.h"

#include "host/graph/error.h"
#include "host/kernels/streaming.h"
#include "shaders/shared/interface.h"

namespace gouache {

Resizer::Resizer(Device& device, const PaintedImages& images, const Resizing& to) : device_(device), images_(images), result_(images) {
  if (to.width == images.width && to.height == images.height) return;
  result_ = {VK_NULL_HANDLE, 0, 1, to.height, to.width, images.channels};
  require_painted(device, result_);
  const std::int64_t bytes = 4 * element_count({to.height, to.width, images.channels});
  buffer_ = Buffer(device, bytes, BufferPlace::device, MemoryPurpose::staging, "an image of another size");
  result_.buffer = buffer_.handle();
  const VkDescriptorBufferInfo buffers[] = {all_of(images), all_of(result_)};
  pass_ = ComputePass(device, dispatch(to.filter), buffers);
}

Dispatch Resizer::dispatch(ResizeFilter filter) const {
  const std::int64_t texels = result_.width * result_.height;
  const std::uint32_t lanes = streaming::lanes_for(texels, 1, 64, device_.caps());
  Dispatch d = streaming::dispatch("target_resize", streaming::ceil_div(texels, lanes), lanes, device_.caps());
  d.constants.push_back({CONSTANT_SWITCH_0, std::uint32_t(images_.channels)});
  d.constants.push_back({CONSTANT_SWITCH_0 + 4, filter == ResizeFilter::nearest});
  const auto width = std::uint32_t(result_.width);
  const streaming::Divisor divisor(width);
  d.push = {0,
            std::uint32_t(texels),
            streaming::dispatch_fold(d),
            width,
            divisor.multiplier,
            divisor.shift,
            std::uint32_t(result_.height),
            std::uint32_t(images_.width),
            std::uint32_t(images_.height)};
  d.bindings = {streaming::reads(0, OperandKind::input, 0), streaming::writes(1, OperandKind::output, 0)};
  return d;
}

void Resizer::require_image(std::int64_t image) const {
  if (image < 0 || image >= images_.count)
    throw Error("image " + std::to_string(image) + " of a batch of " + std::to_string(images_.count));
}

std::int64_t Resizer::record(VkCommandBuffer commands, std::int64_t image) const {
  if (!changes_size()) return image;
  record_compute_barrier(device_, commands, false);
  pass_.record(commands, std::uint32_t(image * images_.height * images_.width * images_.channels));
  return 0;
}

}  // namespace gouache
