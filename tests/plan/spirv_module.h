// What does a module look like that a test writes down word by word?
#pragma once

#include <cstdint>
#include <vector>

namespace gouache::testing {

using Words = std::vector<std::uint32_t>;

/// A module: a header with that bound of ids, and `instructions`, each an opcode and its operands.
inline Words module_of(const std::vector<Words>& instructions, std::uint32_t bound = 100) {
  Words words{0x07230203, 0x00010300, 0, bound, 0};
  for (const Words& instruction : instructions) {
    words.push_back(std::uint32_t(instruction.size()) << 16 | instruction[0]);
    words.insert(words.end(), instruction.begin() + 1, instruction.end());
  }
  return words;
}

}  // namespace gouache::testing
