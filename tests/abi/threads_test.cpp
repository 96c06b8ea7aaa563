// May one thread load, prepare and destroy while another ticks?  Nothing changes, and a tick never waits for what the other waits for.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/abi/frames.h"
#include "tests/abi/sprites.h"

namespace gouache::testing {
namespace {

GouTick tick(GouContext context, std::uint32_t microseconds) {
  const GouBudget budget = budget_of(microseconds);
  auto report = of_type<GouTick>(GOU_TYPE_TICK);
  EXPECT_OK(gouTick(context, &budget, &report));
  return report;
}

std::vector<float> paint_in_ticks(GouContext context, GouModel model, std::uint32_t count, std::uint32_t microseconds) {
  const GouJob job = begin(model, ticked_request(count));
  while (gouPollJob(job) == GOU_NOT_READY) tick(context, microseconds);
  return read_sprites(job, count);
}

/// An engine whose queue lock notices two submits at once, and a context on it.
struct Setting {
  Setting() : vulkan(engine.lend().get_instance_proc_addr) {
    GouVulkanHost host = lent_host(engine);
    host.get_instance_proc_addr = vulkan.loader();
    host.queue_user = this;
    host.lock_queue = [](void* user) { EXPECT_EQ(static_cast<Setting*>(user)->submitting++, 0) << "two submits at once"; };
    host.unlock_queue = [](void* user) { static_cast<Setting*>(user)->submitting--; };
    EXPECT_OK(gouCreateContext(&host, &context));
  }
  ~Setting() { EXPECT_OK(gouDestroyContext(context)); }
  Engine engine;
  Watched vulkan;
  std::atomic<int> submitting = 0;
  GouContext context = nullptr;
};

/// Drivers take seconds to compile, so these share a context.
class Threads : public ::testing::Test {
 public:
  static void SetUpTestSuite() { setting = std::make_unique<Setting>(); }
  static void TearDownTestSuite() { setting.reset(); }

 protected:
  struct Work {
    std::vector<std::vector<float>> images;
    std::string checkpoint;
    bool operator==(const Work&) const = default;
  };
  /// Paints and trains in ticks for a while.
  Work work() {
    Work done;
    SmallTraining small(GOU_PACE_TICKED);
    const GouModel model = load(context, kSprites, 4);
    const GouTraining training = small.create(context);
    GouModel live = nullptr;
    EXPECT_OK(gouCreateModel(training, GOU_WEIGHTS_LIVE, 2, &live));
    for (int round = 0; round < 3; ++round) {
      EXPECT_OK(gouBeginSteps(training, 1));
      const GouJob job = begin(model, ticked_request(6)), live_job = begin(live, small_request());
      bool painted = false, learned = false;
      while (!painted || !learned) {
        tick(context, 2000);
        painted = gouPollJob(job) == GOU_SUCCESS && gouPollJob(live_job) == GOU_SUCCESS;
        learned = gouPollSteps(training) == GOU_SUCCESS;
      }
      EXPECT_OK(gouFinishSteps(training));
      done.images.push_back(read_sprites(job, 6));
      EXPECT_OK(gouDestroyJob(live_job, GOU_IF_IDLE));
    }
    EXPECT_OK(gouSaveCheckpoint(training, (folder / "checkpoint").c_str()));
    done.checkpoint = bytes_of(folder / "checkpoint");
    for (const GouModel made : {live, model}) EXPECT_OK(gouDestroyModel(made));
    EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
    return done;
  }

