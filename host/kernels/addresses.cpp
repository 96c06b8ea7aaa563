// What does a module become where buffers are read and written through their addresses?
// Numbers and layouts of instructions: SPIR-V Specification 1.6, chapter 3, and SPV_KHR_physical_storage_buffer.
#include "host/kernels/addresses.h"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "host/kernels/spirv_words.h"

namespace gouache {
namespace {

using Word = std::uint32_t;

enum Op : Word {
  kExtension = 10,
  kMemoryModel = 14,
  kCapability = 17,
  kTypeVoid = 19,  // the first of types
  kTypeInt = 21,
  kTypeFloat = 22,
  kTypeVector = 23,
  kTypeStruct = 30,
  kTypePointer = 32,
  kTypeForwardPointer = 39,  // the last of types
  kConstant = 43,
  kFunction = 54,
  kVariable = 59,
  kLoad = 61,
  kStore = 62,
  kAccessChain = 65,
  kInBoundsAccessChain = 66,
  kDecorate = 71,
  kMemberDecorate = 72,
  kCompositeConstruct = 80,
  kBitcast = 124,
};
constexpr Word kPushConstant = 9, kStorageBuffer = 12, kPhysicalStorageBuffer = 5349;  // storage classes
constexpr Word kBinding = 33, kOffset = 35;                                            // decorations
constexpr Word kPhysicalStorageBuffer64 = 5348;                                        // an addressing model
constexpr Word kAddressesCapability = 5347, kInt64Capability = 11;
constexpr Word kAligned = 2, kAlignment = 4, kLongAlignment = 8;  // of a memory access, in bytes: what floats promise, and vec4s of them

using Instruction = SpirvInstruction;

/// A variable that stands for a storage buffer.
struct Buffer {
  std::size_t place = 0;  ///< in Addresses::slots
  Word type = 0;          ///< of its pointer
};

/// The two words of an address among the push constants.
struct Pushed {
  Word member = 0;     ///< of the struct: the first word's
  Word index[2] = {};  ///< constants of the members' numbers
};

class Rewriter {
 public:
  Rewriter(std::span<const Word> words, const Addresses& addresses, bool long_words)
      : words_(words), addresses_(addresses), long_words_(long_words), bound_(words[kSpirvBoundWord]) {}

  std::vector<Word> run() {
    read();
    out_.assign(words_.begin(), words_.begin() + kSpirvHeaderWords);
    for_each_instruction(words_, [&](Instruction i) { take(i); });
    out_[kSpirvBoundWord] = bound_;
    return std::move(out_);
  }

 private:
  void read() {
    std::map<Word, std::uint8_t> bindings;
    std::map<Word, Instruction> pointers, structs;
    for_each_instruction(words_, [&](Instruction i) {
      switch (spirv_op(i)) {
        case kDecorate:
          if (i[2] == kBinding) bindings[i[1]] = std::uint8_t(i[3]);
          break;
        case kTypeInt:
          if (i[2] == 32) integers_.insert(i[1]);
          break;
        case kTypeFloat:
          if (i[2] == 32) float_ = i[1];
          break;
        case kTypeVector:
          if (i[3] == 2) pairs_[i[2]] = i[1];
          if (i[3] == 4 && i[2] == float_) vec4_ = i[1];
          break;
        case kTypeStruct: structs[i[1]] = i; break;
        case kTypePointer: pointers[i[1]] = i; break;
        case kVariable: read_variable(i, bindings, pointers); break;
        default: break;
      }
    });
    if (!push_) throw Error(ErrorCode::internal, "a SPIR-V module that should push addresses pushes nothing");
    const Instruction members = structs.at(push_struct_).subspan(2);
    members_ = Word(members.size());
    const auto word = std::ranges::find_if(members, [&](Word type) { return integers_.contains(type); });
    if (word == members.end()) throw Error(ErrorCode::internal, "a SPIR-V module that should push addresses pushes no integer");
    word_ = *word;
  }

