// Does writing into a host's memory state the host's layouts, stages and owners, name what does not fit, and make nothing?
#include <gtest/gtest.h>

#include "host/vulkan/transfer.h"
#include "tests/support/commands.h"
#include "tests/support/engine.h"
#include "tests/support/expect_error.h"
#include "tests/support/heap.h"
#include "tests/support/painting.h"
#include "tests/support/watched.h"

namespace gouache::testing {
namespace {

constexpr VkFormat kRgba8 = VK_FORMAT_R8G8B8A8_UNORM;
constexpr std::uint32_t kOther = 77;  ///< a queue family that is not ours

/// What reached the command buffer, in order.
struct Barrier {
  VkPipelineStageFlags from = 0, to = 0;
  std::vector<VkMemoryBarrier> memory;
  std::vector<VkBufferMemoryBarrier> buffers;
  std::vector<VkImageMemoryBarrier> images;
};
std::vector<Barrier> barriers;
std::vector<std::string> order;
std::vector<VkBufferImageCopy> copies;

/// Nothing is recorded any more: commands go to the lists above. No driver or layer sees families that do not exist.
void capture(DeviceTable& table) {
  barriers.clear();
  order.clear();
  copies.clear();
  table.vkCmdBindPipeline = [](VkCommandBuffer, VkPipelineBindPoint, VkPipeline) {};
  table.vkCmdBindDescriptorSets = [](VkCommandBuffer, VkPipelineBindPoint, VkPipelineLayout, std::uint32_t, std::uint32_t,
                                     const VkDescriptorSet*, std::uint32_t, const std::uint32_t*) {};
  table.vkCmdPushConstants = [](VkCommandBuffer, VkPipelineLayout, VkShaderStageFlags, std::uint32_t, std::uint32_t, const void*) {};
  table.vkCmdDispatch = [](VkCommandBuffer, std::uint32_t, std::uint32_t, std::uint32_t) { order.push_back("dispatch"); };
  table.vkCmdCopyBuffer = [](VkCommandBuffer, VkBuffer, VkBuffer, std::uint32_t, const VkBufferCopy*) { order.push_back("copy"); };
  table.vkCmdCopyBufferToImage = [](VkCommandBuffer, VkBuffer, VkImage, VkImageLayout, std::uint32_t count,
                                    const VkBufferImageCopy* regions) {
    order.push_back("copy");
    copies.assign(regions, regions + count);
  };
  table.vkCmdPipelineBarrier = [](VkCommandBuffer, VkPipelineStageFlags from, VkPipelineStageFlags to, VkDependencyFlags,
                                  std::uint32_t memory_count, const VkMemoryBarrier* memory, std::uint32_t buffer_count,
                                  const VkBufferMemoryBarrier* buffers, std::uint32_t image_count, const VkImageMemoryBarrier* images) {
    order.push_back("barrier");
    barriers.push_back({from, to, {memory, memory + memory_count}, {buffers, buffers + buffer_count}, {images, images + image_count}});
  };
  table.vkCmdBeginDebugUtilsLabelEXT = [](VkCommandBuffer, const VkDebugUtilsLabelEXT*) {};
  table.vkCmdEndDebugUtilsLabelEXT = [](VkCommandBuffer) {};
}

template <typename Barrier>
std::pair<std::uint32_t, std::uint32_t> families(const Barrier& barrier) {
  return {barrier.srcQueueFamilyIndex, barrier.dstQueueFamilyIndex};
}
constexpr std::pair kNoFamilies{VK_QUEUE_FAMILY_IGNORED, VK_QUEUE_FAMILY_IGNORED};

/// A handle that no driver will see.
template <typename Handle>
Handle made_up() {
  return reinterpret_cast<Handle>(std::uintptr_t(0x77));
}

TEST(TargetRecord, StatesTheHostsLayoutsStagesAndOwners) {
  Device device("0");
  const Painting painting(device, 2, 12, 20, 4, 1);
  const ImageTarget target(device, painting.on_device, {kRgba8, 20, 12, 4, 5});
  capture(device.mutable_table());
  ImageDestination to;
  to.image = made_up<VkImage>();
  to.layer = 3;
  to.before = {VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_ACCESS_SHADER_READ_BIT};
  to.after = {VK_IMAGE_LAYOUT_GENERAL, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_READ_BIT};
  target.record(VK_NULL_HANDLE, 0, to);

  const std::vector<std::string> passes{"barrier",  "dispatch", "dispatch", "barrier", "dispatch", "barrier",
                                        "dispatch", "barrier",  "dispatch", "barrier", "copy",     "barrier"};
  EXPECT_EQ(order, passes);
  const Barrier &opening = barriers.front(), &got = barriers[barriers.size() - 2], &given = barriers.back();
  EXPECT_EQ(opening.from, VkPipelineStageFlags(VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT));
  EXPECT_EQ(opening.to, VkPipelineStageFlags(VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT));

  EXPECT_EQ(got.from, VkPipelineStageFlags(VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT));
  EXPECT_EQ(got.to, VkPipelineStageFlags(VK_PIPELINE_STAGE_TRANSFER_BIT));
  ASSERT_EQ(got.memory.size(), 1u);
  EXPECT_EQ(got.memory[0].srcAccessMask, VkAccessFlags(VK_ACCESS_SHADER_WRITE_BIT));
  EXPECT_EQ(got.memory[0].dstAccessMask, VkAccessFlags(VK_ACCESS_TRANSFER_READ_BIT));
  ASSERT_EQ(got.images.size(), 1u);
  EXPECT_EQ(got.images[0].image, to.image);
  EXPECT_EQ(got.images[0].srcAccessMask, VkAccessFlags(VK_ACCESS_SHADER_READ_BIT));
  EXPECT_EQ(got.images[0].dstAccessMask, VkAccessFlags(VK_ACCESS_TRANSFER_WRITE_BIT));
  EXPECT_EQ(got.images[0].oldLayout, VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL);
  EXPECT_EQ(got.images[0].newLayout, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL);
  EXPECT_EQ(families(got.images[0]), kNoFamilies);

  EXPECT_EQ(given.from, VkPipelineStageFlags(VK_PIPELINE_STAGE_TRANSFER_BIT));
  EXPECT_EQ(given.to, VkPipelineStageFlags(VK_PIPELINE_STAGE_TRANSFER_BIT));
  ASSERT_EQ(given.images.size(), 1u);
  EXPECT_EQ(given.images[0].srcAccessMask, VkAccessFlags(VK_ACCESS_TRANSFER_WRITE_BIT));
  EXPECT_EQ(given.images[0].dstAccessMask, VkAccessFlags(VK_ACCESS_TRANSFER_READ_BIT));
  EXPECT_EQ(given.images[0].oldLayout, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL);
  EXPECT_EQ(given.images[0].newLayout, VK_IMAGE_LAYOUT_GENERAL);
  EXPECT_EQ(families(given.images[0]), kNoFamilies);
  for (const Barrier* barrier : {&got, &given}) {
    const VkImageSubresourceRange& range = barrier->images[0].subresourceRange;
    EXPECT_EQ(range.baseMipLevel, 0u);
    EXPECT_EQ(range.levelCount, 5u);
    EXPECT_EQ(range.baseArrayLayer, 3u);
    EXPECT_EQ(range.layerCount, 1u);
  }
  ASSERT_EQ(copies.size(), 5u);
  for (std::uint32_t i = 0; i < 5; i++) {
    EXPECT_EQ(copies[i].imageSubresource.mipLevel, i);
    EXPECT_EQ(copies[i].imageSubresource.baseArrayLayer, 3u);
    EXPECT_EQ(copies[i].bufferOffset % 16, 0u);
  }
}

TEST(TargetRecord, MovesOwnershipOfImages) {
  Device device("0");
  const Painting painting(device, 1, 4, 4, 4, 1);
  const ImageTarget target(device, painting.on_device, {kRgba8, 4, 4, 1, 1});
  const std::uint32_t ours = device.queue_family();
  const auto record = [&](const TargetState& before, const TargetState& after) {
    capture(device.mutable_table());
    target.record(VK_NULL_HANDLE, 0, {made_up<VkImage>(), 0, 0, 0, before, after});
    return std::pair(barriers[barriers.size() - 2], barriers.back());
  };
  const VkPipelineStageFlags waits = VK_PIPELINE_STAGE_TRANSFER_BIT;
  const TargetState theirs{VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL, waits, VK_ACCESS_SHADER_READ_BIT, kOther};
  const auto [got, given] = record(theirs, theirs);
  EXPECT_EQ(families(got.images[0]), std::pair(kOther, ours));
  EXPECT_EQ(got.from, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | waits) << "the submit waits for the release there";
  EXPECT_EQ(got.images[0].srcAccessMask, 0u) << "the release made their writes available";
  EXPECT_EQ(got.images[0].oldLayout, theirs.layout);
  EXPECT_EQ(families(given.images[0]), std::pair(ours, kOther));
  EXPECT_EQ(given.to, VkPipelineStageFlags(VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT));
  EXPECT_EQ(given.images[0].dstAccessMask, 0u) << "the acquire makes our writes visible";
  EXPECT_EQ(given.images[0].newLayout, theirs.layout);

  TargetState unowned = theirs, own = theirs;
  unowned.layout = VK_IMAGE_LAYOUT_UNDEFINED;
  own.queue_family = ours;
  const auto [dropped, kept] = record(unowned, own);
  EXPECT_EQ(families(dropped.images[0]), kNoFamilies) << "nothing to keep, nothing to acquire";
  EXPECT_EQ(dropped.images[0].oldLayout, VK_IMAGE_LAYOUT_UNDEFINED);
  EXPECT_EQ(families(kept.images[0]), kNoFamilies);
  EXPECT_EQ(kept.to, waits);
}

TEST(TargetRecord, MovesOwnershipOfBuffers) {
  Device device("0");
  const Painting painting(device, 1, 4, 4, 4, 1);
  const BufferTarget target(device, painting.on_device, kRgba8);
  capture(device.mutable_table());
  const TargetState theirs{VK_IMAGE_LAYOUT_UNDEFINED, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_SHADER_READ_BIT, kOther};
  target.record(VK_NULL_HANDLE, 0, {made_up<VkBuffer>(), 20, 100, theirs, theirs});
  EXPECT_EQ(order, (std::vector<std::string>{"barrier", "dispatch", "barrier", "copy", "barrier"}));
  const VkBufferMemoryBarrier &got = barriers[1].buffers.at(0), &given = barriers[2].buffers.at(0);
  EXPECT_EQ(families(got), std::pair(kOther, device.queue_family()));
  EXPECT_EQ(families(given), std::pair(device.queue_family(), kOther));
  EXPECT_EQ(barriers[2].to, VkPipelineStageFlags(VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT));
  for (const VkBufferMemoryBarrier& barrier : {got, given}) {
    EXPECT_EQ(barrier.offset, 20u);
    EXPECT_EQ(barrier.size, 64u);
  }
}

PFN_vkGetPhysicalDeviceQueueFamilyProperties real_families;

TEST(TargetRecord, RefusesGraphicsStagesOnAComputeQueue) {
  DeviceOptions options;
  options.instance_hook = [](InstanceTable& table) {
    real_families = table.vkGetPhysicalDeviceQueueFamilyProperties;
    table.vkGetPhysicalDeviceQueueFamilyProperties = [](VkPhysicalDevice device, std::uint32_t* count, VkQueueFamilyProperties* families) {
      real_families(device, count, families);
      for (std::uint32_t i = 0; families && i < *count; i++) families[i].queueFlags &= ~VkQueueFlags(VK_QUEUE_GRAPHICS_BIT);
    };
  };
  Device device("0", options);
  const Painting painting(device, 1, 4, 4, 4, 1);
  const ImageTarget target(device, painting.on_device, {kRgba8, 4, 4, 1, 1});
  capture(device.mutable_table());
  const TargetState drawn{VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL, VK_PIPELINE_STAGE_FRAGMENT_SHADER_BIT, VK_ACCESS_SHADER_READ_BIT};
  const auto bad = ErrorCode::invalid_argument;
  expect_error(bad, "before.stages names graphics stages", [&] {
    target.record(VK_NULL_HANDLE, 0, {made_up<VkImage>(), 0, 0, 0, drawn, {}});
  });
  expect_error(bad, "after.stages names graphics stages", [&] {
    target.record(VK_NULL_HANDLE, 0, {made_up<VkImage>(), 0, 0, 0, {}, drawn});
  });
  EXPECT_TRUE(order.empty()) << "refused before anything is recorded";
  TargetState taken = drawn;
  taken.queue_family = kOther;
  target.record(VK_NULL_HANDLE, 0, {made_up<VkImage>(), 0, 0, 0, {}, taken});  // drawn elsewhere, after a release
}

PFN_vkGetPhysicalDeviceFormatProperties real_formats;
VkFormatFeatureFlags missing_feature;

TEST(TargetRecord, NamesWhatDoesNotFit) {
  DeviceOptions options;
  options.instance_hook = [](InstanceTable& table) {
    real_formats = table.vkGetPhysicalDeviceFormatProperties;
    table.vkGetPhysicalDeviceFormatProperties = [](VkPhysicalDevice device, VkFormat format, VkFormatProperties* properties) {
      real_formats(device, format, properties);
      properties->optimalTilingFeatures &= ~missing_feature;
    };
  };
  missing_feature = 0;
  Device device("0", options);
  const Painting rgba(device, 2, 12, 20, 4, 1);
  const auto bad = ErrorCode::invalid_argument, lacks = ErrorCode::unsupported;
  const auto image = [&](PaintedImages images, ImageDescription description, TexelOptions texels = {}) {
    return [&device, images, description, texels] { ImageTarget target(device, images, description, texels); };
  };
  const auto painted = [&](auto change) {
    PaintedImages images = rgba.on_device;
    change(images);
    return images;
  };
  expect_error(lacks,
               "VkFormat 44 is no format that Gouache writes to images; it writes VK_FORMAT_R8_UNORM, VK_FORMAT_R8G8B8A8_UNORM, "
               "VK_FORMAT_R8G8B8A8_SRGB, VK_FORMAT_R16G16B16A16_SFLOAT",
               image(rgba.on_device, {VK_FORMAT_B8G8R8A8_UNORM, 20, 12, 1, 1}));
  expect_error(lacks, "VK_FORMAT_R32G32B32A32_SFLOAT is no format that Gouache writes to images",
               image(rgba.on_device, {VK_FORMAT_R32G32B32A32_SFLOAT, 20, 12, 1, 1}));
  expect_error(lacks, "it writes VK_FORMAT_R8_UNORM,", [&] { BufferTarget target(device, rgba.on_device, VK_FORMAT_B8G8R8A8_UNORM); });
  expect_error(bad, "VK_FORMAT_R8_UNORM holds grey, the model paints 4 channels",
               image(rgba.on_device, {VK_FORMAT_R8_UNORM, 20, 12, 1, 1}));
  expect_error(bad, "VK_FORMAT_R8G8B8A8_UNORM holds colour encoded as sRGB", image(rgba.on_device, {kRgba8, 20, 12, 1, 1}, {false, true}));
  expect_error(bad, "an image of 20x11 is too small for 20x12", image(rgba.on_device, {kRgba8, 20, 11, 1, 1}));
  expect_error(bad, "an image of 40x12 has 2 mip levels", image(rgba.on_device, {kRgba8, 40, 12, 1, 2}));
  expect_error(bad, "an image of 20x12 has no layers", image(rgba.on_device, {kRgba8, 20, 12, 0, 1}));
  expect_error(bad, "mip_levels is 6, an image of 20x12 has 1..5", image(rgba.on_device, {kRgba8, 20, 12, 1, 6}));
  expect_error(bad, "mip_levels is 0", image(rgba.on_device, {kRgba8, 20, 12, 1, 0}));
  expect_error(bad, "painted images [2,12,20,5]", image(painted([](PaintedImages& i) { i.channels = 5; }), {kRgba8, 20, 12, 1, 1}));
  expect_error(bad, "painted images: offset 1 is no multiple",
               image(painted([](PaintedImages& i) { i.offset = 1; }), {kRgba8, 20, 12, 1, 1}));
  expect_error(lacks, "maxStorageBufferRange is",
               image(painted([](PaintedImages& i) { i.count = i.width = 16384, i.height = 1; }), {kRgba8, 16384, 1, 1, 1}));
  missing_feature = VK_FORMAT_FEATURE_TRANSFER_DST_BIT;
  expect_error(lacks, "lacks VK_FORMAT_FEATURE_TRANSFER_DST_BIT", image(rgba.on_device, {kRgba8, 20, 12, 1, 1}));
  missing_feature = VK_FORMAT_FEATURE_SAMPLED_IMAGE_BIT;
  expect_error(lacks, "VK_FORMAT_R8G8B8A8_UNORM: " + device.facts().name + " lacks VK_FORMAT_FEATURE_SAMPLED_IMAGE_BIT",
               image(rgba.on_device, {kRgba8, 20, 12, 1, 1}));
  expect_error(lacks, "SAMPLED_IMAGE_BIT", [&] { Image refused(device, {kRgba8, 20, 12, 1, 1}, "image"); });
  missing_feature = 0;

  const ImageTarget atlas(device, rgba.on_device, {kRgba8, 30, 12, 2, 1});
  const BufferTarget rows(device, rgba.on_device, kRgba8);
  capture(device.mutable_table());
  const auto write = [&](std::int64_t index, auto change) {
    ImageDestination to;
    to.image = made_up<VkImage>();
    change(to);
    return [&atlas, index, to] { atlas.record(VK_NULL_HANDLE, index, to); };
  };
  const auto same = [](ImageDestination&) {};
  expect_error(bad, "image 2 of a batch of 2", write(2, same));
  expect_error(bad, "image -1 of a batch of 2", write(-1, same));
  expect_error(bad, "the image to write is null", write(0, [](ImageDestination& to) { to.image = VK_NULL_HANDLE; }));
  expect_error(bad, "layer 2 of an image of 2", write(0, [](ImageDestination& to) { to.layer = 2; }));
  expect_error(bad, "20x12 texels at (11, 0) leave an image of 30x12", write(0, [](ImageDestination& to) { to.x = 11; }));
  expect_error(bad, "texels at (0, 1) leave", write(0, [](ImageDestination& to) { to.y = 1; }));
  expect_error(bad, "after.layout is", write(0, [](ImageDestination& to) { to.after.layout = VK_IMAGE_LAYOUT_UNDEFINED; }));
  expect_error(bad, "before.stages is 0", write(0, [](ImageDestination& to) { to.before.stages = 0; }));
  expect_error(bad, "after.stages is 0", write(0, [](ImageDestination& to) { to.after.stages = 0; }));
  const auto fill = [&](VkDeviceSize offset, VkDeviceSize size) {
    return [&rows, offset, size] { rows.record(VK_NULL_HANDLE, 1, {made_up<VkBuffer>(), offset, size, {}, {}}); };
  };
  expect_error(bad, "960 bytes at offset 1 leave a buffer of 960", fill(1, 960));
  expect_error(bad, "leave a buffer of 960", fill(~0ull, 960));
  expect_error(bad, "the buffer to write is null", [&] { rows.record(VK_NULL_HANDLE, 1, {VK_NULL_HANDLE, 0, 960, {}, {}}); });
  expect_error(bad, "image 2 of a batch of 2", [&] { rows.record(VK_NULL_HANDLE, 2, {made_up<VkBuffer>(), 0, 960, {}, {}}); });
  EXPECT_TRUE(order.empty()) << "refused before anything is recorded";
}

TEST(TargetRecord, MakesAndAllocatesNothing) {
  Engine engine;
  BorrowedDevice lent = engine.lend();
  Watched vulkan(lent.get_instance_proc_addr);
  lent.get_instance_proc_addr = vulkan.loader();
  Device device(lent);
  const Painting painting(device, 8, 12, 20, 4, 1);
  const Image image(device, {kRgba8, 20, 12, 8, 5}, "host");
  const Buffer buffer(device, 20 * 12 * 4, BufferPlace::device, MemoryPurpose::output, "host");
  const ImageTarget images(device, painting.on_device, image.description());
  const BufferTarget buffers(device, painting.on_device, kRgba8);
  Commands commands(device);
  vulkan.start_counting();
  const std::uint64_t heap = heap_calls();
  for (std::uint32_t i = 0; i < 8; i++) {
    ImageDestination to;
    to.image = image.handle();
    to.layer = i;
    to.before.layout = VK_IMAGE_LAYOUT_UNDEFINED;
    images.record(commands.handle(), i, to);
    buffers.record(commands.handle(), i, {buffer.handle(), 0, 20 * 12 * 4, {}, {}});
  }
  EXPECT_EQ(heap_calls(), heap);
  const std::map<std::string, std::uint64_t> calls = vulkan.calls();
  for (const auto& [function, count] : calls) EXPECT_EQ(function.substr(0, 5), "vkCmd") << function << " was called " << count << " times";
  EXPECT_EQ(calls.at("vkCmdCopyBufferToImage"), 8u);
  EXPECT_EQ(calls.at("vkCmdDispatch"), 8u * 6);
  commands.run();
}

TEST(TargetRecord, ThatCannotBeMadeLeavesNothingBehind) {
  Engine engine;
  BorrowedDevice lent = engine.lend();
  Watched vulkan(lent.get_instance_proc_addr);
  lent.get_instance_proc_addr = vulkan.loader();
  Device device(lent);
  const Painting painting(device, 1, 12, 20, 4, 1);
  const std::uint64_t held = device.memory().bytes;
  for (const char* function : {"vkCreateImage", "vkAllocateMemory", "vkBindImageMemory", "vkCreateBuffer", "vkBindBufferMemory",
                               "vkCreateDescriptorPool", "vkAllocateDescriptorSets"}) {
    vulkan.refuse = [&](const std::string& called) { return called == function ? VK_ERROR_OUT_OF_DEVICE_MEMORY : VK_SUCCESS; };
    expect_error(ErrorCode::out_of_memory, function, [&] {
      const Image image(device, {kRgba8, 20, 12, 1, 5}, "ours");
      const ImageTarget target(device, painting.on_device, image.description());
    });
    EXPECT_EQ(device.memory().bytes, held) << function;
  }
  vulkan.refuse = nullptr;
  const Image image(device, {kRgba8, 20, 12, 1, 5}, "ours");
  const ImageTarget target(device, painting.on_device, image.description());
  EXPECT_GT(device.memory().bytes, held);
}

}  // namespace
}  // namespace gouache::testing
