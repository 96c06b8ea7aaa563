// What do the tests of gouache.h need again and again?  Structs with their type, a context, a small training, a folder that vanishes.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "demo/api/objects.h"
#include "gouache/gouache.h"

namespace gouache::testing {

using api::of_type;

/// Expects success and shows the message otherwise.
#define EXPECT_OK(call) EXPECT_EQ(GOU_SUCCESS, call) << gouLastError()
#define ASSERT_OK(call) ASSERT_EQ(GOU_SUCCESS, call) << gouLastError()

/// Expects a result whose message contains `part`.
inline void expect_error(GouResult expected, const std::string& part, GouResult got) {
  EXPECT_STREQ(gouResultName(expected), gouResultName(got)) << gouLastError();
  EXPECT_NE(std::string(gouLastError()).find(part), std::string::npos) << "'" << gouLastError() << "' does not say '" << part << "'";
}

/// A folder of the test's own.
class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("gouache-abi-" + std::to_string(std::random_device{}()))) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// Sixteen grey pictures of 2x2 pixels: bright diagonals on dark ground, all different.
inline std::vector<std::uint8_t> faces() {
  std::vector<std::uint8_t> pixels;
  for (int i = 0; i < 16; ++i) {
    const auto bright = static_cast<std::uint8_t>(255 - i * 3), dark = static_cast<std::uint8_t>(i * 2);
    pixels.insert(pixels.end(), {bright, dark, dark, bright});
  }
  return pixels;
}

inline std::string description(GouContext context) {
  std::size_t size = 0;
  EXPECT_OK(gouDescribeContext(context, &size, nullptr));
  std::string text(size, '\0');
  EXPECT_OK(gouDescribeContext(context, &size, text.data()));
  return text;
}

inline GouContext own_context() {
  const auto own = of_type<GouOwnDevice>(GOU_TYPE_OWN_DEVICE);
  GouContext context = nullptr;
  EXPECT_OK(gouCreateContext(&own, &context));
  return context;
}

/// One context for most tests: some drivers take seconds to compile what a training needs, and a context keeps it.
inline GouContext shared_context() {
  struct Holder {
    GouContext context = own_context();
    ~Holder() { gouDestroyContext(context); }
  };
  static const Holder holder;
  return holder.context;
}

/// A description of a training of faces2x2 on `pixels`, which must outlive its use.
inline GouTrain faces_training(const std::vector<std::uint8_t>& pixels, std::uint64_t seed = 5) {
  auto train = of_type<GouTrain>(GOU_TYPE_TRAIN);
  train.recipe = "{\"model\": \"faces2x2\"}";
  train.pixels = pixels.data();
  train.bytes = pixels.size();
  train.count = static_cast<std::uint32_t>(pixels.size() / 4);
  train.height = train.width = 2;
  train.channels = 1;
  train.batch = 4;
  train.seed = seed;
  return train;
}

inline GouTraining create_faces(GouContext context, std::uint64_t seed = 5) {
  const std::vector<std::uint8_t> pixels = faces();
  const GouTrain train = faces_training(pixels, seed);
  GouTraining training = nullptr;
  EXPECT_OK(gouCreateTraining(context, &train, &training));
  return training;
}

inline void run_steps(GouTraining training, int steps) {
  for (int i = 0; i < steps; ++i) {
    ASSERT_OK(gouBeginSteps(training, 1));
    ASSERT_OK(gouFinishSteps(training));
  }
}

template <class Value>
GouPixels pixels_into(std::vector<Value>& memory, GouPixelLayout layout, std::uint32_t channels = 0) {
  auto pixels = of_type<GouPixels>(GOU_TYPE_PIXELS);
  pixels.layout = layout;
  pixels.channels = channels;
  pixels.data = memory.data();
  pixels.bytes = memory.size() * sizeof(Value);
  return pixels;
}

inline std::vector<float> sample(GouTraining training, std::uint64_t seed, std::uint32_t count, std::size_t values_per_image) {
  std::vector<float> images(count * values_per_image);
  const GouPixels to = pixels_into(images, GOU_PIXELS_FLOAT_RAW);
  EXPECT_OK(gouSampleTraining(training, seed, count, &to));
  return images;
}

/// Trains faces2x2 for a few steps and leaves its model at `path`.
inline void write_faces_model(GouContext context, const std::string& path) {
  const GouTraining training = create_faces(context);
  ASSERT_NE(training, nullptr);
  run_steps(training, 3);
  EXPECT_OK(gouSaveTraining(training, path.c_str()));
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
}

inline GouModel load(GouContext context, const std::string& path, std::uint32_t batch = 0) {
  auto source = of_type<GouModelSource>(GOU_TYPE_MODEL_SOURCE);
  source.path = path.c_str();
  source.batch = batch;
  GouModel model = nullptr;
  EXPECT_OK(gouLoadModel(context, &source, &model));
  return model;
}

inline GouJob begin(GouModel model, const GouGenerate& request) {
  GouJob job = nullptr;
  EXPECT_OK(gouBeginGenerate(model, &request, &job));
  return job;
}

inline std::vector<float> generate(GouModel model, std::uint64_t seed, std::uint64_t first, std::uint32_t count,
                                   std::size_t values_per_image) {
  auto request = of_type<GouGenerate>(GOU_TYPE_GENERATE);
  request.seed = seed;
  request.first = first;
  request.count = count;
  const GouJob job = begin(model, request);
  std::vector<float> images(count * values_per_image);
  const GouPixels to = pixels_into(images, GOU_PIXELS_FLOAT_RAW);
  EXPECT_OK(gouReadJob(job, &to));
  EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
  return images;
}

}  // namespace gouache::testing
