// Which blocks and functions of a module can control come to?
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace gouache {

/// `words`, a SPIR-V module, without the blocks that no branch on its constants comes to and the functions that nothing calls then: some
/// drivers compile them before they find out (SwiftShader takes a quarter of a second for one switch over the functions of a fused
/// program). Every value computed stays the same. Names and lines for debuggers go, too. A module with a loop that never comes round
/// or a switch that is left in several places comes back as it is. Throws Error(internal) for words that are not a module. Pure,
/// thread-safe.
std::vector<std::uint32_t> prune(std::span<const std::uint32_t> words);

}  // namespace gouache
