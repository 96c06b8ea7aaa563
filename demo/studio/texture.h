// What is a picture on the device that the library paints and the window shows?
#pragma once

#include <cstdint>
#include <map>
#include <span>

#include "demo/studio/renderer.h"

namespace gouache::studio {

/// An RGBA image with its mip levels. Colour is multiplied by alpha, as sRGB-encoded numbers; or in linear light, for light_view(), where
/// it was painted so.
class Texture {
 public:
  /// `mips`: 0: all of them, down to 1x1.
  Texture(Renderer& renderer, std::uint32_t width, std::uint32_t height, std::uint32_t mips = 1);
  ~Texture();
  Texture(const Texture&) = delete;
  Texture& operator=(const Texture&) = delete;

  std::uint32_t width() const { return width_; }
  std::uint32_t height() const { return height_; }
  std::uint32_t mips() const { return mips_; }
  VkImage image() const { return image_; }
  VkImageView light_view() const { return light_view_; }  ///< as VK_FORMAT_R8G8B8A8_SRGB: samplers give linear light

  /// The whole image as a target for the library, from whatever was in it to being sampled. Change columns, layer and the like as needed.
  GouImageTarget target() const;
  /// Pixels [height, width, 4] of the host's, before the next frame is drawn.
  void upload(std::span<const std::uint8_t> pixels);
  /// For ImGui::Image. The image must have been painted or uploaded by then.
  ImTextureID id(const Sampling& sampling = {}) const;

 private:
  Renderer& renderer_;
  std::uint32_t width_, height_, mips_;
  VkImage image_ = VK_NULL_HANDLE;
  VkDeviceMemory memory_ = VK_NULL_HANDLE;
  VkImageView view_ = VK_NULL_HANDLE, light_view_ = VK_NULL_HANDLE;
  mutable std::map<Sampling, ImTextureID> ids_;
};

}  // namespace gouache::studio
