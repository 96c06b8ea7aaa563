// How does a texture look on a thing that turns in the light?  A pipeline of our own, into an image that the page shows.
#include "demo/studio/scene.h"

#include <algorithm>
#include <cmath>

#include "demo/studio/scene_push.h"

namespace gouache::studio {
namespace {

constexpr float kViewHalf = 0.36f;                    ///< radians, half of what is seen from top to bottom
constexpr float kNear = 0.3f, kFar = 80;              ///< units
constexpr float kDown = 0.38f, kFloorDown = 0.20f;    ///< radians that the viewer looks down
constexpr float kEyeHeight = 1.1f, kFloorFades = 18;  ///< units: of the viewer above the floor, from where on it fades
constexpr float kLightHeight = 0.75f;                 ///< radians above the horizon
constexpr std::uint32_t kGrain = 64;                  ///< pixels: images grow in steps of it, so that dragging a border makes few

std::uint32_t grown(std::uint32_t size) { return (size + kGrain - 1) / kGrain * kGrain; }

ScenePush push_of(const SceneView& view, float aspect) {
  const bool floor = view.body == Body::floor;
  const float down = floor ? kFloorDown : kDown;
  const Turn look = Turn::about({1, 0, 0}, down);
  const Turn turn = floor ? look : look * view.turn;
  const float rises = std::sin(kLightHeight), level = std::cos(kLightHeight);
  const Vector light = look({level * std::sin(view.light), rises, level * std::cos(view.light)});
  const Vector up = look({0, 1, 0});
  const Vector place = floor ? look({0, -kEyeHeight, 0}) : Vector{0, 0, -view.distance};
  const float focal = 1 / std::tan(kViewHalf);
  return {{turn.x, turn.y, turn.z, turn.w},
          {focal / aspect, focal, kFar / (kFar - kNear), -kNear * kFar / (kFar - kNear)},
          {light[0], light[1], light[2], std::exp2(3 + 7 * view.shine)},
          {up[0], up[1], up[2], floor ? kFloorFades : 0},
          {place[0], place[1], place[2], view.way},
          {view.repeat, view.repeat, view.shine, 0}};
}

}  // namespace

void Scene::show(const Texture& texture, const SceneView& view, std::uint32_t width, std::uint32_t height) {
  width = std::max(width, 1u);
  height = std::max(height, 1u);
  if (grown(width) != target_.width || grown(height) != target_.height) make_target(grown(width), grown(height));
  wish_ = Wish{texture.light_view(), view, width, height};
}

ImVec2 Scene::far_corner() const {
  return {static_cast<float>(wish_->width) / static_cast<float>(target_.width),
          static_cast<float>(wish_->height) / static_cast<float>(target_.height)};
}

void Scene::record(const Frame& frame) {
  if (!wish_) return;
  const Wish wish = *wish_;
  wish_.reset();
  const VkDescriptorImageInfo image{renderer_.sampler(wish.view.sampling), wish.texture, VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL};
  VkWriteDescriptorSet write{};
  write.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET;
  write.dstSet = sets_[frame.slot];  // the frame that used it is over
  write.descriptorCount = 1;
  write.descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER;
  write.pImageInfo = &image;
  vkUpdateDescriptorSets(renderer_.gpu().device(), 1, &write, 0, nullptr);

  VkClearValue clear[2]{};  // transparent
  clear[1].depthStencil.depth = 1;
  VkRenderPassBeginInfo info{};
  info.sType = VK_STRUCTURE_TYPE_RENDER_PASS_BEGIN_INFO;
  info.renderPass = render_pass_;
  info.framebuffer = target_.framebuffer;
  info.renderArea.extent = {wish.width, wish.height};
  info.clearValueCount = 2;
  info.pClearValues = clear;
  vkCmdBeginRenderPass(frame.commands, &info, VK_SUBPASS_CONTENTS_INLINE);
  const VkViewport viewport{0, 0, static_cast<float>(wish.width), static_cast<float>(wish.height), 0, 1};
  const VkDeviceSize start = 0;
  vkCmdBindPipeline(frame.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline_);
  vkCmdBindDescriptorSets(frame.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, layout_, 0, 1, &sets_[frame.slot], 0, nullptr);
  vkCmdBindVertexBuffers(frame.commands, 0, 1, &vertices_.buffer, &start);
  vkCmdBindIndexBuffer(frame.commands, indices_.buffer, 0, VK_INDEX_TYPE_UINT16);
  vkCmdSetViewport(frame.commands, 0, 1, &viewport);
  vkCmdSetScissor(frame.commands, 0, 1, &info.renderArea);
  const ScenePush push = push_of(wish.view, viewport.width / viewport.height);
  vkCmdPushConstants(frame.commands, layout_, kSceneStages, 0, sizeof push, &push);
  const Range& range = ranges_[static_cast<std::size_t>(wish.view.body)];
  vkCmdDrawIndexed(frame.commands, range.count, 1, range.first, range.vertex, 0);
  vkCmdEndRenderPass(frame.commands);
}

void Scene::make_target(std::uint32_t width, std::uint32_t height) {
  drop_target();
  constexpr VkImageUsageFlags kPassing = VK_IMAGE_USAGE_TRANSIENT_ATTACHMENT_BIT;
  target_.width = width;
  target_.height = height;
  const Gpu& gpu = renderer_.gpu();
  const VkExtent2D extent{width, height};
  target_.colour =
      make_attachment(gpu, kSceneColour, VK_SAMPLE_COUNT_1_BIT, VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_SAMPLED_BIT, extent);
  target_.samples = make_attachment(gpu, kSceneColour, kSceneSamples, VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | kPassing, extent);
  target_.depth = make_attachment(gpu, kSceneDepth, kSceneSamples, VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT | kPassing, extent);
  const VkImageView views[] = {target_.samples.view, target_.depth.view, target_.colour.view};
  VkFramebufferCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_FRAMEBUFFER_CREATE_INFO;
  info.renderPass = render_pass_;
  info.attachmentCount = 3;
  info.pAttachments = views;
  info.width = width;
  info.height = height;
  info.layers = 1;
  vulkan(vkCreateFramebuffer(gpu.device(), &info, nullptr, &target_.framebuffer), "vkCreateFramebuffer");
  target_.id = renderer_.texture(target_.colour.view, {.nearest = true});
}

void Scene::drop_target() {
  if (!target_.id) return;
  renderer_.forget(target_.id);
  renderer_.gpu().retire([device = renderer_.gpu().device(), target = target_] {
    vkDestroyFramebuffer(device, target.framebuffer, nullptr);
    for (const Attachment& part : {target.colour, target.samples, target.depth}) destroy_attachment(device, part);
  });
  target_ = {};
}

}  // namespace gouache::studio
