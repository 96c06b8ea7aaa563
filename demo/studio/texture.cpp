// What is a picture on the device that the library paints and the window shows?
#include "demo/studio/texture.h"

#include <algorithm>
#include <bit>

namespace gouache::studio {

Texture::Texture(Renderer& renderer, std::uint32_t width, std::uint32_t height, std::uint32_t mips)
    : renderer_(renderer),
      width_(width),
      height_(height),
      mips_(mips ? mips : static_cast<std::uint32_t>(std::bit_width(std::max(width, height)))) {
  const VkDevice device = renderer.gpu().device();
  VkImageCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO;
  info.flags = VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT;  // the window shows the numbers as they are, lit things take them as light
  info.imageType = VK_IMAGE_TYPE_2D;
  info.format = VK_FORMAT_R8G8B8A8_UNORM;
  info.extent = {width, height, 1};
  info.mipLevels = mips_;
  info.arrayLayers = 1;
  info.samples = VK_SAMPLE_COUNT_1_BIT;
  info.usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT;
  vulkan(vkCreateImage(device, &info, nullptr, &image_), "vkCreateImage");
  VkMemoryRequirements needs;
  vkGetImageMemoryRequirements(device, image_, &needs);
  memory_ = renderer.gpu().allocate(needs, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT);
  vulkan(vkBindImageMemory(device, image_, memory_, 0), "vkBindImageMemory");
  VkImageViewCreateInfo view{};
  view.sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO;
  view.image = image_;
  view.viewType = VK_IMAGE_VIEW_TYPE_2D;
  view.format = VK_FORMAT_R8G8B8A8_UNORM;
  view.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, mips_, 0, 1};
  vulkan(vkCreateImageView(device, &view, nullptr, &view_), "vkCreateImageView");
  view.format = VK_FORMAT_R8G8B8A8_SRGB;
  vulkan(vkCreateImageView(device, &view, nullptr, &light_view_), "vkCreateImageView");
}

Texture::~Texture() {
  for (const auto& [sampling, id] : ids_) renderer_.forget(id);
  renderer_.gpu().retire([device = renderer_.gpu().device(), view = view_, light = light_view_, image = image_, memory = memory_] {
    vkDestroyImageView(device, view, nullptr);
    vkDestroyImageView(device, light, nullptr);
    vkDestroyImage(device, image, nullptr);
    vkFreeMemory(device, memory, nullptr);
  });
}

GouImageTarget Texture::target() const {
  auto target = api::of_type<GouImageTarget>(GOU_TYPE_IMAGE_TARGET);
  target.image = image_;
  target.format = VK_FORMAT_R8G8B8A8_UNORM;
  target.width = width_;
  target.height = height_;
  target.layers = 1;
  target.mip_levels = mips_;
  target.before = {VK_IMAGE_LAYOUT_UNDEFINED, VK_PIPELINE_STAGE_FRAGMENT_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT,
                   VK_ACCESS_TRANSFER_WRITE_BIT, VK_QUEUE_FAMILY_IGNORED};  // it was drawn, or painted and never drawn
  target.after = {VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL, VK_PIPELINE_STAGE_FRAGMENT_SHADER_BIT, VK_ACCESS_SHADER_READ_BIT,
                  VK_QUEUE_FAMILY_IGNORED};
  return target;
}

void Texture::upload(std::span<const std::uint8_t> pixels) { renderer_.upload(image_, width_, height_, pixels); }

ImTextureID Texture::id(const Sampling& sampling) const {
  const auto known = ids_.find(sampling);
  if (known != ids_.end()) return known->second;
  return ids_[sampling] = renderer_.texture(view_, sampling);
}

}  // namespace gouache::studio
