// How is a gzipped IDX file unpacked without believing what its header says?
#include "demo/data/idx.h"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "host/graph/error.h"

namespace gouache::data {
namespace {

// Unpacks up to `most` bytes, or until the file ends.
std::vector<uint8_t> unpacked(gzFile file, const std::string& path, uint64_t most) {
  constexpr uint64_t kPiece = 1 << 20;
  std::vector<uint8_t> bytes;
  while (bytes.size() < most) {
    const size_t before = bytes.size();
    const uint64_t piece = std::min(kPiece, most - before);
    bytes.resize(before + piece);
    const int got = gzread(file, bytes.data() + before, static_cast<unsigned>(piece));
    int code = Z_OK;
    const char* reason = gzerror(file, &code);
    if (got < 0 || (code != Z_OK && code != Z_STREAM_END))
      throw Error(ErrorCode::bad_file, path + ": the gzip data breaks off or is damaged after " + std::to_string(before) +
                                           " unpacked bytes (" + (code == Z_BUF_ERROR ? "unexpected end of file" : reason) + ")");
    bytes.resize(before + static_cast<size_t>(got));
    if (static_cast<uint64_t>(got) < piece) break;
  }
  return bytes;
}

std::string hexadecimal(uint32_t word) {
  char text[11];
  std::snprintf(text, sizeof text, "0x%08x", word);
  return text;
}

}  // namespace

Idx read_idx(const std::string& path, uint32_t rank, uint64_t most_bytes) {
  errno = 0;
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) throw Error(ErrorCode::io, path + ": cannot be opened: " + (errno ? std::strerror(errno) : "no memory"));
  const auto bad = [&](const std::string& defect) { return Error(ErrorCode::bad_file, path + ": " + defect); };

  const uint64_t header_bytes = 4 + uint64_t{4} * rank;
  const std::vector<uint8_t> header = unpacked(file.get(), path, header_bytes);
  if (header.size() < header_bytes)
    throw bad("the IDX header needs " + std::to_string(header_bytes) + " bytes, the file holds " + std::to_string(header.size()) +
              " (file truncated?)");
  const auto word = [&](size_t i) {
    const uint8_t* b = header.data() + 4 * i;
    return uint32_t{b[0]} << 24 | uint32_t{b[1]} << 16 | uint32_t{b[2]} << 8 | uint32_t{b[3]};
  };
  const uint32_t magic = 0x0800u | rank;  // unsigned bytes, rank
  if (word(0) != magic)
    throw bad("the magic number is " + hexadecimal(word(0)) + "; expected " + hexadecimal(magic) + " (IDX, unsigned bytes, rank " +
              std::to_string(rank) + ")");

  Idx idx;
  uint64_t declared = 1;
  for (uint32_t i = 0; i < rank; i++) {
    const uint32_t dim = word(1 + i);
    idx.dims.push_back(dim);
    if (dim == 0) throw bad("dimension " + std::to_string(i) + " is 0; expected at least 1");
    if (declared > most_bytes / dim)
      throw bad("the header declares more than " + std::to_string(most_bytes) + " bytes (dimension " + std::to_string(i) + " is " +
                std::to_string(dim) + ")");
    declared *= dim;
  }
  idx.bytes = unpacked(file.get(), path, declared + 1);  // one more, to see an excess
  if (idx.bytes.size() < declared)
    throw bad("the header declares " + std::to_string(declared) + " bytes of data but the file ends after " +
              std::to_string(idx.bytes.size()) + " (file truncated?)");
  if (idx.bytes.size() > declared) throw bad("the header declares " + std::to_string(declared) + " bytes of data but more follow");
  return idx;
}

}  // namespace gouache::data
