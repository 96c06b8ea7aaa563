// Do the networks from image to image compute what their graphs say?  Small ones, every variable random, against the CPU.
#include <gtest/gtest.h>

#include <cstring>

#include "host/kernels/family.h"
#include "host/kernels/one_row.h"
#include "host/runtime/executable.h"
#include "host/runtime/plans.h"
#include "tests/support/test_device.h"
#include "tests/training/runs.h"

namespace gouache::testing {
namespace {

const TrainingRun kNetworks[] = {{"pix2pix", "pix2pix", {{"size", "32"}, {"channels", "4"}, {"source_channels", "1"}}, 2},
                                 {"srresnet", "srresnet", {{"size", "8"}, {"channels", "8"}, {"blocks", "2"}}, 3}};

/// Sums of two sines: even values in [low, high], other ones for other tensors.
std::vector<float> waves(std::int64_t count, double phase, double low, double high) {
  std::vector<float> values;
  for (std::int64_t i = 0; i < count; ++i) {
    const double wave = std::sin(1.7 * static_cast<double>(i) + phase) + std::sin(0.37 * static_cast<double>(i) - phase);
    values.push_back(static_cast<float>(low + (high - low) * (0.5 + 0.25 * wave)));
  }
  return values;
}

TEST(Networks, PaintWhatTheDefinitionsGive) {
  Device& device = test_device();
  const Catalog catalog(device.caps());
  for (const TrainingRun& run : kNetworks) {
    SCOPED_TRACE(run.name);
    const Recipe recipe = recipe_of(run);
    const SamplingPlan planned = plan_sampling(recipe, run.batch, LatentSource::input, catalog);
    State state(device, model_layout(recipe));
    Executable executable(device, state, planned.plan);
    std::map<std::string, Array> fed;
    double phase = 0;
    const auto feed = [&](const std::string& name, const TensorType& type, double low, double high) {
      const std::vector<float> values = waves(type.count(), phase += 0.9, low, high);
      fed[name] = {type, std::vector<double>(values.begin(), values.end())};
      return values;
    };
    for (const ParameterSpec& spec : planned.parameters) {  // variances must be positive; weights large enough to matter
      const bool weight = spec.name.ends_with("weight");
      const std::vector<float> values = feed(spec.name, spec.type, weight ? -0.25 : 0.3, weight ? 0.25 : 1.2);
      state.upload(spec.name, std::as_bytes(std::span(values)));
    }
    const NamedTensor& source = planned.plan.inputs.at(0);
    const std::vector<float> image = feed(source.name, source.type, -1, 1);
    executable.set_input(source.name, std::as_bytes(std::span(image)));
    executable.run();

    Graph graph;
    ParameterSet parameters(graph, Mode::inference);
    const Tensor y = model(recipe.model()).generate({parameters, "G"}, graph.input(source.name, source.type), {}, recipe);
    const Array expected = evaluate(graph, fed, std::span(&y, 1))[0];
    const std::span<const std::byte> bytes = executable.output("images");
    std::vector<float> got(static_cast<std::size_t>(y.type().count()));
    ASSERT_EQ(bytes.size(), got.size() * sizeof(float));
    std::memcpy(got.data(), bytes.data(), bytes.size());
    Worst worst;  // some ten layers, Winograd's among them
    compare("images", {y.type(), std::vector<double>(got.begin(), got.end())}, expected, {1e-4, 0.03}, worst);
    EXPECT_LE(worst.error, 1) << worst.where;
    double least = 1, most = -1;
    for (const double value : expected.values) least = std::min(least, value), most = std::max(most, value);
    EXPECT_GT(most - least, 0.2) << "a picture of one colour proves nothing";
  }
}

}  // namespace
}  // namespace gouache::testing
