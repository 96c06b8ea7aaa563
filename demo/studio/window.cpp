// How does the studio show itself?  A GLFW window, its swapchain, and two frames under way.
#include "demo/studio/window.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

namespace gouache::studio {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::string glfw_error() {
  const char* text = nullptr;
  glfwGetError(&text);
  return text ? text : "no reason was given";
}

void remember_drop(GLFWwindow* window, int count, const char** paths) {
  auto& self = *static_cast<Window*>(glfwGetWindowUserPointer(window));
  for (int i = 0; i < count; ++i) self.drop(paths[i]);
}

}  // namespace

Window::Window(int width, int height, const std::string& device) {
  if (!glfwInit()) throw NoWindow("there is no display to open a window on: " + glfw_error());
  try {
    if (!glfwVulkanSupported()) throw NoWindow("this display has no Vulkan: " + glfw_error());
    glfwWindowHint(GLFW_CLIENT_API, GLFW_NO_API);
    glfwWindowHint(GLFW_SCALE_TO_MONITOR, GLFW_TRUE);
    glfwWindowHint(GLFW_VISIBLE, GLFW_FALSE);
    window_ = glfwCreateWindow(width, height, "Gouache Studio", nullptr, nullptr);
    if (!window_) throw NoWindow("the window could not be opened: " + glfw_error());
    glfwSetWindowUserPointer(window_, this);
    glfwSetWindowSizeLimits(window_, 960, 600, GLFW_DONT_CARE, GLFW_DONT_CARE);
    glfwSetDropCallback(window_, remember_drop);
    std::uint32_t count = 0;
    const char** names = glfwGetRequiredInstanceExtensions(&count);
    const auto presents = [](VkInstance instance, VkPhysicalDevice physical, std::uint32_t family) {
      return glfwGetPhysicalDevicePresentationSupport(instance, physical, family) == GLFW_TRUE;
    };
    gpu_ = std::make_unique<Gpu>(std::vector<const char*>(names, names + count), device, presents);
    open_surface();
    make_render_pass();
    make_slots();
    make_swapchain();
  } catch (...) {
    // What was made of Vulkan goes with the process: without a window there is no studio.
    glfwTerminate();
    throw;
  }
}

Window::~Window() {
  vkDeviceWaitIdle(gpu_->device());
  drop_swapchain();
  if (capture_.buffer) gpu_->destroy(capture_);
  for (Slot& slot : slots_) {
    vkDestroyCommandPool(gpu_->device(), slot.pool, nullptr);
    vkDestroyFence(gpu_->device(), slot.done, nullptr);
    vkDestroySemaphore(gpu_->device(), slot.acquired, nullptr);
  }
  vkDestroyRenderPass(gpu_->device(), render_pass_, nullptr);
  vkDestroySwapchainKHR(gpu_->device(), swapchain_, nullptr);
  vkDestroySurfaceKHR(gpu_->instance(), surface_, nullptr);
  gpu_.reset();
  glfwDestroyWindow(window_);
  glfwTerminate();
}

void Window::show() {
  gpu_->wait_idle();
  drop_unseen();
  shown_ = true;
  glfwShowWindow(window_);
}

float Window::scale() const {
  if (pretended_scale_ > 0) return pretended_scale_;
  float x = 1, y = 1;
  glfwGetWindowContentScale(window_, &x, &y);
  return std::clamp(std::max(x, y), 1.0f, 4.0f);
}

bool Window::closing() const { return glfwWindowShouldClose(window_); }
bool Window::minimised() const {
  int width = 0, height = 0;
  glfwGetFramebufferSize(window_, &width, &height);
  return width == 0 || height == 0 || glfwGetWindowAttrib(window_, GLFW_ICONIFIED);
}
void Window::resize(int width, int height) { glfwSetWindowSize(window_, width, height); }
std::vector<std::string> Window::dropped() { return std::exchange(dropped_, {}); }

