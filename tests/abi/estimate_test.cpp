// Does a check foretell to the byte what making a model or a training takes, and does it refuse what cannot be made, by name?
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "tests/abi/borrowed.h"

namespace gouache::testing {
namespace {

using Purposes = std::array<std::uint64_t, 6>;

/// An engine that lends its device and gives memory itself, and so knows what is taken of it.
class Ledger {
 public:
  explicit Ledger(std::uint64_t limit = 0) {
    auto memory = of_type<GouMemory>(GOU_TYPE_MEMORY);
    memory.limit = limit;
    memory.user = this;
    memory.allocate = [](void* user, GouMemoryPurpose purpose, std::uint32_t type, std::uint64_t bytes, VkDeviceMemory* to) {
      auto& ledger = *static_cast<Ledger*>(user);
      ++ledger.allocations;
      ledger.taken[purpose] += bytes;
      const VkMemoryAllocateInfo info{VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO, nullptr, bytes, type};
      return ledger.engine.table().vkAllocateMemory(ledger.engine.device(), &info, nullptr, to);
    };
    memory.release = [](void* user, GouMemoryPurpose purpose, std::uint32_t, std::uint64_t bytes, VkDeviceMemory of) {
      auto& ledger = *static_cast<Ledger*>(user);
      ledger.taken[purpose] -= bytes;
      ledger.engine.table().vkFreeMemory(ledger.engine.device(), of, nullptr);
    };
    GouVulkanHost host = lent_host(engine);
    host.next = &memory;
    EXPECT_OK(gouCreateContext(&host, &context));
  }
  ~Ledger() { EXPECT_OK(gouDestroyContext(context)); }
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  std::uint64_t total() const {
    std::uint64_t sum = 0;
    for (std::uint64_t bytes : taken) sum += bytes;
    return sum;
  }

