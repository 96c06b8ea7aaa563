// How are tensors kept in a file that other programs can read too?  The safetensors format, read strictly and written whole.
//
// A file is: 8 bytes little-endian header length, that many bytes of JSON (padded with spaces), then the data.  The header maps
// names to {"dtype", "shape", "data_offsets": [begin, end)} relative to the data, and "__metadata__" to a map of strings.
// The tensors cover the data without holes or overlaps.  Format: https://github.com/huggingface/safetensors
//
// A damaged file is Error(bad_file) naming the file, the defect and what was expected; never a crash, and never an allocation
// larger than what a file of that size can describe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/graph/tensor_type.h"

namespace gouache {

/// Metadata keys of a Gouache model: the major format, and the recipe as JSON text.
inline constexpr std::string_view kFormatKey = "gouache.format";
inline constexpr std::string_view kRecipeKey = "gouache.recipe";
inline constexpr std::string_view kFormat = "1";

/// The largest header the format allows, and the largest file we read unless told otherwise.
inline constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;
inline constexpr std::uint64_t kMaxTensorFileBytes = std::uint64_t{4} << 30;
/// More dimensions than any tensor library makes.
inline constexpr std::size_t kMaxFileRank = 32;

/// One tensor: row-major, little-endian, dense.  `data` is borrowed: from the TensorFile when read, from the caller when
/// written.  It need not be aligned.
struct TensorEntry {
  std::string name;   ///< UTF-8, unique in its file
  std::string dtype;  ///< "F32", "U8", "I64" ... as the format spells them
  Shape shape;        ///< [] is a scalar; a dimension may be 0
  std::span<const std::byte> data;
};

using TensorMetadata = std::map<std::string, std::string, std::less<>>;

struct Header;  // safetensors_header.h

/// The contents of a file.  Moves, does not copy: the entries point into the bytes it owns (or into parse_safetensors' argument).
class TensorFile {
 public:
  TensorFile(TensorFile&&) = default;
  TensorFile& operator=(TensorFile&&) = default;
  TensorFile(const TensorFile&) = delete;
  TensorFile& operator=(const TensorFile&) = delete;

  /// What messages call the file.
  const std::string& name() const { return name_; }
  const TensorMetadata& metadata() const { return metadata_; }
  /// In the order of the header.
  const std::vector<TensorEntry>& tensors() const { return tensors_; }
  /// Null if there is no such tensor.
  const TensorEntry* find(std::string_view tensor) const;
  /// Error(bad_file) if there is no such tensor.
  const TensorEntry& at(std::string_view tensor) const;

  /// A tensor's elements, row-major.  T is float, double, std::uint8_t, std::int32_t, std::uint32_t or std::int64_t and must be
  /// the file's dtype; the shape must be as expected.  Else Error(bad_file) with both.
  template <class T>
  std::vector<T> values(std::string_view tensor, const Shape& expected_shape) const;
  std::vector<float> f32(std::string_view tensor, const Shape& expected_shape) const { return values<float>(tensor, expected_shape); }

 private:
  friend TensorFile read_safetensors(const std::filesystem::path&, std::uint64_t);
  friend TensorFile parse_safetensors(const std::string&, std::span<const std::byte>);
  TensorFile(std::string name, Header&& header, std::vector<std::byte> owned, std::span<const std::byte> data);

  std::string name_;
  TensorMetadata metadata_;
  std::vector<TensorEntry> tensors_;
  std::map<std::string, std::size_t, std::less<>> index_;  // name -> position in tensors_
  std::vector<std::byte> owned_;                           // what the entries point into; empty if that is borrowed
};

/// Reads a file.  The header is checked against the file's size before the data is read.  Error(io) if the system refuses.
TensorFile read_safetensors(const std::filesystem::path& path, std::uint64_t max_bytes = kMaxTensorFileBytes);

/// Reads a file image in memory, which must outlive the result.  `name` stands for it in messages.
TensorFile parse_safetensors(const std::string& name, std::span<const std::byte> bytes);

/// Writes the tensors in the given order, whole or not at all (see write_file_atomically).  The same arguments give the same
/// bytes; the data begins at a multiple of 8.  Error(invalid_argument) for a name that is not UTF-8 or occurs twice, an unknown
/// dtype, or a shape that does not fit its data; Error(io) if the system refuses.
void write_safetensors(const std::filesystem::path& path, std::span<const TensorEntry> tensors, const TensorMetadata& metadata);

/// The same bytes in memory.
std::vector<std::byte> to_safetensors(std::span<const TensorEntry> tensors, const TensorMetadata& metadata);

/// Error(bad_file) unless this is a Gouache file of a format that this build reads.
void check_format(const TensorFile& file);

/// The recipe (JSON text) of a Gouache model; Error(bad_file) if there is none.
const std::string& recipe_text(const TensorFile& file);

}  // namespace gouache
