// Does every misuse of gouache.h yield its named error, and leave everything usable?
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <thread>

#include "tests/abi/painter.h"

namespace gouache::testing {
namespace {

TEST(Results, HaveNames) {
  EXPECT_STREQ(gouResultName(GOU_SUCCESS), "GOU_SUCCESS");
  for (int code = GOU_ERROR_CANCELLED; code <= GOU_ERROR_INVALID_ARGUMENT; ++code)
    EXPECT_EQ(std::string(gouResultName(static_cast<GouResult>(code))).rfind("GOU_ERROR_", 0), 0u) << code;
}

TEST(Misuse, NullHandlesAndPointersAreNamed) {
  std::size_t size = 0;
  std::uint32_t count = 0;
  std::uint64_t steps = 0;
  GouContext context = nullptr;
  GouModel model = nullptr;
  GouJob job = nullptr;
  GouImage image = nullptr;
  GouTraining training = nullptr;
  auto target = of_type<GouImageTarget>(GOU_TYPE_IMAGE_TARGET);
  const auto description = of_type<GouImageDescription>(GOU_TYPE_IMAGE_DESCRIPTION);
  const auto own = of_type<GouOwnDevice>(GOU_TYPE_OWN_DEVICE);
  auto shape = of_type<GouShape>(GOU_TYPE_SHAPE);
  const auto source = of_type<GouModelSource>(GOU_TYPE_MODEL_SOURCE);
  const auto request = of_type<GouGenerate>(GOU_TYPE_GENERATE);
  const auto pixels = of_type<GouPixels>(GOU_TYPE_PIXELS);
  const auto train = of_type<GouTrain>(GOU_TYPE_TRAIN);
  auto estimate = of_type<GouEstimate>(GOU_TYPE_ESTIMATE);
  const struct {
    const char* says;
    GouResult result;
    std::string message;
  } cases[] = {
#define CASE(says, call) {says, call, gouLastError()}
      CASE("gouListDevices: size is NULL", gouListDevices(nullptr, nullptr)),
      CASE("gouCreateContext: device is NULL", gouCreateContext(nullptr, &context)),
      CASE("gouCreateContext: context is NULL", gouCreateContext(&own, nullptr)),
      CASE("gouDescribeContext: context is NULL", gouDescribeContext(nullptr, &size, nullptr)),
      CASE("gouSetTuning: context is NULL", gouSetTuning(nullptr, nullptr, 0)),
      CASE("gouGetTuning: context is NULL", gouGetTuning(nullptr, &size, nullptr)),
      CASE("gouListModels: size is NULL", gouListModels(nullptr, nullptr)),
      CASE("gouResolveRecipe: recipe is NULL", gouResolveRecipe(nullptr, &size, nullptr)),
      CASE("gouLoadModel: context is NULL", gouLoadModel(nullptr, &source, &model)),
      CASE("gouGetModelShape: model is NULL", gouGetModelShape(nullptr, &shape)),
      CASE("gouDescribeModel: model is NULL", gouDescribeModel(nullptr, &size, nullptr)),
      CASE("gouGetDirections: model is NULL", gouGetDirections(nullptr, &count, nullptr, nullptr)),
      CASE("gouBeginGenerate: model is NULL", gouBeginGenerate(nullptr, &request, &job)),
      CASE("gouPollJob: job is NULL", gouPollJob(nullptr)),
      CASE("gouWaitJob: job is NULL", gouWaitJob(nullptr)),
      CASE("gouReadJob: job is NULL", gouReadJob(nullptr, &pixels)),
      CASE("gouCreateModel: training is NULL", gouCreateModel(nullptr, 0, 0, &model)),
      CASE("gouSaveModel: model is NULL", gouSaveModel(nullptr, "x")),
      CASE("gouCreateImage: context is NULL", gouCreateImage(nullptr, &description, &image)),
      CASE("gouGetImage: image is NULL", gouGetImage(nullptr, &target, nullptr)),
      CASE("gouReadLatents: model is NULL", gouReadLatents(nullptr, "x", &count, nullptr)),
      CASE("gouCreateTraining: context is NULL", gouCreateTraining(nullptr, &train, &training)),
      CASE("gouGetTrainingShape: training is NULL", gouGetTrainingShape(nullptr, &shape)),
      CASE("gouDescribeTraining: training is NULL", gouDescribeTraining(nullptr, &size, nullptr)),
      CASE("gouBeginSteps: training is NULL", gouBeginSteps(nullptr, 1)),
      CASE("gouPollSteps: training is NULL", gouPollSteps(nullptr)),
      CASE("gouFinishSteps: training is NULL", gouFinishSteps(nullptr)),
      CASE("gouCancelSteps: training is NULL", gouCancelSteps(nullptr)),
      CASE("gouGetStepsDone: training is NULL", gouGetStepsDone(nullptr, &steps)),
      CASE("gouGetMetrics: training is NULL", gouGetMetrics(nullptr, &count, nullptr, nullptr)),
      CASE("gouSampleTraining: training is NULL", gouSampleTraining(nullptr, 0, 1, &pixels)),
      CASE("gouSaveCheckpoint: training is NULL", gouSaveCheckpoint(nullptr, "x")),
      CASE("gouRestoreCheckpoint: training is NULL", gouRestoreCheckpoint(nullptr, "x")),
      CASE("gouCheckModel: context is NULL", gouCheckModel(nullptr, &source, &estimate)),
      CASE("gouCheckTraining: context is NULL", gouCheckTraining(nullptr, &train, &estimate)),
      CASE("gouSaveTraining: training is NULL", gouSaveTraining(nullptr, "x")),
      CASE("gouTraceSteps: training is NULL", gouTraceSteps(nullptr, "x", 1, nullptr, nullptr)),
#undef CASE
  };
  for (const auto& one : cases) {
    EXPECT_EQ(one.result, GOU_ERROR_INVALID_ARGUMENT) << one.says;
    EXPECT_EQ(one.message, one.says);
  }
  EXPECT_EQ(context, nullptr);
  EXPECT_OK(gouDestroyContext(nullptr));
  EXPECT_OK(gouDestroyModel(nullptr));
  EXPECT_OK(gouDestroyJob(nullptr, GOU_IF_IDLE));
  EXPECT_OK(gouDestroyImage(nullptr));
  EXPECT_OK(gouDestroyTraining(nullptr, GOU_IF_IDLE));
}

TEST(Misuse, WrongStructsAreNamed) {
  GouContext context = nullptr;
  auto own = of_type<GouOwnDevice>(GOU_TYPE_OWN_DEVICE);
  own.type = 77;
  expect_error(GOU_ERROR_WRONG_STRUCT, "type 77, expected a GouVulkanHost or a GouOwnDevice", gouCreateContext(&own, &context));
  own = of_type<GouOwnDevice>(GOU_TYPE_OWN_DEVICE);
  own.size += 8;
  expect_error(GOU_ERROR_WRONG_STRUCT, "GouOwnDevice: size is", gouCreateContext(&own, &context));
  own = of_type<GouOwnDevice>(GOU_TYPE_OWN_DEVICE);
  const auto stranger = of_type<GouShape>(GOU_TYPE_SHAPE);
  own.next = &stranger;
  expect_error(GOU_ERROR_WRONG_STRUCT, "GouShape is chained, expected a GouLog", gouCreateContext(&own, &context));
  auto log = of_type<GouLog>(GOU_TYPE_LOG);
  own.next = &log;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "GouLog: write is NULL", gouCreateContext(&own, &context));
  EXPECT_EQ(context, nullptr);
}

TEST(Misuse, UnknownDevicesAreNamed) {
  GouContext context = nullptr;
  auto own = of_type<GouOwnDevice>(GOU_TYPE_OWN_DEVICE);
  own.device = "no such device";
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "no such device", gouCreateContext(&own, &context));
  own.device = "999";
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "999", gouCreateContext(&own, &context));
}

