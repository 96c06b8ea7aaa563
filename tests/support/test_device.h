// Which device do the GPU tests run on?  One for the whole program, the loader's best; a test fails on any validation message.
#pragma once

#include <string>
#include <vector>

#include "host/vulkan/device.h"

namespace gouache::testing {

/// Made at the first call, destroyed after the last test. Which driver it is, the environment says (tests/run).
Device& test_device();

/// Listens to an instance's validation layer while it lives; what it hears fails the test that is running.
/// Does nothing where the instance has no debug utils (the layer writes to its log all the same).
class ValidationListener {
 public:
  ValidationListener(PFN_vkGetInstanceProcAddr get_instance_proc_addr, VkInstance instance);
  explicit ValidationListener(const Device& device);
  ~ValidationListener();
  ValidationListener(const ValidationListener&) = delete;
  ValidationListener& operator=(const ValidationListener&) = delete;

 private:
  VkInstance instance_ = VK_NULL_HANDLE;
  VkDebugUtilsMessengerEXT messenger_ = VK_NULL_HANDLE;
  PFN_vkDestroyDebugUtilsMessengerEXT destroy_ = nullptr;
};

/// The validation messages since the last call; what nobody takes fails the test at its end.
std::vector<std::string> take_validation_messages();

}  // namespace gouache::testing
