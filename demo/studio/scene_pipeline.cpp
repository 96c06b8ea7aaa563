// What does the lit scene need once?  A render pass, a pipeline and its meshes.
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <iterator>

#include "demo/studio/drawing.h"
#include "demo/studio/mesh.h"
#include "demo/studio/scene.h"
#include "demo/studio/scene_push.h"
#include "scene_frag.h"
#include "scene_vert.h"

namespace gouache::studio {
namespace {

constexpr std::uint32_t kRings = 48, kSectors = 96;
constexpr float kFloorHalf = 60;  ///< units; it fades long before its end

}  // namespace

Scene::Scene(Renderer& renderer) : renderer_(renderer) {
  make_render_pass();
  make_layout();
  make_pipeline();
  make_meshes();
}

Scene::~Scene() {
  drop_target();
  Gpu& gpu = renderer_.gpu();
  gpu.retire([&gpu, pass = render_pass_, set_layout = set_layout_, pool = pool_, layout = layout_, pipeline = pipeline_,
              vertices = vertices_, indices = indices_]() mutable {
    gpu.destroy(vertices);
    gpu.destroy(indices);
    vkDestroyPipeline(gpu.device(), pipeline, nullptr);
    vkDestroyPipelineLayout(gpu.device(), layout, nullptr);
    vkDestroyDescriptorPool(gpu.device(), pool, nullptr);
    vkDestroyDescriptorSetLayout(gpu.device(), set_layout, nullptr);
    vkDestroyRenderPass(gpu.device(), pass, nullptr);
  });
}

void Scene::make_render_pass() {
  VkAttachmentDescription attachments[3]{};
  attachments[0].format = kSceneColour;
  attachments[0].samples = kSceneSamples;
  attachments[0].finalLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
  attachments[1].format = kSceneDepth;
  attachments[1].samples = kSceneSamples;
  attachments[1].finalLayout = VK_IMAGE_LAYOUT_DEPTH_STENCIL_ATTACHMENT_OPTIMAL;
  attachments[2].format = kSceneColour;
  attachments[2].samples = VK_SAMPLE_COUNT_1_BIT;
  attachments[2].finalLayout = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL;
  for (VkAttachmentDescription& attachment : attachments) {
    const bool kept = &attachment == &attachments[2];
    attachment.loadOp = kept ? VK_ATTACHMENT_LOAD_OP_DONT_CARE : VK_ATTACHMENT_LOAD_OP_CLEAR;
    attachment.storeOp = kept ? VK_ATTACHMENT_STORE_OP_STORE : VK_ATTACHMENT_STORE_OP_DONT_CARE;
    attachment.stencilLoadOp = VK_ATTACHMENT_LOAD_OP_DONT_CARE;
    attachment.stencilStoreOp = VK_ATTACHMENT_STORE_OP_DONT_CARE;
    attachment.initialLayout = VK_IMAGE_LAYOUT_UNDEFINED;
  }
  const VkAttachmentReference colour{0, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL};
  const VkAttachmentReference depth{1, VK_IMAGE_LAYOUT_DEPTH_STENCIL_ATTACHMENT_OPTIMAL};
  const VkAttachmentReference resolved{2, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL};
  VkSubpassDescription subpass{};
  subpass.pipelineBindPoint = VK_PIPELINE_BIND_POINT_GRAPHICS;
  subpass.colorAttachmentCount = 1;
  subpass.pColorAttachments = &colour;
  subpass.pDepthStencilAttachment = &depth;
  subpass.pResolveAttachments = &resolved;
  constexpr VkPipelineStageFlags kTests = VK_PIPELINE_STAGE_EARLY_FRAGMENT_TESTS_BIT | VK_PIPELINE_STAGE_LATE_FRAGMENT_TESTS_BIT;
  VkSubpassDependency dependencies[2]{};
  // The frame before has drawn into the same images, and the window has sampled the result.
  dependencies[0].srcSubpass = VK_SUBPASS_EXTERNAL;
  dependencies[0].srcStageMask = VK_PIPELINE_STAGE_FRAGMENT_SHADER_BIT | VK_PIPELINE_STAGE_COLOR_ATTACHMENT_OUTPUT_BIT | kTests;
  dependencies[0].srcAccessMask = VK_ACCESS_COLOR_ATTACHMENT_WRITE_BIT | VK_ACCESS_DEPTH_STENCIL_ATTACHMENT_WRITE_BIT;
  dependencies[0].dstStageMask = VK_PIPELINE_STAGE_COLOR_ATTACHMENT_OUTPUT_BIT | kTests;
  dependencies[0].dstAccessMask = VK_ACCESS_COLOR_ATTACHMENT_READ_BIT | VK_ACCESS_COLOR_ATTACHMENT_WRITE_BIT |
                                  VK_ACCESS_DEPTH_STENCIL_ATTACHMENT_READ_BIT | VK_ACCESS_DEPTH_STENCIL_ATTACHMENT_WRITE_BIT;
  // The window samples it next.
  dependencies[1].dstSubpass = VK_SUBPASS_EXTERNAL;
  dependencies[1].srcStageMask = VK_PIPELINE_STAGE_COLOR_ATTACHMENT_OUTPUT_BIT;
  dependencies[1].srcAccessMask = VK_ACCESS_COLOR_ATTACHMENT_WRITE_BIT;
  dependencies[1].dstStageMask = VK_PIPELINE_STAGE_FRAGMENT_SHADER_BIT;
  dependencies[1].dstAccessMask = VK_ACCESS_SHADER_READ_BIT;
  VkRenderPassCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_RENDER_PASS_CREATE_INFO;
  info.attachmentCount = 3;
  info.pAttachments = attachments;
  info.subpassCount = 1;
  info.pSubpasses = &subpass;
  info.dependencyCount = 2;
  info.pDependencies = dependencies;
  vulkan(vkCreateRenderPass(renderer_.gpu().device(), &info, nullptr, &render_pass_), "vkCreateRenderPass");
}

void Scene::make_layout() {
  const VkDevice device = renderer_.gpu().device();
  const DrawingLayouts made = make_drawing_layouts(renderer_.gpu(), kSceneStages, sizeof(ScenePush));
  set_layout_ = made.set;
  layout_ = made.pipeline;
  const VkDescriptorPoolSize size{VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, Window::kFrames};
  VkDescriptorPoolCreateInfo pool{};
  pool.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO;
  pool.maxSets = Window::kFrames;
  pool.poolSizeCount = 1;
  pool.pPoolSizes = &size;
  vulkan(vkCreateDescriptorPool(device, &pool, nullptr, &pool_), "vkCreateDescriptorPool");
  std::array<VkDescriptorSetLayout, Window::kFrames> layouts;
  layouts.fill(set_layout_);
  VkDescriptorSetAllocateInfo sets{};
  sets.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO;
  sets.descriptorPool = pool_;
  sets.descriptorSetCount = Window::kFrames;
  sets.pSetLayouts = layouts.data();
  vulkan(vkAllocateDescriptorSets(device, &sets, sets_.data()), "vkAllocateDescriptorSets");
}

void Scene::make_pipeline() {
  constexpr VkVertexInputAttributeDescription kAttributes[] = {{0, 0, VK_FORMAT_R32G32B32_SFLOAT, offsetof(MeshVertex, position)},
                                                               {1, 0, VK_FORMAT_R32G32B32_SFLOAT, offsetof(MeshVertex, normal)},
                                                               {2, 0, VK_FORMAT_R32G32_SFLOAT, offsetof(MeshVertex, coordinate)}};
  pipeline_ = make_drawing_pipeline(renderer_.gpu(),
                                    {.vertex = kSceneVert,
                                     .fragment = kSceneFrag,
                                     .vertex_bytes = sizeof(MeshVertex),
                                     .attributes = kAttributes,
                                     .cull = VK_CULL_MODE_BACK_BIT,
                                     .samples = kSceneSamples,
                                     .depth = true},
                                    layout_, render_pass_);
}

void Scene::make_meshes() {
  const Mesh meshes[] = {cube(), sphere(kRings, kSectors), plane(kFloorHalf)};  // by Body
  std::vector<MeshVertex> vertices;
  std::vector<std::uint16_t> indices;
  for (std::size_t i = 0; i < std::size(meshes); ++i) {
    ranges_[i] = {static_cast<std::uint32_t>(indices.size()), static_cast<std::uint32_t>(meshes[i].indices.size()),
                  static_cast<std::int32_t>(vertices.size())};
    vertices.insert(vertices.end(), meshes[i].vertices.begin(), meshes[i].vertices.end());
    indices.insert(indices.end(), meshes[i].indices.begin(), meshes[i].indices.end());
  }
  vertices_ = renderer_.gpu().host_buffer(vertices.size() * sizeof(MeshVertex), VK_BUFFER_USAGE_VERTEX_BUFFER_BIT);
  indices_ = renderer_.gpu().host_buffer(indices.size() * sizeof(std::uint16_t), VK_BUFFER_USAGE_INDEX_BUFFER_BIT);
  std::memcpy(vertices_.data, vertices.data(), vertices.size() * sizeof(MeshVertex));
  std::memcpy(indices_.data, indices.data(), indices.size() * sizeof(std::uint16_t));
}

}  // namespace gouache::studio
