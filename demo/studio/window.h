// How does the studio show itself?  A GLFW window, its swapchain, and two frames under way.
#pragma once

#include <vulkan/vulkan.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "demo/data/picture.h"
#include "demo/studio/drawing.h"

struct GLFWwindow;

namespace gouache::studio {

/// There is no display, or none that a window with Vulkan can be opened on.
class NoWindow : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What one frame is drawn with.
struct Frame {
  VkCommandBuffer commands = VK_NULL_HANDLE;  ///< recording, outside a render pass until begin_drawing()
  std::uint32_t slot = 0;                     ///< 0..Window::kFrames - 1: what this frame may overwrite
  VkExtent2D extent{};                        ///< pixels
};

class Window {
 public:
  static constexpr std::uint32_t kFrames = 2;

  /// Makes a window of so many screen units, which is not to be seen before show(): until then its frames are drawn into an image that
  /// nobody sees. Throws NoWindow, or std::runtime_error: no device that can show pictures in it.
  Window(int width, int height, const std::string& device);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  GLFWwindow* handle() const { return window_; }
  Gpu& gpu() { return *gpu_; }
  VkRenderPass render_pass() const { return render_pass_; }
  void show();
  bool shown() const { return shown_; }
  float scale() const;  ///< pixels a unit of a plain display: 1, 1.5, 2 ...
  bool closing() const;
  bool minimised() const;
  void resize(int width, int height);
  /// As if the window came to a display of this scale.
  void pretend_scale(float scale) { pretended_scale_ = scale; }
  /// Files that were dropped on the window since the last call.
  std::vector<std::string> dropped();
  void drop(std::string path) { dropped_.push_back(std::move(path)); }

  /// Begins a frame; false where there is nothing to draw on just now (minimised, or the swapchain is out of date: it is made anew).
  bool begin(Frame& frame);
  void begin_drawing(const Frame& frame);
  /// Ends, submits and presents it. With `picture`, of a window that is shown, also waits for it and gives what the window shows (RGB).
  void end(const Frame& frame, data::Picture* picture = nullptr);
  /// Seconds that the last begin() and end() waited for the GPU or the display.
  double waited() const { return waited_; }

 private:
  struct Slot {
    VkCommandPool pool = VK_NULL_HANDLE;
    VkCommandBuffer commands = VK_NULL_HANDLE;
    VkFence done = VK_NULL_HANDLE;
    VkSemaphore acquired = VK_NULL_HANDLE;
    std::uint64_t number = 0;  ///< of the frame that used it last
  };
  struct Target {
    VkImage image = VK_NULL_HANDLE;
    VkImageView view = VK_NULL_HANDLE;
    VkFramebuffer framebuffer = VK_NULL_HANDLE;
    VkSemaphore drawn = VK_NULL_HANDLE;
  };
  void open_surface();
  void make_render_pass();
  void make_slots();
  void make_swapchain();
  void drop_swapchain();
  void drop_unseen();
  void end_unseen(const Slot& slot);
  void make_framebuffer(Target& target) const;
  const Target& target() const { return shown_ ? targets_[target_] : unseen_; }
  void record_capture(const Frame& frame);
  data::Picture captured(const Frame& frame) const;

  GLFWwindow* window_ = nullptr;
  std::unique_ptr<Gpu> gpu_;
  VkSurfaceKHR surface_ = VK_NULL_HANDLE;
  VkSurfaceFormatKHR format_{};
  VkRenderPass render_pass_ = VK_NULL_HANDLE;
  VkSwapchainKHR swapchain_ = VK_NULL_HANDLE;
  VkExtent2D extent_{};
  std::vector<Target> targets_;
  Attachment unseen_image_;  ///< of the swapchain's extent, while the window is not shown
  Target unseen_;
  std::array<Slot, kFrames> slots_{};
  std::uint32_t target_ = 0;
  std::uint64_t number_ = 0;  ///< of the newest frame
  std::uint32_t next_slot_ = 0;
  bool shown_ = false;
  bool stale_ = false;  ///< the swapchain no longer fits the window
  HostBuffer capture_;
  std::vector<std::string> dropped_;
  float pretended_scale_ = 0;  ///< 0: what the display says
  double waited_ = 0;
};

}  // namespace gouache::studio
