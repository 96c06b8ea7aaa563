// Do exported files get the names, places and frame data that they should?
#include "demo/studio/export_plan.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <stdexcept>

namespace gouache::studio {
namespace {

const NameParts kParts{"sprites", "007", "class 3"};

std::string complaint(const std::string& pattern) {
  try {
    name_from(pattern, kParts);
  } catch (const std::invalid_argument& error) { return error.what(); }
  return {};
}

TEST(ExportPlan, NamesAreMadeOfTheirParts) {
  EXPECT_EQ(name_from("{model}-{number}", kParts), "sprites-007");
  EXPECT_EQ(name_from("  hero {class}{number} ", kParts), "hero class 3007");
  EXPECT_EQ(name_from("plain", kParts), "plain");
  EXPECT_EQ(name_from("open{brace", kParts), "open{brace");
  EXPECT_EQ(name_from("dots...", kParts), "dots");
}

TEST(ExportPlan, PartsNeverLeaveTheFolder) {
  EXPECT_EQ(name_from("x{model}", {"../../etc/passwd", "1", ""}), "x..-..-etc-passwd");
  EXPECT_EQ(name_from("x{class}", {"m", "1", "a:b|c*\n"}), "xa-b-c--");
}

TEST(ExportPlan, NamesThatNoFileCanHaveAreNamedToTheUser) {
  EXPECT_NE(complaint("{size}").find("{size}"), std::string::npos);
  EXPECT_NE(complaint("a/b").find("'/'"), std::string::npos);
  EXPECT_NE(complaint("a\\b").find("'\\'"), std::string::npos);
  EXPECT_NE(complaint("  ").find("needs a name"), std::string::npos);
  EXPECT_NE(complaint("...").find("needs a name"), std::string::npos);
  EXPECT_NE(complaint(".hidden").find("dot"), std::string::npos);
  EXPECT_NE(complaint(std::string(300, 'x')).find("longer"), std::string::npos);
  EXPECT_NE(complaint("a\nb").find("line breaks"), std::string::npos);
}

TEST(ExportPlan, SeveralPicturesHaveNamesOfTheirOwn) {
  EXPECT_EQ(pattern_for_several("{model}"), "{model}-{number}");
  EXPECT_EQ(pattern_for_several("{number}_{model}"), "{number}_{model}");
  EXPECT_EQ(running_numbers(2), (std::vector<std::string>{"001", "002"}));
  const std::vector<std::string> many = running_numbers(1024);
  EXPECT_EQ(many.front(), "0001");
  EXPECT_EQ(many.back(), "1024");
  EXPECT_EQ(std::set<std::string>(many.begin(), many.end()).size(), 1024u);
}

TEST(ExportPlan, AFreeNumberIsAppended) {
  const std::set<std::string> there{"a", "a-2", "b"};
  const auto taken = [&](const std::string& stem) { return there.count(stem) > 0; };
  EXPECT_EQ(free_stem("a", taken), "a-3");
  EXPECT_EQ(free_stem("b", taken), "b-2");
  EXPECT_EQ(free_stem("c", taken), "c");
  EXPECT_THROW(free_stem("a", [](const std::string&) { return true; }), std::runtime_error);
}

TEST(ExportPlan, FoldersAreUnderstoodAndRemembered) {
  EXPECT_EQ(folder_from(" ~/art ", "/home/ada"), "/home/ada/art");
  EXPECT_EQ(folder_from("~", "/home/ada"), "/home/ada");
  EXPECT_EQ(folder_from("~bob/art", "/home/ada"), "~bob/art");
  EXPECT_EQ(folder_from("~/art", ""), "~/art");
  EXPECT_EQ(folder_from("  ", "/home/ada"), "");
  EXPECT_EQ(folders_with("c", {"a", "b"}, 2), (std::vector<std::string>{"c", "a"}));
  EXPECT_EQ(folders_with("b", {"a", "b"}, 5), (std::vector<std::string>{"b", "a"}));
}

TEST(ExportPlan, CellsLieBesideOneAnotherAndNeverOverlap) {
  const ExportSheet plan = plan_sheet(7, 16, 24, 3, 2, 5);
  EXPECT_EQ(plan.columns, 3u);
  EXPECT_EQ(plan.rows, 3u);
  EXPECT_EQ(plan.width, 3 * 16 + 2 * 2 + 2 * 5u);
  EXPECT_EQ(plan.height, 3 * 24 + 2 * 2 + 2 * 5u);
  ASSERT_EQ(plan.cells.size(), 7u);
  EXPECT_EQ(plan.cells[0].x, 5u);
  EXPECT_EQ(plan.cells[0].y, 5u);
  EXPECT_EQ(plan.cells[5].x, 5 + 2 * 18u);
  EXPECT_EQ(plan.cells[5].y, 5 + 26u);
  EXPECT_TRUE(plan.holes);
  data::Picture sheet = blank_sheet(plan, 4);
  const std::vector<std::uint8_t> ink(16 * 24 * 4, 1);
  for (const ExportCell& cell : plan.cells) place(sheet, cell, ink, 4);
  EXPECT_EQ(std::accumulate(sheet.pixels.begin(), sheet.pixels.end(), 0u), 7u * 16 * 24 * 4) << "cells overlap";
}

TEST(ExportPlan, SheetsWithoutHolesKeepTheirChannels) {
  EXPECT_FALSE(plan_sheet(6, 8, 8, 3, 0, 0).holes);
  EXPECT_EQ(blank_sheet(plan_sheet(6, 8, 8, 3, 0, 0), 3).channels, 3u);
  EXPECT_EQ(blank_sheet(plan_sheet(6, 8, 8, 3, 1, 0), 3).channels, 4u);
  EXPECT_EQ(blank_sheet(plan_sheet(5, 8, 8, 3, 0, 0), 1).channels, 2u);
  EXPECT_EQ(blank_sheet(plan_sheet(5, 8, 8, 3, 0, 0), 4).channels, 4u);
}

TEST(ExportPlan, OpaquePicturesStayOpaqueBetweenTransparentGaps) {
  const ExportSheet plan = plan_sheet(2, 1, 1, 2, 1, 0);
  data::Picture sheet = blank_sheet(plan, 3);
  const std::uint8_t red[] = {200, 10, 20}, blue[] = {1, 2, 220};
  place(sheet, plan.cells[0], red, 3);
  place(sheet, plan.cells[1], blue, 3);
  EXPECT_EQ(sheet.pixels, (std::vector<std::uint8_t>{200, 10, 20, 255, 0, 0, 0, 0, 1, 2, 220, 255}));
}

TEST(ExportPlan, WhatIsTooLargeIsRefusedInWords) {
  EXPECT_THROW(plan_sheet(0, 8, 8, 1, 0, 0), std::invalid_argument);
  EXPECT_THROW(plan_sheet(5, 4096, 8, 5, 0, 0), std::invalid_argument);
  try {
    plan_sheet(16, 4096, 4096, 4, 0, 0);
    FAIL() << "256 million pixels";
  } catch (const std::invalid_argument& error) { EXPECT_NE(std::string(error.what()).find("16384 x 16384"), std::string::npos); }
  EXPECT_EQ(plan_sheet(4, 4096, 4096, 2, 0, 0).width, 8192u);
  EXPECT_EQ(plan_sheet(4, 8, 8, 4000000000u, 0, 0).columns, 4u);
}

TEST(ExportPlan, ColumnsMakeSheetsNearlySquare) {
  EXPECT_EQ(square_columns(16, 32, 32), 4u);
  EXPECT_EQ(square_columns(17, 32, 32), 5u);
  EXPECT_EQ(square_columns(8, 64, 16), 2u);
  EXPECT_EQ(square_columns(1, 32, 32), 1u);
  EXPECT_EQ(square_columns(2, 1, 4096), 2u);
}

TEST(ExportPlan, EnginesReadTheFrameData) {
  const ExportSheet plan = plan_sheet(3, 32, 48, 2, 1, 4);
  const auto json = nlohmann::json::parse(frame_data(plan, {"hero.png", 4, {"a.png", "b.png", "c.png"}, 83, true, false}));
  ASSERT_EQ(json["frames"].size(), 3u);
  const auto& last = json["frames"][2];
  EXPECT_EQ(last["filename"], "c.png");
  EXPECT_EQ(last["frame"], (nlohmann::json{{"x", 4}, {"y", 53}, {"w", 32}, {"h", 48}}));
  EXPECT_EQ(last["rotated"], false);
  EXPECT_EQ(last["trimmed"], false);
  EXPECT_EQ(last["spriteSourceSize"], (nlohmann::json{{"x", 0}, {"y", 0}, {"w", 32}, {"h", 48}}));
  EXPECT_EQ(last["sourceSize"], (nlohmann::json{{"w", 32}, {"h", 48}}));
  EXPECT_EQ(last["duration"], 83);
  EXPECT_EQ(json["meta"]["image"], "hero.png");
  EXPECT_EQ(json["meta"]["format"], "RGBA8888");
  EXPECT_EQ(json["meta"]["size"], (nlohmann::json{{"w", 73}, {"h", 105}}));
  EXPECT_EQ(json["meta"]["scale"], "1");
  EXPECT_EQ(json["meta"]["frameTags"][0], (nlohmann::json{{"name", "all"}, {"from", 0}, {"to", 2}, {"direction", "pingpong"}}));
  EXPECT_FALSE(json["meta"].contains("premultipliedAlpha"));
}

TEST(ExportPlan, ASheetThatIsNoAnimationHasNoDurations) {
  const ExportSheet plan = plan_sheet(1, 8, 8, 1, 0, 0);
  const auto json = nlohmann::json::parse(frame_data(plan, {"a.png", 3, {"a"}, 0, false, true}));
  EXPECT_FALSE(json["frames"][0].contains("duration"));
  EXPECT_FALSE(json["meta"].contains("frameTags"));
  EXPECT_EQ(json["meta"]["format"], "RGB888");
  EXPECT_EQ(json["meta"]["premultipliedAlpha"], true);
  EXPECT_THROW(frame_data(plan, {"a.png", 3, {}, 0, false, false}), std::out_of_range);
}

}  // namespace
}  // namespace gouache::studio
