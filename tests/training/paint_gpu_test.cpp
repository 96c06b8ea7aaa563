// Does the model in the box paint the same picture on every driver?  Each is held against the definitions in double.
#include <gtest/gtest.h>

#include <cmath>

#include "host/ops/ops.h"
#include "host/runtime/generator.h"
#include "host/runtime/plans.h"
#include "host/runtime/platform.h"
#include "host/runtime/safetensors.h"
#include "tests/support/test_device.h"

namespace gouache::testing {
namespace {

constexpr std::int64_t kImages = 4;
constexpr std::uint64_t kSeed = 7;

std::vector<double> by_definition(const TensorFile& file, const Recipe& recipe) {
  const ModelRow& row = model(recipe.model());
  const std::int64_t latent = row.shape(recipe).latent;
  Graph graph;
  ParameterSet parameters(graph, Mode::inference);
  const Tensor control = graph.input(kSampleControl, {{CONTROL_WORDS}, DType::u32});
  const Tensor z = random(control, {Distribution::normal, STREAM_LATENT, {kImages, latent}, kImages, 0, 0});
  const Tensor images = row.generate({parameters, "G"}, z, {}, recipe);
  const ControlWords words = control_words(kSeed, 0);
  std::map<std::string, Array> feeds{{kSampleControl, {control.type(), {words.begin(), words.end()}}}};
  for (const ParameterSpec& spec : parameters.specs()) {
    const std::vector<float> values = file.f32(spec.name, spec.type.shape);
    feeds[spec.name] = {spec.type, {values.begin(), values.end()}};
  }
  return evaluate(graph, feeds, std::vector{images})[0].values;
}

TEST(Paint, ShippedModelIsWithinTwoGreyLevelsOfTheDefinitions) {
  const std::string path = GOUACHE_SOURCE_DIR "/demo/models/sprites.safetensors";
  const TensorFile file = read_safetensors(path_from_utf8(path));
  Generator generator(test_device(), file, 3);
  const std::vector<float> painted = generator.generate(kSeed, 0, kImages);
  const std::vector<double> expected = by_definition(file, generator.recipe());
  ASSERT_EQ(painted.size(), expected.size());
  std::size_t far = 0;
  for (std::size_t i = 0; i < painted.size(); ++i) far += !(std::abs(painted[i] - expected[i]) * 127.5 <= 2.0);
  EXPECT_LE(static_cast<double>(far), 0.001 * static_cast<double>(painted.size()));
}

TEST(Paint, AnImageDependsOnItsNumberAlone) {
  Generator generator(test_device(), read_safetensors(path_from_utf8(GOUACHE_SOURCE_DIR "/demo/models/sprites.safetensors")), 4);
  const std::vector<float> all = generator.generate(kSeed, 0, 10), part = generator.generate(kSeed, 5, 2);
  const std::size_t image = all.size() / 10;
  for (std::size_t i = 0; i < part.size(); ++i) ASSERT_EQ(part[i], all[5 * image + i]) << "value " << i;
}

}  // namespace
}  // namespace gouache::testing