  void read_variable(Instruction i, const std::map<Word, std::uint8_t>& bindings, const std::map<Word, Instruction>& pointers) {
    const Word type = i[1], variable = i[2], storage = i[3];
    if (storage == kPushConstant) {
      push_ = variable;
      push_struct_ = pointers.at(type)[3];
    }
    if (storage != kStorageBuffer) return;
    const auto slot = std::ranges::find(addresses_.slots, bindings.at(variable));
    if (slot == addresses_.slots.end()) return;
    const auto place = std::size_t(slot - addresses_.slots.begin());
    buffers_[variable] = {place, type};
    pushed_.try_emplace(place);
  }

  void take(Instruction i) {
    const Word op = spirv_op(i);
    if (op != kCapability) begin_extensions();
    if (op >= kTypeVoid && op <= kTypeForwardPointer) begin_types();
    if (op == kFunction) begin_functions();
    switch (op) {
      case kMemoryModel: return write(kMemoryModel, {kPhysicalStorageBuffer64, i[2]});
      case kTypeStruct: return take_struct(i);
      case kTypePointer: return take_pointer(i);
      case kLoad: return access(i, i[3], 4);
      case kStore: return access(i, i[1], 3);
      case kAccessChain:
      case kInBoundsAccessChain: return take_chain(i);
      default: return copy(i);
    }
  }

  void begin_extensions() {
    if (std::exchange(extended_, true)) return;
    write(kCapability, {kAddressesCapability});
    if (reads_long_words()) write(kCapability, {kInt64Capability});
    constexpr std::string_view kName = "SPV_KHR_physical_storage_buffer";
    std::vector<Word> name(kName.size() / 4 + 1);
    for (std::size_t at = 0; at < kName.size(); at++) name[at / 4] |= Word(std::uint8_t(kName[at])) << at % 4 * 8;
    write(kExtension, name);
  }

  void begin_types() {
    if (std::exchange(typed_, true)) return;
    Word member = members_;
    for (auto& [place, pushed] : pushed_) {
      pushed.member = member;
      for (Word half = 0; half < 2; half++)
        write(kMemberDecorate, {push_struct_, member++, kOffset, Word(addresses_.word_of(place) + half) * 4});
    }
  }

  void take_struct(Instruction i) {
    std::vector<Word> operands(i.begin() + 1, i.end());
    if (i[1] == push_struct_) operands.insert(operands.end(), 2 * pushed_.size(), word_);
    write(kTypeStruct, operands);
  }

  void take_pointer(Instruction i) {
    copy(i);
    if (i[2] == kPushConstant && i[3] == word_) to_word_ = i[1];
    if (i[2] != kStorageBuffer) return;
    twins_[i[1]] = bound_;
    write(kTypePointer, {bound_++, kPhysicalStorageBuffer, i[3]});
  }

  bool reads_long_words() const { return long_words_ && vec4_; }

  /// What it takes to load an address, and a vec4 through it.
  void begin_functions() {
    if (std::exchange(defined_, true)) return;
    if (reads_long_words()) {
      const Word long_word = bound_++;
      write(kTypeInt, {long_word, 64, 0});
      write(kTypeVector, {two_long_ = bound_++, long_word, 2});
      write(kTypePointer, {to_two_long_ = bound_++, kPhysicalStorageBuffer, two_long_});
    }
    if (!to_word_) write(kTypePointer, {to_word_ = bound_++, kPushConstant, word_});
    Word& pair = pairs_[word_];
    if (!pair) write(kTypeVector, {pair = bound_++, word_, 2});
    for (auto& [place, pushed] : pushed_)
      for (Word half = 0; half < 2; half++) write(kConstant, {word_, pushed.index[half] = bound_++, pushed.member + half});
  }

  void take_chain(Instruction i) {
    std::vector<Word> operands(i.begin() + 1, i.end());
    if (const auto buffer = buffers_.find(i[3]); buffer != buffers_.end())
      operands[2] = address_of(buffer->second);
    else if (!physical_.contains(i[3]))
      return copy(i);
    operands[0] = twins_.at(i[1]);
    physical_.insert(i[2]);
    write(spirv_op(i), operands);
  }

