// Where does a painted image lie on the device?
#include "host/vulkan/image.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "host/graph/error.h"
#include "host/vulkan/result.h"

namespace gouache {

std::uint32_t full_mip_levels(std::uint32_t width, std::uint32_t height) {
  return std::uint32_t(std::bit_width(std::max({width, height, 1u})));
}

std::string name_of(VkFormat format) {
  switch (format) {
    case VK_FORMAT_R8_UNORM: return "VK_FORMAT_R8_UNORM";
    case VK_FORMAT_R8G8B8A8_UNORM: return "VK_FORMAT_R8G8B8A8_UNORM";
    case VK_FORMAT_R8G8B8A8_SRGB: return "VK_FORMAT_R8G8B8A8_SRGB";
    case VK_FORMAT_R16G16B16A16_SFLOAT: return "VK_FORMAT_R16G16B16A16_SFLOAT";
    case VK_FORMAT_R32_SFLOAT: return "VK_FORMAT_R32_SFLOAT";
    case VK_FORMAT_R32G32B32A32_SFLOAT: return "VK_FORMAT_R32G32B32A32_SFLOAT";
    default: return "VkFormat " + std::to_string(int(format));
  }
}

void require_format(const Device& device, VkFormat format) {
  struct Feature {
    VkFormatFeatureFlags bit;
    const char* name;
  };
  constexpr Feature kFeatures[] = {{VK_FORMAT_FEATURE_TRANSFER_DST_BIT, "VK_FORMAT_FEATURE_TRANSFER_DST_BIT"},
                                   {VK_FORMAT_FEATURE_SAMPLED_IMAGE_BIT, "VK_FORMAT_FEATURE_SAMPLED_IMAGE_BIT"}};
  VkFormatProperties properties{};
  device.instance_table().vkGetPhysicalDeviceFormatProperties(device.facts().handle, format, &properties);
  for (const Feature& feature : kFeatures)
    if (!(properties.optimalTilingFeatures & feature.bit))
      throw Error(ErrorCode::unsupported, name_of(format) + ": " + device.facts().name + " lacks " + feature.name + " for it");
}

Image::Image(Device& device, const ImageDescription& description, const std::string& name) : description_(description) {
  require_format(device, description.format);
  VkImageCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO;
  info.imageType = VK_IMAGE_TYPE_2D;
  info.format = description.format;
  info.extent = {description.width, description.height, 1};
  info.mipLevels = description.mip_levels;
  info.arrayLayers = description.layers;
  info.samples = VK_SAMPLE_COUNT_1_BIT;
  info.tiling = VK_IMAGE_TILING_OPTIMAL;
  info.usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT;
  image_ = make_owned<OwnedImage>(device, &DeviceTable::vkCreateImage, "vkCreateImage", info);

  VkMemoryRequirements needs{};
  device.table().vkGetImageMemoryRequirements(device.handle(), handle(), &needs);
  memory_ = Memory(device, needs, BufferPlace::device, MemoryPurpose::output, name);
  check(device.table().vkBindImageMemory(device.handle(), handle(), memory_.handle(), 0), "vkBindImageMemory", name);
  name_object(device, VK_OBJECT_TYPE_IMAGE, std::uint64_t(handle()), name);
}

Image& Image::operator=(Image&& other) noexcept {
  std::swap(description_, other.description_);
  std::swap(memory_, other.memory_);
  std::swap(image_, other.image_);
  return *this;
}

}  // namespace gouache