void Window::open_surface() {
  vulkan(glfwCreateWindowSurface(gpu_->instance(), window_, nullptr, &surface_), "glfwCreateWindowSurface");
  std::uint32_t count = 0;
  vulkan(vkGetPhysicalDeviceSurfaceFormatsKHR(gpu_->physical(), surface_, &count, nullptr), "vkGetPhysicalDeviceSurfaceFormatsKHR");
  std::vector<VkSurfaceFormatKHR> formats(count);
  vulkan(vkGetPhysicalDeviceSurfaceFormatsKHR(gpu_->physical(), surface_, &count, formats.data()), "vkGetPhysicalDeviceSurfaceFormatsKHR");
  for (const VkFormat wanted : {VK_FORMAT_B8G8R8A8_UNORM, VK_FORMAT_R8G8B8A8_UNORM})  // what is drawn is encoded as sRGB already
    for (const VkSurfaceFormatKHR& format : formats)
      if (format.format == wanted && format.colorSpace == VK_COLOR_SPACE_SRGB_NONLINEAR_KHR && !format_.format) format_ = format;
  if (!format_.format) throw std::runtime_error("this display takes neither BGRA nor RGBA pictures of 8 bits");
}

void Window::make_render_pass() {
  VkAttachmentDescription colour{};
  colour.format = format_.format;
  colour.samples = VK_SAMPLE_COUNT_1_BIT;
  colour.loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR;
  colour.storeOp = VK_ATTACHMENT_STORE_OP_STORE;
  colour.stencilLoadOp = VK_ATTACHMENT_LOAD_OP_DONT_CARE;
  colour.stencilStoreOp = VK_ATTACHMENT_STORE_OP_DONT_CARE;
  colour.initialLayout = VK_IMAGE_LAYOUT_UNDEFINED;
  colour.finalLayout = VK_IMAGE_LAYOUT_PRESENT_SRC_KHR;
  const VkAttachmentReference reference{0, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL};
  VkSubpassDescription subpass{};
  subpass.pipelineBindPoint = VK_PIPELINE_BIND_POINT_GRAPHICS;
  subpass.colorAttachmentCount = 1;
  subpass.pColorAttachments = &reference;
  VkSubpassDependency before{};  // the layout changes only when the display has let go of the image
  before.srcSubpass = VK_SUBPASS_EXTERNAL;
  before.srcStageMask = before.dstStageMask = VK_PIPELINE_STAGE_COLOR_ATTACHMENT_OUTPUT_BIT;
  before.dstAccessMask = VK_ACCESS_COLOR_ATTACHMENT_WRITE_BIT;
  VkRenderPassCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_RENDER_PASS_CREATE_INFO;
  info.attachmentCount = 1;
  info.pAttachments = &colour;
  info.subpassCount = 1;
  info.pSubpasses = &subpass;
  info.dependencyCount = 1;
  info.pDependencies = &before;
  vulkan(vkCreateRenderPass(gpu_->device(), &info, nullptr, &render_pass_), "vkCreateRenderPass");
}

void Window::make_slots() {
  for (Slot& slot : slots_) {
    VkCommandPoolCreateInfo pool{};
    pool.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
    pool.flags = VK_COMMAND_POOL_CREATE_TRANSIENT_BIT;
    pool.queueFamilyIndex = gpu_->family();
    vulkan(vkCreateCommandPool(gpu_->device(), &pool, nullptr, &slot.pool), "vkCreateCommandPool");
    VkCommandBufferAllocateInfo commands{};
    commands.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
    commands.commandPool = slot.pool;
    commands.commandBufferCount = 1;
    vulkan(vkAllocateCommandBuffers(gpu_->device(), &commands, &slot.commands), "vkAllocateCommandBuffers");
    const VkFenceCreateInfo fence{VK_STRUCTURE_TYPE_FENCE_CREATE_INFO, nullptr, VK_FENCE_CREATE_SIGNALED_BIT};
    vulkan(vkCreateFence(gpu_->device(), &fence, nullptr, &slot.done), "vkCreateFence");
    const VkSemaphoreCreateInfo semaphore{VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO, nullptr, 0};
    vulkan(vkCreateSemaphore(gpu_->device(), &semaphore, nullptr, &slot.acquired), "vkCreateSemaphore");
  }
}

