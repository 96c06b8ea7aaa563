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
#include <memory>
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

/// A tensor to be written: row-major, little-endian, dense.
struct TensorEntry {
  std::string name;                 ///< UTF-8, unique in its file
  std::string dtype;                ///< "F32", "U8", "I64" ... as the format spells them
  Shape shape;                      ///< [] is a scalar; a dimension may be 0
  std::span<const std::byte> data;  ///< borrowed; need not be aligned
};

/// A tensor of a file.
struct StoredTensor {
  std::string name, dtype;
  Shape shape;
  std::uint64_t begin = 0, bytes = 0;  ///< where in the file's data
};

using TensorMetadata = std::map<std::string, std::string, std::less<>>;

class InputFile;  // platform.h
struct Header;    // safetensors_header.h

/// A file whose header was read and checked; its data is read where it lies, on disk or in memory, when it is asked for.  Moves, does not
/// copy.  One thread at a time.
class TensorFile {
 public:
  TensorFile(TensorFile&&) noexcept;
  TensorFile& operator=(TensorFile&&) noexcept;
  TensorFile(const TensorFile&) = delete;
  TensorFile& operator=(const TensorFile&) = delete;
  ~TensorFile();

  /// What messages call the file.
  const std::string& name() const { return name_; }
  const TensorMetadata& metadata() const { return metadata_; }
  /// In the order of the header.
  const std::vector<StoredTensor>& tensors() const { return tensors_; }
  /// Null if there is no such tensor.
  const StoredTensor* find(std::string_view tensor) const;
  /// Error(bad_file) if there is no such tensor.
  const StoredTensor& at(std::string_view tensor) const;

  /// Fills `into` with the bytes of one of tensors() from byte `from` of it on, which are no more than it has.  Error(io) if the system
  /// refuses, or the file on disk has become shorter.
  void read(const StoredTensor& tensor, std::uint64_t from, std::span<std::byte> into) const;
  /// All of them.
  std::vector<std::byte> bytes(const StoredTensor& tensor) const;

  /// A tensor's elements, row-major.  T is float, double, std::uint8_t, std::int32_t, std::uint32_t or std::int64_t and must be
  /// the file's dtype; the shape must be as expected.  Else Error(bad_file) with both.  Error(io) as read().
  template <class T>
  std::vector<T> values(std::string_view tensor, const Shape& expected_shape) const;
  std::vector<float> f32(std::string_view tensor, const Shape& expected_shape) const { return values<float>(tensor, expected_shape); }

 private:
  friend TensorFile read_safetensors(const std::filesystem::path&, std::uint64_t);
  friend TensorFile parse_safetensors(const std::string&, std::span<const std::byte>);
  TensorFile(std::string name, Header&& header);

  std::string name_;
  TensorMetadata metadata_;
  std::vector<StoredTensor> tensors_;
  std::map<std::string, std::size_t, std::less<>> index_;  // name -> position in tensors_
  std::span<const std::byte> data_;                        // of a file in memory
  std::unique_ptr<InputFile> file_;                        // on disk, or null
  std::uint64_t data_begins_ = 0;                          // there
};

/// Opens a file and reads its header, which is checked against the file's size.  Error(io) if the system refuses.
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