TEST(Misuse, ABorrowedDeviceMustBeComplete) {
  GouContext context = nullptr;
  const auto host = of_type<GouVulkanHost>(GOU_TYPE_VULKAN_HOST);
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "GouVulkanHost", gouCreateContext(&host, &context));
}

TEST(Texts, FollowTheSizeRule) {
  std::size_t needed = 0;
  ASSERT_OK(gouListModels(&needed, nullptr));
  ASSERT_GT(needed, 2u);
  std::string text(needed, 'x');
  std::size_t room = needed - 1;
  expect_error(GOU_ERROR_TOO_SMALL, "gouListModels: the text needs", gouListModels(&room, text.data()));
  EXPECT_EQ(room, needed);
  EXPECT_EQ(text, std::string(needed, 'x'));
  ASSERT_OK(gouListModels(&room, text.data()));
  EXPECT_EQ(std::strlen(text.c_str()) + 1, needed);
  EXPECT_NE(text.find("dcgan"), std::string::npos);
}

TEST(Recipes, AreCheckedAndFilledIn) {
  std::size_t size = 0;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "no_such_model", gouResolveRecipe("{\"model\": \"no_such_model\"}", &size, nullptr));
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "colour", gouResolveRecipe("{\"model\": \"dcgan\", \"colour\": 1}", &size, nullptr));
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "recipe", gouResolveRecipe("{\"model\": ", &size, nullptr));
  ASSERT_OK(gouResolveRecipe("{\"model\": \"dcgan\", \"size\": 16}", &size, nullptr));
  std::string text(size, '\0');
  ASSERT_OK(gouResolveRecipe("{\"model\": \"dcgan\", \"size\": 16}", &size, text.data()));
  EXPECT_NE(text.find("\"size\":16"), std::string::npos) << text;
  EXPECT_NE(text.find("learning_rate"), std::string::npos) << text;
}

