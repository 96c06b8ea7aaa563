// Are the buffers of a module reached through addresses that are pushed, and all else left as it was?
#include "host/kernels/addresses.h"

#include <gtest/gtest.h>

#include "host/graph/error.h"
#include "host/kernels/spirv_words.h"
#include "tests/plan/spirv_module.h"

namespace gouache::testing {
namespace {

constexpr std::uint32_t kExtension = 10, kMemoryModel = 14, kCapability = 17, kTypeInt = 21, kTypeFloat = 22, kTypeVector = 23,
                        kTypeStruct = 30, kTypePointer = 32, kConstant = 43, kFunction = 54, kVariable = 59, kLoad = 61, kStore = 62,
                        kAccessChain = 65, kDecorate = 71, kMemberDecorate = 72, kComposite = 80, kBitcast = 124;
constexpr std::uint32_t kPush = 9, kStorage = 12, kPhysical = 5349;  // storage classes
constexpr std::uint32_t kBinding = 33, kOffset = 35, kAligned = 2;
constexpr std::uint32_t kName[] = {0x5f565053, 0x5f52484b, 0x73796870, 0x6c616369, 0x6f74735f, 0x65676172, 0x6675625f, 0x00726566};

Words extension() {
  Words words{kExtension};
  words.insert(words.end(), std::begin(kName), std::end(kName));
  return words;
}

/// Ids: 1 uint, 2 float; 10 struct of push constants, 11 pointer, 12 variable; 20 struct, 21 pointer, 22 variable of the buffer at slot 0,
/// 30, 31, 32 of that at slot 1; 40 pointer to a float in a buffer; 50 constant.
TEST(Addresses, TakeThePlaceOfDescriptors) {
  const std::vector<Words> before{{kCapability, 1},
                                  {kMemoryModel, 0, 1},
                                  {kDecorate, 22, kBinding, 0},
                                  {kDecorate, 32, kBinding, 1},
                                  {kMemberDecorate, 10, 0, kOffset, 0},
                                  {kTypeInt, 1, 32, 0},
                                  {kTypeFloat, 2, 32},
                                  {kTypeStruct, 10, 1},
                                  {kTypePointer, 11, kPush, 10},
                                  {kVariable, 11, 12, kPush},
                                  {kTypeStruct, 20, 2},
                                  {kTypePointer, 21, kStorage, 20},
                                  {kVariable, 21, 22, kStorage},
                                  {kTypeStruct, 30, 2},
                                  {kTypePointer, 31, kStorage, 30},
                                  {kVariable, 31, 32, kStorage},
                                  {kTypePointer, 40, kStorage, 2},
                                  {kConstant, 1, 50, 0},
                                  {kFunction, 1, 60, 0, 61},
                                  {kAccessChain, 40, 70, 32, 50, 50},
                                  {kLoad, 2, 71, 70},
                                  {kAccessChain, 40, 72, 22, 50, 50},
                                  {kLoad, 2, 73, 72},
                                  {kStore, 72, 71}};
  // By address: 100 the buffer at slot 0, 101 that at slot 1, 102 a float; 103 pointer to a word pushed, 104 two words, 105 and 106 which
  // members.
  const std::vector<Words> after{{kCapability, 1},
                                 {kCapability, 5347},
                                 extension(),
                                 {kMemoryModel, 5348, 1},
                                 {kDecorate, 22, kBinding, 0},
                                 {kDecorate, 32, kBinding, 1},
                                 {kMemberDecorate, 10, 0, kOffset, 0},
                                 {kMemberDecorate, 10, 1, kOffset, 8},
                                 {kMemberDecorate, 10, 2, kOffset, 12},
                                 {kTypeInt, 1, 32, 0},
                                 {kTypeFloat, 2, 32},
                                 {kTypeStruct, 10, 1, 1, 1},
                                 {kTypePointer, 11, kPush, 10},
                                 {kVariable, 11, 12, kPush},
                                 {kTypeStruct, 20, 2},
                                 {kTypePointer, 21, kStorage, 20},
                                 {kTypePointer, 100, kPhysical, 20},
                                 {kVariable, 21, 22, kStorage},
                                 {kTypeStruct, 30, 2},
                                 {kTypePointer, 31, kStorage, 30},
                                 {kTypePointer, 101, kPhysical, 30},
                                 {kVariable, 31, 32, kStorage},
                                 {kTypePointer, 40, kStorage, 2},
                                 {kTypePointer, 102, kPhysical, 2},
                                 {kConstant, 1, 50, 0},
                                 {kTypePointer, 103, kPush, 1},
                                 {kTypeVector, 104, 1, 2},
                                 {kConstant, 1, 105, 1},
                                 {kConstant, 1, 106, 2},
                                 {kFunction, 1, 60, 0, 61},
                                 {kAccessChain, 40, 70, 32, 50, 50},
                                 {kLoad, 2, 71, 70},
                                 {kAccessChain, 103, 107, 12, 105},
                                 {kLoad, 1, 108, 107},
                                 {kAccessChain, 103, 109, 12, 106},
                                 {kLoad, 1, 110, 109},
                                 {kComposite, 104, 111, 108, 110},
                                 {kBitcast, 100, 112, 111},
                                 {kAccessChain, 102, 72, 112, 50, 50},
                                 {kLoad, 2, 73, 72, kAligned, 4},
                                 {kStore, 72, 71, kAligned, 4}};
  Addresses addresses;
  addresses.slots = {0};
  addresses.first_word = 2;
  EXPECT_EQ(use_addresses(module_of(before), addresses, false), module_of(after, 113));
}

/// Ids: 1 uint, 2 float, 3 vec4, 4 uvec4; 10 to 12 push constants; 20 struct of vec4s, 21 pointer, 22 variable; 40, 41 pointers to a vec4
/// and to a uvec4 in a buffer.
TEST(Addresses, ReadVectorsOfFloatsAsLongWords) {
  const std::vector<Words> before{{kCapability, 1},
                                  {kMemoryModel, 0, 1},
                                  {kDecorate, 22, kBinding, 0},
                                  {kTypeInt, 1, 32, 0},
                                  {kTypeFloat, 2, 32},
                                  {kTypeVector, 3, 2, 4},
                                  {kTypeVector, 4, 1, 4},
                                  {kTypeStruct, 10, 1},
                                  {kTypePointer, 11, kPush, 10},
                                  {kVariable, 11, 12, kPush},
                                  {kTypeStruct, 20, 3, 4},
                                  {kTypePointer, 21, kStorage, 20},
                                  {kVariable, 21, 22, kStorage},
                                  {kTypePointer, 40, kStorage, 3},
                                  {kTypePointer, 41, kStorage, 4},
                                  {kConstant, 1, 50, 0},
                                  {kFunction, 1, 60, 0, 61},
                                  {kAccessChain, 40, 70, 22, 50},
                                  {kLoad, 3, 71, 70},
                                  {kAccessChain, 41, 72, 22, 50},
                                  {kLoad, 4, 73, 72},
                                  {kStore, 70, 71}};
  constexpr std::uint32_t kInt64 = 11;
  Addresses addresses;
  addresses.slots = {0};
  addresses.first_word = 2;
  std::vector<Words> after, types;
  const auto rewritten = [&](bool long_words) {
    after.clear();
    types.clear();
    for_each_instruction(use_addresses(module_of(before), addresses, long_words), [&](std::span<const std::uint32_t> i) {
      const std::uint32_t op = i[0] & 0xffff;
      Words words{op};
      words.insert(words.end(), i.begin() + 1, i.end());
      const bool of_a_vector = op == kLoad && (i[1] == 3 || i[1] == 4 || i.back() == 8);
      if (of_a_vector || op == kStore || (op == kBitcast && i[1] != 100)) after.push_back(words);
      if ((op == kCapability && i[1] == kInt64) || (op == kTypeInt && i[2] == 64)) types.push_back(words);
    });
  };
  rewritten(true);  // 103 a word of 64 bits, 104 two, 105 a pointer to them
  EXPECT_EQ(types, (std::vector<Words>{{kCapability, kInt64}, {kTypeInt, 103, 64, 0}}));
  ASSERT_EQ(after.size(), 5u);
  const std::uint32_t pointer = after[0][2], two = after[1][2];
  EXPECT_EQ(after, (std::vector<Words>{{kBitcast, 105, pointer, 70},
                                       {kLoad, 104, two, pointer, kAligned, 8},
                                       {kBitcast, 3, 71, two},
                                       {kLoad, 4, 73, 72, kAligned, 4},
                                       {kStore, 70, 71, kAligned, 4}}));
  rewritten(false);
  EXPECT_TRUE(types.empty());
  EXPECT_EQ(after, (std::vector<Words>{{kLoad, 3, 71, 70, kAligned, 4}, {kLoad, 4, 73, 72, kAligned, 4}, {kStore, 70, 71, kAligned, 4}}));
}

TEST(Addresses, AreThoseOfStorageBuffersBehindWhatIsPushed) {
  const OperandRef any{};
  Dispatch dispatch;
  dispatch.push = {1, 2, 3};
  dispatch.bindings = {{2, BindingKind::storage, any, true, true},
                       {1, BindingKind::storage, any, true, false},
                       {0, BindingKind::storage, any, false, true},
                       {3, BindingKind::texel, any, true, false}};
  EXPECT_EQ(addresses_of(dispatch).slots, (std::vector<std::uint8_t>{0, 1, 2}));
  EXPECT_EQ(addresses_of(dispatch).word_of(0), 4u);
  EXPECT_EQ(addresses_of(dispatch).word_of(1), 6u);
  EXPECT_EQ(addresses_of(dispatch).word_of(2), 8u);
  EXPECT_EQ(addresses_of(dispatch).end_word(), 10u);
  dispatch.push = {1, 2};
  EXPECT_EQ(addresses_of(dispatch).word_of(0), 2u);
  dispatch.push.clear();
  EXPECT_TRUE(addresses_of(dispatch).slots.empty());
}

TEST(Addresses, RefuseWhatTheyDoNotKnow) {
  Addresses addresses;
  addresses.slots = {0};
  EXPECT_THROW(use_addresses(Words{1, 2, 3}, addresses, false), Error);
  EXPECT_THROW(use_addresses(module_of({{kTypeInt, 1, 32, 0}}), addresses, false), Error);  // pushes nothing
  EXPECT_THROW(
      use_addresses(
          module_of(
              {{kTypeInt, 1, 32, 0}, {kTypeFloat, 2, 32}, {kTypeStruct, 10, 2}, {kTypePointer, 11, kPush, 10}, {kVariable, 11, 12, kPush}}),
          addresses, false),
      Error);  // no integer
  const auto with_access = [&](const Words& access) {
    return module_of({{kDecorate, 22, kBinding, 0},
                      {kTypeInt, 1, 32, 0},
                      {kTypeStruct, 10, 1},
                      {kTypePointer, 11, kPush, 10},
                      {kVariable, 11, 12, kPush},
                      {kTypeStruct, 20, 1},
                      {kTypePointer, 21, kStorage, 20},
                      {kVariable, 21, 22, kStorage},
                      {kTypePointer, 40, kStorage, 1},
                      {kConstant, 1, 50, 0},
                      {kFunction, 1, 60, 0, 61},
                      {kAccessChain, 40, 70, 22, 50, 50},
                      access});
  };
  EXPECT_NO_THROW(use_addresses(with_access({kStore, 70, 50}), addresses, false));
  EXPECT_THROW(use_addresses(with_access({kStore, 70, 50, 1}), addresses, false), Error);  // volatile
}

/// The address is pushed once, and what is there already is taken: a pointer to a word of the push constants, a pair of words.
TEST(Addresses, ArePushedOnceForTheViewsOfABuffer) {
  Addresses addresses;
  addresses.slots = {0};
  const Words words = module_of({{kDecorate, 22, kBinding, 0},
                                 {kDecorate, 32, kBinding, 0},
                                 {kTypeInt, 1, 32, 0},
                                 {kTypeVector, 2, 1, 2},
                                 {kTypeStruct, 10, 1},
                                 {kTypePointer, 11, kPush, 10},
                                 {kVariable, 11, 12, kPush},
                                 {kTypePointer, 13, kPush, 1},
                                 {kTypeStruct, 20, 1},
                                 {kTypePointer, 21, kStorage, 20},
                                 {kVariable, 21, 22, kStorage},
                                 {kTypeStruct, 30, 1},
                                 {kTypePointer, 31, kStorage, 30},
                                 {kVariable, 31, 32, kStorage},
                                 {kTypePointer, 40, kStorage, 1},
                                 {kConstant, 1, 50, 0},
                                 {kFunction, 1, 60, 0, 61},
                                 {kAccessChain, 40, 70, 32, 50, 50},
                                 {kStore, 70, 50},
                                 {kAccessChain, 40, 71, 22, 50, 50},
                                 {kStore, 71, 50}});
  std::vector<Words> structs, casts;
  for_each_instruction(use_addresses(words, addresses, false), [&](std::span<const std::uint32_t> i) {
    const std::uint32_t op = i[0] & 0xffff;
    if (op == kTypeStruct) structs.emplace_back(i.begin() + 1, i.end());
    if (op == kBitcast) casts.emplace_back(i.begin() + 1, i.end() - 1);
    if (op == kComposite) { EXPECT_EQ(i[1], 2u); }
    if (op == kAccessChain && i[3] == 12) { EXPECT_EQ(i[1], 13u); }
    EXPECT_FALSE(op == kTypeVector && i[1] != 2);
  });
  EXPECT_EQ(structs, (std::vector<Words>{{10, 1, 1, 1}, {20, 1}, {30, 1}}));
  ASSERT_EQ(casts.size(), 2u);
  EXPECT_EQ(casts[0][0], 101u);  // to the second view, then to the first
  EXPECT_EQ(casts[1][0], 100u);
}

}  // namespace
}  // namespace gouache::testing
