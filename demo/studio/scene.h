// How does a texture look on a thing that turns in the light?  A pipeline of our own, into an image that the page shows.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "demo/studio/drawing.h"
#include "demo/studio/orientation.h"
#include "demo/studio/texture.h"

namespace gouache::studio {

enum class Body : std::uint8_t { cube, sphere, floor };

struct SceneView {
  Body body = Body::cube;
  Turn turn = {};         ///< of the body; the floor is not turned
  float distance = 5.3f;  ///< of the viewer from its middle, 2 to 12
  float light = 0.7f;     ///< radians to the right of the viewer from where the light comes
  float shine = 0.4f;     ///< 0 dull, 1 polished
  float repeat = 1;       ///< how often each face, or each unit of the floor, shows the texture along each side
  float way = 0;          ///< repeats that the floor has moved towards the viewer
  Sampling sampling = {};
};

/// Draws at most one view a frame. UI thread.
class Scene {
 public:
  explicit Scene(Renderer& renderer);
  ~Scene();
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  /// What the frame at hand shows: `texture` (painted for light) in so many pixels. It must live until record().
  void show(const Texture& texture, const SceneView& view, std::uint32_t width, std::uint32_t height);
  /// For ImGui, of what was last asked for; premultiplied, transparent where nothing is.
  ImTextureID picture() const { return target_.id; }
  ImVec2 far_corner() const;  ///< its lower right as a texture coordinate; the upper left is (0, 0)
  /// Draws what was asked for since the last call, if anything. Outside a render pass.
  void record(const Frame& frame);

 private:
  struct Target {
    std::uint32_t width = 0, height = 0;
    Attachment colour, samples, depth;  ///< samples: what colour is resolved from
    VkFramebuffer framebuffer = VK_NULL_HANDLE;
    ImTextureID id = nullptr;
  };
  struct Range {
    std::uint32_t first, count;  ///< indices
    std::int32_t vertex;
  };
  struct Wish {
    VkImageView texture;
    SceneView view;
    std::uint32_t width, height;
  };
  void make_render_pass();
  void make_layout();
  void make_pipeline();
  void make_meshes();
  void make_target(std::uint32_t width, std::uint32_t height);
  void drop_target();

  Renderer& renderer_;
  VkRenderPass render_pass_ = VK_NULL_HANDLE;
  VkDescriptorSetLayout set_layout_ = VK_NULL_HANDLE;
  VkDescriptorPool pool_ = VK_NULL_HANDLE;
  std::array<VkDescriptorSet, Window::kFrames> sets_{};  ///< by the slot of a frame
  VkPipelineLayout layout_ = VK_NULL_HANDLE;
  VkPipeline pipeline_ = VK_NULL_HANDLE;
  HostBuffer vertices_, indices_;
  std::array<Range, 3> ranges_{};  ///< by Body
  Target target_;
  std::optional<Wish> wish_;
};

}  // namespace gouache::studio
