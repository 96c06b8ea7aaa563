// Which blocks and functions of a module can control come to?
// Numbers and layouts of instructions: SPIR-V Specification 1.6, chapter 3.
#include "host/kernels/prune.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "host/kernels/spirv_words.h"

namespace gouache {
namespace {

using Word = std::uint32_t;

enum Op : Word {
  kNop = 0,
  kSource = 3,
  kLine = 8,
  kEntryPoint = 15,
  kConstantTrue = 41,
  kConstantFalse = 42,
  kConstant = 43,
  kFunction = 54,
  kFunctionEnd = 56,
  kFunctionCall = 57,
  kStore = 62,
  kCopyMemory = 63,
  kDecorate = 71,
  kImageWrite = 99,
  kControlBarrier = 224,
  kMemoryBarrier = 225,
  kAtomicStore = 228,
  kPhi = 245,
  kLoopMerge = 246,
  kSelectionMerge = 247,
  kLabel = 248,
  kBranch = 249,
  kBranchConditional = 250,
  kSwitch = 251,
  kUnreachable = 255,
  kNoLine = 317,
};

using Instruction = SpirvInstruction;

bool is_debug(Word op) { return (op >= kSource && op <= kLine) || op == kNop || op == kNoLine; }

/// The id that an instruction of a function defines; 0: none.
Word result_of(Instruction i) {
  constexpr Word kNone[] = {kNop,        kLine,       kNoLine,         kFunctionEnd,   kStore,
                            kCopyMemory, kImageWrite, kControlBarrier, kMemoryBarrier, kAtomicStore};
  const Word op = spirv_op(i);
  if (op == kLabel) return i[1];
  if ((op >= kLoopMerge && op <= kUnreachable) || std::ranges::find(kNone, op) != std::end(kNone)) return 0;
  return i.size() > 2 ? i[2] : 0;
}

/// Instructions from a label to what ends the block.
struct Block {
  std::vector<Instruction> body;  ///< without the label, a merge and the end
  Instruction label, merge, end;  ///< merge: empty without one
  std::vector<Word> targets;      ///< that are left, by label
  bool decided = false;           ///< whether fewer are left than there were
  bool reached = false;
};

struct Function {
  std::vector<Instruction> head;  ///< before the first label
  std::vector<Block> blocks;
  bool called = false;
};

class Pruner {
 public:
  explicit Pruner(std::span<const Word> words)
      : words_(words), known_(words[kSpirvBoundWord]), dropped_(words[kSpirvBoundWord]), place_(words[kSpirvBoundWord]) {}

  /// Empty when it is to stay as it is.
  std::vector<Word> run() {
    read();
    for (Function& function : functions_)
      for (Block& block : function.blocks) decide(block);
    reach(entry_);
    for (const Function& function : functions_)
      if (function.called && !stays_structured(function)) return {};
    note_dropped();
    return write();
  }

 private:
  void read() {
    for_each_instruction(words_, [&](Instruction i) {
      const Word op = spirv_op(i);
      if (is_debug(op)) return;
      if (op == kFunction) functions_.emplace_back();
      if (!functions_.empty()) return add(functions_.back(), i);
      globals_.push_back(i);
      if (op == kEntryPoint) entry_ = i[2];
      if (op == kConstantTrue || op == kConstantFalse) known_[i[2]] = op == kConstantTrue;
      if (op == kConstant) known_[i[2]] = i[3];
    });
  }

  void add(Function& function, Instruction i) {
    const Word op = spirv_op(i);
    if (op == kFunctionEnd) return;
    if (op == kLabel) {
      place_[i[1]] = {functions_.size() - 1, function.blocks.size()};
      function.blocks.emplace_back().label = i;
    } else if (function.blocks.empty()) {
      function.head.push_back(i);
    } else if (op == kLoopMerge || op == kSelectionMerge) {
      function.blocks.back().merge = i;
    } else if (op >= kBranch && op <= kUnreachable) {
      function.blocks.back().end = i;
    } else {
      function.blocks.back().body.push_back(i);
    }
  }

  /// Where control can go from the end of a block: branches of loops are left to the driver.
  void decide(Block& block) {
    const Instruction end = block.end;
    const Word op = spirv_op(end);
    const bool selects = !block.merge.empty() && spirv_op(block.merge) == kSelectionMerge;
    if (op == kBranch) block.targets = {end[1]};
    if (op == kBranchConditional) block.targets = {end[2], end[3]};
    if (op == kSwitch) {
      block.targets = {end[2]};
      for (std::size_t i = 4; i < end.size(); i += 2) block.targets.push_back(end[i]);
    }
    if (!selects || op == kBranch || !known_[end[1]]) return;
    const Word value = *known_[end[1]];
    block.decided = true;
    if (op == kBranchConditional) {
      block.targets = {value ? end[2] : end[3]};
      return;
    }
    Word target = end[2];
    for (std::size_t i = 3; i + 1 < end.size(); i += 2)
      if (end[i] == value) target = end[i + 1];
    block.targets = {target};
  }

