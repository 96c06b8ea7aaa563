// Which device do the GPU tests run on?
#include "tests/support/test_device.h"

#include <gtest/gtest.h>

#include <memory>
#include <mutex>

namespace gouache::testing {

namespace {

std::mutex message_mutex;
std::vector<std::string> messages;

VKAPI_ATTR VkBool32 VKAPI_CALL on_message(VkDebugUtilsMessageSeverityFlagBitsEXT, VkDebugUtilsMessageTypeFlagsEXT,
                                          const VkDebugUtilsMessengerCallbackDataEXT* data, void*) {
  const std::lock_guard lock(message_mutex);
  messages.push_back(data->pMessage);
  return VK_FALSE;
}

struct SharedDevice {
  Device device{std::string_view()};
  ValidationListener listener{device};
};

std::unique_ptr<SharedDevice> shared;

/// Destroys the shared device while the loader and its layers are still there.
class Ending : public ::testing::Environment {
 public:
  void TearDown() override { shared.reset(); }
};

class MessageCheck : public ::testing::EmptyTestEventListener {
 public:
  void OnTestEnd(const ::testing::TestInfo&) override {
    for (const std::string& message : take_validation_messages()) ADD_FAILURE() << "validation layer: " << message;
  }
};

/// gtest takes ownership of both.
const bool kRegistered = [] {
  ::testing::AddGlobalTestEnvironment(new Ending);
  ::testing::UnitTest::GetInstance()->listeners().Append(new MessageCheck);
  return true;
}();

}  // namespace

Device& test_device() {
  if (!shared) shared = std::make_unique<SharedDevice>();
  return shared->device;
}

ValidationListener::ValidationListener(PFN_vkGetInstanceProcAddr get_instance_proc_addr, VkInstance instance) : instance_(instance) {
  auto create = reinterpret_cast<PFN_vkCreateDebugUtilsMessengerEXT>(get_instance_proc_addr(instance, "vkCreateDebugUtilsMessengerEXT"));
  destroy_ = reinterpret_cast<PFN_vkDestroyDebugUtilsMessengerEXT>(get_instance_proc_addr(instance, "vkDestroyDebugUtilsMessengerEXT"));
  if (!create || !destroy_) return;
  VkDebugUtilsMessengerCreateInfoEXT info{};
  info.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT;
  info.messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT;
  info.messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT;
  info.pfnUserCallback = on_message;
  if (create(instance, &info, nullptr, &messenger_) != VK_SUCCESS) throw std::runtime_error("vkCreateDebugUtilsMessengerEXT failed");
}

ValidationListener::ValidationListener(const Device& device)
    : ValidationListener(device.instance_table().vkGetInstanceProcAddr, device.instance()) {}

ValidationListener::~ValidationListener() {
  if (messenger_) destroy_(instance_, messenger_, nullptr);
}

std::vector<std::string> take_validation_messages() {
  const std::lock_guard lock(message_mutex);
  return std::exchange(messages, {});
}

}  // namespace gouache::testing
