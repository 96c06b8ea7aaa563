// Are runs and their checkpoints found again, thinned with sense, and never mixed up when a run goes back and on?
#include "demo/studio/run_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "demo/studio/sheet_history.h"

namespace gouache::studio {
namespace {

namespace fs = std::filesystem;

std::vector<std::uint64_t> left(std::vector<std::uint64_t> steps, std::size_t most, bool recent) {
  const std::vector<std::size_t> gone = superfluous(steps, most, recent);
  for (auto at = gone.rbegin(); at != gone.rend(); ++at) steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(*at));
  return steps;
}

class Runs : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / (std::string("gouache_runs_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(root_);
  }
  void TearDown() override { fs::remove_all(root_); }
  static void touch(const std::string& path) { std::ofstream(path) << "x"; }
  static Checkpoint save(const RunFolder& run, std::uint64_t step, unsigned attempt = 1) {
    const Checkpoint place = run.place(step, attempt);
    touch(place.path);
    touch(place.sheet);
    return place;
  }

  fs::path root_;
  TrainingWish wish_{"builtin:sprites", R"({"model":"dcgan","size":32})", 32, 7};
};

TEST(Superfluous, NothingOfFew) {
  EXPECT_TRUE(superfluous({}, 5, true).empty());
  EXPECT_EQ(left({1, 2, 3}, 3, false), (std::vector<std::uint64_t>{1, 2, 3}));
}

TEST(Superfluous, SpreadsEvenlyOrTowardsTheNewest) {
  std::vector<std::uint64_t> even, recent;
  for (std::uint64_t step = 0; step <= 1000; step += 10) {
    even.push_back(step);
    even = left(even, 9, false);
    recent.push_back(step);
    recent = left(recent, 9, true);
  }
  ASSERT_EQ(even.size(), 9u);
  ASSERT_EQ(recent.size(), 9u);
  for (const auto& steps : {even, recent}) {
    EXPECT_EQ(steps.front(), 0u);
    EXPECT_EQ(steps.back(), 1000u);
  }
  for (std::size_t i = 0; i + 1 < even.size(); ++i) EXPECT_LE(even[i + 1] - even[i], 260u);
  EXPECT_GE(recent[recent.size() - 3], 960u) << "the newest stay close to one another";
  EXPECT_GT(recent[2] - recent[1], recent[8] - recent[7]);
  EXPECT_LT(recent[1], 700u) << "and old ones are left";
}

TEST_F(Runs, ComeBackWithTheirWish) {
  const RunFolder first = RunFolder::fresh(root_.string(), "sprites", wish_), second = RunFolder::fresh(root_.string(), "sprites", wish_);
  EXPECT_NE(first.path(), second.path());
  EXPECT_TRUE(second.path().ends_with("sprites-2"));
  EXPECT_EQ(RunFolder::open(second.path()).wish(), wish_);
  EXPECT_TRUE(RunFolder::open(first.path()).checkpoints().empty());
}

TEST_F(Runs, ListCheckpointsByStepAndAttempt) {
  const RunFolder run = RunFolder::fresh(root_.string(), "run", wish_);
  const Checkpoint late = save(run, 1500), early = save(run, 250), again = save(run, 250, 2), large = save(run, 12'000'000);
  touch(run.path() + "/step_x.checkpoint.safetensors");
  touch(run.path() + "/step_000300-1.checkpoint.safetensors");
  touch(run.path() + "/model.safetensors");
  EXPECT_EQ(run.checkpoints(), (std::vector<Checkpoint>{early, again, late, large}));
  EXPECT_NE(early.path, again.path);
}

TEST_F(Runs, ThinButNeverWhatIsToBeKept) {
  const RunFolder run = RunFolder::fresh(root_.string(), "run", wish_);
  for (std::uint64_t step = 10; step <= 200; step += 10) save(run, step);
  const Checkpoint kept = run.place(20, 1);
  run.thin(5, kept);
  const std::vector<Checkpoint> all = run.checkpoints();
  ASSERT_EQ(all.size(), 6u);
  EXPECT_EQ(all[0].step, 10u);
  EXPECT_EQ(all[1], kept);
  EXPECT_EQ(all.back().step, 200u);
  std::size_t sheets = 0;
  for (const auto& file : fs::directory_iterator(run.path())) sheets += file.path().extension() == ".png";
  EXPECT_EQ(sheets, 6u) << "sheets go with their checkpoints";
}

TEST_F(Runs, TheNewestIsTheOneThatWroteLast) {
  EXPECT_EQ(RunFolder::newest(root_.string()), "");
  const RunFolder first = RunFolder::fresh(root_.string(), "a", wish_), second = RunFolder::fresh(root_.string(), "b", wish_);
  RunFolder::fresh(root_.string(), "c", wish_);  // without a checkpoint
  fs::create_directories(root_ / "no run");
  const Checkpoint old = save(second, 10), young = save(first, 5);
  fs::last_write_time(old.path, fs::last_write_time(young.path) - std::chrono::seconds(5));
  EXPECT_EQ(RunFolder::newest(root_.string()), first.path());
}

TEST_F(Runs, DamagedDescriptionsAreNamed) {
  const RunFolder run = RunFolder::fresh(root_.string(), "run", wish_);
  for (const char* text : {"", "{", "[]", R"({"source": 5})"}) {
    std::ofstream(run.path() + "/run.json") << text;
    try {
      RunFolder::open(run.path());
      ADD_FAILURE() << text;
    } catch (const std::runtime_error& error) { EXPECT_NE(std::string(error.what()).find("run.json"), std::string::npos); }
  }
  EXPECT_THROW(RunFolder::open((root_ / "none").string()), std::runtime_error);
}

Sheet sheet(std::uint64_t step, std::size_t bytes = 100) {
  return {step, std::make_shared<std::vector<std::uint8_t>>(bytes, static_cast<std::uint8_t>(step)), 1.0};
}

TEST(SheetHistory, StaysWithinItsMemory) {
  SheetHistory history(1000);
  for (std::uint64_t step = 0; step <= 5000; step += 50) history.add(sheet(step));
  EXPECT_EQ(history.size(), 10u);
  EXPECT_EQ(history.at(0).step, 0u);
  EXPECT_EQ(history.at(9).step, 5000u);
  for (std::size_t i = 0; i + 1 < history.size(); ++i) EXPECT_LE(history.at(i + 1).step - history.at(i).step, 1100u);
}

TEST(SheetHistory, FindsCutsAndReplaces) {
  SheetHistory history;
  EXPECT_EQ(history.before(5), 0u) << "none";
  for (std::uint64_t step : {10, 20, 30}) history.add(sheet(step));
  EXPECT_EQ(history.before(9), 3u) << "none so early";
  EXPECT_EQ(history.before(25), 1u);
  EXPECT_EQ(history.before(30), 2u);
  history.add(sheet(20, 50));  // the run went back
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history.at(1).pixels->size(), 50u);
  history.cut(10);
  EXPECT_EQ(history.size(), 1u);
}

}  // namespace
}  // namespace gouache::studio
