// Are specialization constants replaced by what they are worth, with all that is computed from them, and is what they rule out left out?
#include "host/kernels/freeze.h"

#include <gtest/gtest.h>

#include "host/graph/error.h"
#include "host/kernels/prune.h"
#include "tests/plan/spirv_module.h"

namespace gouache::testing {
namespace {

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

TEST(Freeze, RefusesWhatIsNoModule) {
  EXPECT_THROW(freeze_constants(Words{}, {}), Error);
  EXPECT_THROW(freeze_constants(Words{1, 2, 3, 4, 5}, {}), Error);
  Words cut = module_of({kTypes[1]});
  cut.pop_back();
  EXPECT_THROW(freeze_constants(cut, {}), Error);
}

// Functions and blocks, by their opcodes.
constexpr std::uint32_t kName = 5, kEntryPoint = 15, kFunction = 54, kFunctionEnd = 56, kCall = 57, kNot = 168, kPhi = 245,
                        kLoopMerge = 246, kSelectionMerge = 247, kLabel = 248, kBranch = 249, kBranchConditional = 250, kSwitch = 251,
                        kReturn = 253, kUnreachable = 255;
constexpr std::uint32_t kVoid = 13, kSignature = 14, kMain = 1, kOther = 2, kTrue = 20, kFalse = 21, kSeven = 22;

/// A module that begins at kMain, with the constants true, false and 7; `behind` are further functions.
Words program_of(const std::vector<Words>& main, const std::vector<Words>& behind = {}) {
  std::vector<Words> all{{kEntryPoint, 5, kMain, 0x6e69616d, 0},
                         {kTypeBool, kBool},
                         {kTypeInt, kUint, 32, 0},
                         {kConstantTrue, kBool, kTrue},
                         {kConstantFalse, kBool, kFalse},
                         {kConstant, kUint, kSeven, 7},
                         {kFunction, kVoid, kMain, 0, kSignature}};
  for (const auto* part : {&main, &behind}) all.insert(all.end(), part->begin(), part->end());
  return module_of(all);
}

TEST(Prune, OfASelectionOneSideStays) {
  for (const bool taken : {true, false}) {
    const std::uint32_t constant = taken ? kTrue : kFalse, side = taken ? 31 : 32;
    const Words whole = program_of({{kLabel, 30},
                                    {kSelectionMerge, 33, 0},
                                    {kBranchConditional, constant, 31, 32},
                                    {kLabel, 31},
                                    {kNot, kBool, 41, kTrue},
                                    {kBranch, 33},
                                    {kLabel, 32},
                                    {kNot, kBool, 42, kFalse},
                                    {kBranch, 33},
                                    {kLabel, 33},
                                    {kPhi, kBool, 43, 41, 31, 42, 32},
                                    {kReturn},
                                    {kFunctionEnd}});
    const Words left = program_of({{kLabel, 30},
                                   {kBranch, side},
                                   {kLabel, side},
                                   {kNot, kBool, side + 10, constant},
                                   {kBranch, 33},
                                   {kLabel, 33},
                                   {kPhi, kBool, 43, side + 10, side},
                                   {kReturn},
                                   {kFunctionEnd}});
    EXPECT_EQ(prune(whole), left) << taken;
    EXPECT_EQ(prune(left), left) << taken;
  }
}

TEST(Prune, OfASwitchOneCaseStaysAndWhatItCalls) {
  const std::vector<Words> other{{kFunction, kVoid, kOther, 0, kSignature}, {kLabel, 50}, {kReturn}, {kFunctionEnd}};
  const Words calls{kCall, kVoid, 41, kOther}, negates{kNot, kBool, 42, kFalse};
  const std::vector<Words> end{{kBranch, 33}, {kLabel, 33}, {kReturn}, {kFunctionEnd}};
  for (const std::uint32_t hit : {5u, 7u}) {
    std::vector<Words> whole{
        {kLabel, 30}, {kSelectionMerge, 33, 0}, {kSwitch, kSeven, 32, 3, 32, hit, 31}, {kLabel, 31}, calls, {kBranch, 33}, {kLabel, 32},
        negates};
    whole.insert(whole.end(), end.begin(), end.end());
    const std::uint32_t taken = hit == 7 ? 31 : 32;
    std::vector<Words> left{{kLabel, 30}, {kBranch, taken}, {kLabel, taken}, hit == 7 ? calls : negates};
    left.insert(left.end(), end.begin(), end.end());
    EXPECT_EQ(prune(program_of(whole, other)), program_of(left, hit == 7 ? other : std::vector<Words>{})) << hit;
  }
}

TEST(Prune, NamesAndWhatIsSaidOfWhatWentGoToo) {
  const std::vector<Words> body{{kEntryPoint, 5, kMain, 0x6e69616d, 0},
                                {kName, 42, 0x61},
                                {kDecorate, 41, 42},
                                {kDecorate, 42, 42},
                                {kTypeBool, kBool},
                                {kConstantTrue, kBool, kTrue},
                                {kFunction, kVoid, kMain, 0, kSignature},
                                {kLabel, 30},
                                {kSelectionMerge, 33, 0},
                                {kBranchConditional, kTrue, 33, 32},
                                {kLabel, 32},
                                {kNot, kBool, 42, kTrue},
                                {kBranch, 33},
                                {kLabel, 33},
                                {kNot, kBool, 41, kTrue},
                                {kReturn},
                                {kFunctionEnd}};
  EXPECT_EQ(prune(module_of(body)),
            module_of({body[0], body[2], body[4], body[5], body[6], {kLabel, 30}, {kBranch, 33}, body[13], body[14], body[15], body[16]}));
}

TEST(Prune, WhatIsNotDecidedStays) {
  // A loop on a value of its own; where the selection in it has to be left by the loop's end, no merge block is come to.
  const Words loop = program_of({{kLabel, 30},
                                 {kNot, kBool, 41, kTrue},
                                 {kBranch, 31},
                                 {kLabel, 31},
                                 {kLoopMerge, 35, 34, 0},
                                 {kBranch, 32},
                                 {kLabel, 32},
                                 {kBranchConditional, 41, 33, 35},
                                 {kLabel, 33},
                                 {kSelectionMerge, 36, 0},
                                 {kBranchConditional, 41, 37, 38},
                                 {kLabel, 37},
                                 {kReturn},
                                 {kLabel, 38},
                                 {kBranch, 34},
                                 {kLabel, 36},
                                 {kUnreachable},
                                 {kLabel, 34},
                                 {kBranch, 31},
                                 {kLabel, 35},
                                 {kReturn},
                                 {kFunctionEnd}});
  EXPECT_EQ(prune(loop), loop);
  const Words never_round = program_of({{kLabel, 30},
                                        {kBranch, 31},
                                        {kLabel, 31},
                                        {kLoopMerge, 35, 34, 0},
                                        {kBranch, 32},
                                        {kLabel, 32},
                                        {kSelectionMerge, 33, 0},
                                        {kBranchConditional, kTrue, 36, 33},
                                        {kLabel, 36},
                                        {kBranch, 35},
                                        {kLabel, 33},
                                        {kBranch, 34},
                                        {kLabel, 34},
                                        {kBranch, 31},
                                        {kLabel, 35},
                                        {kReturn},
                                        {kFunctionEnd}});
  EXPECT_EQ(prune(never_round), never_round) << "its continue block has to be there";
  const Words two_ways_out = program_of({{kLabel, 30},
                                         {kNot, kBool, 41, kTrue},
                                         {kSelectionMerge, 33, 0},
                                         {kSwitch, kSeven, 31},
                                         {kLabel, 31},
                                         {kSelectionMerge, 32, 0},
                                         {kBranchConditional, 41, 34, 32},
                                         {kLabel, 34},
                                         {kBranch, 33},
                                         {kLabel, 32},
                                         {kBranch, 33},
                                         {kLabel, 33},
                                         {kReturn},
                                         {kFunctionEnd}});
  EXPECT_EQ(prune(two_ways_out), two_ways_out) << "only a switch may be left from within a selection";
}

TEST(Prune, RefusesWhatIsNoModule) {
  EXPECT_THROW(prune(Words{}), Error);
  EXPECT_THROW(prune(Words{1, 2, 3, 4, 5}), Error);
  Words cut = program_of({{kLabel, 30}, {kReturn}, {kFunctionEnd}, {kName, 1, 2}});
  cut.pop_back();
  EXPECT_THROW(prune(cut), Error);
}

}  // namespace
}  // namespace gouache::testing
