// What does a module become where buffers are read and written through their addresses?
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "host/plan/catalog.h"

namespace gouache {

/// The storage buffers of one dispatch, by slot, and where their addresses lie: two words each among its push constants, the lower first.
struct Addresses {
  std::vector<std::uint8_t> slots;
  std::size_t first_word = 0;  ///< even

  std::size_t word_of(std::size_t i) const { return first_word + 2 * i; }
  std::size_t end_word() const { return word_of(slots.size()); }
};

/// Those of `dispatch`, behind its own push constants; none for one that pushes nothing. Pure, thread-safe.
Addresses addresses_of(const Dispatch& dispatch);

/// `words`, a SPIR-V module without specialization constants, with every storage buffer of `addresses` read and written through a pointer
/// of storage class PhysicalStorageBuffer (SPV_KHR_physical_storage_buffer) that is pushed, its descriptor left alone. The device needs
/// bufferDeviceAddress; with `long_words` also shaderInt64, and vec4s of floats, which must lie at multiples of 8 bytes, are read as two
/// words of 64 bits. What is computed stays the same. Throws Error(internal) for words that are not a module, or that push nothing.
/// Pure, thread-safe.
std::vector<std::uint32_t> use_addresses(std::span<const std::uint32_t> words, const Addresses& addresses, bool long_words);

}  // namespace gouache
