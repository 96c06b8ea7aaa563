// What does a module become once its specialization constants are known?
// Opcodes and the layout of instructions: SPIR-V specification 1.6, sections 2.3 and 3.49.
#include "host/kernels/freeze.h"

#include <map>
#include <optional>
#include <set>

#include "host/kernels/spirv_words.h"

namespace gouache {
namespace {

enum Opcode : std::uint32_t {
  kTypeBool = 20,
  kConstantTrue = 41,
  kConstantFalse = 42,
  kConstant = 43,
  kConstantComposite = 44,
  kSpecConstantTrue = 48,
  kSpecConstantFalse = 49,
  kSpecConstant = 50,
  kSpecConstantComposite = 51,
  kSpecConstantOp = 52,
  kDecorate = 71,
};
constexpr std::uint32_t kSpecId = 1;

using Word = std::uint32_t;

/// One operation on constants; booleans are 0 and 1. Divisions by zero are undefined in SPIR-V: 0 here.
struct Operation {
  Word opcode;
  Word (*result)(Word a, Word b, Word c);
};
constexpr Operation kOperations[] = {
    {126, [](Word a, Word, Word) { return Word(0) - a; }},                                                      // SNegate
    {128, [](Word a, Word b, Word) { return a + b; }},                                                          // IAdd
    {130, [](Word a, Word b, Word) { return a - b; }},                                                          // ISub
    {132, [](Word a, Word b, Word) { return a * b; }},                                                          // IMul
    {134, [](Word a, Word b, Word) { return b ? a / b : 0; }},                                                  // UDiv
    {135, [](Word a, Word b, Word) { return b ? Word(std::int64_t{std::int32_t(a)} / std::int32_t(b)) : 0; }},  // SDiv
    {137, [](Word a, Word b, Word) { return b ? a % b : 0; }},                                                  // UMod
    {164, [](Word a, Word b, Word) { return Word(a == b); }},                                                   // LogicalEqual
    {165, [](Word a, Word b, Word) { return Word(a != b); }},                                                   // LogicalNotEqual
    {166, [](Word a, Word b, Word) { return a | b; }},                                                          // LogicalOr
    {167, [](Word a, Word b, Word) { return a & b; }},                                                          // LogicalAnd
    {168, [](Word a, Word, Word) { return Word(!a); }},                                                         // LogicalNot
    {169, [](Word a, Word b, Word c) { return a ? b : c; }},                                                    // Select
    {170, [](Word a, Word b, Word) { return Word(a == b); }},                                                   // IEqual
    {171, [](Word a, Word b, Word) { return Word(a != b); }},                                                   // INotEqual
    {172, [](Word a, Word b, Word) { return Word(a > b); }},                                                    // UGreaterThan
    {173, [](Word a, Word b, Word) { return Word(std::int32_t(a) > std::int32_t(b)); }},                        // SGreaterThan
    {174, [](Word a, Word b, Word) { return Word(a >= b); }},                                                   // UGreaterThanEqual
    {175, [](Word a, Word b, Word) { return Word(std::int32_t(a) >= std::int32_t(b)); }},                       // SGreaterThanEqual
    {176, [](Word a, Word b, Word) { return Word(a < b); }},                                                    // ULessThan
    {177, [](Word a, Word b, Word) { return Word(std::int32_t(a) < std::int32_t(b)); }},                        // SLessThan
    {178, [](Word a, Word b, Word) { return Word(a <= b); }},                                                   // ULessThanEqual
    {179, [](Word a, Word b, Word) { return Word(std::int32_t(a) <= std::int32_t(b)); }},                       // SLessThanEqual
    {194, [](Word a, Word b, Word) { return b < 32 ? a >> b : 0; }},                                            // ShiftRightLogical
    {196, [](Word a, Word b, Word) { return b < 32 ? a << b : 0; }},                                            // ShiftLeftLogical
    {197, [](Word a, Word b, Word) { return a | b; }},                                                          // BitwiseOr
    {198, [](Word a, Word b, Word) { return a ^ b; }},                                                          // BitwiseXor
    {199, [](Word a, Word b, Word) { return a & b; }},                                                          // BitwiseAnd
    {200, [](Word a, Word, Word) { return ~a; }},                                                               // Not
};

class Freezer {
 public:
  explicit Freezer(std::span<const SpecConstant> constants) {
    for (const SpecConstant& constant : constants) asked_[constant.id] = constant.value;
  }

