// How do painted images become texels?
#include "host/runtime/texel_packer.h"

#include <algorithm>
#include <limits>

#include "host/graph/error.h"
#include "host/kernels/streaming.h"
#include "host/vulkan/image.h"
#include "shaders/shared/interface.h"

namespace gouache {

namespace {

struct FormatRow {
  VkFormat format;
  std::uint32_t texel;  ///< TEXEL_*
  std::int64_t bytes;   ///< of a texel
  bool grey;            ///< one channel: no colour, no alpha
  bool images;          ///< also for images, not only for buffers
  bool linear;          ///< TexelOptions::linear can be had
};

constexpr FormatRow kFormats[] = {
    {VK_FORMAT_R8_UNORM, TEXEL_R8, 1, true, true, false},         {VK_FORMAT_R8G8B8A8_UNORM, TEXEL_RGBA8, 4, false, true, false},
    {VK_FORMAT_R8G8B8A8_SRGB, TEXEL_RGBA8, 4, false, true, true}, {VK_FORMAT_R16G16B16A16_SFLOAT, TEXEL_RGBA16F, 8, false, true, true},
    {VK_FORMAT_R32_SFLOAT, TEXEL_R32F, 4, true, false, true},     {VK_FORMAT_R32G32B32A32_SFLOAT, TEXEL_RGBA32F, 16, false, false, true},
};

const FormatRow& row_of(VkFormat format, TexelUse use) {
  std::string supported;
  for (const FormatRow& row : kFormats) {
    if (use == TexelUse::image && !row.images) continue;
    if (row.format == format) return row;
    supported += (supported.empty() ? "" : ", ") + name_of(row.format);
  }
  throw Error(ErrorCode::unsupported, name_of(format) + " is no format that Gouache writes to " +
                                          (use == TexelUse::image ? "images" : "buffers") + "; it writes " + supported);
}

std::int64_t aligned(std::int64_t bytes) { return (bytes + 255) / 256 * 256; }

}  // namespace

void require_painted(const Device& device, const PaintedImages& images) {
  const auto in = [](std::int64_t value, std::int64_t most) { return value >= 1 && value <= most; };
  const std::string text = to_text({images.count, images.height, images.width, images.channels});
  if (!in(images.count, 1 << 16) || !in(images.height, 1 << 14) || !in(images.width, 1 << 14) || !in(images.channels, 4))
    throw Error("painted images " + text + ": at least one image, extents of 1 to 16,384 and 1 to 4 channels are needed");
  const std::int64_t values = element_count({images.count, images.height, images.width, images.channels});
  if (values > std::numeric_limits<std::int32_t>::max() || !streaming::storage_fits(values * 4, device.caps()))
    throw Error(ErrorCode::unsupported, "painted images " + text + " are " + grouped(std::uint64_t(values) * 4) +
                                            " bytes, maxStorageBufferRange is " + grouped(device.caps().max_storage_range));
  if (images.offset < 0 || images.offset % device.caps().min_offset_alignment != 0)
    throw Error("painted images: offset " + std::to_string(images.offset) + " is no multiple of " +
                std::to_string(device.caps().min_offset_alignment));
}

VkDescriptorBufferInfo all_of(const PaintedImages& images) {
  const std::int64_t bytes = 4 * element_count({images.count, images.height, images.width, images.channels});
  return {images.buffer, VkDeviceSize(images.offset), VkDeviceSize(bytes)};
}

TexelPacker::TexelPacker(Device& device, const PaintedImages& images, VkFormat format, TexelOptions options, TexelUse use,
                         std::uint32_t mip_levels)
    : device_(device), images_(images), options_(options) {
  const FormatRow& row = row_of(format, use);
  if (!images.buffer) throw Error("painted images: the buffer is null");
  require_painted(device, images);
  if (row.grey && images.channels > 2)
    throw Error(name_of(format) + " holds grey, the model paints " + std::to_string(images.channels) + " channels");
  if (options.linear && !row.linear) throw Error(name_of(format) + " holds colour encoded as sRGB, linear light was asked for");
  const std::uint32_t most = full_mip_levels(std::uint32_t(images.width), std::uint32_t(images.height));
  if (mip_levels < 1 || mip_levels > most)
    throw Error("mip_levels is " + std::to_string(mip_levels) + ", an image of " + std::to_string(images.width) + "x" +
                std::to_string(images.height) + " has 1.." + std::to_string(most));
  lay_out(mip_levels, row.bytes);
  const auto shown = [](const Buffer& buffer, const Level& level) {
    return VkDescriptorBufferInfo{buffer.handle(), VkDeviceSize(level.offset), VkDeviceSize(level.bytes + 3) / 4 * 4};
  };
  for (std::size_t level = 0; level < levels_.size(); level++) {
    std::vector buffers{level < 2 ? all_of(images_) : shown(light_, lights_[level - 2]), shown(packed_, levels_[level])};
    if (level > 0) buffers.push_back(shown(light_, lights_[level - 1]));
    passes_.emplace_back(device, dispatch(level, row.texel), buffers);
  }
}

void TexelPacker::lay_out(std::uint32_t mip_levels, std::int64_t texel_bytes) {
  std::int64_t packed_bytes = 0, light_bytes = 0;
  const auto place = [](std::int64_t& end, const Level& level, std::int64_t bytes) {
    Level placed{level.width, level.height, end, bytes * level.width * level.height};
    end += aligned(placed.bytes);
    return placed;
  };
  Level level{std::uint32_t(images_.width), std::uint32_t(images_.height), 0, 0};
  for (std::uint32_t i = 0; i < mip_levels; i++) {
    levels_.push_back(place(packed_bytes, level, texel_bytes));
    if (i > 0) lights_.push_back(place(light_bytes, level, 16));
    level.width = std::max(level.width / 2, 1u);
    level.height = std::max(level.height / 2, 1u);
  }
  packed_ = Buffer(device_, packed_bytes, BufferPlace::device, MemoryPurpose::staging, "packed texels");
  if (light_bytes) light_ = Buffer(device_, light_bytes, BufferPlace::device, MemoryPurpose::staging, "mip levels in linear light");
}

Dispatch TexelPacker::dispatch(std::size_t level, std::uint32_t texel) const {
  const Level &made = levels_[level], &above = levels_[level ? level - 1 : 0];
  const std::int64_t texels = std::int64_t(made.width) * made.height, walkers = texel == TEXEL_R8 ? streaming::ceil_div(texels, 4) : texels;
  const std::uint32_t lanes = streaming::lanes_for(walkers, 1, 64, device_.caps());
  const char* module = level == 0 ? "target_texels.image" : level == 1 ? "target_texels.first_mip" : "target_texels.mip";
  Dispatch d = streaming::dispatch(module, streaming::ceil_div(walkers, lanes), lanes, device_.caps());
  d.constants.push_back({CONSTANT_SWITCH_0, std::uint32_t(images_.channels)});
  d.constants.push_back({CONSTANT_SWITCH_0 + 1, texel});
  d.constants.push_back({CONSTANT_SWITCH_0 + 2, options_.straight_alpha});
  d.constants.push_back({CONSTANT_SWITCH_0 + 3, options_.linear});
  const streaming::Divisor divisor(made.width);
  d.push = {0,           std::uint32_t(texels), streaming::dispatch_fold(d), made.width, divisor.multiplier, divisor.shift,
            above.width, above.height};
  d.bindings = {streaming::reads(0, OperandKind::input, 0), streaming::writes(1, OperandKind::output, 0)};
  if (level > 0) d.bindings.push_back(streaming::writes(2, OperandKind::output, 1));
  return d;
}

void TexelPacker::record(VkCommandBuffer commands, std::int64_t image) const {
  const std::uint32_t first = std::uint32_t(image * images_.height * images_.width * images_.channels);
  record_compute_barrier(device_, commands, true);
  for (std::size_t level = 0; level < passes_.size(); level++) {
    if (level > 1) record_compute_barrier(device_, commands, false);  // levels 0 and 1 both come from the tensor alone
    passes_[level].record(commands, first);
  }
}

void TexelPacker::record_level(VkCommandBuffer commands, std::size_t level) const {
  record_compute_barrier(device_, commands, true);
  passes_[level].record(commands, 0);
}

}  // namespace gouache
