// Are the golden losses what the definitions give?  The CPU evaluates the graph of each model's step, in double, three times over.
#include "tests/training/golden.h"

#include "host/nn/training.h"
#include "host/runtime/plans.h"

namespace gouache::testing {
namespace {

/// Every variable as a training begins with it.
std::map<std::string, Array> first_state(const Training& training, const TensorType& images, const std::vector<std::uint32_t>& labels) {
  std::map<std::string, Array> state;
  const auto fill = [&](const std::string& name, const auto& values) { state.at(name).values.assign(values.begin(), values.end()); };
  const StateLayout layout = training.layout();
  for (const auto& [name, slot] : layout.slots)
    state[name] = {slot.type, std::vector<double>(static_cast<std::size_t>(slot.type.count()), 0.0)};
  for (const ParameterSpec& spec : training.parameters().specs()) {
    const std::vector<float> values = initial_values(spec, kGoldenSeed);
    fill(spec.name, values);
    if (state.count(kAverage + spec.name)) fill(kAverage + spec.name, values);
  }
  fill(kControl, control_words(kGoldenSeed, 0));
  fill(kImages, blobs(images.shape));
  if (!labels.empty()) fill(kLabels, labels);
  return state;
}

GoldenFigures by_definition(const TrainingRun& run) {
  const Recipe recipe = recipe_of(run);
  const TensorType images = images_of(recipe, kGoldenImages);
  Graph graph;
  Training training(graph, images, run.batch);
  model(recipe.model()).train(training, recipe);
  training.finish();
  std::vector<Tensor> wanted;
  for (const auto& [name, tensor] : graph.outputs()) wanted.push_back(tensor);
  for (const Update& update : graph.updates()) wanted.push_back(update.value);
  std::map<std::string, Array> state = first_state(training, images, labels_of(recipe, kGoldenImages));
  GoldenFigures figures;
  for (int step = 1; step <= kGoldenSteps; ++step) {
    const std::vector<Array> values = evaluate(graph, state, wanted);
    const std::size_t outputs = graph.outputs().size();
    for (std::size_t i = 0; i < outputs; ++i) figures[{step, graph.outputs()[i].first}] = values[i].values.at(0);
    for (std::size_t i = 0; i < graph.updates().size(); ++i)
      state.at(graph.node(graph.updates()[i].variable).as<LeafAttributes>().name) = values[outputs + i];
  }
  return figures;
}

std::string line_of(const std::string& run, const std::pair<int, std::string>& key, double value) {
  char text[64];
  std::snprintf(text, sizeof text, " %d %.10g ", key.first, value);
  return run + text + key.second;
}

TEST(GoldenLosses, AreWhatTheDefinitionsGive) {
  std::vector<std::string> lines;
  for (const TrainingRun& run : kGoldenRuns) {
    SCOPED_TRACE(run.name);
    const GoldenFigures figures = by_definition(run);
    for (const auto& [key, value] : figures) lines.push_back(line_of(run.name, key, value));
    if (rewrites_golden()) continue;
    const GoldenFigures golden = golden_figures(run.name);
    ASSERT_EQ(golden.size(), figures.size());
    for (const auto& [key, value] : figures) {
      ASSERT_TRUE(golden.count(key)) << "step " << key.first << " " << key.second << " is not in " << kGoldenLosses;
      // Ten digits are written; the order of sums and the C library's functions matter far less.
      EXPECT_NEAR(golden.at(key), value, 1e-8 * (1 + std::abs(value))) << "step " << key.first << " " << key.second;
    }
  }
  if (!rewrites_golden()) return;
  write_golden(kGoldenLosses, "Which figures must the first steps of each model give?  run, step, value, figure", "GoldenLosses.*", lines);
  GTEST_SKIP() << golden_path(kGoldenLosses) << " is written anew";
}

}  // namespace
}  // namespace gouache::testing