  /// Loads the address of a buffer, as a pointer of its type.
  Word address_of(const Buffer& buffer) {
    Word halves[2];
    for (Word half = 0; half < 2; half++) {
      const Word member = bound_++;
      write(kAccessChain, {to_word_, member, push_, pushed_.at(buffer.place).index[half]});
      write(kLoad, {word_, halves[half] = bound_++, member});
    }
    const Word pair = bound_++, address = bound_++;
    write(kCompositeConstruct, {pairs_.at(word_), pair, halves[0], halves[1]});
    write(kBitcast, {twins_.at(buffer.type), address, pair});
    return address;
  }

  /// A load or store of so many words where nothing more is said of it: through an address it says how that is aligned.
  void access(Instruction i, Word pointer, std::size_t words) {
    if (!physical_.contains(pointer)) return copy(i);
    if (i.size() > words) throw Error(ErrorCode::internal, "a SPIR-V module reads or writes a buffer in a way that addresses do not know");
    if (reads_long_words() && spirv_op(i) == kLoad && i[1] == vec4_) return load_vec4(i);
    std::vector<Word> operands(i.begin() + 1, i.end());
    operands.insert(operands.end(), {kAligned, kAlignment});
    write(spirv_op(i), operands);
  }

  /// As two words of 64 bits: where lanes are gathered one word at a time, half as many.
  void load_vec4(Instruction i) {
    const Word pointer = bound_++, two = bound_++;
    write(kBitcast, {to_two_long_, pointer, i[3]});
    write(kLoad, {two_long_, two, pointer, kAligned, kLongAlignment});
    write(kBitcast, {vec4_, i[2], two});
  }

  void copy(Instruction i) { out_.insert(out_.end(), i.begin(), i.end()); }
  void write(Word op, std::initializer_list<Word> operands) { write(op, std::span(operands)); }
  void write(Word op, std::span<const Word> operands) {
    out_.push_back(spirv_first_word(operands.size() + 1, op));
    out_.insert(out_.end(), operands.begin(), operands.end());
  }

  std::span<const Word> words_;
  const Addresses& addresses_;
  const bool long_words_;
  Word bound_;
  Word push_ = 0, push_struct_ = 0, members_ = 0;  ///< the variable of push constants, its type and how many members that has
  Word word_ = 0, to_word_ = 0;                    ///< type of the words of an address, and of a pointer to one
  Word float_ = 0, vec4_ = 0;                      ///< types
  Word two_long_ = 0, to_two_long_ = 0;            ///< type of two words of 64 bits, and of a pointer to them
  std::set<Word> integers_;                        ///< types of 32 bits
  std::map<Word, Word> pairs_;                     ///< vectors of two, by what they are of
  std::map<Word, Buffer> buffers_;                 ///< by variable
  std::map<std::size_t, Pushed> pushed_;           ///< by place
  std::map<Word, Word> twins_;                     ///< pointers of storage class PhysicalStorageBuffer, by that of class StorageBuffer
  std::set<Word> physical_;                        ///< results of chains
  bool extended_ = false, typed_ = false, defined_ = false;
  std::vector<Word> out_;
};

}  // namespace

Addresses addresses_of(const Dispatch& dispatch) {
  Addresses addresses;
  if (dispatch.push.empty()) return addresses;
  for (const Binding& binding : dispatch.bindings)
    if (binding.kind == BindingKind::storage) addresses.slots.push_back(binding.slot);
  std::ranges::sort(addresses.slots);
  addresses.first_word = (dispatch.push.size() + 1) / 2 * 2;
  return addresses;
}

std::vector<std::uint32_t> use_addresses(std::span<const std::uint32_t> words, const Addresses& addresses, bool long_words) {
  require_spirv(words, "rewritten");
  return Rewriter(words, addresses, long_words).run();
}

}  // namespace gouache
