// Where is the SPIR-V of a module?  Built from shaders/modules.txt and embedded; the table itself is generated.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace gouache {

/// The words of module `module`; they live as long as the program. Throws Error(internal) naming a module that was not built.
std::span<const std::uint32_t> spirv(std::string_view module);

/// A hash of all modules: what was measured with others says nothing of these.
std::uint64_t spirv_hash();

}  // namespace gouache
