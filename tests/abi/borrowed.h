// What do the tests of failing Vulkan functions need?  A context on an engine's device with every device function in between.
#pragma once

#include <memory>

#include "tests/abi/painter.h"
#include "tests/support/engine.h"
#include "tests/support/watched.h"

namespace gouache::testing {

/// What an engine writes to lend its device.
inline GouVulkanHost lent_host(const Engine& engine) {
  const BorrowedDevice lent = engine.lend();
  auto host = of_type<GouVulkanHost>(GOU_TYPE_VULKAN_HOST);
  host.instance = lent.instance;
  host.physical_device = lent.physical_device;
  host.device = lent.device;
  host.queue = lent.queue;
  host.queue_family = lent.queue_family;
  host.api_version = lent.api_version;
  host.get_instance_proc_addr = lent.get_instance_proc_addr;
  host.debug_utils = lent.enabled.debug_utils;
  host.enabled_features = engine.features();
  return host;
}

/// An engine, its functions watched, and a context that borrows it. Drivers take seconds to compile, so a test suite shares one.
class Borrowed {
 public:
  explicit Borrowed(bool timeline_semaphore = false)
      : engine(VK_API_VERSION_1_1, timeline_semaphore), vulkan(engine.lend().get_instance_proc_addr) {
    GouVulkanHost host = lent_host(engine);
    host.get_instance_proc_addr = vulkan.loader();
    EXPECT_OK(gouCreateContext(&host, &context));
  }
  ~Borrowed() { EXPECT_OK(gouDestroyContext(context)); }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;

  Engine engine;
  Watched vulkan;
  GouContext context = nullptr;
};

/// A test suite with one of them.
class OnBorrowed : public ::testing::Test {
 public:
  static void SetUpTestSuite() { borrow(false); }
  static void TearDownTestSuite() { borrowed.reset(); }

 protected:
  /// At a suite's first test, where it says for itself what is enabled.
  static void borrow(bool timeline_semaphore) {
    if (!borrowed) borrowed = std::make_unique<Borrowed>(timeline_semaphore);
  }
  void SetUp() override { ASSERT_NE(borrowed->context, nullptr); }
  void TearDown() override {
    if (borrowed) borrowed->vulkan.refuse = nullptr;  // a suite that was skipped has none
  }
  GouContext context() const { return borrowed->context; }
  Engine& engine() const { return borrowed->engine; }
  Watched& vulkan() const { return borrowed->vulkan; }

 private:
  static inline std::unique_ptr<Borrowed> borrowed;
};

}  // namespace gouache::testing
