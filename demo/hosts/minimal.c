/* How does an engine embed Gouache?  The smallest one: a Vulkan device of its own, one generated texture with mips in an image of its
 * own, painted within a budget a frame, then written to a PNG to be looked at.
 *     minimal MODEL.safetensors OUT.png [SEED] */
#include <gouache/gouache.h>
#include <stdio.h>
#include <stdlib.h>
#include <vulkan/vulkan.h>

#define STB_IMAGE_WRITE_IMPLEMENTATION
#include <stb/stb_image_write.h>

static void check(int result, const char* what) { /* a VkResult or a GouResult: both are negative for errors */
  if (result >= 0) return;
  fprintf(stderr, "minimal: %s: %s\n", what, *gouLastError() ? gouLastError() : "Vulkan refused");
  exit(1);
}

static uint32_t memory_type(VkPhysicalDevice gpu, uint32_t allowed, VkMemoryPropertyFlags wanted) {
  VkPhysicalDeviceMemoryProperties memory;
  vkGetPhysicalDeviceMemoryProperties(gpu, &memory);
  for (uint32_t i = 0; i < memory.memoryTypeCount; i++)
    if ((allowed >> i & 1) && (memory.memoryTypes[i].propertyFlags & wanted) == wanted) return i;
  fprintf(stderr, "minimal: no memory type for this\n");
  exit(1);
}

static VkDeviceMemory allocate(VkPhysicalDevice gpu, VkDevice device, VkMemoryRequirements needs, VkMemoryPropertyFlags wanted) {
  VkMemoryAllocateInfo info = {VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO, NULL, needs.size, memory_type(gpu, needs.memoryTypeBits, wanted)};
  VkDeviceMemory memory;
  check(vkAllocateMemory(device, &info, NULL, &memory), "vkAllocateMemory");
  return memory;
}