  Engine engine;
  Purposes taken{};
  int allocations = 0;
  GouContext context = nullptr;
};

Purposes difference(const Purposes& after, const Purposes& before) {
  Purposes result{};
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = after[i] - before[i];
  return result;
}

Purposes bytes_of(const GouEstimate& estimate) {
  Purposes result{};
  std::copy(std::begin(estimate.bytes), std::end(estimate.bytes), result.begin());
  return result;
}

/// A training of sprites with classes, and one whose pixels are not there.
struct Wish {
  explicit Wish(const char* text) : recipe(text) {}
  GouTrain train() const {
    auto train = of_type<GouTrain>(GOU_TYPE_TRAIN);
    train.recipe = recipe.c_str();
    train.pixels = pixels.data();
    train.bytes = pixels.size();
    train.labels = labels.data();
    train.count = 10;
    train.height = train.width = 16;
    train.channels = 4;
    train.batch = 4;
    return train;
  }
  std::string recipe;
  std::vector<std::uint8_t> pixels = std::vector<std::uint8_t>(10 * 16 * 16 * 4, 100);
  std::vector<std::uint32_t> labels = std::vector<std::uint32_t>(10, 1);
};

const Wish kSprites("{\"model\": \"dcgan\", \"size\": 16, \"channels\": 8, \"image_channels\": 4, \"classes\": 3}");

TEST(Estimate, OfATrainingIsWhatCreationTakes) {
  Ledger host;
  for (int round = 0; round < 2; ++round) {  // the second training needs no staging buffer any more
    GouTrain train = kSprites.train();
    const int allocations = host.allocations;
    auto whole = of_type<GouEstimate>(GOU_TYPE_ESTIMATE), bare = whole;
    ASSERT_OK(gouCheckTraining(host.context, &train, &whole));
    train.pixels = nullptr;
    train.labels = nullptr;
    ASSERT_OK(gouCheckTraining(host.context, &train, &bare));
    EXPECT_EQ(host.allocations, allocations);
    EXPECT_EQ(bytes_of(whole), bytes_of(bare));
    EXPECT_EQ(whole.fits, 1u);
    EXPECT_STREQ(whole.refusal, "");
    EXPECT_EQ(whole.in_use, host.total());
    EXPECT_EQ(whole.limit, 0u);

    const Purposes before = host.taken;
    train = kSprites.train();
    GouTraining training = nullptr;
    ASSERT_OK(gouCreateTraining(host.context, &train, &training));
    const Purposes taken = difference(host.taken, before);
    EXPECT_EQ(bytes_of(whole), taken);
    std::uint64_t sum = 0;
    for (std::uint64_t bytes : taken) sum += bytes;
    EXPECT_EQ(whole.total, sum);
    for (const GouMemoryPurpose purpose : {GOU_MEMORY_ARENA, GOU_MEMORY_STATE, GOU_MEMORY_OUTPUT}) EXPECT_GT(taken[purpose], 0u) << purpose;
    EXPECT_EQ(taken[GOU_MEMORY_STAGING] > 0, round == 0);
    EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
  }
}

TEST(Estimate, OfAModelIsWhatLoadingTakes) {
  const Folder folder;
  const std::string path = folder / "model";
  write_faces_model(shared_context(), path);
  Ledger host;
  auto source = of_type<GouModelSource>(GOU_TYPE_MODEL_SOURCE);
  source.path = path.c_str();
  for (std::uint32_t batch : {0u, 3u, 200u}) {
    source.batch = batch;
    auto estimate = of_type<GouEstimate>(GOU_TYPE_ESTIMATE);
    const int allocations = host.allocations;
    ASSERT_OK(gouCheckModel(host.context, &source, &estimate));
    EXPECT_EQ(host.allocations, allocations);
    EXPECT_EQ(estimate.fits, 1u) << estimate.refusal;
    const Purposes before = host.taken;
    GouModel model = nullptr;
    ASSERT_OK(gouLoadModel(host.context, &source, &model));
    EXPECT_EQ(bytes_of(estimate), difference(host.taken, before));
    (void)generate(model, 1, 0, 5, 4);
    EXPECT_EQ(bytes_of(estimate), difference(host.taken, before)) << "painting from a seed took more";
    EXPECT_OK(gouDestroyModel(model));
  }
}

TEST(Estimate, ALimitThatIsMetIsNamed) {
  Ledger measuring;
  const std::vector<std::uint8_t> pixels = faces();
  const GouTrain train = faces_training(pixels);  // each limit has a context of its own, which compiles everything anew
  auto estimate = of_type<GouEstimate>(GOU_TYPE_ESTIMATE);
  ASSERT_OK(gouCheckTraining(measuring.context, &train, &estimate));
  const std::uint64_t needed = estimate.total;
  for (const std::uint64_t limit : {std::uint64_t{1000}, needed / 2, needed - 1, needed}) {
    Ledger host(limit);
    ASSERT_OK(gouCheckTraining(host.context, &train, &estimate));
    EXPECT_EQ(estimate.limit, limit);
    EXPECT_EQ(estimate.total, needed);
    GouTraining training = nullptr;
    const GouResult made = gouCreateTraining(host.context, &train, &training);
    EXPECT_EQ(estimate.fits == 1, made == GOU_SUCCESS) << limit;
    EXPECT_EQ(limit == needed, made == GOU_SUCCESS) << limit;
    if (made == GOU_SUCCESS) {
      EXPECT_STREQ(estimate.refusal, "");
    } else {
      EXPECT_STREQ(estimate.refusal, gouLastError());
    }
    EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
  }
  GouTrain thrifty = kSprites.train();
  thrifty.memory_budget = 5000;
  ASSERT_OK(gouCheckTraining(measuring.context, &thrifty, &estimate));
  EXPECT_EQ(estimate.fits, 0u);
  EXPECT_NE(std::string(estimate.refusal).find("the budget is 5"), std::string::npos) << estimate.refusal;
}

TEST(Estimate, AnOperationThatNoKernelRunsIsNamed) {
  GouTrain train = kSprites.train();
  train.recipe = "{\"model\": \"dcgan\", \"size\": 256, \"channels\": 2048, \"image_channels\": 4}";
  train.pixels = nullptr;
  train.labels = nullptr;
  train.height = train.width = 256;
  train.batch = 4096;
  auto estimate = of_type<GouEstimate>(GOU_TYPE_ESTIMATE);
  ASSERT_OK(gouCheckTraining(shared_context(), &train, &estimate));
  EXPECT_EQ(estimate.fits, 0u);
  EXPECT_NE(std::string(estimate.refusal).find("[4096,"), std::string::npos) << estimate.refusal;
}

TEST(Estimate, MistakesAreErrors) {
  auto estimate = of_type<GouEstimate>(GOU_TYPE_ESTIMATE);
  GouTrain train = kSprites.train();
  train.height = 8;
  train.pixels = nullptr;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "the images are [10,8,16,4]", gouCheckTraining(shared_context(), &train, &estimate));
  train = kSprites.train();
  const std::vector<std::uint32_t> labels(10, 3);
  train.labels = labels.data();
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "label 0 is 3", gouCheckTraining(shared_context(), &train, &estimate));
  train.recipe = nullptr;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "recipe is NULL", gouCheckTraining(shared_context(), &train, &estimate));
  auto source = of_type<GouModelSource>(GOU_TYPE_MODEL_SOURCE);
  source.data = "not a model at all";
  source.bytes = 18;
  expect_error(GOU_ERROR_BAD_FILE, "model in memory", gouCheckModel(shared_context(), &source, &estimate));
  train = kSprites.train();
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "GouEstimate is NULL", gouCheckTraining(shared_context(), &train, nullptr));
  estimate.size = 8;
  expect_error(GOU_ERROR_WRONG_STRUCT, "GouEstimate: size is 8", gouCheckTraining(shared_context(), &train, &estimate));
}

}  // namespace
}  // namespace gouache::testing