void Window::make_swapchain() {
  VkSurfaceCapabilitiesKHR can;
  vulkan(vkGetPhysicalDeviceSurfaceCapabilitiesKHR(gpu_->physical(), surface_, &can), "vkGetPhysicalDeviceSurfaceCapabilitiesKHR");
  int width = 0, height = 0;
  glfwGetFramebufferSize(window_, &width, &height);
  extent_ = can.currentExtent.width != UINT32_MAX ? can.currentExtent
                                                  : VkExtent2D{static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height)};
  if (extent_.width == 0 || extent_.height == 0) return;
  VkSwapchainCreateInfoKHR info{};
  info.sType = VK_STRUCTURE_TYPE_SWAPCHAIN_CREATE_INFO_KHR;
  info.surface = surface_;
  info.minImageCount = can.maxImageCount ? std::min(can.minImageCount + 1, can.maxImageCount) : can.minImageCount + 1;
  info.imageFormat = format_.format;
  info.imageColorSpace = format_.colorSpace;
  info.imageExtent = extent_;
  info.imageArrayLayers = 1;
  info.imageUsage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | (can.supportedUsageFlags & VK_IMAGE_USAGE_TRANSFER_SRC_BIT);
  info.preTransform = can.currentTransform;
  info.compositeAlpha = VK_COMPOSITE_ALPHA_OPAQUE_BIT_KHR;
  info.presentMode = VK_PRESENT_MODE_FIFO_KHR;
  info.clipped = VK_TRUE;
  info.oldSwapchain = swapchain_;
  VkSwapchainKHR made = VK_NULL_HANDLE;
  vulkan(vkCreateSwapchainKHR(gpu_->device(), &info, nullptr, &made), "vkCreateSwapchainKHR");
  vkDestroySwapchainKHR(gpu_->device(), swapchain_, nullptr);
  swapchain_ = made;

  std::uint32_t count = 0;
  vulkan(vkGetSwapchainImagesKHR(gpu_->device(), swapchain_, &count, nullptr), "vkGetSwapchainImagesKHR");
  std::vector<VkImage> images(count);
  vulkan(vkGetSwapchainImagesKHR(gpu_->device(), swapchain_, &count, images.data()), "vkGetSwapchainImagesKHR");
  targets_.resize(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    Target& target = targets_[i];
    target.image = images[i];
    VkImageViewCreateInfo view{};
    view.sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO;
    view.image = target.image;
    view.viewType = VK_IMAGE_VIEW_TYPE_2D;
    view.format = format_.format;
    view.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
    vulkan(vkCreateImageView(gpu_->device(), &view, nullptr, &target.view), "vkCreateImageView");
    make_framebuffer(target);
    const VkSemaphoreCreateInfo semaphore{VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO, nullptr, 0};
    vulkan(vkCreateSemaphore(gpu_->device(), &semaphore, nullptr, &target.drawn), "vkCreateSemaphore");
  }
  if (!shown_) {
    unseen_image_ = make_attachment(*gpu_, format_.format, VK_SAMPLE_COUNT_1_BIT, VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT, extent_);
    unseen_.view = unseen_image_.view;
    make_framebuffer(unseen_);
  }
  stale_ = false;
}

void Window::make_framebuffer(Target& target) const {
  VkFramebufferCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_FRAMEBUFFER_CREATE_INFO;
  info.renderPass = render_pass_;
  info.attachmentCount = 1;
  info.pAttachments = &target.view;
  info.width = extent_.width;
  info.height = extent_.height;
  info.layers = 1;
  vulkan(vkCreateFramebuffer(gpu_->device(), &info, nullptr, &target.framebuffer), "vkCreateFramebuffer");
}

