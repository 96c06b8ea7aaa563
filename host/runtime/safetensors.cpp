// How are tensors kept in a file that other programs can read too?  Reading, typed access and writing; the header's rules are
// in safetensors_header.cpp.
#include "host/runtime/safetensors.h"

#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "host/graph/error.h"
#include "host/runtime/platform.h"
#include "host/runtime/safetensors_header.h"

namespace gouache {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian, and elements are copied as they lie");

using std::string;
using std::string_view;
using std::uint64_t;

template <class T>
constexpr string_view kDtypeOf = "";
template <>
constexpr string_view kDtypeOf<float> = "F32";
template <>
constexpr string_view kDtypeOf<double> = "F64";
template <>
constexpr string_view kDtypeOf<std::uint8_t> = "U8";
template <>
constexpr string_view kDtypeOf<std::int32_t> = "I32";
template <>
constexpr string_view kDtypeOf<std::uint32_t> = "U32";
template <>
constexpr string_view kDtypeOf<std::int64_t> = "I64";

[[noreturn]] void refuse(const string& file, const string& what) { throw Error(ErrorCode::bad_file, file + ": " + what); }

void check_not_tiny(const string& file, uint64_t bytes) {
  if (bytes == 0) refuse(file, "is empty; a safetensors file was expected");
  if (bytes < kLengthBytes) refuse(file, "is " + grouped(bytes) + " bytes long; a safetensors file has at least 10");
}

string_view as_text(std::span<const std::byte> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

std::span<const std::byte> as_bytes(string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }

/// Everything before the data; Error(invalid_argument) if the tensors cannot be written.
string file_head(std::span<const TensorEntry> tensors, const TensorMetadata& metadata) {
  auto json_string = [](const string& text, const char* what) {
    if (first_invalid_utf8(text) != string_view::npos)
      throw Error(string("safetensors: ") + what + " is not UTF-8 from byte " + grouped(first_invalid_utf8(text)));
    return nlohmann::json(text).dump();
  };
  string head = "{";
  const char* comma = "";
  if (!metadata.empty()) {
    head += "\"__metadata__\":{";
    for (const auto& [key, value] : metadata) {
      head += comma + json_string(key, "a metadata key") + ":" + json_string(value, "a metadata value");
      comma = ",";
    }
    head += "}";
  }
  std::map<string_view, int> names{{"__metadata__", 1}};
  uint64_t begin = 0;
  for (const TensorEntry& t : tensors) {
    string name = json_string(t.name, "a tensor's name"), why;
    if (t.name == "__metadata__") throw Error("safetensors: a tensor cannot be named '__metadata__': the format keeps that name");
    if (!names.emplace(t.name, 1).second) throw Error("safetensors: two tensors are named " + in_quotes(t.name));
    if (t.shape.size() > kMaxFileRank) why = "has more than " + std::to_string(kMaxFileRank) + " dimensions";
    uint64_t bytes = bits_of(t.dtype, t.shape, why) / 8;
    if (why.empty() && bytes != t.data.size())
      why = "is " + t.dtype + " " + to_text(t.shape) + " and needs " + grouped(bytes) + " bytes, but has " + grouped(t.data.size());
    if (!why.empty()) throw Error("safetensors: tensor " + in_quotes(t.name) + " " + why);
    head += comma + name + ":{\"dtype\":\"" + t.dtype + "\",\"shape\":" + to_text(t.shape) + ",\"data_offsets\":[" + std::to_string(begin) +
            "," + std::to_string(begin + bytes) + "]}";
    comma = ",";
    begin += bytes;
  }
  head += "}";
  head.resize((head.size() + 7) / 8 * 8, ' ');
  if (head.size() > kMaxHeaderBytes)
    throw Error("safetensors: the header would be " + grouped(head.size()) + " bytes long; the format allows " + grouped(kMaxHeaderBytes));
  uint64_t length = head.size();
  char length_bytes[kLengthBytes];
  std::memcpy(length_bytes, &length, kLengthBytes);
  return string(length_bytes, kLengthBytes) + head;
}

}  // namespace

TensorFile::TensorFile(string name, Header&& header)
    : name_(std::move(name)), metadata_(std::move(header.metadata)), index_(std::move(header.index)) {
  tensors_.reserve(header.rows.size());
  for (HeaderRow& row : header.rows)
    tensors_.push_back({std::move(row.name), std::move(row.dtype), std::move(row.shape), row.offsets[0], row.offsets[1] - row.offsets[0]});
}

TensorFile::TensorFile(TensorFile&&) noexcept = default;
TensorFile& TensorFile::operator=(TensorFile&&) noexcept = default;
TensorFile::~TensorFile() = default;

const StoredTensor* TensorFile::find(string_view tensor) const {
  auto found = index_.find(tensor);
  return found == index_.end() ? nullptr : &tensors_[found->second];
}

const StoredTensor& TensorFile::at(string_view tensor) const {
  const StoredTensor* found = find(tensor);
  if (!found) refuse(name_, "has no tensor " + in_quotes(tensor) + " (it has " + grouped(tensors_.size()) + " others)");
  return *found;
}

void TensorFile::read(const StoredTensor& tensor, uint64_t from, std::span<std::byte> into) const {
  if (from > tensor.bytes || into.size() > tensor.bytes - from)
    throw Error(ErrorCode::internal, name_ + ": bytes " + grouped(from) + ".." + grouped(from + into.size()) + " of tensor " +
                                         in_quotes(tensor.name) + ", which has " + grouped(tensor.bytes));
  if (into.empty()) return;
  if (!file_) {
    std::memcpy(into.data(), data_.data() + tensor.begin + from, into.size());
    return;
  }
  file_->seek(data_begins_ + tensor.begin + from);
  file_->read(into);
}

std::vector<std::byte> TensorFile::bytes(const StoredTensor& tensor) const {
  std::vector<std::byte> all(static_cast<std::size_t>(tensor.bytes));
  read(tensor, 0, all);
  return all;
}

template <class T>
std::vector<T> TensorFile::values(string_view tensor, const Shape& expected_shape) const {
  const StoredTensor& found = at(tensor);
  if (found.dtype != kDtypeOf<T>) refuse(name_, "tensor " + in_quotes(tensor) + " is " + found.dtype + ", expected " + string(kDtypeOf<T>));
  if (found.shape != expected_shape)
    refuse(name_, "tensor " + in_quotes(tensor) + " is " + to_text(found.shape) + ", expected " + to_text(expected_shape));
  std::vector<T> values(static_cast<std::size_t>(found.bytes) / sizeof(T));
  read(found, 0, std::as_writable_bytes(std::span(values)));
  return values;
}

template std::vector<float> TensorFile::values(string_view, const Shape&) const;
template std::vector<double> TensorFile::values(string_view, const Shape&) const;
template std::vector<std::uint8_t> TensorFile::values(string_view, const Shape&) const;
template std::vector<std::int32_t> TensorFile::values(string_view, const Shape&) const;
template std::vector<std::uint32_t> TensorFile::values(string_view, const Shape&) const;
template std::vector<std::int64_t> TensorFile::values(string_view, const Shape&) const;

TensorFile read_safetensors(const std::filesystem::path& path, uint64_t max_bytes) {
  auto input = std::make_unique<InputFile>(path);
  string name = path_text(path);
  check_not_tiny(name, input->size());
  if (input->size() > max_bytes) refuse(name, "is " + grouped(input->size()) + " bytes long; at most " + grouped(max_bytes) + " are read");
  std::byte first[kLengthBytes];
  input->read(first);
  std::vector<std::byte> json(static_cast<std::size_t>(header_length(name, first, input->size())));
  input->read(json);
  const uint64_t begins = kLengthBytes + json.size();
  TensorFile file(name, parse_header(name, as_text(json), input->size() - begins));
  file.file_ = std::move(input);
  file.data_begins_ = begins;
  return file;
}

TensorFile parse_safetensors(const string& name, std::span<const std::byte> bytes) {
  check_not_tiny(name, bytes.size());
  std::size_t length = static_cast<std::size_t>(header_length(name, bytes.first<kLengthBytes>(), bytes.size()));
  const std::span<const std::byte> data = bytes.subspan(kLengthBytes + length);
  TensorFile file(name, parse_header(name, as_text(bytes.subspan(kLengthBytes, length)), data.size()));
  file.data_ = data;
  return file;
}

void write_safetensors(const std::filesystem::path& path, std::span<const TensorEntry> tensors, const TensorMetadata& metadata) {
  string head = file_head(tensors, metadata);
  write_file_atomically(path, [&](const AppendBytes& append) {
    append(as_bytes(head));
    for (const TensorEntry& tensor : tensors) append(tensor.data);
  });
}

std::vector<std::byte> to_safetensors(std::span<const TensorEntry> tensors, const TensorMetadata& metadata) {
  string head = file_head(tensors, metadata);
  std::size_t total = head.size();
  for (const TensorEntry& tensor : tensors) total += tensor.data.size();
  std::vector<std::byte> bytes;
  bytes.reserve(total);
  auto append = [&](std::span<const std::byte> part) { bytes.insert(bytes.end(), part.begin(), part.end()); };
  append(as_bytes(head));
  for (const TensorEntry& tensor : tensors) append(tensor.data);
  return bytes;
}

void check_format(const TensorFile& file) {
  auto found = file.metadata().find(kFormatKey);
  if (found == file.metadata().end()) refuse(file.name(), "is not a Gouache model: its metadata has no " + string(kFormatKey));
  string_view major = string_view(found->second).substr(0, found->second.find('.'));  // "1" or "1.4": minor additions are readable
  if (major == kFormat) return;
  bool number = !found->second.empty() && found->second.size() <= 20 && found->second.find_first_not_of("0123456789.") == string::npos;
  string is = number ? found->second : in_quotes(found->second);
  refuse(file.name(), string(kFormatKey) + " is " + is + ", this build reads " + string(kFormat));
}

const string& recipe_text(const TensorFile& file) {
  auto found = file.metadata().find(kRecipeKey);
  if (found == file.metadata().end()) refuse(file.name(), "has no recipe: its metadata lacks " + string(kRecipeKey));
  return found->second;
}

}  // namespace gouache
