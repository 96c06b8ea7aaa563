// How does Dear ImGui's picture reach the screen?  Our own backend, since that of 1.86 cannot show images of ours.
#include "demo/studio/renderer.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "demo/studio/drawing.h"
#include "ui_frag.h"
#include "ui_vert.h"

namespace gouache::studio {
namespace {

constexpr std::uint32_t kSetsAPool = 256;

struct Push {
  float scale[2], offset[2];
};

}  // namespace

Renderer::Renderer(Gpu& gpu, VkRenderPass render_pass) : gpu_(gpu) {
  const DrawingLayouts layouts = make_drawing_layouts(gpu_, VK_SHADER_STAGE_VERTEX_BIT, sizeof(Push));
  set_layout_ = layouts.set;
  layout_ = layouts.pipeline;
  constexpr VkVertexInputAttributeDescription kAttributes[] = {{0, 0, VK_FORMAT_R32G32_SFLOAT, offsetof(ImDrawVert, pos)},
                                                               {1, 0, VK_FORMAT_R32G32_SFLOAT, offsetof(ImDrawVert, uv)},
                                                               {2, 0, VK_FORMAT_R8G8B8A8_UNORM, offsetof(ImDrawVert, col)}};
  pipeline_ = make_drawing_pipeline(
      gpu_, {.vertex = kUiVert, .fragment = kUiFrag, .vertex_bytes = sizeof(ImDrawVert), .attributes = kAttributes, .over = true}, layout_,
      render_pass);
}

Renderer::~Renderer() {
  vkDeviceWaitIdle(gpu_.device());
  gpu_.end_retired();  // gives back descriptor sets that are ours
  for (Upload& upload : uploads_) gpu_.destroy(upload.staging);
  for (Streams& streams : streams_)
    for (HostBuffer* buffer : {&streams.vertices, &streams.indices})
      if (buffer->buffer) gpu_.destroy(*buffer);
  vkDestroyImageView(gpu_.device(), font_view_, nullptr);
  vkDestroyImage(gpu_.device(), font_image_, nullptr);
  vkFreeMemory(gpu_.device(), font_memory_, nullptr);
  for (const Sampler& one : samplers_) vkDestroySampler(gpu_.device(), one.sampler, nullptr);
  for (VkDescriptorPool pool : pools_) vkDestroyDescriptorPool(gpu_.device(), pool, nullptr);
  vkDestroyPipeline(gpu_.device(), pipeline_, nullptr);
  vkDestroyPipelineLayout(gpu_.device(), layout_, nullptr);
  vkDestroyDescriptorSetLayout(gpu_.device(), set_layout_, nullptr);
}

VkSampler Renderer::sampler(const Sampling& sampling) {
  const auto known = std::ranges::find(samplers_, sampling, &Sampler::sampling);
  if (known != samplers_.end()) return known->sampler;
  VkSamplerCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_SAMPLER_CREATE_INFO;
  info.magFilter = info.minFilter = sampling.nearest ? VK_FILTER_NEAREST : VK_FILTER_LINEAR;
  info.mipmapMode = sampling.nearest ? VK_SAMPLER_MIPMAP_MODE_NEAREST : VK_SAMPLER_MIPMAP_MODE_LINEAR;
  info.addressModeU = info.addressModeV = info.addressModeW =
      sampling.repeat ? VK_SAMPLER_ADDRESS_MODE_REPEAT : VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE;
  info.minLod = sampling.level < 0 ? 0 : sampling.level;
  info.maxLod = sampling.level < 0 ? VK_LOD_CLAMP_NONE : sampling.level;
  VkSampler made;
  vulkan(vkCreateSampler(gpu_.device(), &info, nullptr, &made), "vkCreateSampler");
  samplers_.push_back({sampling, made});
  return made;
}

VkDescriptorSet Renderer::new_set() {
  if (free_sets_.empty()) {
    const VkDescriptorPoolSize size{VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, kSetsAPool};
    VkDescriptorPoolCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO;
    info.maxSets = kSetsAPool;
    info.poolSizeCount = 1;
    info.pPoolSizes = &size;
    VkDescriptorPool pool;
    vulkan(vkCreateDescriptorPool(gpu_.device(), &info, nullptr, &pool), "vkCreateDescriptorPool");
    pools_.push_back(pool);
    const std::vector<VkDescriptorSetLayout> layouts(kSetsAPool, set_layout_);
    VkDescriptorSetAllocateInfo sets{};
    sets.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO;
    sets.descriptorPool = pool;
    sets.descriptorSetCount = kSetsAPool;
    sets.pSetLayouts = layouts.data();
    free_sets_.resize(kSetsAPool);
    vulkan(vkAllocateDescriptorSets(gpu_.device(), &sets, free_sets_.data()), "vkAllocateDescriptorSets");
  }
  const VkDescriptorSet set = free_sets_.back();
  free_sets_.pop_back();
  return set;
}

ImTextureID Renderer::texture(VkImageView view, const Sampling& sampling) {
  const VkDescriptorSet set = new_set();
  const VkDescriptorImageInfo image{sampler(sampling), view, VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL};
  VkWriteDescriptorSet write{};
  write.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET;
  write.dstSet = set;
  write.descriptorCount = 1;
  write.descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER;
  write.pImageInfo = &image;
  vkUpdateDescriptorSets(gpu_.device(), 1, &write, 0, nullptr);
  return reinterpret_cast<ImTextureID>(set);
}

void Renderer::forget(ImTextureID texture) {
  gpu_.retire([this, texture] { free_sets_.push_back(reinterpret_cast<VkDescriptorSet>(texture)); });
}

void Renderer::upload_fonts() {
  unsigned char* pixels = nullptr;
  int width = 0, height = 0;
  ImGui::GetIO().Fonts->GetTexDataAsRGBA32(&pixels, &width, &height);
  std::vector<std::uint8_t> multiplied(pixels,
                                       pixels + std::size_t{4} * static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  for (std::size_t i = 0; i < multiplied.size(); i += 4)
    for (std::size_t c = 0; c < 3; ++c) multiplied[i + c] = static_cast<std::uint8_t>(multiplied[i + c] * multiplied[i + 3] / 255);

  if (font_image_) {
    forget(font_);
    gpu_.retire([device = gpu_.device(), view = font_view_, image = font_image_, memory = font_memory_] {
      vkDestroyImageView(device, view, nullptr);
      vkDestroyImage(device, image, nullptr);
      vkFreeMemory(device, memory, nullptr);
    });
  }
  VkImageCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO;
  info.imageType = VK_IMAGE_TYPE_2D;
  info.format = VK_FORMAT_R8G8B8A8_UNORM;
  info.extent = {static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height), 1};
  info.mipLevels = info.arrayLayers = 1;
  info.samples = VK_SAMPLE_COUNT_1_BIT;
  info.usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT;
  vulkan(vkCreateImage(gpu_.device(), &info, nullptr, &font_image_), "vkCreateImage");
  VkMemoryRequirements needs;
  vkGetImageMemoryRequirements(gpu_.device(), font_image_, &needs);
  font_memory_ = gpu_.allocate(needs, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT);
  vulkan(vkBindImageMemory(gpu_.device(), font_image_, font_memory_, 0), "vkBindImageMemory");
  VkImageViewCreateInfo view{};
  view.sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO;
  view.image = font_image_;
  view.viewType = VK_IMAGE_VIEW_TYPE_2D;
  view.format = info.format;
  view.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
  vulkan(vkCreateImageView(gpu_.device(), &view, nullptr, &font_view_), "vkCreateImageView");
  upload(font_image_, info.extent.width, info.extent.height, multiplied);
  font_ = texture(font_view_, {.nearest = false});
  ImGui::GetIO().Fonts->SetTexID(font_);
}

void Renderer::upload(VkImage image, std::uint32_t width, std::uint32_t height, std::span<const std::uint8_t> pixels) {
  HostBuffer staging = gpu_.host_buffer(pixels.size(), VK_BUFFER_USAGE_TRANSFER_SRC_BIT);
  std::memcpy(staging.data, pixels.data(), pixels.size());
  uploads_.push_back({staging, image, width, height});
}

void Renderer::record_uploads(const Frame& frame) {
  for (const Upload& upload : uploads_) {
    auto begin =
        layout_change(upload.image, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 0, VK_ACCESS_TRANSFER_WRITE_BIT);
    begin.subresourceRange.levelCount = VK_REMAINING_MIP_LEVELS;
    vkCmdPipelineBarrier(frame.commands, VK_PIPELINE_STAGE_FRAGMENT_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT,
                         VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 0, nullptr, 0, nullptr, 1, &begin);
    VkBufferImageCopy copy{};
    copy.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
    copy.imageExtent = {upload.width, upload.height, 1};
    vkCmdCopyBufferToImage(frame.commands, upload.staging.buffer, upload.image, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 1, &copy);
    auto end = layout_change(upload.image, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL,
                             VK_ACCESS_TRANSFER_WRITE_BIT, VK_ACCESS_SHADER_READ_BIT);
    end.subresourceRange.levelCount = VK_REMAINING_MIP_LEVELS;
    vkCmdPipelineBarrier(frame.commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_FRAGMENT_SHADER_BIT, 0, 0, nullptr, 0, nullptr,
                         1, &end);
    gpu_.retire([this, staging = upload.staging]() mutable { gpu_.destroy(staging); });
  }
  uploads_.clear();
}

void Renderer::reserve(Gpu& gpu, HostBuffer& buffer, VkDeviceSize size, VkBufferUsageFlags usage) {
  if (buffer.size >= size) return;
  if (buffer.buffer) gpu.destroy(buffer);  // the frame that used this slot is over
  buffer = gpu.host_buffer(std::max<VkDeviceSize>(size + size / 2, 65536), usage);
}

void Renderer::record(const Frame& frame, const ImDrawData& data) {
  if (data.TotalVtxCount == 0) return;
  Streams& streams = streams_[frame.slot];
  reserve(gpu_, streams.vertices, static_cast<VkDeviceSize>(data.TotalVtxCount) * sizeof(ImDrawVert), VK_BUFFER_USAGE_VERTEX_BUFFER_BIT);
  reserve(gpu_, streams.indices, static_cast<VkDeviceSize>(data.TotalIdxCount) * sizeof(ImDrawIdx), VK_BUFFER_USAGE_INDEX_BUFFER_BIT);
  auto* vertices = static_cast<ImDrawVert*>(streams.vertices.data);
  auto* indices = static_cast<ImDrawIdx*>(streams.indices.data);
  for (int i = 0; i < data.CmdListsCount; ++i) {
    const ImDrawList& list = *data.CmdLists[i];
    vertices = std::copy(list.VtxBuffer.begin(), list.VtxBuffer.end(), vertices);
    indices = std::copy(list.IdxBuffer.begin(), list.IdxBuffer.end(), indices);
  }

  const VkViewport viewport{0, 0, static_cast<float>(frame.extent.width), static_cast<float>(frame.extent.height), 0, 1};
  const Push push{{2 / data.DisplaySize.x, 2 / data.DisplaySize.y},
                  {-1 - data.DisplayPos.x * 2 / data.DisplaySize.x, -1 - data.DisplayPos.y * 2 / data.DisplaySize.y}};
  const VkDeviceSize start = 0;
  vkCmdBindPipeline(frame.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline_);
  vkCmdBindVertexBuffers(frame.commands, 0, 1, &streams.vertices.buffer, &start);
  vkCmdBindIndexBuffer(frame.commands, streams.indices.buffer, 0, sizeof(ImDrawIdx) == 2 ? VK_INDEX_TYPE_UINT16 : VK_INDEX_TYPE_UINT32);
  vkCmdSetViewport(frame.commands, 0, 1, &viewport);
  vkCmdPushConstants(frame.commands, layout_, VK_SHADER_STAGE_VERTEX_BIT, 0, sizeof push, &push);
  const ImVec2 scale = data.FramebufferScale;
  std::uint32_t first_index = 0;
  std::int32_t first_vertex = 0;
  ImTextureID bound = nullptr;
  for (int i = 0; i < data.CmdListsCount; ++i) {
    const ImDrawList& list = *data.CmdLists[i];
    for (const ImDrawCmd& command : list.CmdBuffer) {
      const float left = std::max((command.ClipRect.x - data.DisplayPos.x) * scale.x, 0.0f);
      const float top = std::max((command.ClipRect.y - data.DisplayPos.y) * scale.y, 0.0f);
      const float right = std::min((command.ClipRect.z - data.DisplayPos.x) * scale.x, viewport.width);
      const float bottom = std::min((command.ClipRect.w - data.DisplayPos.y) * scale.y, viewport.height);
      if (right <= left || bottom <= top || !command.TextureId) continue;
      const VkRect2D scissor{{static_cast<std::int32_t>(left), static_cast<std::int32_t>(top)},
                             {static_cast<std::uint32_t>(right - left), static_cast<std::uint32_t>(bottom - top)}};
      vkCmdSetScissor(frame.commands, 0, 1, &scissor);
      if (command.TextureId != bound) {
        const auto set = reinterpret_cast<VkDescriptorSet>(command.TextureId);
        vkCmdBindDescriptorSets(frame.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, layout_, 0, 1, &set, 0, nullptr);
        bound = command.TextureId;
      }
      vkCmdDrawIndexed(frame.commands, command.ElemCount, 1, first_index + command.IdxOffset,
                       first_vertex + static_cast<std::int32_t>(command.VtxOffset), 0);
    }
    first_index += static_cast<std::uint32_t>(list.IdxBuffer.Size);
    first_vertex += list.VtxBuffer.Size;
  }
}

}  // namespace gouache::studio
