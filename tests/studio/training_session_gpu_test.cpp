// Does a training beside a window step, pause, paint, save and go back, without a call that waits?
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "demo/data/picture.h"
#include "demo/studio/training_session.h"
#include "tests/abi/painter.h"

namespace gouache::studio {
namespace {

using gouache::testing::Folder;

constexpr const char* kRecipe = R"({"model": "dcgan", "size": 8, "channels": 8, "latent": 4, "image_channels": 4, "ema": 0.5})";

/// Noisy pictures of 8x8 RGBA pixels.
SharedImages some_images() {
  auto images = std::make_shared<data::Images>();
  images->count = 40;
  images->width = images->height = 8;
  images->channels = 4;
  images->pixels.resize(std::size_t{40} * 8 * 8 * 4);
  for (std::size_t i = 0; i < images->pixels.size(); i += 4) {
    for (std::size_t c = 0; c < 3; ++c) images->pixels[i + c] = static_cast<std::uint8_t>((i * 37 + c * 91) % 251);
    images->pixels[i + 3] = 255;
  }
  return images;
}

/// A session on a context that no other tests use: slow compilers compile what all of these train once. And a window's loop around it.
class Session : public ::testing::Test {
 public:
  static void SetUpTestSuite() { context_.reset(gouache::testing::own_context()); }
  static void TearDownTestSuite() { context_.reset(); }

 protected:
  void SetUp() override {
    ASSERT_TRUE(context_);
    session_.emplace(context_.get(), worker_, folder_ / "runs", [this](const TrainingSession::Rehearsed& make) {
      if (!rehearses_) return;
      const api::Context other(gouache::testing::own_context());
      EXPECT_TRUE(make(other.get()));
      ++rehearsals_;
    });
    session_->sheet_every = 5;
    session_->checkpoint_every = 10;
  }
  void TearDown() override {
    while (worker_.busy()) frame();  // nothing of it is under way then
    session_.reset();
  }

