// Is it told what the self-test found, and how far it is?
#include "demo/studio/selftest_report.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace gouache::studio {
namespace {

TEST(SelftestReport, FailuresComeFirstAndAreNamed) {
  const SelftestReport report = read_selftest(R"({"device": "d", "driver": "v", "passed": 2, "failed": 1, "rows": [
    {"case": "add/1", "op": "add", "row": "plain", "passed": true, "error": 0, "worst": ""},
    {"case": "conv/1", "op": "conv2d", "row": "subgroup", "passed": false, "error": 7, "worst": "y[3] is 1, expected 2"},
    {"case": "conv/1", "op": "conv2d", "row": "plain", "passed": true, "error": 0.1, "worst": ""}]})");
  EXPECT_EQ(report.passed, 2u);
  EXPECT_EQ(report.failed, 1u);
  ASSERT_EQ(report.operations.size(), 2u);
  EXPECT_EQ(report.operations[0].op, "conv2d");
  EXPECT_EQ(report.operations[0].passed, 1u);
  EXPECT_EQ(report.operations[0].failed, 1u);
  ASSERT_EQ(report.failures.size(), 1u);
  EXPECT_EQ(report.failures[0].test, "conv/1");
  EXPECT_EQ(report.failures[0].row, "subgroup");
  EXPECT_EQ(report.failures[0].why, "y[3] is 1, expected 2");
}

TEST(SelftestReport, WhatIsNoReportIsRefused) {
  EXPECT_THROW(read_selftest("nonsense"), std::runtime_error);
  EXPECT_THROW(read_selftest("{}"), std::runtime_error);
  EXPECT_THROW(read_selftest(R"({"device": "d", "driver": "v", "rows": [{"op": 3}]})"), std::runtime_error);
}

TEST(SelftestReport, LinesAreCountedWhenTheyAreWhole) {
  const SelftestCount count =
      count_lines("llvmpipe, Mesa\nok     add/1  plain\nWRONG  conv/1  subgroup\n       y[3] is 1\nok     add/2  pl");
  EXPECT_EQ(count.passed, 1u);
  EXPECT_EQ(count.failed, 1u);
}

}  // namespace
}  // namespace gouache::studio
