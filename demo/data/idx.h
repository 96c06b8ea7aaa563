// How is a gzipped IDX file (LeCun's MNIST format) read and checked?
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gouache::data {

/// The bytes of an IDX file of unsigned bytes: [dims[0], dims[1], ...].
struct Idx {
  std::vector<uint32_t> dims;
  std::vector<uint8_t> bytes;
};

/// Reads `path` (gzipped or plain) and proves magic, rank and length.  Memory grows with what the file really holds, never with what
/// its header claims, and never beyond `most_bytes`.  Throws Error: io if it cannot be opened, bad_file with the file's name and the
/// defect.
Idx read_idx(const std::string& path, uint32_t rank, uint64_t most_bytes);

}  // namespace gouache::data
