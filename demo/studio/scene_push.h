// What do the lit scene's shaders, its pipeline and its drawing agree on?
#pragma once

#include <vulkan/vulkan.h>

namespace gouache::studio {

inline constexpr VkFormat kSceneColour = VK_FORMAT_R8G8B8A8_UNORM;             ///< encoded as sRGB by the shader
inline constexpr VkFormat kSceneDepth = VK_FORMAT_D16_UNORM;                   ///< every device has it
inline constexpr VkSampleCountFlagBits kSceneSamples = VK_SAMPLE_COUNT_4_BIT;  ///< every device has it
inline constexpr VkShaderStageFlags kSceneStages = VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT;

/// The push constants, as in shaders/scene.vert.
struct ScenePush {
  float turn[4], lens[4], light[4], up[4], place[4], repeat[4];
};
static_assert(sizeof(ScenePush) <= 128, "what every device has room for");

}  // namespace gouache::studio