void Window::drop_unseen() {
  vkDestroyFramebuffer(gpu_->device(), unseen_.framebuffer, nullptr);
  destroy_attachment(gpu_->device(), unseen_image_);
  unseen_ = {};
  unseen_image_ = {};
}

void Window::drop_swapchain() {
  drop_unseen();
  for (Target& target : targets_) {
    vkDestroyFramebuffer(gpu_->device(), target.framebuffer, nullptr);
    vkDestroyImageView(gpu_->device(), target.view, nullptr);
    vkDestroySemaphore(gpu_->device(), target.drawn, nullptr);
  }
  targets_.clear();
}

bool Window::begin(Frame& frame) {
  waited_ = 0;
  if (minimised()) return false;
  int width = 0, height = 0;
  glfwGetFramebufferSize(window_, &width, &height);
  if (stale_ || targets_.empty() || static_cast<std::uint32_t>(width) != extent_.width ||
      static_cast<std::uint32_t>(height) != extent_.height) {
    gpu_->wait_idle();
    drop_swapchain();
    make_swapchain();
    if (targets_.empty()) return false;
  }
  Slot& slot = slots_[next_slot_];
  const auto start = Clock::now();
  vulkan(vkWaitForFences(gpu_->device(), 1, &slot.done, VK_TRUE, UINT64_MAX), "vkWaitForFences");
  const VkResult acquired =
      shown_ ? vkAcquireNextImageKHR(gpu_->device(), swapchain_, UINT64_MAX, slot.acquired, VK_NULL_HANDLE, &target_) : VK_SUCCESS;
  waited_ = seconds_since(start);
  if (acquired == VK_ERROR_OUT_OF_DATE_KHR) {
    stale_ = true;
    return false;
  }
  vulkan(acquired, "vkAcquireNextImageKHR");
  if (acquired == VK_SUBOPTIMAL_KHR) stale_ = true;  // good enough for this frame
  vulkan(vkResetFences(gpu_->device(), 1, &slot.done), "vkResetFences");

  gpu_->frame_begins(++number_, slot.number);
  slot.number = number_;
  vulkan(vkResetCommandPool(gpu_->device(), slot.pool, 0), "vkResetCommandPool");
  VkCommandBufferBeginInfo info{};
  info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
  info.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
  vulkan(vkBeginCommandBuffer(slot.commands, &info), "vkBeginCommandBuffer");
  frame = {slot.commands, next_slot_, extent_};
  next_slot_ = (next_slot_ + 1) % kFrames;
  return true;
}

void Window::begin_drawing(const Frame& frame) {
  // As the theme's: pages do not draw it once more, which would take SwiftShader 20 ms.
  const VkClearValue ground{{{0.086f, 0.094f, 0.11f, 1}}};
  VkRenderPassBeginInfo info{};
  info.sType = VK_STRUCTURE_TYPE_RENDER_PASS_BEGIN_INFO;
  info.renderPass = render_pass_;
  info.framebuffer = target().framebuffer;
  info.renderArea.extent = extent_;
  info.clearValueCount = 1;
  info.pClearValues = &ground;
  vkCmdBeginRenderPass(frame.commands, &info, VK_SUBPASS_CONTENTS_INLINE);
}

