// What does it take to draw triangles with one texture?  Layouts, a pipeline and what they are drawn into, for the interface and for the
// scene.
#pragma once

#include <cstdint>
#include <span>

#include "demo/studio/gpu.h"

namespace gouache::studio {

/// One combined image sampler for the fragment shader, and push constants. Whoever makes them destroys both.
struct DrawingLayouts {
  VkDescriptorSetLayout set = VK_NULL_HANDLE;
  VkPipelineLayout pipeline = VK_NULL_HANDLE;
};
DrawingLayouts make_drawing_layouts(const Gpu& gpu, VkShaderStageFlags push_stages, std::uint32_t push_bytes);

struct Drawing {
  std::span<const std::uint32_t> vertex, fragment;  ///< SPIR-V
  std::uint32_t vertex_bytes;
  std::span<const VkVertexInputAttributeDescription> attributes;
  VkCullModeFlags cull = VK_CULL_MODE_NONE;  ///< front faces are counter-clockwise
  VkSampleCountFlagBits samples = VK_SAMPLE_COUNT_1_BIT;
  bool depth = false;  ///< tested and written
  bool over = false;   ///< blended by alpha that colours are multiplied by; else written as they are
};
/// A pipeline for the first subpass, with dynamic viewport and scissor. Whoever makes it destroys it.
VkPipeline make_drawing_pipeline(const Gpu& gpu, const Drawing& drawing, VkPipelineLayout layout, VkRenderPass render_pass);

/// What is drawn into: an image of one level and layer. Whoever makes it destroys it.
struct Attachment {
  VkImage image = VK_NULL_HANDLE;
  VkDeviceMemory memory = VK_NULL_HANDLE;
  VkImageView view = VK_NULL_HANDLE;
};
Attachment make_attachment(const Gpu& gpu, VkFormat format, VkSampleCountFlagBits samples, VkImageUsageFlags usage, VkExtent2D extent);
void destroy_attachment(VkDevice device, const Attachment& attachment);

/// Of a colour image of one level and layer, on one queue.
VkImageMemoryBarrier layout_change(VkImage image, VkImageLayout from, VkImageLayout to, VkAccessFlags wrote, VkAccessFlags will);

}  // namespace gouache::studio