TEST(Errors, BelongToTheirThread) {
  gouBeginSteps(nullptr, 1);
  std::string elsewhere = "unset";
  std::thread([&] { elsewhere = gouLastError(); }).join();
  EXPECT_EQ(elsewhere, "");
  EXPECT_STREQ(gouLastError(), "gouBeginSteps: training is NULL");
}

class MisuseInContext : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(context_ = shared_context(), nullptr); }
  GouContext context_ = nullptr;
  Folder folder_;
};

TEST_F(MisuseInContext, TrainingsRefuseWhatDoesNotFit) {
  const std::vector<std::uint8_t> pixels = faces();
  GouTraining training = nullptr;
  GouTrain train = faces_training(pixels);
  train.batch = 1;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "batch is 1, expected 2..4096", gouCreateTraining(context_, &train, &training));
  train = faces_training(pixels);
  train.bytes -= 1;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "bytes is 63", gouCreateTraining(context_, &train, &training));
  train = faces_training(pixels);
  train.height = 4;
  train.count /= 2;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "the images are [8,4,2,1]", gouCreateTraining(context_, &train, &training));
  train = faces_training(pixels);
  train.recipe = nullptr;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "recipe is NULL", gouCreateTraining(context_, &train, &training));
  train = faces_training(pixels);
  train.memory_budget = 16;
  expect_error(GOU_ERROR_OUT_OF_MEMORY, "16", gouCreateTraining(context_, &train, &training));
  EXPECT_EQ(training, nullptr);
  EXPECT_STREQ(gouContextError(context_), gouLastError());
}

TEST_F(MisuseInContext, ModelsRefuseDamagedFiles) {
  GouModel model = nullptr;
  auto source = of_type<GouModelSource>(GOU_TYPE_MODEL_SOURCE);
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "path and data is NULL", gouLoadModel(context_, &source, &model));
  const std::string missing = folder_ / "missing.safetensors";
  source.path = missing.c_str();
  expect_error(GOU_ERROR_IO, "missing.safetensors", gouLoadModel(context_, &source, &model));
  source.path = nullptr;
  source.data = "not a model at all";
  source.bytes = 18;
  source.name = "scribble";
  expect_error(GOU_ERROR_BAD_FILE, "scribble", gouLoadModel(context_, &source, &model));
  source.batch = 5000;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "batch is 5000", gouLoadModel(context_, &source, &model));

  const std::string path = folder_ / "model.safetensors";
  write_faces_model(context_, path);
  std::ifstream file(path, std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(file)), {});
  for (std::size_t kept : {std::size_t{0}, std::size_t{7}, std::size_t{30}, whole.size() / 2, whole.size() - 1}) {
    source = of_type<GouModelSource>(GOU_TYPE_MODEL_SOURCE);
    source.data = whole.data();
    source.bytes = kept;
    source.name = "cut";
    expect_error(GOU_ERROR_BAD_FILE, "cut", gouLoadModel(context_, &source, &model));
  }
  EXPECT_EQ(model, nullptr);
}

