// How does a module of SPIR-V lie in memory?  A header, then instructions that begin with their length and number (specification 1.6, 2.3).
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "host/graph/error.h"

namespace gouache {

inline constexpr std::size_t kSpirvHeaderWords = 5, kSpirvBoundWord = 3;  // the bound of ids lies in the header

/// One instruction: words[0] is its length and number.
using SpirvInstruction = std::span<const std::uint32_t>;
inline std::uint32_t spirv_op(SpirvInstruction i) { return i[0] & 0xffff; }
inline std::uint32_t spirv_first_word(std::size_t length, std::uint32_t op) { return static_cast<std::uint32_t>(length << 16) | op; }

/// Throws Error(internal) for words that do not begin as a module does; `purpose` ends "what should be ...".
inline void require_spirv(std::span<const std::uint32_t> words, const char* purpose) {
  constexpr std::uint32_t kMagic = 0x07230203;
  if (words.size() < kSpirvHeaderWords || words[0] != kMagic)
    throw Error(ErrorCode::internal, std::string("what should be ") + purpose + " is no SPIR-V module");
}

/// Calls `take` with each instruction's words, those after the header in order. Throws Error(internal) where the last one is cut.
template <typename Take>
void for_each_instruction(std::span<const std::uint32_t> words, const Take& take) {
  for (std::size_t at = kSpirvHeaderWords; at < words.size();) {
    const std::size_t length = words[at] >> 16;
    if (length == 0 || length > words.size() - at)
      throw Error(ErrorCode::internal, "a SPIR-V module ends inside the instruction at word " + std::to_string(at));
    take(words.subspan(at, length));
    at += length;
  }
}

}  // namespace gouache
