// Can a window show a training's newest pictures while its steps go on, neither holding the other up nor any frame?
#include <chrono>
#include <thread>

#include "host/vulkan/image.h"
#include "tests/abi/frames.h"
#include "tests/abi/sprites.h"
#include "tests/support/commands.h"

namespace gouache::testing {
namespace {

constexpr std::uint32_t kSide = 16, kColumns = 8, kCount = kColumns * kColumns, kBatch = 16, kBudget = 5000;
constexpr VkImageLayout kSampled = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL;

class LiveAtlas : public OnBorrowed {
 protected:
  GouTraining train() {
    std::vector<std::uint8_t> pixels(12 * kSide * kSide * 4);
    for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * 37 % 251);
    auto train = of_type<GouTrain>(GOU_TYPE_TRAIN);
    train.recipe = "{\"model\": \"dcgan\", \"size\": 16, \"channels\": 32, \"latent\": 16, \"image_channels\": 4, \"ema\": 0.5}";
    train.pixels = pixels.data();
    train.bytes = pixels.size();
    train.count = 12;
    train.width = train.height = kSide;
    train.channels = 4;
    train.batch = 8;
    train.pace = GOU_PACE_TICKED;
    GouTraining made = nullptr;
    EXPECT_OK(gouCreateTraining(context(), &train, &made));
    return made;
  }
  static GouImageTarget target_of(const Image& image) {
    auto target = of_type<GouImageTarget>(GOU_TYPE_IMAGE_TARGET);
    target.image = image.handle();
    target.format = image.description().format;
    target.width = image.description().width;
    target.height = image.description().height;
    target.layers = target.mip_levels = 1;
    target.columns = kColumns;
    target.before.queue_family = target.after.queue_family = VK_QUEUE_FAMILY_IGNORED;
    target.after.layout = kSampled;
    return target;
  }
  static std::uint64_t steps_of(GouTraining training) {
    std::uint64_t steps = 0;
    EXPECT_OK(gouGetStepsDone(training, &steps));
    return steps;
  }
  /// A tick, and what a window does besides.
  void frame() {
    auto report = of_type<GouTick>(GOU_TYPE_TICK);
    const GouBudget budget = budget_of(kBudget);
    ASSERT_OK(gouTick(context(), &budget, &report));
    EXPECT_TRUE(report.parts <= 1 || report.expected_microseconds <= kBudget) << report.parts << " parts: " << report.expected_microseconds;
    EXPECT_NE(report.state, static_cast<std::uint32_t>(GOU_TICK_IDLE)) << "there are steps to do";
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
};

TEST_F(LiveAtlas, FollowsAThousandStepsWithoutHoldingThemUp) {
  const GouTraining training = train();
  ASSERT_NE(training, nullptr);
  GouModel live = nullptr;
  ASSERT_OK(gouCreateModel(training, GOU_WEIGHTS_LIVE, kBatch, &live));
  Device device(engine().lend());
  const Image atlas(device, {VK_FORMAT_R8G8B8A8_SRGB, kColumns * kSide, kColumns * kSide, 1, 1}, "atlas");
  const GouImageTarget target = target_of(atlas);
  GouGenerate request = ticked_request(kCount);
  const std::vector<float> latents = some_latents(live, kCount);
  request.latents = latents.data();
  request.target = &target;
  auto prewarm = of_type<GouPrewarm>(GOU_TYPE_PREWARM);
  prewarm.request = &request;
  ASSERT_OK(gouPrewarmModel(live, &prewarm));
  ASSERT_OK(gouBeginSteps(training, 1000));

  vulkan().start_counting();
  std::vector<std::uint8_t> shown;
  for (int sheet = 0; sheet < 6; ++sheet) {
    const std::uint64_t before = steps_of(training);
    for (int frames = 0; steps_of(training) == before; ++frames) {  // no need to paint the same again
      ASSERT_LT(frames, 5000) << "no step ended";
      frame();
    }
    GouJob job = nullptr;
    ASSERT_OK(gouBeginGenerate(live, &request, &job));
    for (int frames = 0; gouPollJob(job) == GOU_NOT_READY; ++frames) {
      ASSERT_LT(frames, 5000) << "the pictures do not come";
      frame();
      EXPECT_EQ(gouPollSteps(training), GOU_NOT_READY);
    }
    EXPECT_EQ(gouPollJob(job), GOU_SUCCESS) << gouLastError();
    EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
    const std::vector<std::uint8_t> painted = read_level(device, atlas.handle(), kSampled, 0, 0, kColumns * kSide, kColumns * kSide, 4);
    EXPECT_NE(painted, shown) << "sheet " << sheet << ": the weights have moved on";
    shown = painted;
  }
  for (const auto& [function, times] : vulkan().calls())
    for (const char* part : {"Wait", "Pipelines", "AllocateMemory"})
      EXPECT_EQ(function.find(part), std::string::npos) << function << " was called " << times << " times";

  EXPECT_GE(steps_of(training), 6u);
  ASSERT_OK(gouCancelSteps(training));
  ASSERT_OK(gouFinishSteps(training));
  EXPECT_OK(gouDestroyModel(live));
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
}

}  // namespace
}  // namespace gouache::testing