TEST_F(MisuseInContext, StatesAreKept) {
  const GouTraining training = create_faces(context_);
  ASSERT_NE(training, nullptr);
  expect_error(GOU_ERROR_WRONG_STATE, "no step was begun", gouFinishSteps(training));
  expect_error(GOU_ERROR_WRONG_STATE, "no step was begun", gouPollSteps(training));
  ASSERT_OK(gouBeginSteps(training, 1));
  expect_error(GOU_ERROR_WRONG_STATE, "steps are under way", gouBeginSteps(training, 1));
  expect_error(GOU_ERROR_WRONG_STATE, "steps are under way", gouSaveTraining(training, (folder_ / "m").c_str()));
  expect_error(GOU_ERROR_WRONG_STATE, "0 models, 1 trainings", gouDestroyContext(context_));
  ASSERT_OK(gouFinishSteps(training));
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "path is NULL", gouSaveCheckpoint(training, nullptr));
  expect_error(GOU_ERROR_IO, "nowhere", gouSaveCheckpoint(training, (folder_ / "nowhere/x.safetensors").c_str()));
  expect_error(GOU_ERROR_IO, "nothing", gouRestoreCheckpoint(training, (folder_ / "nothing").c_str()));
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "steps is 0", gouTraceSteps(training, (folder_ / "t").c_str(), 0, nullptr, nullptr));
  std::vector<std::uint8_t> memory(3);
  GouPixels to = pixels_into(memory, GOU_PIXELS_UNORM8);
  expect_error(GOU_ERROR_TOO_SMALL, "need 4 bytes, there is room for 3", gouSampleTraining(training, 1, 1, &to));
  to.channels = 3;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "channels is 3", gouSampleTraining(training, 1, 1, &to));
  to.channels = 0;
  to.layout = 9;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "layout is 9", gouSampleTraining(training, 1, 1, &to));
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));

  const std::string path = folder_ / "model.safetensors";
  write_faces_model(context_, path);
  const GouModel model = load(context_, path, 4);
  ASSERT_NE(model, nullptr);
  auto request = of_type<GouGenerate>(GOU_TYPE_GENERATE);
  GouJob job = nullptr;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "count is 0", gouBeginGenerate(model, &request, &job));
  request.count = 9;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "job is NULL", gouBeginGenerate(model, &request, nullptr));
  EXPECT_EQ(job, nullptr);
  job = begin(model, request);
  expect_error(GOU_ERROR_TOO_SMALL, "need 36 bytes, there is room for 3", gouReadJob(job, &(to = pixels_into(memory, GOU_PIXELS_UNORM8))));
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "when is 2", gouDestroyJob(job, 2));
  expect_error(GOU_ERROR_WRONG_STATE, "1 jobs of this model", gouDestroyModel(model));
  expect_error(GOU_ERROR_WRONG_STATE, "1 models, 0 trainings", gouDestroyContext(context_));
  EXPECT_OK(gouDestroyJob(job, GOU_AFTER_WAITING));  // while it is under way
  EXPECT_OK(gouDestroyModel(model));
}

TEST(Log, HearsNotesAndErrors) {
  struct Heard {
    int notes = 0, errors = 0;
    std::string last;
  } heard;
  auto log = of_type<GouLog>(GOU_TYPE_LOG);
  log.user = &heard;
  log.write = [](void* user, GouLogLevel level, const char* message) {
    auto& into = *static_cast<Heard*>(user);
    (level == GOU_LOG_ERROR ? into.errors : into.notes)++;
    into.last = message;
  };
  auto own = of_type<GouOwnDevice>(GOU_TYPE_OWN_DEVICE);
  own.next = &log;
  GouContext context = nullptr;
  ASSERT_OK(gouCreateContext(&own, &context));
  EXPECT_GE(heard.notes, 1);
  EXPECT_LT(gouLoadModel(context, nullptr, nullptr), 0);
  EXPECT_EQ(heard.errors, 1);
  EXPECT_EQ(heard.last, "gouLoadModel: GouModelSource is NULL");
  EXPECT_OK(gouDestroyContext(context));
}

}  // namespace
}  // namespace gouache::testing