int main(int count, char** words) {
  if (count < 3) return fprintf(stderr, "minimal MODEL.safetensors OUT.png [SEED]\n"), 2;

  /* The engine's own: an instance, and a device that enables what Gouache likes. */
  VkApplicationInfo application = {.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO, .apiVersion = VK_API_VERSION_1_1};
  VkInstanceCreateInfo instance_info = {.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO, .pApplicationInfo = &application};
  VkInstance instance;
  check(vkCreateInstance(&instance_info, NULL, &instance), "vkCreateInstance");
  VkPhysicalDevice gpu = NULL;
  uint32_t one = 1;
  check(vkEnumeratePhysicalDevices(instance, &one, &gpu), "vkEnumeratePhysicalDevices");
  if (!gpu) return fprintf(stderr, "minimal: there is no Vulkan device\n"), 1;

  GouRequirements wishes = {GOU_STRUCT(REQUIREMENTS)};
  check(gouGetRequirements(instance, gpu, vkGetInstanceProcAddr, &wishes), "gouGetRequirements");
  if (*wishes.refusal) return fprintf(stderr, "minimal: %s\n", wishes.refusal), 1;
  float priority = 1;
  VkDeviceQueueCreateInfo queue_info = {.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                                        .queueFamilyIndex = wishes.queue_family,
                                        .queueCount = 1,
                                        .pQueuePriorities = &priority};
  VkDeviceCreateInfo device_info = {.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                                    .pNext = &wishes.features,
                                    .queueCreateInfoCount = 1,
                                    .pQueueCreateInfos = &queue_info,
                                    .enabledExtensionCount = wishes.extension_count,
                                    .ppEnabledExtensionNames = wishes.extensions};
  VkDevice device;
  check(vkCreateDevice(gpu, &device_info, NULL, &device), "vkCreateDevice");
  VkQueue queue;
  vkGetDeviceQueue(device, wishes.queue_family, 0, &queue);

  /* Gouache, on that device. */
  GouVulkanHost host = {GOU_STRUCT(VULKAN_HOST),
                        .instance = instance,
                        .physical_device = gpu,
                        .device = device,
                        .queue = queue,
                        .queue_family = wishes.queue_family,
                        .get_instance_proc_addr = vkGetInstanceProcAddr,
                        .enabled_features = &wishes.features};
  GouContext painter;
  check(gouCreateContext(&host, &painter), "gouCreateContext");
  GouModelSource file = {GOU_STRUCT(MODEL_SOURCE), .path = words[1], .batch = 1};
  GouModel model;
  check(gouLoadModel(painter, &file, &model), "gouLoadModel");
  GouShape shape = {GOU_STRUCT(SHAPE)};
  check(gouGetModelShape(model, &shape), "gouGetModelShape");

  /* The engine's texture: as large as the model paints, with all its mips. */
  uint32_t levels = 1, width = shape.width, height = shape.height;
  while ((width > height ? width : height) >> levels) levels++;
  VkImageCreateInfo image_info = {.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
                                  .imageType = VK_IMAGE_TYPE_2D,
                                  .format = VK_FORMAT_R8G8B8A8_SRGB,
                                  .extent = {width, height, 1},
                                  .mipLevels = levels,
                                  .arrayLayers = 1,
                                  .samples = VK_SAMPLE_COUNT_1_BIT,
                                  .usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT};
  VkImage image;
  check(vkCreateImage(device, &image_info, NULL, &image), "vkCreateImage");
  VkMemoryRequirements needs;
  vkGetImageMemoryRequirements(device, image, &needs);
  VkDeviceMemory image_memory = allocate(gpu, device, needs, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT);
  check(vkBindImageMemory(device, image, image_memory, 0), "vkBindImageMemory");

  /* Ask for a picture in it; a few milliseconds of GPU time a frame until it is there. */
  GouImageTarget texture = {GOU_STRUCT(IMAGE_TARGET),
                            .image = image,
                            .format = image_info.format,
                            .width = width,
                            .height = height,
                            .layers = 1,
                            .mip_levels = levels,
                            .flags = GOU_TARGET_STRAIGHT_ALPHA, /* as PNG has it */
                            .before = {.queue_family = VK_QUEUE_FAMILY_IGNORED},
                            .after = {VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_READ_BIT,
                                      VK_QUEUE_FAMILY_IGNORED}};
  GouGenerate request = {GOU_STRUCT(GENERATE), .seed = count > 3 ? strtoull(words[3], NULL, 10) : 42, .count = 1, .pace = GOU_PACE_TICKED,
                         .target = &texture};
  GouJob job;
  check(gouBeginGenerate(model, &request, &job), "gouBeginGenerate");
  GouBudget budget = {GOU_STRUCT(BUDGET), .gpu_microseconds = 4000};
  GouTick tick = {GOU_STRUCT(TICK)};
  uint32_t frames = 0;
  while (gouPollJob(job) == GOU_NOT_READY) {
    check(gouTick(painter, &budget, &tick), "gouTick"); /* ... and here the engine would draw its frame */
    frames += tick.parts > 0;
  }
  check(gouPollJob(job), "gouPollJob");
  check(gouDestroyJob(job, GOU_IF_IDLE), "gouDestroyJob");

  /* The rest is the engine's: copy the texture and its mips, side by side, into memory, and write them. */
  uint32_t sheet_width = width + (width > 1 ? width / 2 : 1), bytes = sheet_width * height * 4;
  VkBufferCreateInfo buffer_info = {
      .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO, .size = bytes, .usage = VK_BUFFER_USAGE_TRANSFER_DST_BIT};
  VkBuffer buffer;
  check(vkCreateBuffer(device, &buffer_info, NULL, &buffer), "vkCreateBuffer");
  vkGetBufferMemoryRequirements(device, buffer, &needs);
  VkMemoryPropertyFlags readable = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
  VkDeviceMemory buffer_memory = allocate(gpu, device, needs, readable);
  check(vkBindBufferMemory(device, buffer, buffer_memory, 0), "vkBindBufferMemory");
  VkCommandPoolCreateInfo pool_info = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO, .queueFamilyIndex = wishes.queue_family};
  VkCommandPool pool;
  check(vkCreateCommandPool(device, &pool_info, NULL, &pool), "vkCreateCommandPool");
  VkCommandBufferAllocateInfo commands_info = {
      .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO, .commandPool = pool, .commandBufferCount = 1};
  VkCommandBuffer commands;
  check(vkAllocateCommandBuffers(device, &commands_info, &commands), "vkAllocateCommandBuffers");
  VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
  check(vkBeginCommandBuffer(commands, &begin), "vkBeginCommandBuffer");
  vkCmdFillBuffer(commands, buffer, 0, VK_WHOLE_SIZE, 0);
  VkMemoryBarrier filled = {VK_STRUCTURE_TYPE_MEMORY_BARRIER, NULL, VK_ACCESS_TRANSFER_WRITE_BIT, VK_ACCESS_TRANSFER_WRITE_BIT};
  vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 1, &filled, 0, NULL, 0, NULL);
  for (uint32_t level = 0, row = 0; level < levels; level++) {
    uint32_t w = width >> level ? width >> level : 1, h = height >> level ? height >> level : 1;
    if (level && row + h > height) break; /* no room beside the picture: 1x1 in a row of its own */
    VkBufferImageCopy copy = {.bufferOffset = level ? (row * sheet_width + width) * 4 : 0,
                              .bufferRowLength = sheet_width,
                              .imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, level, 0, 1},
                              .imageExtent = {w, h, 1}};
    vkCmdCopyImageToBuffer(commands, image, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, buffer, 1, &copy);
    if (level) row += h;
  }
  VkMemoryBarrier copied = {VK_STRUCTURE_TYPE_MEMORY_BARRIER, NULL, VK_ACCESS_TRANSFER_WRITE_BIT, VK_ACCESS_HOST_READ_BIT};
  vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &copied, 0, NULL, 0, NULL);
  check(vkEndCommandBuffer(commands), "vkEndCommandBuffer");
  VkSubmitInfo batch = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO, .commandBufferCount = 1, .pCommandBuffers = &commands};
  check(vkQueueSubmit(queue, 1, &batch, VK_NULL_HANDLE), "vkQueueSubmit");
  check(vkQueueWaitIdle(queue), "vkQueueWaitIdle");
  void* texels;
  check(vkMapMemory(device, buffer_memory, 0, VK_WHOLE_SIZE, 0, &texels), "vkMapMemory");
  if (!stbi_write_png(words[2], (int)sheet_width, (int)height, 4, texels, (int)sheet_width * 4))
    return fprintf(stderr, "minimal: %s cannot be written\n", words[2]), 1;
  printf("%s: %ux%u pixels and %u mip levels, painted in %u frames\n", words[2], width, height, levels, frames);

  vkDestroyCommandPool(device, pool, NULL);
  vkDestroyBuffer(device, buffer, NULL);
  vkFreeMemory(device, buffer_memory, NULL);
  vkDestroyImage(device, image, NULL);
  vkFreeMemory(device, image_memory, NULL);
  check(gouDestroyModel(model), "gouDestroyModel");
  check(gouDestroyContext(painter), "gouDestroyContext");
  vkDestroyDevice(device, NULL);
  vkDestroyInstance(instance, NULL);
  return 0;
}
