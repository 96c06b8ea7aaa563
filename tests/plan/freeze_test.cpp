// Are specialization constants replaced by what they are worth, with all that is computed from them?
#include "host/kernels/freeze.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "host/graph/error.h"

namespace gouache::testing {
namespace {

using Words = std::vector<std::uint32_t>;

/// A module: a header and `instructions`, each an opcode and its operands.
Words module_of(const std::vector<Words>& instructions) {
  Words words{0x07230203, 0x00010300, 0, 100, 0};
  for (const Words& instruction : instructions) {
    words.push_back(std::uint32_t(instruction.size()) << 16 | instruction[0]);
    words.insert(words.end(), instruction.begin() + 1, instruction.end());
  }
  return words;
}

constexpr std::uint32_t kDecorate = 71, kTypeBool = 20, kTypeInt = 21, kConstantTrue = 41, kConstantFalse = 42, kConstant = 43,
                        kConstantComposite = 44, kSpecTrue = 48, kSpec = 50, kSpecComposite = 51, kSpecOp = 52, kSpecId = 1;
constexpr std::uint32_t kBool = 10, kUint = 11, kInt = 12;  // types
const Words kTypes[] = {{kTypeBool, kBool}, {kTypeInt, kUint, 32, 0}, {kTypeInt, kInt, 32, 1}};

Words frozen(std::vector<Words> instructions, const std::vector<SpecConstant>& constants = {}) {
  return freeze_constants(module_of(instructions), constants);
}

TEST(Freeze, TakesTheValueAskedForElseTheDefault) {
  const std::vector<Words> before{{kDecorate, 20, kSpecId, 7},
                                  {kDecorate, 21, kSpecId, 8},
                                  {kDecorate, 22, kSpecId, 9},
                                  {kDecorate, 23, 11, 25},
                                  kTypes[0],
                                  kTypes[1],
                                  {kSpec, kUint, 20, 5},
                                  {kSpec, kUint, 21, 6},
                                  {kSpecTrue, kBool, 22},
                                  {kSpecComposite, 13, 23, 20, 21}};
  const std::vector<Words> after{{kDecorate, 23, 11, 25},
                                 kTypes[0],
                                 kTypes[1],
                                 {kConstant, kUint, 20, 50},
                                 {kConstant, kUint, 21, 6},
                                 {kConstantFalse, kBool, 22},
                                 {kConstantComposite, 13, 23, 20, 21}};
  EXPECT_EQ(frozen(before, {{7, 50}, {9, 0}, {99, 3}}), module_of(after));
}

TEST(Freeze, ComputesWhatDependsOnThem) {
  struct Case {
    const char* name;
    std::uint32_t opcode, type, a, b, expected;
  };
  const std::uint32_t minus_7 = std::uint32_t(-7);
  for (const Case& c :
       {Case{"add", 128, kUint, 20, 3, 23}, Case{"subtract", 130, kInt, 3, 10, minus_7}, Case{"multiply", 132, kUint, 6, 7, 42},
        Case{"divide", 134, kUint, minus_7, 2, 2147483644}, Case{"divide signed", 135, kInt, minus_7, 2, std::uint32_t(-3)},
        Case{"remainder", 137, kUint, 20, 6, 2}, Case{"equal", 170, kBool, 4, 4, 1}, Case{"not equal", 171, kBool, 4, 4, 0},
        Case{"greater", 172, kBool, minus_7, 2, 1}, Case{"greater signed", 173, kBool, minus_7, 2, 0}, Case{"less", 176, kBool, 1, 2, 1},
        Case{"less signed", 177, kBool, minus_7, 2, 1}, Case{"shift right", 194, kUint, 0x1234, 8, 0x12},
        Case{"shift left", 196, kUint, 3, 4, 48}, Case{"and", 199, kUint, 0xff, 0x3c, 0x3c}, Case{"or", 197, kUint, 0xf0, 0x0f, 0xff}}) {
    const Words result = frozen({{kDecorate, 20, kSpecId, 0},
                                 kTypes[0],
                                 kTypes[1],
                                 kTypes[2],
                                 {kSpec, kUint, 20, 0},
                                 {kConstant, kUint, 21, c.b},
                                 {kSpecOp, c.type, 22, c.opcode, 20, 21}},
                                {{0, c.a}});
    const Words last =
        c.type == kBool ? Words{c.expected ? kConstantTrue : kConstantFalse, kBool, 22} : Words{kConstant, c.type, 22, c.expected};
    EXPECT_EQ(result, module_of({kTypes[0], kTypes[1], kTypes[2], {kConstant, kUint, 20, c.a}, {kConstant, kUint, 21, c.b}, last}))
        << c.name;
  }
}

/// if (spec) { block 31 } else { block 32 }, which meet in block 33; `meeting` are the words there after the label.
std::vector<Words> selection(const Words& meeting) {
  return {{kDecorate, 20, kSpecId, 0},
          kTypes[0],
          {kSpecTrue, kBool, 20},
          {248, 30},
          {247, 33, 0},
          {250, 20, 31, 32},
          {248, 31},
          {249, 33},
          {248, 32},
          {249, 33},
          {248, 33},
          meeting};
}

TEST(Freeze, ASelectionBecomesAJump) {
  for (const bool taken : {true, false}) {
    const Words result = frozen(selection({253}), {{0, taken}});
    EXPECT_EQ(result, module_of({kTypes[0],
                                 {taken ? kConstantTrue : kConstantFalse, kBool, 20},
                                 {248, 30},
                                 {249, taken ? 31u : 32u},
                                 {248, 31},
                                 {249, 33},
                                 {248, 32},
                                 {249, 33},
                                 {248, 33},
                                 {253}}));
  }
}

TEST(Freeze, WhatAPhiTellsApartStays) {
  const Words phi{245, kBool, 40, 20, 31, 20, 32};
  const Words result = frozen(selection(phi)), kept{4u << 16 | 250, 20, 31, 32};
  EXPECT_NE(std::search(result.begin(), result.end(), kept.begin(), kept.end()), result.end());
}

TEST(Freeze, RefusesWhatIsNoModule) {
  EXPECT_THROW(freeze_constants(Words{}, {}), Error);
  EXPECT_THROW(freeze_constants(Words{1, 2, 3, 4, 5}, {}), Error);
  Words cut = module_of({kTypes[1]});
  cut.pop_back();
  EXPECT_THROW(freeze_constants(cut, {}), Error);
}

}  // namespace
}  // namespace gouache::testing
