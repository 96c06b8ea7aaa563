// Where does each variable lie?  Named tensors in blocks of bytes that outlive a plan: several plans (training, sampling) share them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/graph/tensor_type.h"

namespace gouache {

/// A variable's place: bytes [offset, offset + type.bytes()) of block `block`.
struct StateSlot {
  std::int32_t block = 0;
  std::int64_t offset = 0;  ///< multiple of 256
  TensorType type;
};

/// A block is one VkBuffer. The optimizer's kernels run over whole runs of a block, so a module's parameters are laid out
/// [parameters | first moments | second moments | averages], each run with the same inner offsets.
struct StateLayout {
  struct Block {
    std::string name;
    std::int64_t bytes = 0;
  };
  std::vector<Block> blocks;
  std::map<std::string, StateSlot> slots;

  /// Throws Error naming the variable when there is none.
  const StateSlot& at(const std::string& name) const;

  /// Adds a block that holds `tensors` one after the other, in each of `runs` runs; the names of run r are prefixed with
  /// runs[r] (the parameters' own run has the empty prefix). Throws Error when a name is taken.
  void add_block(const std::string& name, const std::vector<std::pair<std::string, TensorType>>& tensors,
                 const std::vector<std::string>& runs = {""});
};

}  // namespace gouache
