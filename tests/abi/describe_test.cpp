// Do models and trainings say what they run, and how long it takes, as plans and ticks have it?
#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

#include "host/runtime/plans.h"
#include "host/runtime/safetensors.h"
#include "tests/abi/record_only.h"

namespace gouache::testing {
namespace {

using Json = nlohmann::json;

template <class Handle>
std::string description_of(GouResult (*describe)(Handle, std::size_t*, char*), Handle handle) {
  std::size_t size = 0;
  EXPECT_OK(describe(handle, &size, nullptr));
  std::string text(size, '\0');
  EXPECT_OK(describe(handle, &size, text.data()));
  EXPECT_EQ(size, text.size());
  text.pop_back();
  return text;
}
std::string text_of(GouTraining training) { return description_of(gouDescribeTraining, training); }
std::string text_of(GouModel model) { return description_of(gouDescribeModel, model); }
template <class Handle>
Json describe(Handle handle) {
  return Json::parse(text_of(handle));
}

/// Of all dispatches together; -1 where one is unknown.
double microseconds(const Json& description) {
  double sum = 0;
  for (const Json& one : description.at("dispatches")) {
    if (one.at("microseconds").is_null()) return -1;
    EXPECT_GE(one.at("microseconds").get<double>(), 0);
    sum += one.at("microseconds").get<double>();
  }
  return sum;
}
bool knows_nothing(const Json& description) {
  for (const Json& one : description.at("dispatches"))
    if (!one.at("microseconds").is_null()) return false;
  return true;
}

/// The plan's dispatches, by the plan's own text for people too.
void expect_dispatches(const Json& description, const Plan& plan) {
  const Json& all = description.at("dispatches");
  const std::string printed = to_text(plan);
  ASSERT_EQ(all.size(), plan.commands.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Step& step = plan.steps[static_cast<std::size_t>(plan.commands[i].step)];
    EXPECT_EQ(all[i].at("row"), step.kernel.row) << i;
    EXPECT_EQ(all[i].at("label"), step.launch.label) << i;
    EXPECT_EQ(all[i].at("output").get<Shape>(), step.launch.outputs[0].shape) << i;
    EXPECT_EQ(all[i].at("pass"), plan.commands[i].dispatch) << i;
    EXPECT_EQ(all[i].at("passes"), step.kernel.dispatches.size()) << i;
    EXPECT_EQ(all[i].at("setup"), i < static_cast<std::size_t>(plan.setup_commands)) << i;
    for (const char* told : {"op", "row", "label"})
      EXPECT_NE(printed.find(all[i].at(told).get<std::string>()), std::string::npos) << told << " of " << i << ": " << all[i];
  }
}

/// Values in a model file but running statistics.
std::int64_t trained_values(const std::string& path) {
  const TensorFile file = read_safetensors(path);
  std::int64_t sum = 0;
  for (const StoredTensor& tensor : file.tensors())
    if (tensor.name.find("running_statistics") == std::string::npos) sum += element_count(tensor.shape);
  return sum;
}

class Describe : public OnBorrowed {
 protected:
  GouTraining small(GouPace pace) { return SmallTraining(pace).create(context()); }
  GouTick tick(const GouBudget& budget) {
    auto report = of_type<GouTick>(GOU_TYPE_TICK);
    EXPECT_OK(gouTick(context(), &budget, &report));
    return report;
  }
  static GouPrewarm at_once() { return of_type<GouPrewarm>(GOU_TYPE_PREWARM); }
  bool has_timestamps() const {
    const Device device(engine().lend());
    return device.facts().queue_families[device.queue_family()].timestampValidBits != 0;
  }
  Folder folder_;
};

TEST_F(Describe, ATrainingSaysWhatItIsAndWhatAStepRuns) {
  const GouTraining training = small(GOU_PACE_AT_ONCE);
  ASSERT_NE(training, nullptr);
  run_steps(training, 2);
  const Json said = describe(training);
  EXPECT_EQ(said.at("recipe").at("model"), "dcgan");
  EXPECT_EQ(said.at("recipe").at("latent"), 4);
  for (const auto& [key, value] :
       std::map<std::string, int>{{"width", 8}, {"height", 8}, {"channels", 4}, {"latent", 4}, {"classes", 0}, {"batch", 2}, {"steps", 2}})
    EXPECT_EQ(said.at(key), value) << key;

  const Device device(engine().lend());
  const TrainingPlan planned = plan_training(Recipe::from_json(said.at("recipe").dump()), {{6, 8, 8, 4}, DType::u8}, 2, device.catalog());
  expect_dispatches(said, planned.plan);
  ASSERT_OK(gouSaveTraining(training, (folder_ / "G").c_str()));
  EXPECT_EQ(said.at("parameters").at("G"), trained_values(folder_ / "G"));
  EXPECT_EQ(said.at("parameters").at("D"), 4 * 4 * 4 * 8 + 8 + 4 * 4 * 8 + 1);  // from_image 4 x 4 to 8 maps of 4 x 4 pixels, logit
  EXPECT_EQ(said.at("parameters").size(), 2u);

  SmallTraining same(GOU_PACE_AT_ONCE);
  auto estimate = of_type<GouEstimate>(GOU_TYPE_ESTIMATE);
  ASSERT_OK(gouCheckTraining(context(), &same.train, &estimate));
  const std::map<std::string, GouMemoryPurpose> purposes{
      {"arena", GOU_MEMORY_ARENA}, {"state", GOU_MEMORY_STATE}, {"constant", GOU_MEMORY_CONSTANT}, {"output", GOU_MEMORY_OUTPUT}};
  EXPECT_EQ(said.at("memory").at("input"), 0);
  EXPECT_EQ(said.at("memory").size(), purposes.size() + 1);
  for (const auto& [name, purpose] : purposes) {  // the estimate has what the driver rounds up to
    EXPECT_LE(said.at("memory").at(name), estimate.bytes[purpose]) << name;
    EXPECT_GT(said.at("memory").at(name).get<double>(), 0.5 * static_cast<double>(estimate.bytes[purpose])) << name;
  }
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
}

TEST_F(Describe, TimesAreUnknownUntilTheyAreMeasured) {
  const GouTraining training = small(GOU_PACE_AT_ONCE), ticked = small(GOU_PACE_TICKED);
  ASSERT_TRUE(training && ticked);
  EXPECT_GT(microseconds(describe(ticked)), 0) << "measured by its creation";
  run_steps(training, 1);
  EXPECT_TRUE(knows_nothing(describe(training)));
  const std::size_t length = text_of(training).size();
  const GouPrewarm prewarm = at_once();
  ASSERT_OK(gouPrewarmTraining(training, &prewarm));
  EXPECT_GT(microseconds(describe(training)), 0);
  run_steps(training, 20);
  EXPECT_EQ(describe(training).at("steps"), 21);
  EXPECT_EQ(text_of(training).size(), length) << "whatever the numbers";
  EXPECT_GT(describe(training).at("memory").at("input"), 0) << "what samples are painted from was made";
  for (const GouTraining made : {training, ticked}) EXPECT_OK(gouDestroyTraining(made, GOU_IF_IDLE));
}

/// A tick that takes one whole step expects what the description says, and the description then follows what was measured.
TEST_F(Describe, TimesAreWhatTicksExpectAndFollow) {
  const GouTraining training = small(GOU_PACE_TICKED);
  ASSERT_NE(training, nullptr);
  for (int step = 0; step < 4; ++step) {
    const Json before = describe(training);
    const double expected = microseconds(before);
    ASSERT_GT(expected, 0);
    ASSERT_OK(gouBeginSteps(training, 1));
    const GouTick report = tick(budget_of(1000000000));
    EXPECT_NEAR(report.expected_microseconds, expected, 0.006 * static_cast<double>(before["dispatches"].size()) + 1e-6 * expected)
        << "step " << step;
    ASSERT_OK(gouFinishSteps(training));
    const Json after = describe(training);
    EXPECT_EQ(after.at("steps"), step + 1);
    EXPECT_NE(after, before);
    if (!has_timestamps()) continue;
    int moved = 0;
    for (std::size_t i = 0; i < after["dispatches"].size(); ++i) {
      const double was = before["dispatches"][i]["microseconds"], is = after["dispatches"][i]["microseconds"];
      constexpr double kRounded = 1.5 * 0.005 + 0.005 + 1e-6;  // each is told in hundredths
      moved += was != is;
      EXPECT_GE(is, was * 5 / 6 - kRounded) << "a quarter of the way, where a third was measured";
      EXPECT_LE(is, was * 1.5 + kRounded) << "a quarter of the way, where three times as much was measured";
    }
    EXPECT_GT(moved, static_cast<int>(after["dispatches"].size() / 2)) << "step " << step;
  }
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
}

TEST_F(Describe, AModelSaysWhatItsLastRequestRan) {
  const GouModel model = load(context(), kSprites, 4);
  ASSERT_NE(model, nullptr);
  const Json said = describe(model);
  EXPECT_TRUE(knows_nothing(said));
  EXPECT_EQ(said.at("batch"), 4);
  EXPECT_EQ(said.at("parameters").at("G"), trained_values(kSprites));
  const Device device(engine().lend());
  const Recipe recipe = Recipe::from_json(said.at("recipe").dump());
  expect_dispatches(said, plan_sampling(recipe, 4, LatentSource::seed, device.catalog()).plan);

  const std::vector<float> latents = some_latents(model, 4);
  for (const GouGenerate& request : {ticked_request(4, latents), ticked_request(4)}) {
    const GouJob job = begin(model, request);
    const GouBudget budget = budget_of(1000000000);
    const double expected = microseconds(describe(model));
    EXPECT_GT(expected, 0);
    EXPECT_NEAR(tick(budget).expected_microseconds, expected, 0.006 * 100 + 1e-6 * expected) << "its setup runs once";
    while (gouPollJob(job) == GOU_NOT_READY) tick(budget);
    EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
    const LatentSource source = request.latents ? LatentSource::input : LatentSource::seed;
    expect_dispatches(describe(model), plan_sampling(recipe, 4, source, device.catalog()).plan);
    // the weights are as they were: the second request of a kind runs no setup
    const GouJob again = begin(model, request);
    double after_setup = 0;
    const Json second = describe(model);
    for (const Json& one : second.at("dispatches"))
      if (!one.at("setup").get<bool>()) after_setup += one.at("microseconds").get<double>();
    EXPECT_NEAR(tick(budget).expected_microseconds, after_setup, 0.006 * 100 + 1e-6 * after_setup);
    while (gouPollJob(again) == GOU_NOT_READY) tick(budget);
    EXPECT_OK(gouDestroyJob(again, GOU_IF_IDLE));
  }
  EXPECT_OK(gouDestroyModel(model));
}

/// Room asked for once holds every later text, while another thread ticks.
TEST_F(Describe, ATrainingIsDescribedBesideTicks) {
  const GouTraining training = small(GOU_PACE_TICKED);
  ASSERT_NE(training, nullptr);
  std::size_t room = 0;
  ASSERT_OK(gouDescribeTraining(training, &room, nullptr));
  ASSERT_OK(gouBeginSteps(training, 1000000));
  std::atomic<bool> over = false;
  std::thread ticking([&] {
    while (!over) tick(budget_of(2000));
  });
  std::string text(room, '\0');
  std::uint64_t steps = 0, last = 0;
  for (int asked = 0; asked < 300 || steps < 5; ++asked) {
    std::size_t size = room;
    ASSERT_OK(gouDescribeTraining(training, &size, text.data()));
    ASSERT_EQ(size, room);
    const Json said = Json::parse(text.c_str());
    steps = said.at("steps");
    ASSERT_GE(steps, last);
    last = steps;
    ASSERT_GT(microseconds(said), 0);
  }
  over = true;
  ticking.join();
  EXPECT_OK(gouCancelSteps(training));
  EXPECT_OK(gouFinishSteps(training));
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
}

TEST_F(RecordOnly, TimesAreKnownAfterFrames) {
  const GouTraining training = SmallTraining(GOU_PACE_TICKED).create(recording());
  ASSERT_NE(training, nullptr);
  frames();
  EXPECT_TRUE(knows_nothing(describe(training))) << "cut by a guess";
  ASSERT_OK(gouBeginSteps(training, 2));
  frames();
  hosts->frames.finish();
  frames();
  ASSERT_EQ(gouPollSteps(training), GOU_SUCCESS);
  ASSERT_OK(gouFinishSteps(training));
  const Device device(hosts->engine.lend());
  const bool timestamps = device.facts().queue_families[device.queue_family()].timestampValidBits != 0;
  EXPECT_EQ(microseconds(describe(training)) > 0, timestamps);
  EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
}

}  // namespace
}  // namespace gouache::testing