  /// Writes what becomes of one instruction.
  void take(std::span<const Word> instruction) {
    const Word opcode = spirv_op(instruction);
    switch (opcode) {
      case kDecorate:
        if (instruction.size() == 4 && instruction[2] == kSpecId)
          spec_ids_[instruction[1]] = instruction[3];
        else
          copy(instruction);
        return;
      case kTypeBool: booleans_.insert(instruction[1]); return copy(instruction);
      case kConstantTrue:
      case kConstantFalse:
      case kSpecConstantTrue:
      case kSpecConstantFalse:
        return constant(instruction[1], instruction[2], value_of(instruction[2], opcode == kConstantTrue || opcode == kSpecConstantTrue));
      case kConstant:
      case kSpecConstant:
        if (instruction.size() != 4) return copy(instruction);  // wider than 32 bits
        return constant(instruction[1], instruction[2], value_of(instruction[2], instruction[3]));
      case kSpecConstantComposite:
        copy(instruction);
        out_[out_.size() - instruction.size()] = spirv_first_word(instruction.size(), kConstantComposite);
        return;
      case kSpecConstantOp:
        if (const std::optional<Word> result = computed(instruction)) return constant(instruction[1], instruction[2], *result);
        return copy(instruction);
      default: return copy(instruction);
    }
  }

  void copy(std::span<const Word> words) { out_.insert(out_.end(), words.begin(), words.end()); }
  std::vector<Word> take_result() { return std::move(out_); }

 private:
  Word value_of(Word id, Word otherwise) const {
    const auto spec_id = spec_ids_.find(id);
    if (spec_id == spec_ids_.end()) return otherwise;
    const auto asked = asked_.find(spec_id->second);
    return asked == asked_.end() ? otherwise : asked->second;
  }

  void constant(Word type, Word id, Word value) {
    values_[id] = value;
    if (booleans_.contains(type))
      copy(std::vector<Word>{spirv_first_word(3, value ? kConstantTrue : kConstantFalse), type, id});
    else
      copy(std::vector<Word>{spirv_first_word(4, kConstant), type, id, value});
  }

  std::optional<Word> computed(std::span<const Word> instruction) const {
    Word operands[3] = {};
    if (instruction.size() < 5 || instruction.size() > 7) return {};
    for (std::size_t i = 4; i < instruction.size(); i++) {
      const auto value = values_.find(instruction[i]);
      if (value == values_.end()) return {};
      operands[i - 4] = value->second;
    }
    for (const Operation& operation : kOperations)
      if (operation.opcode == instruction[3]) return operation.result(operands[0], operands[1], operands[2]);
    return {};
  }

  std::map<Word, Word> asked_;     ///< SpecId to value
  std::map<Word, Word> spec_ids_;  ///< result id to SpecId
  std::map<Word, Word> values_;    ///< of scalar constants, by result id
  std::set<Word> booleans_;        ///< types
  std::vector<Word> out_;
};

}  // namespace

std::vector<std::uint32_t> freeze_constants(std::span<const std::uint32_t> words, std::span<const SpecConstant> constants) {
  require_spirv(words, "frozen");
  Freezer freezer(constants);
  freezer.copy(words.first(kSpirvHeaderWords));
  for_each_instruction(words, [&](std::span<const std::uint32_t> instruction) { freezer.take(instruction); });
  return freezer.take_result();
}

}  // namespace gouache
