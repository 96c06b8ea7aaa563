// Do plots draw few points that tell the truth, and axes that fit them?
#include "demo/studio/curves.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace gouache::studio {
namespace {

Metrics metrics_of(const std::vector<float>& values) {
  Metrics metrics({"loss D"});
  for (const float& value : values) metrics.add(metrics.last_step() + 1, std::span(&value, 1));
  return metrics;
}

TEST(Curves, HaveAPointARowWhileThereIsRoom) {
  const Curve curve = curve_of(metrics_of({3, 1, 2}), 0, 10);
  ASSERT_EQ(curve.size(), 3u);
  EXPECT_EQ(curve[1].step, 2.0);
  EXPECT_EQ(curve[1].mean, 1.0f);
  EXPECT_EQ(curve[1].smooth, 1.0f) << "so short a run is not smoothed";
  EXPECT_TRUE(curve_of(Metrics({"a"}), 0, 10).empty());
}

TEST(Curves, KeepPeaksWhenPointsAreFewerThanSteps) {
  std::vector<float> values(1000, 1.0f);
  values[500] = 9;
  values[700] = -9;
  const Curve curve = curve_of(metrics_of(values), 0, 100);
  ASSERT_EQ(curve.size(), 100u);
  EXPECT_EQ(curve[50].most, 9.0f);
  EXPECT_EQ(curve[70].least, -9.0f);
  EXPECT_NEAR(curve[50].mean, 1.8f, 1e-5);
  EXPECT_GT(curve[50].smooth, 1.2f);
  EXPECT_LT(curve[50].smooth, 1.9f);
}

TEST(Curves, WhatIsNotFiniteIsAGap) {
  std::vector<float> values(200, 1.0f);
  for (std::size_t i = 80; i < 120; ++i) values[i] = std::numeric_limits<float>::quiet_NaN();
  const Curve curve = curve_of(metrics_of(values), 0, 20);
  EXPECT_TRUE(std::isnan(curve[9].mean));
  EXPECT_TRUE(std::isnan(curve[10].smooth));
  EXPECT_EQ(curve[15].mean, 1.0f);
}

TEST(Spans, ShowTheLinesAndNotEveryOutlier) {
  std::vector<float> values;
  for (int i = 0; i < 2000; ++i) values.push_back(1 + static_cast<float>(i) / 2000);
  values[1000] = 1e6f;
  const Curve curves[] = {curve_of(metrics_of(values), 0, 2000)};
  const Span span = span_of(curves, false);
  EXPECT_LT(span.low, 1.05);
  EXPECT_GT(span.high, 1.9);
  EXPECT_LT(span.high, 2e5) << "the one outlier does not flatten the rest";
}

TEST(Spans, AreNeverEmpty) {
  const Curve flat[] = {curve_of(metrics_of({2, 2, 2}), 0, 10)};
  EXPECT_LT(span_of(flat, false).low, 2);
  EXPECT_GT(span_of(flat, false).high, 2);
  EXPECT_LT(span_of({}, false).low, span_of({}, false).high);
  const Curve none[] = {curve_of(metrics_of({-1, 0}), 0, 10)};
  EXPECT_LT(span_of(none, true).low, span_of(none, true).high) << "nothing above 0";
}

TEST(Ticks, AreRoundNumbersWithinTheSpan) {
  EXPECT_EQ(ticks_of({0.1, 3.9}, false, 4), (std::vector<double>{1, 2, 3}));
  const std::vector<double> decades = ticks_of({-2.2, 1.5}, true, 4);
  EXPECT_EQ(decades, (std::vector<double>{-2, -1, 0, 1}));
  const std::vector<double> within = ticks_of({0.05, 0.95}, true, 4);
  ASSERT_EQ(within.size(), 2u);
  EXPECT_NEAR(std::pow(10.0, within[1]), 5, 1e-9);
  for (const double tick : ticks_of({-30, 12}, true, 4)) EXPECT_EQ(tick, std::round(tick));
}

TEST(Ticks, AreWrittenShortly) {
  EXPECT_EQ(short_number(0), "0");
  EXPECT_EQ(short_number(0.25), "0.25");
  EXPECT_EQ(short_number(1234), "1234");
  EXPECT_EQ(short_number(25000), "25k");
  EXPECT_EQ(short_number(0.0002), "2.0e-04");
  EXPECT_EQ(short_number(-2.5), "-2.5");
}

}  // namespace
}  // namespace gouache::studio