  static inline std::unique_ptr<Setting> setting;
  const GouContext context = setting->context;
  Folder folder;
};

TEST_F(Threads, LoadingBesideTicksChangesNothing) {
  const Work quiet = work();
  ASSERT_EQ(quiet.images.size(), 3u);
  std::atomic<bool> over = false;
  std::atomic<int> rounds = 0;
  std::vector<float> painted_there;
  std::thread loader([&] {
    SmallTraining small(GOU_PACE_AT_ONCE), ticked(GOU_PACE_TICKED);
    for (; !over; ++rounds) {
      const GouModel model = load(context, kSprites, 2 + static_cast<std::uint32_t>(rounds.load()) % 3);
      painted_there = generate(model, 7, 0, 3, kImage);
      auto request = of_type<GouGenerate>(GOU_TYPE_GENERATE);
      request.count = 9;
      EXPECT_OK(gouDestroyJob(begin(model, request), GOU_AFTER_WAITING));  // while it is under way
      const GouImageDescription wanted = {GOU_TYPE_IMAGE_DESCRIPTION, sizeof wanted, nullptr, VK_FORMAT_R8G8B8A8_UNORM, 32, 32, 1, 1, 0};
      GouImage image = nullptr;
      EXPECT_OK(gouCreateImage(context, &wanted, &image));
      auto target = of_type<GouImageTarget>(GOU_TYPE_IMAGE_TARGET);
      EXPECT_OK(gouGetImage(image, &target, nullptr));
      request.count = 1;
      request.target = &target;
      const GouJob to_image = begin(model, request);
      expect_error(GOU_ERROR_BUSY, "1 jobs write this image", gouDestroyImage(image));
      EXPECT_OK(gouWaitJob(to_image));
      EXPECT_OK(gouDestroyJob(to_image, GOU_IF_IDLE));
      EXPECT_OK(gouDestroyImage(image));
      EXPECT_OK(gouDestroyModel(model));
      const GouTraining training = small.create(context), another = ticked.create(context);
      run_steps(training, 1);
      GouModel snapshot = nullptr;
      EXPECT_OK(gouCreateModel(training, GOU_WEIGHTS_SNAPSHOT, 2, &snapshot));
      EXPECT_OK(gouDestroyModel(snapshot));
      EXPECT_OK(gouBeginSteps(another, 1));  // for the ticks of the other thread
      expect_error(GOU_ERROR_INVALID_ARGUMENT, "GouModelSource is NULL", gouLoadModel(context, nullptr, nullptr));
      EXPECT_NE(std::string(gouContextError(context)), "");
      std::size_t size = 0;
      EXPECT_OK(gouGetPipelineCache(context, &size, nullptr));
      EXPECT_OK(gouDescribeContext(context, &size, nullptr));
      EXPECT_OK(gouFinishSteps(another));
      for (const GouTraining made : {training, another}) EXPECT_OK(gouDestroyTraining(made, GOU_IF_IDLE));
    }
  });
  do EXPECT_TRUE(work() == quiet);
  while (rounds < 2 && !HasFailure());
  over = true;
  loader.join();
  const GouModel model = load(context, kSprites, 4);
  const std::vector<float> painted_here = generate(model, 7, 0, 3, kImage);
  ASSERT_EQ(painted_here.size(), painted_there.size());
  for (std::size_t i = 0; i < painted_here.size(); ++i)
    ASSERT_NEAR(painted_here[i], painted_there[i], 2.0f / 255.0f) << i;  // another batch may have other kernel rows
  EXPECT_OK(gouDestroyModel(model));
}

TEST_F(Threads, OneThreadTicksWhatAnotherBeginsAndReads) {
  const GouModel model = load(context, kSprites, 4);
  ASSERT_NE(model, nullptr);
  const std::vector<float> expected = generate(model, 7, 0, 6, kImage);
  std::atomic<bool> over = false;
  std::thread ticker([&] {
    while (!over) tick(context, 500);
  });
  for (int round = 0; round < 4; ++round) {
    const GouJob job = begin(model, ticked_request(6));
    while (round % 2 && gouPollJob(job) == GOU_NOT_READY) std::this_thread::yield();
    EXPECT_EQ(read_sprites(job, 6), expected);  // in even rounds it submits what is left itself
  }
  EXPECT_OK(gouDestroyJob(begin(model, ticked_request(6)), GOU_AFTER_WAITING));
  EXPECT_OK(gouDestroyModel(model));
  over = true;
  ticker.join();
}

/// Holds the first call of a Vulkan function on another thread until the test lets it go on. Until then that thread finds no fence
/// signalled, however fast the device is: what can wait does.
class Held {
 public:
  Held(Watched& vulkan, std::string function) : vulkan_(vulkan) {
    vulkan_.refuse = [this, held = std::move(function), ours = std::this_thread::get_id()](const std::string& called) {
      if (std::this_thread::get_id() == ours) return VK_SUCCESS;
      if (called == held) hold();
      return called == "vkGetFenceStatus" && !is_released() ? VK_NOT_READY : VK_SUCCESS;
    };
  }
  void wait_until_held() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return held_; });
  }
  void release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }

 private:
  bool is_released() {
    const std::lock_guard lock(mutex_);
    return released_;
  }
  void hold() {
    std::unique_lock lock(mutex_);
    held_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return released_; });
  }
  Watched& vulkan_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false, released_ = false;
};

TEST(ThreadsHeld, ATickWaitsForNothingThatAnotherThreadWaitsFor) {
  Setting setting;  // with everything still to compile
  const GouContext context = setting.context;
  Watched& vulkan = setting.vulkan;
  const GouModel model = load(context, kSprites, 4);
  ASSERT_NE(model, nullptr);
  const std::vector<float> expected = paint_in_ticks(context, model, 4, 1000000);
  SmallTraining small(GOU_PACE_TICKED);
  GouModel other = nullptr;
  GouTraining training = nullptr;
  const struct {
    const char* what;
    const char* function;
    std::function<void()> call;
  } cases[] = {
      {"creating a training compiles", "vkCreateComputePipelines", [&] { training = small.create(context); }},
      {"loading a model copies", "vkWaitForFences", [&] { other = load(context, kSprites, 3); }},
      {"loading a model takes memory", "vkAllocateMemory", [&] { EXPECT_OK(gouDestroyModel(load(context, kSprites, 2))); }},
      {"a step is finished", "vkWaitForFences",
       [&] {
         EXPECT_OK(gouBeginSteps(training, 1));
         EXPECT_OK(gouFinishSteps(training));
       }},
      {"a request is destroyed at work", "vkWaitForFences",
       [&] {
         auto request = of_type<GouGenerate>(GOU_TYPE_GENERATE);
         request.count = 3;
         EXPECT_OK(gouDestroyJob(begin(other, request), GOU_AFTER_WAITING));
         EXPECT_OK(gouDestroyModel(other));
       }},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.what);
    Held held(vulkan, one.function);
    std::thread thread(one.call);
    held.wait_until_held();
    EXPECT_EQ(paint_in_ticks(context, model, 4, 1000000), expected);
    held.release();
    thread.join();
    vulkan.refuse = nullptr;
  }
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
  EXPECT_OK(gouDestroyModel(model));
}

}  // namespace
}  // namespace gouache::testing