  void create(const char* recipe = kRecipe) { session_->create({"made up", recipe, 4, 3}, some_images(), "noise"); }
  void frame() {
    worker_.deliver();
    session_->update(std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(), true);
    auto budget = api::of_type<GouBudget>(GOU_TYPE_BUDGET);
    budget.gpu_microseconds = 2000;
    auto tick = api::of_type<GouTick>(GOU_TYPE_TICK);
    EXPECT_OK(gouTick(context_.get(), &budget, &tick));
    for (const TrainingSession::Message& message : session_->take_messages()) (message.error ? errors_ : notes_).push_back(message.text);
  }
  template <class Condition>
  void until(Condition&& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(120);
    while (!condition() || worker_.busy()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline)
          << session_->state_name() << " at step " << session_->steps() << " " << session_->failure();
      frame();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  void until_state(TrainingSession::State state) {
    until([&] { return session_->state() == state; });
  }
  void train_to(std::uint64_t steps) {
    while (session_->steps() < steps) {
      session_->step();
      until_state(TrainingSession::State::paused);
      ASSERT_FALSE(HasFatalFailure());
    }
    until([&] {  // what is due at that step
      const bool sheet = session_->steps() % session_->sheet_every == 0, save = session_->steps() % session_->checkpoint_every == 0;
      return (!sheet || newest_sheet_step() == session_->steps()) && (!save || std::ranges::count(saved_steps(), session_->steps()) > 0);
    });
  }
  std::vector<std::uint64_t> saved_steps() const {
    std::vector<std::uint64_t> steps;
    for (const Checkpoint& checkpoint : session_->checkpoints()) steps.push_back(checkpoint.step);
    return steps;
  }
  std::optional<std::uint64_t> newest_sheet_step() const {
    return session_->sheets().size() ? std::optional(session_->sheets().at(session_->sheets().size() - 1).step) : std::nullopt;
  }
  const std::vector<std::uint8_t>& newest_sheet() const { return *session_->sheets().at(session_->sheets().size() - 1).pixels; }

  Folder folder_;
  inline static api::Context context_;
  Worker worker_;
  std::optional<TrainingSession> session_;
  std::vector<std::string> notes_, errors_;
  bool rehearses_ = false;
  int rehearsals_ = 0;  ///< written on the worker, read when it is idle
};

TEST_F(Session, StepsSavesAndGoesBack) {
  EXPECT_EQ(session_->state(), TrainingSession::State::none);
  rehearses_ = true;
  create();
  EXPECT_EQ(session_->state(), TrainingSession::State::loading);
  until_state(TrainingSession::State::ready);
  EXPECT_EQ(rehearsals_, 1);
  EXPECT_GT(session_->training().images_diversity, 0);
  train_to(20);
  EXPECT_EQ(session_->steps(), 20u);
  EXPECT_EQ(session_->metrics().rows(), 20u);
  EXPECT_EQ(session_->metrics().last_step(), 20u);
  EXPECT_EQ(session_->metrics().names().back(), "images/s");
  ASSERT_EQ(session_->sheets().size(), 5u) << "at 0, 5, 10, 15 and 20";
  EXPECT_EQ(session_->sheets().at(2).step, 10u);
  EXPECT_NE(*session_->sheets().at(0).pixels, newest_sheet());
  EXPECT_EQ(saved_steps(), (std::vector<std::uint64_t>{10, 20}));
  const Checkpoint at20 = session_->checkpoints().back();
  const data::Picture picture = data::read_image(at20.sheet);
  EXPECT_EQ(picture.width, 6u * 9 + 1);
  EXPECT_TRUE(std::filesystem::exists(at20.figures));
  const std::vector<std::uint8_t> sheet20 = newest_sheet();

  train_to(25);
  EXPECT_NE(newest_sheet(), sheet20) << "the samples change";
  session_->restore(at20);
  until([&] { return session_->steps() == 20 && newest_sheet_step() == 20u; });
  EXPECT_EQ(session_->state(), TrainingSession::State::paused);
  EXPECT_EQ(session_->metrics().last_step(), 20u) << "figures of later steps are gone";
  EXPECT_EQ(session_->metrics().rows(), 20u);
  EXPECT_EQ(newest_sheet(), sheet20) << "and the samples are what they were";
  EXPECT_EQ(saved_steps(), (std::vector<std::uint64_t>{10, 20, 25})) << "what was not saved was saved";

  EXPECT_EQ(session_->attempt(), 2u);
  const Checkpoint at25 = session_->checkpoints().back();
  train_to(30);
  EXPECT_EQ(session_->checkpoints().back().attempt, 2u) << "the first attempt's files stay";
  session_->restore(at25);  // the undo is undone
  until([&] { return session_->steps() == 25; });
  EXPECT_EQ(session_->metrics().last_step(), 25u);
  EXPECT_EQ(session_->metrics().rows(), 25u);
  EXPECT_TRUE(errors_.empty()) << errors_.front();
}

TEST_F(Session, RunsUntilItIsPaused) {
  create();
  until_state(TrainingSession::State::ready);
  session_->checkpoint_every = 0;
  session_->start();
  until([&] { return session_->steps() >= 12; });
  EXPECT_EQ(session_->state(), TrainingSession::State::running);
  session_->pause();
  until_state(TrainingSession::State::paused);
  const std::uint64_t steps = session_->steps();
  for (int i = 0; i < 20; ++i) frame();
  EXPECT_EQ(session_->steps(), steps);
  EXPECT_GT(session_->images_per_second(), 0);
  EXPECT_GE(session_->sheets().size(), 3u);
  EXPECT_GE(session_->alarms().diversity_now(), 0);
}

TEST_F(Session, SavesOnDemandWhileItRuns) {
  create();
  until_state(TrainingSession::State::ready);
  session_->checkpoint_every = 0;
  session_->start();
  until([&] { return session_->steps() >= 3; });
  session_->save();
  until([&] { return session_->checkpoints().size() == 1; });
  EXPECT_TRUE(std::filesystem::exists(session_->checkpoints()[0].sheet)) << "with its sheet, though none was due";
  const std::uint64_t steps = session_->steps();
  until([&] { return session_->steps() > steps; });
  session_->pause();
  until_state(TrainingSession::State::paused);
}

TEST_F(Session, SavesWhenItHasNotForLong) {
  create();
  until_state(TrainingSession::State::ready);
  session_->checkpoint_every = 0;
  session_->most_unsaved_seconds = 0.05;
  session_->start();
  until([&] { return session_->checkpoints().size() >= 2; });
  session_->pause();
  until_state(TrainingSession::State::paused);
}

TEST_F(Session, GivesItsWeightsAway) {
  create();
  until_state(TrainingSession::State::ready);
  train_to(2);
  api::Model copy;
  std::uint64_t at = 0;
  session_->snapshot(
      [&](api::Model model, std::uint64_t step, Progress&) {
        copy = std::move(model);
        at = step;
      },
      [](const std::exception_ptr& error) { EXPECT_FALSE(error); });
  until([&] { return copy != nullptr; });
  EXPECT_EQ(at, 2u);
  auto request = api::of_type<GouGenerate>(GOU_TYPE_GENERATE);
  request.seed = 3;
  request.count = 4;
  const std::vector<std::uint8_t> before = api::generate(copy.get(), request);
  train_to(4);
  EXPECT_EQ(api::generate(copy.get(), request), before) << "it stays what it was";
}

TEST_F(Session, OpensARunAgain) {
  create();
  until_state(TrainingSession::State::ready);
  train_to(10);
  const std::string run = session_->training().folder.path();
  const std::vector<std::uint8_t> sheet = newest_sheet();
  session_->close();
  until([&] { return session_->state() == TrainingSession::State::none; });
  EXPECT_EQ(session_->metrics().rows(), 0u);
  EXPECT_EQ(RunFolder::newest(folder_ / "runs"), run);
  session_->resume(run);  // its images cannot be had again
  until([&] { return session_->state() == TrainingSession::State::failed; });
  EXPECT_NE(session_->failure().find("made up"), std::string::npos) << session_->failure();

  const std::string images = folder_ / "images";
  std::filesystem::create_directories(images);
  for (int i = 0; i < 5; ++i) {
    data::Picture picture{8, 8, 3, std::vector<std::uint8_t>(8 * 8 * 3)};
    for (std::size_t p = 0; p < picture.pixels.size(); ++p)
      picture.pixels[p] = static_cast<std::uint8_t>(p * static_cast<std::size_t>(i + 3));
    data::write_png(images + "/" + std::to_string(i) + ".png", picture);
  }
  session_->create({images, kRecipe, 4, 3}, nullptr, "folder");
  until_state(TrainingSession::State::ready);
  train_to(10);
  const std::vector<std::uint8_t> mine = newest_sheet();
  const std::string second = session_->training().folder.path();
  session_->resume(second);
  until([&] { return session_->state() == TrainingSession::State::paused; });
  EXPECT_EQ(session_->steps(), 10u);
  EXPECT_EQ(session_->metrics().rows(), 10u);
  until([&] { return session_->sheets().size() > 0; });
  EXPECT_EQ(newest_sheet(), mine);
}

TEST_F(Session, SaysInWordsWhyATrainingCannotBe) {
  create(R"({"model": "dcgan", "size": 8, "channels": 8, "latent": 4, "image_channels": 4, "classes": 3})");
  until_state(TrainingSession::State::failed);
  EXPECT_NE(session_->failure().find("3 kinds"), std::string::npos) << session_->failure();
  session_->create({folder_ / "nowhere", kRecipe, 4, 3}, nullptr, "nowhere");
  until_state(TrainingSession::State::failed);
  EXPECT_NE(session_->failure().find("nowhere"), std::string::npos) << session_->failure();
  EXPECT_FALSE(std::filesystem::exists(folder_ / "runs")) << "nothing is left of what could not be made";
  create();
  until_state(TrainingSession::State::ready);
  EXPECT_EQ(session_->failure(), "");
}

TEST_F(Session, ADamagedCheckpointChangesNothing) {
  create();
  until_state(TrainingSession::State::ready);
  train_to(20);
  const Checkpoint first = session_->checkpoints().front();
  std::filesystem::resize_file(first.path, 100);
  session_->restore(first);
  until([&] { return !errors_.empty(); });
  EXPECT_NE(errors_.front().find("step_000010"), std::string::npos) << errors_.front();
  EXPECT_EQ(session_->steps(), 20u);
  EXPECT_EQ(session_->metrics().last_step(), 20u);
  train_to(21);
}

TEST_F(Session, StopsAtNumbersThatRunAway) {
  session_->create({"builtin:faces2x2", R"({"model": "faces2x2", "learning_rate": 10, "loss": "least_squares"})", 16, 3}, nullptr, "faces");
  until_state(TrainingSession::State::ready);
  session_->checkpoint_every = 0;
  session_->start();
  until([&] { return session_->state() == TrainingSession::State::paused || session_->steps() > 5000; });
  ASSERT_FALSE(session_->alarms().active().empty());
  EXPECT_EQ(session_->alarms().active().front().kind, AlarmKind::not_finite);
}

}  // namespace
}  // namespace gouache::studio
