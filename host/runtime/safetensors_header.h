// What does the header of a safetensors file say, and does it fit its file?  The strict half of reading; safetensors.h is for users.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/graph/tensor_type.h"
#include "host/runtime/safetensors.h"

namespace gouache {

/// The file's first bytes: the header's length, little-endian.
inline constexpr std::size_t kLengthBytes = 8;

/// A tensor's line in the header, as read: it covers bytes offsets[0]..offsets[1] of the data.
struct HeaderRow {
  std::string name, dtype;
  Shape shape;
  std::vector<std::uint64_t> offsets;
  bool has_dtype = false, has_shape = false, has_offsets = false;
};

struct Header {
  std::vector<HeaderRow> rows;                            ///< in the header's order
  std::map<std::string, std::size_t, std::less<>> index;  ///< name -> row
  TensorMetadata metadata;
};

/// The header's length by the file's first bytes; Error(bad_file) if the format or the file's size forbids it.
std::uint64_t header_length(const std::string& file, std::span<const std::byte, kLengthBytes> first, std::uint64_t file_bytes);

/// Reads the JSON and checks every rule of the format against a file with `data_bytes` bytes of data; Error(bad_file) else.
/// `file` is what messages call the file.
Header parse_header(const std::string& file, std::string_view json, std::uint64_t data_bytes);

/// Bits in a tensor's data; 0 and an explanation in `defect` ("has the unknown dtype ...") if there is no such number.
std::uint64_t bits_of(std::string_view dtype, const Shape& shape, std::string& defect);

/// Where the text stops being UTF-8 (overlong forms, surrogates and values above 10FFFF included); npos if it never does.
std::size_t first_invalid_utf8(std::string_view text);

/// A name for a message: in quotes, shortened if long, control characters as '?'.
std::string in_quotes(std::string_view text);

}  // namespace gouache
