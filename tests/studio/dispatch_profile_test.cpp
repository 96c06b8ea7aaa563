// Do dispatches come together as operations, the slowest first?
#include "demo/studio/dispatch_profile.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace gouache::studio {
namespace {

TEST(DispatchProfile, OperationsAreSortedByTheirTime) {
  const DispatchProfile profile = profile_of(nlohmann::ordered_json::parse(R"({"dispatches": [
    {"op": "dense", "label": "G/stem", "output": [16, 256], "row": "plain", "pass": 0, "passes": 1, "setup": false, "microseconds": 10},
    {"op": "conv2d", "label": "G/8", "output": [16, 8, 8, 64], "row": "subgroup", "pass": 0, "passes": 2, "setup": false, "microseconds": 30},
    {"op": "conv2d", "label": "G/8", "output": [16, 8, 8, 64], "row": "sum", "pass": 1, "passes": 2, "setup": false, "microseconds": 60},
    {"op": "pack", "label": "", "output": [4], "row": "plain", "setup": true, "microseconds": 1000},
    {"op": "tanh", "label": "G", "output": [], "row": "plain", "setup": false, "microseconds": null}]})"));
  ASSERT_EQ(profile.operations.size(), 3u);
  EXPECT_EQ(profile.dispatches, 4u);
  EXPECT_EQ(profile.measured, 3u);
  EXPECT_DOUBLE_EQ(profile.microseconds, 100);
  EXPECT_EQ(profile.operations[0].op, "conv2d");
  EXPECT_DOUBLE_EQ(profile.operations[0].share, 0.9);
  EXPECT_EQ(profile.operations[0].dispatches[0].row, "sum");
  EXPECT_EQ(profile.operations[0].dispatches[0].label, "G/8 (2 of 2)");
  EXPECT_EQ(profile.operations[0].dispatches[0].shape, "16 x 8 x 8 x 64");
  EXPECT_EQ(profile.operations[1].op, "dense");
  EXPECT_LT(profile.operations[2].dispatches[0].microseconds, 0);
}

TEST(DispatchProfile, WhatIsNotDescribedIsEmpty) {
  EXPECT_TRUE(profile_of(nlohmann::ordered_json::parse("{}")).operations.empty());
  EXPECT_TRUE(profile_of(nlohmann::ordered_json::parse(R"({"dispatches": 3})")).operations.empty());
}

}  // namespace
}  // namespace gouache::studio
