// What does Gouache call in Vulkan, and what does it do when a call fails?  A function loader that counts and may refuse.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "host/vulkan/dispatch_table.h"

namespace gouache::testing {

/// While it lives, devices borrowed with loader() have every device function in between. One at a time.
class Watched {
 public:
  explicit Watched(PFN_vkGetInstanceProcAddr real);
  ~Watched();
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  /// For the borrower, instead of the real one.
  PFN_vkGetInstanceProcAddr loader() const;

  /// Asked before every device function that returns a VkResult; what is not VK_SUCCESS is returned instead of calling it
  /// (vkWaitForFences, vkWaitSemaphores and vkEndCommandBuffer are called all the same). Asked on the calling thread, several at once where
  /// pipelines are made; set while no call is under way.
  std::function<VkResult(const std::string& function)> refuse;

  /// Given to the borrower instead of the function of that name, of the instance or the device; not watched.
  std::map<std::string, PFN_vkVoidFunction> replaced;

  /// Every device function that Gouache can call at all.
  static std::vector<std::string> functions();

  /// Calls of each device function since start_counting(), by name; functions that were not called are left out.
  std::map<std::string, std::uint64_t> calls() const;
  void start_counting();
  /// Whether this function was ever asked of the loader.
  bool was_loaded(const std::string& function) const;
};

}  // namespace gouache::testing
