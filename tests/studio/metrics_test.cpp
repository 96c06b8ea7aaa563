// Are a training's figures kept in bounded memory without losing what they did, and cut and read back as they were?
#include "demo/studio/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <sstream>

namespace gouache::studio {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// Values i and -i after step i.
Metrics ramp(std::uint64_t steps, std::uint64_t stride = 1) {
  Metrics m({"loss D", "loss G"});
  for (std::uint64_t i = stride; i <= steps; i += stride) {
    const float values[] = {static_cast<float>(i), -static_cast<float>(i)};
    m.add(i, values);
  }
  return m;
}

TEST(Metrics, KnowWhichFiguresBelongTogether) {
  EXPECT_EQ(figure_of("loss D"), Figure::loss);
  EXPECT_EQ(figure_of("D(real)"), Figure::probability);
  EXPECT_EQ(figure_of("gradient G"), Figure::norm);
  EXPECT_EQ(figure_of("images/s"), Figure::speed);
}

TEST(Metrics, AreAsTheyWereWhileTheyAreFew) {
  const Metrics m = ramp(100);
  ASSERT_EQ(m.rows(), 100u);
  EXPECT_EQ(m.steps(41).first, 42u);
  EXPECT_EQ(m.at(41, 1).mean, -42.0f);
  EXPECT_EQ(m.last_step(), 100u);
  EXPECT_EQ(m.newest()[0], 100.0f);
  EXPECT_EQ(m.means(0)[9], 10.0);
  EXPECT_EQ(m.middles()[9], 10.0);
}

TEST(Metrics, StayBoundedAndKeepLeastMostMeanAndCount) {
  constexpr std::uint64_t kSteps = 100'000;
  const Metrics m = ramp(kSteps);
  EXPECT_LE(m.rows(), Metrics::kMostRows);
  EXPECT_GE(m.rows(), Metrics::kMostRows / 4) << "detail is not given away";
  std::uint64_t next = 1, counted = 0;
  for (std::size_t row = 0; row < m.rows(); ++row) {
    EXPECT_EQ(m.steps(row).first, next) << "rows follow one another without gaps";
    next = m.steps(row).last + 1;
    const Summary& s = m.at(row, 0);
    EXPECT_EQ(s.least, static_cast<float>(m.steps(row).first));
    EXPECT_EQ(s.most, static_cast<float>(m.steps(row).last));
    EXPECT_NEAR(s.mean, (s.least + s.most) / 2, 0.01 + 1e-5 * static_cast<double>(s.most));
    counted += s.count;
  }
  EXPECT_EQ(next, kSteps + 1);
  EXPECT_EQ(counted, kSteps);
}

TEST(Metrics, StepsThatWereSeenNowAndThenAreBoundedToo) {
  const Metrics m = ramp(1'000'000, 7);
  EXPECT_LE(m.rows(), Metrics::kMostRows);
  EXPECT_GE(m.rows(), Metrics::kMostRows / 4);
  EXPECT_EQ(m.last_step() / 7, 1'000'000u / 7);
}

TEST(Metrics, WhatIsNotFiniteIsAGap) {
  Metrics m({"loss D"});
  for (const float value : {1.0f, kNan, std::numeric_limits<float>::infinity(), 3.0f}) m.add(m.last_step() + 1, std::span(&value, 1));
  EXPECT_EQ(m.at(1, 0).count, 0u);
  EXPECT_TRUE(std::isnan(m.means(0)[2]));
  Summary all;
  for (std::size_t row = 0; row < 4; ++row) all.add(m.at(row, 0));
  EXPECT_EQ(all.count, 2u);
  EXPECT_EQ(all.mean, 2.0f);
  EXPECT_EQ(all.most, 3.0f);
}

TEST(Metrics, RefuseStepsThatDoNotGrowAndOtherColumns) {
  Metrics m = ramp(3);
  const float values[] = {1, 2};
  EXPECT_THROW(m.add(3, values), std::invalid_argument);
  EXPECT_THROW(m.add(4, std::span(values, 1)), std::invalid_argument);
  EXPECT_EQ(m.rows(), 3u);
}

TEST(Metrics, CutForgetsWhatCameAfter) {
  Metrics m = ramp(100);
  const std::uint64_t before = m.version();
  m.cut(60);
  EXPECT_GT(m.version(), before);
  EXPECT_EQ(m.rows(), 60u);
  EXPECT_EQ(m.last_step(), 60u);
  EXPECT_EQ(m.newest()[0], 60.0f);
  const float values[] = {7, 8};
  m.add(61, values);  // training goes on from there
  EXPECT_EQ(m.at(60, 1).mean, 8.0f);
  m.cut(0);
  EXPECT_EQ(m.rows(), 0u);
  EXPECT_TRUE(m.newest().empty());
}

TEST(Metrics, CutWithinMergedStepsGoesOnAfterTheCut) {
  Metrics m = ramp(10'000);
  ASSERT_GT(m.steps(500).last, m.steps(500).first);
  const std::uint64_t within = m.steps(500).first;
  m.cut(within);
  EXPECT_EQ(m.last_step(), within);
  const float values[] = {1, 1};
  m.add(within + 1, values);
  EXPECT_EQ(m.last_step(), within + 1);
  EXPECT_EQ(m.rows(), 501u) << "it lies in the same row as before";
}

TEST(Metrics, ComeBackFromAFileAsTheyWere) {
  Metrics m = ramp(5'000);
  const float gap[] = {kNan, 0.1f};
  m.add(5'001, gap);
  std::stringstream file;
  m.write(file);
  Metrics back = Metrics::read(file);
  ASSERT_EQ(back.rows(), m.rows());
  EXPECT_EQ(back.names(), m.names());
  EXPECT_EQ(back.last_step(), 5'001u);
  for (std::size_t row = 0; row < m.rows(); ++row)
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(back.at(row, i).count, m.at(row, i).count);
      EXPECT_EQ(back.at(row, i).most, m.at(row, i).most);
      if (m.at(row, i).count) { EXPECT_EQ(back.at(row, i).mean, m.at(row, i).mean); }
    }
  const float values[] = {1, 2};
  back.add(5'002, values);
  m.add(5'002, values);
  EXPECT_EQ(back.rows(), m.rows()) << "and go on as the others do";
}

TEST(Metrics, RefuseDamagedFilesAndNameTheLine) {
  const auto message = [](const std::string& text) -> std::string {
    std::istringstream file(text);
    try {
      Metrics::read(file);
    } catch (const std::runtime_error& error) { return error.what(); }
    return "taken";
  };
  const std::string header = "from,to,a,a least,a most,a count\n";
  EXPECT_EQ(message(header + "1,1,0.5,0.5,0.5,1\n"), "taken");
  EXPECT_NE(message("").find("line 1"), std::string::npos);
  EXPECT_NE(message("step,loss\n").find("line 1"), std::string::npos);
  EXPECT_EQ(message(header + "1,1,0.5\n"), "line 2: 3 columns, expected 6");
  EXPECT_EQ(message(header + "1,1,x,0,0,1\n"), "line 2: 'x' is not a number");
  EXPECT_NE(message(header + "2,2,1,1,1,1\n1,1,1,1,1,1\n").find("line 3"), std::string::npos);
}

TEST(Rate, IsThatOfTheLastSecondsOfWork) {
  Rate rate;
  EXPECT_EQ(rate.per_second(), 0.0);
  rate.add(10, 1000);  // the first only starts the clock
  EXPECT_EQ(rate.per_second(), 0.0);
  for (int i = 1; i <= 10; ++i) rate.add(10 + i, 64);
  EXPECT_NEAR(rate.per_second(), 64, 1e-9);
  for (int i = 1; i <= 10; ++i) rate.add(20 + i, 128);
  EXPECT_NEAR(rate.per_second(), 128, 1e-9) << "what was long ago does not count";
  rate.pause();
  rate.add(1000, 0);  // the pause does not count
  rate.add(1001, 128);
  EXPECT_NEAR(rate.per_second(), 128, 1e-9);
}

}  // namespace
}  // namespace gouache::studio
