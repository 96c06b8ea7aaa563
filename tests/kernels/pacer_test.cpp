// Does a step whose every dispatch is cut as far as its grid allows compute what it computes whole?
#include "host/runtime/pacer.h"

#include <gtest/gtest.h>

#include <map>

#include "host/kernels/family.h"
#include "host/runtime/plans.h"
#include "host/runtime/state.h"
#include "tests/support/test_device.h"

namespace gouache::testing {
namespace {

using Values = std::map<std::string, std::vector<std::byte>>;

Values state_of(const State& state) {
  Values values;
  for (const auto& [name, slot] : state.layout().slots) {
    values[name].resize(static_cast<std::size_t>(slot.type.bytes()));
    state.download(name, values[name]);
  }
  return values;
}

TEST(Pacer, TheFinestPartsTrainBitForBit) {
  Device& device = test_device();
  Recipe recipe = Recipe::of_model("dcgan");
  for (const auto& [key, value] : std::map<std::string, std::string>{
           {"size", "16"}, {"channels", "16"}, {"latent", "6"}, {"image_channels", "4"}, {"augment_translation", "0.125"}})
    recipe.set(key, value);
  const Catalog catalog(device.caps());
  const TrainingPlan planned = plan_training(recipe, {{9, 16, 16, 4}, DType::u8}, 6, catalog);
  State state(device, planned.layout);
  for (const ParameterSpec& spec : planned.parameters) {
    const std::vector<float> values = initial_values(spec, 5);
    state.upload(spec.name, std::as_bytes(std::span(values)));
  }
  const ControlWords control = control_words(5, 0);
  state.upload(kControl, std::as_bytes(std::span(control)));
  std::vector<std::byte> pixels(9 * 16 * 16 * 4);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::byte>(i * 2654435761u >> 24);
  state.upload(kImages, pixels);
  const Values before = state_of(state);

  Executable executable(device, state, planned.plan);
  executable.run();
  const Values whole = state_of(state);
  for (const auto& [name, bytes] : before) state.upload(name, bytes);

  Profile slow;  // as if every dispatch took a second: each is cut to single workgroups, or rows of them
  slow.microseconds.assign(executable.command_count(), 1e6);
  PacedRun run(executable, slow, nullptr, 1.0);
  EXPECT_GT(run.parts().size(), 4 * std::size_t{executable.command_count()}) << "the dispatches were hardly cut";
  Pacer pacer(device);
  run.begin();
  EXPECT_THROW(run.begin(), Error);
  PacedRun* const runs[] = {&run};
  std::size_t ticks = 0;
  while (!pacer.done(run)) {
    const TickReport report = pacer.tick(runs, {0, 7});
    EXPECT_LE(report.parts, 7u);
    ticks += report.parts > 0;
  }
  EXPECT_GE(ticks, run.parts().size()) << "no budget: one part a tick";
  EXPECT_EQ(whole, state_of(state));
}

}  // namespace
}  // namespace gouache::testing
