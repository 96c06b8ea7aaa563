// Do kernels compute the same bits whether they take buffers by descriptors or by their addresses, on every driver that has them?
#include <gtest/gtest.h>

#include <memory>

#include "host/runtime/trainer.h"
#include "host/vulkan/buffer.h"
#include "host/vulkan/pipeline.h"
#include "host/vulkan/quirks.h"
#include "tests/support/engine.h"
#include "tests/support/test_device.h"
#include "tests/training/runs.h"

namespace gouache::testing {
namespace {

bool has_addresses() { return test_device().facts().available.buffer_addresses; }

/// Two devices of ours that differ in nothing else.
class BufferAddresses : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    DeviceOptions options;
    options.buffer_addresses = true;
    with = std::make_unique<Device>("0", options);
    options.buffer_addresses = false;
    without = std::make_unique<Device>("0", options);
  }
  static void TearDownTestSuite() {
    with.reset();
    without.reset();
  }
  void SetUp() override {
    if (!has_addresses()) GTEST_SKIP() << "the device has no bufferDeviceAddress";
  }

  inline static std::unique_ptr<Device> with, without;
};

/// The figures of a few steps of training: losses and norms of gradients.
std::vector<float> trained(Device& device) {
  const ValidationListener listener(device);
  const TrainingRun run{"dcgan", "dcgan", {{"size", "8"}, {"channels", "8"}, {"latent", "5"}, {"image_channels", "4"}}, 6};
  const Recipe recipe = recipe_of(run);
  const TensorType images = images_of(recipe, 20);
  const std::vector<std::uint8_t> pixels = blobs(images.shape);
  const auto extent = [&](std::size_t i) { return std::uint32_t(images.shape[i]); };
  Trainer trainer(device, {recipe, run.batch, 5, 0}, {extent(0), extent(1), extent(2), extent(3), pixels, {}});
  trainer.steps(3);
  return {trainer.metrics().begin(), trainer.metrics().end()};
}

TEST_F(BufferAddresses, TrainToTheSameBits) { EXPECT_EQ(trained(*with), trained(*without)); }

TEST_F(BufferAddresses, ArePushedBehindADispatchsOwnWords) {
  Dispatch dispatch;
  dispatch.push = {11, 12, 13};
  dispatch.bindings = {{0, BindingKind::storage, {}, false, true}, {1, BindingKind::texel, {}, true, false}};
  EXPECT_EQ(without->pipelines().push_words(dispatch), 3u);
  ASSERT_EQ(with->pipelines().push_words(dispatch), 6u);
  const Buffer buffer(*with, {4096, BufferPlace::device, MemoryPurpose::state, "block"});
  std::vector<std::uint32_t> push(6), other(6);
  with->pipelines().push_address(dispatch, 0, {buffer.handle(), 0, 256}, push);
  with->pipelines().push_address(dispatch, 0, {buffer.handle(), 256, 256}, other);
  const auto address = [](const std::vector<std::uint32_t>& words) { return std::uint64_t{words[5]} << 32 | words[4]; };
  EXPECT_NE(address(push), 0u);
  EXPECT_EQ(address(other), address(push) + 256);
  const std::vector<std::uint32_t> kept = push;
  with->pipelines().push_address(dispatch, 1, {buffer.handle(), 512, 256}, push);  // no storage buffer
  EXPECT_EQ(push, kept);
}

/// The rest fills what the device promises: one word more than there is room for, and kernels go by descriptors.
TEST_F(BufferAddresses, AreNotUsedWhereTheyCannotBePushed) {
  const std::size_t words = with->caps().max_push_bytes / 4;
  Dispatch dispatch;
  dispatch.bindings = {{0, BindingKind::storage, {}, false, true}};
  dispatch.push.resize(words - 2);
  EXPECT_EQ(with->pipelines().push_words(dispatch), words);
  dispatch.push.resize(words - 1);
  EXPECT_EQ(with->pipelines().push_words(dispatch), words - 1);
}

TEST(BufferAddressesOfDrivers, AreUsedWhereTheDriverIsKnownToPreferThem) {
  const VkDriverId lavapipe = VK_DRIVER_ID_MESA_LLVMPIPE;
  EXPECT_TRUE(prefers_addresses(lavapipe, "Mesa 25.0.7-2~bpo12+1 (LLVM 15.0.6)"));
  EXPECT_TRUE(prefers_addresses(lavapipe, "Mesa 26.1.0"));
  EXPECT_FALSE(prefers_addresses(lavapipe, "Mesa 22.3.6 (LLVM 15.0.6)"));
  EXPECT_FALSE(prefers_addresses(lavapipe, ""));
  EXPECT_FALSE(prefers_addresses(VK_DRIVER_ID_MESA_RADV, "Mesa 25.0.7"));
  EXPECT_FALSE(prefers_addresses(VK_DRIVER_ID_GOOGLE_SWIFTSHADER, "Mesa 25.0.7"));
  const DeviceFacts& facts = test_device().facts();
  EXPECT_EQ(test_device().enabled().buffer_addresses, has_addresses() && prefers_addresses(facts.driver_id, facts.driver_info));
}

/// A lender's memory need not be such that buffers in it have addresses, and an engine need not have enabled them.
TEST(BufferAddressesOfDrivers, OfALentDeviceAreUsedWhereItsHostEnabledThem) {
  const Engine engine(VK_API_VERSION_1_3);
  BorrowedDevice lent = engine.lend();
  EXPECT_FALSE(Device(lent).enabled().buffer_addresses);
  lent.enabled.buffer_addresses = true;  // never used here: the engine's device has none
  EXPECT_EQ(Device(lent).enabled().buffer_addresses, test_device().enabled().buffer_addresses);
  lent.memory.allocate = [](MemoryPurpose, std::uint32_t, VkDeviceSize, VkDeviceMemory*) { return VK_ERROR_OUT_OF_DEVICE_MEMORY; };
  lent.memory.release = [](MemoryPurpose, std::uint32_t, VkDeviceSize, VkDeviceMemory) {};
  EXPECT_FALSE(Device(lent).enabled().buffer_addresses);
}

}  // namespace
}  // namespace gouache::testing
