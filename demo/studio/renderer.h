// How does Dear ImGui's picture reach the screen?  Our own backend, since that of 1.86 cannot show images of ours.
#pragma once

#include <imgui.h>
#include <vulkan/vulkan.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "demo/studio/gpu.h"
#include "demo/studio/window.h"

namespace gouache::studio {

/// How an image is read when it is drawn.
struct Sampling {
  bool nearest = true;  ///< hard pixels; false: bilinear
  bool repeat = false;  ///< beyond 0..1 the image begins again; false: its edge goes on
  float level = -1;     ///< this mip level alone; below 0: the one that fits, mixed from two where not nearest
  auto operator<=>(const Sampling&) const = default;
};

/// Colours are sRGB-encoded and multiplied by alpha, in images as on the screen. An ImTextureID is a VkDescriptorSet of texture().
class Renderer {
 public:
  Renderer(Gpu& gpu, VkRenderPass render_pass);
  ~Renderer();
  Renderer(const Renderer&) = delete;
  Renderer& operator=(const Renderer&) = delete;

  Gpu& gpu() { return gpu_; }
  /// Uploads ImGui's font atlas; again after fonts were added.
  void upload_fonts();

  /// What ImGui::Image takes for a view of an image that is in VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL when a frame that shows it is
  /// submitted. Both outlive forget().
  ImTextureID texture(VkImageView view, const Sampling& sampling);
  /// Ends it when the frames under way are over.
  void forget(ImTextureID texture);
  VkSampler sampler(const Sampling& sampling);

  /// Copies RGBA bytes [height, width, 4] into mip level 0 of an image before the next frame is drawn, and leaves all levels to be sampled.
  void upload(VkImage image, std::uint32_t width, std::uint32_t height, std::span<const std::uint8_t> pixels);

  /// Records what was to be uploaded; outside a render pass.
  void record_uploads(const Frame& frame);
  /// Records ImGui's draw data; inside the render pass.
  void record(const Frame& frame, const ImDrawData& data);

 private:
  struct Upload {
    HostBuffer staging;
    VkImage image;
    std::uint32_t width, height;
  };
  struct Streams {
    HostBuffer vertices, indices;
  };
  struct Sampler {
    Sampling sampling;
    VkSampler sampler;
  };
  VkDescriptorSet new_set();
  static void reserve(Gpu& gpu, HostBuffer& buffer, VkDeviceSize size, VkBufferUsageFlags usage);

  Gpu& gpu_;
  VkDescriptorSetLayout set_layout_ = VK_NULL_HANDLE;
  VkPipelineLayout layout_ = VK_NULL_HANDLE;
  VkPipeline pipeline_ = VK_NULL_HANDLE;
  std::vector<VkDescriptorPool> pools_;
  std::vector<VkDescriptorSet> free_sets_;
  std::vector<Sampler> samplers_;
  std::array<Streams, Window::kFrames> streams_;
  std::vector<Upload> uploads_;
  VkImage font_image_ = VK_NULL_HANDLE;
  VkDeviceMemory font_memory_ = VK_NULL_HANDLE;
  VkImageView font_view_ = VK_NULL_HANDLE;
  ImTextureID font_ = nullptr;
};

}  // namespace gouache::studio
