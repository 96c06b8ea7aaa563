// Are people told when a training goes wrong, not when it does not, and without a flicker?
#include "demo/studio/alarms.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace gouache::studio {
namespace {

/// Steps of a synthetic training.
class Course {
 public:
  explicit Course(bool margins = false) : alarms(margins) {}
  void steps(int count, float real, float fake, float loss_g, float spread = 0, float loss_d = 0.7f, float gradient = 1) {
    std::uniform_real_distribution<float> noise(-spread, spread);
    for (int i = 0; i < count; ++i) {
      Vitals vitals;
      vitals.d_real = real + noise(random_);
      vitals.d_fake = fake + noise(random_);
      vitals.loss_d = loss_d;
      vitals.loss_g = loss_g;
      vitals.gradient_d = vitals.gradient_g = gradient;
      alarms.step(++step, vitals);
      const bool raised = has(AlarmKind::discriminator_strong);
      changes += raised != was_;
      was_ = raised;
    }
  }
  bool has(AlarmKind kind) const { return std::ranges::find(alarms.active(), kind, &Alarm::kind) != alarms.active().end(); }

  Alarms alarms;
  std::uint64_t step = 0;
  int changes = 0;

 private:
  std::mt19937 random_{5};
  bool was_ = false;
};

TEST(Alarms, AreSilentWhileAllIsWell) {
  Course run;
  run.steps(100, 0.999f, 0.001f, 7);  // the first steps of many trainings
  run.steps(5000, 0.75f, 0.25f, 1.6f, 0.15f);
  for (int i = 0; i < 40; ++i) run.alarms.sheet(static_cast<std::uint64_t>(100 * i), std::min(1.0, 0.02 + 0.04 * i));
  EXPECT_TRUE(run.alarms.active().empty());
}

TEST(Alarms, ADiscriminatorThatWinsForLongIsTold) {
  Course run;
  run.steps(400, 0.8f, 0.2f, 1.6f, 0.1f);
  run.steps(150, 0.995f, 0.005f, 5);
  EXPECT_FALSE(run.has(AlarmKind::discriminator_strong)) << "not yet for long";
  run.steps(400, 0.995f, 0.005f, 5);
  ASSERT_TRUE(run.has(AlarmKind::discriminator_strong));
  const Alarm& alarm = run.alarms.active().front();
  EXPECT_NE(alarm.what.find("too strong"), std::string::npos);
  EXPECT_NE(alarm.advice.find("Try"), std::string::npos);
  EXPECT_GT(alarm.since, 550u);
  EXPECT_LT(alarm.since, 950u);
  run.steps(300, 0.8f, 0.2f, 1.6f, 0.1f);
  EXPECT_FALSE(run.has(AlarmKind::discriminator_strong)) << "taken back when it is over";
  EXPECT_EQ(run.changes, 2);
}

TEST(Alarms, DoNotFlickerAroundTheirLimits) {
  Course run;
  run.steps(200, 0.8f, 0.2f, 1.6f);
  for (int i = 0; i < 60; ++i) {
    run.steps(40, 0.99f, 0.01f, 4);
    run.steps(40, 0.955f, 0.045f, 3);
  }
  EXPECT_LE(run.changes, 1);
  for (int i = 0; i < 60; ++i) {
    run.steps(50, 0.96f, 0.04f, 3);
    run.steps(10, 0.85f, 0.2f, 1.6f);
  }
  EXPECT_LE(run.changes, 2);
}

TEST(Alarms, AGeneratorsGrowingLossIsTold) {
  Course run;
  run.steps(400, 0.8f, 0.2f, 1.6f, 0.05f);
  for (int i = 0; i < 1000; ++i) run.steps(1, 0.93f, 0.06f, 1.6f + 0.006f * static_cast<float>(i));
  EXPECT_TRUE(run.has(AlarmKind::discriminator_strong));
}

TEST(Alarms, AHighGeneratorLossThatDoesNotGrowIsNot) {
  Course run;
  run.steps(3000, 0.9f, 0.09f, 4, 0.02f);
  EXPECT_TRUE(run.alarms.active().empty());
}

TEST(Alarms, ScoresWithoutEndsAreJudgedByTheLoss) {
  Course run(true);
  run.steps(3000, 1.4f, -1.3f, 1, 0.1f, 0.3f);
  EXPECT_TRUE(run.alarms.active().empty());
  run.steps(600, 3, -3, 3, 0.1f, 0.001f);
  EXPECT_TRUE(run.has(AlarmKind::discriminator_strong));
  run.steps(300, 1.2f, -1, 1, 0.1f, 0.5f);
  EXPECT_FALSE(run.has(AlarmKind::discriminator_strong));
}

TEST(Alarms, ADiscriminatorThatKnowsNothingIsTold) {
  Course run;
  run.steps(500, 0.501f, 0.5f, 0.69f);
  EXPECT_FALSE(run.has(AlarmKind::no_learning));
  run.steps(200, 0.501f, 0.5f, 0.69f);
  EXPECT_TRUE(run.has(AlarmKind::no_learning));
  run.steps(100, 0.6f, 0.4f, 0.69f);
  EXPECT_FALSE(run.has(AlarmKind::no_learning));
}

TEST(Alarms, GradientsThatVanishAreTold) {
  Course run;
  run.steps(700, 0.8f, 0.2f, 1.6f, 0, 0.7f, 1e-9f);
  EXPECT_TRUE(run.has(AlarmKind::no_learning));
}

TEST(Alarms, ATrainingWithoutADiscriminatorIsWatchedAsFarAsCanBe) {
  Alarms alarms;
  for (std::uint64_t step = 1; step < 2000; ++step) alarms.step(step, {});
  EXPECT_TRUE(alarms.active().empty());
}

TEST(Alarms, StepsThatWereNotSeenCount) {
  Alarms alarms;
  Vitals vitals;
  vitals.d_real = 0.999f;
  vitals.d_fake = 0.001f;
  for (std::uint64_t step = 50; step <= 900; step += 50) alarms.step(step, vitals);
  ASSERT_EQ(alarms.active().size(), 1u);
}

TEST(Alarms, SamplesThatBecomeAlikeAreTold) {
  Course run;
  std::uint64_t step = 0;
  for (const double d : {0.0, 0.05, 0.3, 0.6, 0.85, 0.9, 0.8}) run.alarms.sheet(step += 50, d);
  EXPECT_TRUE(run.alarms.active().empty());
  run.alarms.sheet(step += 50, 0.3);
  EXPECT_FALSE(run.has(AlarmKind::collapse)) << "one bad sheet may be chance";
  run.alarms.sheet(step += 50, 0.25);
  ASSERT_TRUE(run.has(AlarmKind::collapse));
  EXPECT_EQ(run.alarms.active().front().since, step);
  EXPECT_DOUBLE_EQ(run.alarms.diversity_now(), 0.25);
  run.alarms.sheet(step += 50, 0.5);  // between both limits: stays
  run.alarms.sheet(step += 50, 0.7);
  EXPECT_TRUE(run.has(AlarmKind::collapse));
  run.alarms.sheet(step += 50, 0.7);
  EXPECT_FALSE(run.has(AlarmKind::collapse));
}

TEST(Alarms, SamplesThatNeverDifferedAreToldLate) {
  Course run;
  for (std::uint64_t step = 0; step < 1500; step += 50) run.alarms.sheet(step, 0.05);
  EXPECT_TRUE(run.alarms.active().empty()) << "they may still learn to";
  for (std::uint64_t step = 1500; step < 1700; step += 50) run.alarms.sheet(step, 0.05);
  EXPECT_TRUE(run.has(AlarmKind::collapse));
}

TEST(Alarms, SamplesThatDoNotChangeAreNothingLearned) {
  Course run;
  std::uint64_t step = 300;
  run.alarms.sheet(step, 0.05, 0.01);
  EXPECT_TRUE(run.alarms.active().empty()) << "one may be chance";
  run.alarms.sheet(step += 50, 0.05, 0.01);
  ASSERT_TRUE(run.has(AlarmKind::no_learning));
  EXPECT_NE(run.alarms.active().front().what.find("have not changed"), std::string::npos);
  while (step < 1700) run.alarms.sheet(step += 50, 0.05, 0.001);
  EXPECT_EQ(run.alarms.active().size(), 1u) << "nothing collapses where nothing moves";
  run.alarms.sheet(step += 50, 0.5, 0.05);  // between both limits: stays
  run.alarms.sheet(step += 50, 0.7, 0.4);
  EXPECT_TRUE(run.has(AlarmKind::no_learning));
  run.alarms.sheet(step += 50, 0.7, 0.4);
  EXPECT_TRUE(run.alarms.active().empty());
}

TEST(Alarms, NaNIsToldFirstAndStaysUntilTheTrainingBeginsAnew) {
  Course run;
  run.steps(400, 0.8f, 0.2f, 1.6f);
  run.steps(600, 0.999f, 0.001f, 7);
  ASSERT_EQ(run.alarms.active().size(), 1u);
  run.alarms.not_finite(1001, "gradient of D");
  run.steps(500, 0.8f, 0.2f, 1.6f);
  ASSERT_EQ(run.alarms.active().size(), 1u) << "the other one is over";
  EXPECT_EQ(run.alarms.active().front().kind, AlarmKind::not_finite);
  EXPECT_NE(run.alarms.active().front().what.find("gradient of D"), std::string::npos);
  run.alarms.reset();
  EXPECT_TRUE(run.alarms.active().empty());
  EXPECT_LT(run.alarms.diversity_now(), 0);
}

TEST(Diversity, IsTheMeanDistanceOfPairs) {
  const std::vector<std::uint8_t> alike(4 * 16, 77);
  EXPECT_EQ(diversity(alike, 4), 0.0);
  std::vector<std::uint8_t> two(2 * 16, 0);
  std::fill(two.begin() + 16, two.end(), std::uint8_t{255});
  EXPECT_DOUBLE_EQ(diversity(two, 2), 1.0);
  std::vector<std::uint8_t> three(3 * 4, 0);
  std::fill(three.begin() + 8, three.end(), std::uint8_t{51});  // distances 0, 0.2, 0.2
  EXPECT_NEAR(diversity(three, 3), 0.4 / 3, 1e-12);
  EXPECT_EQ(diversity(alike, 1), 0.0);
}

TEST(Diversity, VitalsArePickedByName) {
  const std::string names[] = {"loss D", "D(real)", "D(fake)", "gradient D", "loss G", "gradient G", "other"};
  const float values[] = {1, 2, 3, 4, 5, std::nanf(""), 7};
  const Vitals vitals = vitals_of(names, values);
  EXPECT_EQ(vitals.loss_d, 1.0f);
  EXPECT_EQ(vitals.d_real, 2.0f);
  EXPECT_EQ(vitals.d_fake, 3.0f);
  EXPECT_EQ(vitals.gradient_d, 4.0f);
  EXPECT_EQ(vitals.loss_g, 5.0f);
  EXPECT_FALSE(vitals.gradient_g) << "what is not finite is not there";
}

}  // namespace
}  // namespace gouache::studio