void Window::end(const Frame& frame, data::Picture* picture) {
  Slot& slot = slots_[frame.slot];
  vkCmdEndRenderPass(frame.commands);
  if (picture) record_capture(frame);
  vulkan(vkEndCommandBuffer(frame.commands), "vkEndCommandBuffer");
  if (!shown_) return end_unseen(slot);
  const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_COLOR_ATTACHMENT_OUTPUT_BIT;
  VkSubmitInfo submit{};
  submit.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
  submit.waitSemaphoreCount = 1;
  submit.pWaitSemaphores = &slot.acquired;
  submit.pWaitDstStageMask = &stage;
  submit.commandBufferCount = 1;
  submit.pCommandBuffers = &frame.commands;
  submit.signalSemaphoreCount = 1;
  submit.pSignalSemaphores = &targets_[target_].drawn;
  gpu_->submit(submit, slot.done);
  const auto start = Clock::now();
  if (picture) {
    vulkan(vkWaitForFences(gpu_->device(), 1, &slot.done, VK_TRUE, UINT64_MAX), "vkWaitForFences");
    *picture = captured(frame);
  }
  VkPresentInfoKHR present{};
  present.sType = VK_STRUCTURE_TYPE_PRESENT_INFO_KHR;
  present.waitSemaphoreCount = 1;
  present.pWaitSemaphores = &targets_[target_].drawn;
  present.swapchainCount = 1;
  present.pSwapchains = &swapchain_;
  present.pImageIndices = &target_;
  const VkResult presented = gpu_->present(present);
  waited_ += seconds_since(start);
  if (presented == VK_ERROR_OUT_OF_DATE_KHR || presented == VK_SUBOPTIMAL_KHR)
    stale_ = true;
  else
    vulkan(presented, "vkQueuePresentKHR");
}

void Window::end_unseen(const Slot& slot) {
  VkSubmitInfo submit{};
  submit.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
  submit.commandBufferCount = 1;
  submit.pCommandBuffers = &slot.commands;
  gpu_->submit(submit, slot.done);
  vulkan(vkWaitForFences(gpu_->device(), 1, &slot.done, VK_TRUE, UINT64_MAX), "vkWaitForFences");  // the next draws into the same image
}

void Window::record_capture(const Frame& frame) {
  const VkDeviceSize bytes = VkDeviceSize{extent_.width} * extent_.height * 4;
  if (capture_.size < bytes) {
    if (capture_.buffer) gpu_->destroy(capture_);  // the frame that wrote it was waited for
    capture_ = gpu_->host_buffer(bytes, VK_BUFFER_USAGE_TRANSFER_DST_BIT);
  }
  VkImageMemoryBarrier barrier =
      layout_change(targets_[target_].image, VK_IMAGE_LAYOUT_PRESENT_SRC_KHR, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                    VK_ACCESS_COLOR_ATTACHMENT_WRITE_BIT, VK_ACCESS_TRANSFER_READ_BIT);
  vkCmdPipelineBarrier(frame.commands, VK_PIPELINE_STAGE_COLOR_ATTACHMENT_OUTPUT_BIT, VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 0, nullptr, 0,
                       nullptr, 1, &barrier);
  VkBufferImageCopy copy{};
  copy.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
  copy.imageExtent = {extent_.width, extent_.height, 1};
  vkCmdCopyImageToBuffer(frame.commands, barrier.image, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, capture_.buffer, 1, &copy);
  std::swap(barrier.oldLayout, barrier.newLayout);
  barrier.srcAccessMask = VK_ACCESS_TRANSFER_READ_BIT;
  barrier.dstAccessMask = 0;
  vkCmdPipelineBarrier(frame.commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, 0, 0, nullptr, 0, nullptr, 1,
                       &barrier);
  const VkMemoryBarrier copied{VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr, VK_ACCESS_TRANSFER_WRITE_BIT, VK_ACCESS_HOST_READ_BIT};
  vkCmdPipelineBarrier(frame.commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &copied, 0, nullptr, 0, nullptr);
}

data::Picture Window::captured(const Frame& frame) const {
  data::Picture picture{frame.extent.width, frame.extent.height, 3, {}};
  const std::size_t pixels = std::size_t{frame.extent.width} * frame.extent.height;
  picture.pixels.resize(pixels * 3);
  const auto* from = static_cast<const std::uint8_t*>(capture_.data);
  const bool blue_first = format_.format == VK_FORMAT_B8G8R8A8_UNORM;
  for (std::size_t i = 0; i < pixels; ++i)
    for (std::size_t c = 0; c < 3; ++c) picture.pixels[i * 3 + c] = from[i * 4 + (blue_first ? 2 - c : c)];
  return picture;
}

}  // namespace gouache::studio
