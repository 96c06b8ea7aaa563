// What do the tests share that work through frames alone?  An engine, a context that may only record, and one that may submit.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "tests/abi/frames.h"
#include "tests/abi/sprites.h"

namespace gouache::testing {
/// An engine, a context that may record only, and one that may submit: to one device, so both compute with the same kernels. Drivers take
/// seconds to compile, so the tests share them.
class RecordOnly : public ::testing::Test {
 public:
  struct Hosts {
    Hosts() : vulkan(engine.lend().get_instance_proc_addr), frames(engine) {
      GouVulkanHost host = lent_host(engine);
      EXPECT_OK(gouCreateContext(&host, &submitting));
      host.get_instance_proc_addr = vulkan.loader();
      host.queue = VK_NULL_HANDLE;
      EXPECT_OK(gouCreateContext(&host, &recording));
    }
    ~Hosts() {
      frames.finish();
      EXPECT_OK(gouDestroyContext(submitting));
      EXPECT_OK(gouDestroyContext(recording));
    }
    Engine engine;
    Watched vulkan;
    EngineFrames frames;
    GouContext submitting = nullptr, recording = nullptr;
  };
  static void SetUpTestSuite() { hosts = std::make_unique<Hosts>(); }
  static void TearDownTestSuite() { hosts.reset(); }

 protected:
  void SetUp() override {
    ASSERT_TRUE(hosts->submitting && hosts->recording);
    hosts->vulkan.start_counting();
  }
  void TearDown() override {
    for (const auto& [function, times] : hosts->vulkan.calls())
      EXPECT_TRUE(function != "vkQueueSubmit" && function.find("Wait") == std::string::npos) << function << " was called";
  }
  static GouContext recording() { return hosts->recording; }
  static GouContext submitting() { return hosts->submitting; }

  static GouTick frame(std::uint32_t microseconds = 3000, std::uint32_t dispatches = 0, PFN_gouRecord record = gouRecord) {
    const GouBudget budget = budget_of(microseconds, dispatches);
    auto report = of_type<GouTick>(GOU_TYPE_TICK);
    const GouFrame begun = hosts->frames.begin();
    EXPECT_OK(record(recording(), &begun, &budget, &report));
    hosts->frames.end();
    return report;
  }
  /// Frames until nothing is left.
  static int frames(std::uint32_t microseconds = 3000, std::uint32_t dispatches = 0, PFN_gouRecord record = gouRecord) {
    int count = 1;
    while (frame(microseconds, dispatches, record).state != GOU_TICK_IDLE) ++count;
    return count;
  }
  static GouJob begin_sprites(GouModel model, std::uint32_t count, const std::vector<float>& latents = {}) {
    return begin(model, ticked_request(count, latents));
  }
  template <class Call>
  static void save_in_frames(const Call& call) {
    EXPECT_EQ(call(), GOU_NOT_READY);
    EXPECT_EQ(call(), GOU_NOT_READY) << "no frame took it yet";
    frames();
    EXPECT_OK(call());
  }

  static inline std::unique_ptr<Hosts> hosts;
  Folder folder_;
};

}  // namespace gouache::testing