  Block& block_of(Word label) { return functions_[place_[label].first].blocks[place_[label].second]; }

  /// Marks what the function of this id can come to.
  void reach(Word id) {
    const auto found = std::ranges::find(functions_, id, [](const Function& f) { return f.head[0][2]; });
    if (found == functions_.end() || found->called) return;
    found->called = true;
    std::vector<Word> open{found->blocks.at(0).label[1]};
    while (!open.empty()) {
      Block& block = block_of(open.back());
      open.pop_back();
      if (block.reached) continue;
      block.reached = true;
      for (const Instruction i : block.body)
        if (spirv_op(i) == kFunctionCall) reach(i[3]);
      open.insert(open.end(), block.targets.begin(), block.targets.end());
    }
  }

  /// Whether all that a merge which stays names is there: the targets of loops, and of selections that are not decided.
  bool stays_structured(const Function& function) {
    for (const Block& block : function.blocks) {
      if (!block.reached || block.merge.empty() || block.decided) continue;
      const std::size_t labels = spirv_op(block.merge) == kLoopMerge ? 2 : 1;
      for (std::size_t i = 1; i <= labels; ++i)
        if (!block_of(block.merge[i]).reached) stubs_.push_back(block.merge[i]);
      if (labels == 2 && !block_of(block.merge[2]).reached) return false;
    }
    // A decided switch is left by its cases' ends alone: by two of them, and one may have been a way out of a selection within.
    for (const Block& block : function.blocks) {
      if (!block.reached || !block.decided || spirv_op(block.end) != kSwitch) continue;
      std::size_t ways = 0;
      for (const Block& from : function.blocks)
        ways += from.reached && std::ranges::find(from.targets, block.merge[1]) != from.targets.end();
      if (ways > 1) return false;
    }
    return true;
  }

  bool is_stub(const Block& block) const { return std::ranges::find(stubs_, block.label[1]) != stubs_.end(); }

  void note_dropped() {
    for (const Function& function : functions_) {
      if (!function.called)
        for (const Instruction i : function.head) dropped_[result_of(i)] = true;
      for (const Block& block : function.blocks) {
        if (function.called && block.reached) continue;
        for (const Instruction i : block.body) dropped_[result_of(i)] = true;
        dropped_[block.label[1]] = true;
      }
    }
  }

  void put(Instruction i) { result_.insert(result_.end(), i.begin(), i.end()); }

  std::vector<Word> write() {
    result_.reserve(words_.size());
    put(words_.first(kSpirvHeaderWords));
    for (const Instruction i : globals_)
      if (spirv_op(i) != kDecorate || !dropped_[i[1]]) put(i);
    for (const Function& function : functions_) {
      if (!function.called) continue;
      for (const Instruction i : function.head) put(i);
      for (const Block& block : function.blocks) {
        if (block.reached) {
          write(block);
        } else if (is_stub(block)) {
          put(block.label);
          result_.push_back(spirv_first_word(1, kUnreachable));
        }
      }
      result_.push_back(spirv_first_word(1, kFunctionEnd));
    }
    return std::move(result_);
  }

  void write(const Block& block) {
    put(block.label);
    for (const Instruction i : block.body) {
      if (spirv_op(i) != kPhi) {
        put(i);
        continue;
      }
      std::vector<Word> phi{0, i[1], i[2]};
      for (std::size_t k = 3; k + 1 < i.size(); k += 2) {
        const Block& from = block_of(i[k + 1]);
        if (from.reached && std::ranges::find(from.targets, block.label[1]) != from.targets.end()) phi.insert(phi.end(), {i[k], i[k + 1]});
      }
      phi[0] = spirv_first_word(phi.size(), kPhi);
      put(phi);
    }
    if (block.decided) {
      const Word branch[] = {spirv_first_word(2, kBranch), block.targets[0]};
      put(branch);
      return;
    }
    if (!block.merge.empty()) put(block.merge);
    put(block.end);
  }

  std::span<const Word> words_;
  std::vector<std::optional<Word>> known_;                  ///< values by id
  std::vector<bool> dropped_;                               ///< by id
  std::vector<std::pair<std::size_t, std::size_t>> place_;  ///< function and block of each label
  std::vector<Instruction> globals_;
  std::vector<Function> functions_;
  std::vector<Word> stubs_;  ///< labels that a merge names and nothing comes to
  std::vector<Word> result_;
  Word entry_ = 0;
};

}  // namespace

std::vector<std::uint32_t> prune(std::span<const std::uint32_t> words) {
  require_spirv(words, "pruned");
  const std::vector<Word> left = Pruner(words).run();
  return left.empty() ? std::vector<Word>(words.begin(), words.end()) : left;
}

}  // namespace gouache
