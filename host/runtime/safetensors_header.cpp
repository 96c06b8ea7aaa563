// What does the header of a safetensors file say, and does it fit its file?
#include "host/runtime/safetensors_header.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "host/graph/error.h"

namespace gouache {
namespace {

using std::string;
using std::string_view;
using std::uint64_t;

constexpr uint64_t kMaxDim = static_cast<uint64_t>(std::numeric_limits<std::int64_t>::max());

struct DtypeRow {
  string_view name;
  unsigned bits;
};
constexpr DtypeRow kDtypes[] = {
    {"BOOL", 8},    {"F4", 4},   {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"U8", 8},          {"I8", 8},          {"F8_E5M2", 8}, {"F8_E4M3", 8},
    {"F8_E8M0", 8}, {"I16", 16}, {"U16", 16},    {"F16", 16},    {"F8_E4M3FNUZ", 8}, {"F8_E5M2FNUZ", 8}, {"BF16", 16},   {"I32", 32},
    {"U32", 32},    {"F32", 32}, {"C64", 64},    {"F64", 64},    {"I64", 64},        {"U64", 64},
};

/// At most about `limit` bytes of UTF-8 text, cut between characters, control characters as '?'.
string shortened(string_view text, std::size_t limit) {
  bool cut = text.size() > limit;
  if (cut) {
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
    text = text.substr(0, limit);
  }
  string result(text);
  for (char& c : result)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  return cut ? result + "..." : result;
}

/// Receives the header's JSON piece by piece and accepts only what the format allows at that place; so nesting deeper than
/// the format's three levels ends at once, and nothing is stored that has no use.
class HeaderReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit HeaderReader(const std::string& file) : file_(file) {}

  Header header;

  bool null() override { unexpected("null"); }
  bool boolean(bool value) override { unexpected(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { unexpected("the negative number " + std::to_string(value)); }
  bool number_float(number_float_t, const string_t& text) override { unexpected("the number " + shortened(text, 40)); }
  bool binary(binary_t&) override { unexpected("binary data"); }

  bool number_unsigned(number_unsigned_t value) override {
    if (place_ == Place::shape) {
      if (value > kMaxDim) unexpected("the number " + grouped(value));
      if (row().shape.size() == kMaxFileRank) defect(tensor() + " has more than " + std::to_string(kMaxFileRank) + " dimensions");
      row().shape.push_back(static_cast<std::int64_t>(value));
    } else if (place_ == Place::offsets) {
      if (row().offsets.size() == 2) defect(tensor() + ": data_offsets must be two numbers, got more");
      row().offsets.push_back(value);
    } else {
      unexpected("the number " + grouped(value));
    }
    return true;
  }

  bool string(string_t& value) override {
    if (place_ == Place::metadata)
      header.metadata[key_] = std::move(value);
    else if (place_ == Place::entry && key_ == "dtype")
      row().dtype = std::move(value);
    else
      unexpected("the string " + in_quotes(value));
    return true;
  }

  bool start_object(std::size_t) override {
    if (place_ == Place::outside) {
      place_ = Place::root;
    } else if (place_ == Place::root && key_ == kMetadata) {
      place_ = Place::metadata;
    } else if (place_ == Place::root) {
      place_ = Place::entry;
    } else {
      unexpected("an object");
    }
    return true;
  }

  bool key(string_t& key) override {
    key_ = std::move(key);
    if (place_ == Place::root) {
      bool fresh = key_ == kMetadata ? !std::exchange(has_metadata_, true) : header.index.emplace(key_, header.rows.size()).second;
      if (!fresh) defect("the name " + in_quotes(key_) + " occurs twice; names must be unique");
      if (key_ != kMetadata) header.rows.emplace_back().name = key_;
    } else if (place_ == Place::metadata) {
      if (!header.metadata.emplace(key_, "").second) defect("the metadata key " + in_quotes(key_) + " occurs twice; keys must be unique");
    } else {
      bool* seen = key_ == "dtype"          ? &row().has_dtype
                   : key_ == "shape"        ? &row().has_shape
                   : key_ == "data_offsets" ? &row().has_offsets
                                            : nullptr;
      if (!seen) defect(tensor() + " has the unknown key " + in_quotes(key_) + "; expected dtype, shape and data_offsets");
      if (std::exchange(*seen, true)) defect(tensor() + ": the key " + in_quotes(key_) + " occurs twice");
    }
    return true;
  }

  bool end_object() override {
    if (place_ == Place::entry && !(row().has_dtype && row().has_shape && row().has_offsets))
      defect(tensor() + " lacks " + (!row().has_dtype ? "dtype" : !row().has_shape ? "shape" : "data_offsets"));
    place_ = place_ == Place::root ? Place::outside : Place::root;
    return true;
  }

  bool start_array(std::size_t) override {
    if (place_ == Place::entry && key_ == "shape")
      place_ = Place::shape;
    else if (place_ == Place::entry && key_ == "data_offsets")
      place_ = Place::offsets;
    else
      unexpected("a list");
    return true;
  }

  bool end_array() override {
    if (place_ == Place::offsets && row().offsets.size() != 2)
      defect(tensor() + ": data_offsets must be two numbers, got " + std::to_string(row().offsets.size()));
    place_ = Place::entry;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& error) override {
    string_view reason = error.what();  // "[json.exception.parse_error.101] parse error at line 1, column 5: ..."
    reason.remove_prefix(std::min(reason.find("] ") + 2, reason.size()));
    defect("is not JSON at byte " + grouped(position) + ": " + shortened(reason, 200));
  }

 private:
  enum class Place { outside, root, metadata, entry, shape, offsets };
  static constexpr string_view kMetadata = "__metadata__";

  HeaderRow& row() { return header.rows.back(); }
  std::string tensor() { return "tensor " + in_quotes(row().name); }

  [[noreturn]] void defect(const std::string& what) { throw Error(ErrorCode::bad_file, file_ + ": header: " + what); }

  [[noreturn]] void unexpected(const std::string& got) {
    std::string wanted;
    switch (place_) {
      case Place::outside: wanted = "an object was expected"; break;
      case Place::root: wanted = in_quotes(key_) + " must be an object"; break;
      case Place::metadata: wanted = "metadata " + in_quotes(key_) + " must be a string"; break;
      case Place::shape: wanted = tensor() + ": shape must hold whole numbers from 0 to " + grouped(kMaxDim); break;
      case Place::offsets: wanted = tensor() + ": data_offsets must be two whole numbers from 0"; break;
      case Place::entry: wanted = tensor() + ": " + key_ + " must be " + (key_ == "dtype" ? "a string" : "a list of whole numbers"); break;
    }
    defect(wanted + ", got " + got);
  }

  const std::string& file_;
  Place place_ = Place::outside;
  std::string key_;
  bool has_metadata_ = false;
};

/// Checks that the rows describe their data and cover all of it, each byte once.
void check_layout(const string& file, const std::vector<HeaderRow>& rows, uint64_t data_bytes) {
  auto defect = [&](const string& what) { throw Error(ErrorCode::bad_file, file + ": " + what); };
  std::vector<const HeaderRow*> by_place;
  by_place.reserve(rows.size());
  for (const HeaderRow& row : rows) {
    string tensor = "tensor " + in_quotes(row.name), why;
    uint64_t begin = row.offsets[0], end = row.offsets[1], bytes = bits_of(row.dtype, row.shape, why) / 8;
    string span = "spans bytes " + grouped(begin) + ".." + grouped(end);
    if (!why.empty()) defect(tensor + " " + why);
    if (begin > end) defect(tensor + " " + span + ": its end lies before its beginning");
    if (end > data_bytes) defect(tensor + " " + span + " but the data ends at " + grouped(data_bytes) + " (file truncated?)");
    if (end - begin != bytes)
      defect(tensor + " is " + row.dtype + " " + to_text(row.shape) + " and needs " + grouped(bytes) + " bytes, but " + span);
    by_place.push_back(&row);
  }
  std::sort(by_place.begin(), by_place.end(), [](auto* a, auto* b) { return a->offsets < b->offsets; });
  uint64_t covered = 0;
  const HeaderRow* last = nullptr;
  for (const HeaderRow* row : by_place) {
    if (row->offsets[0] > covered)
      defect("bytes " + grouped(covered) + ".." + grouped(row->offsets[0]) + " of the data, before tensor " + in_quotes(row->name) +
             ", belong to no tensor; the format allows no holes");
    if (row->offsets[0] < covered)
      defect("tensors " + in_quotes(last->name) + " and " + in_quotes(row->name) + " overlap: bytes " + grouped(last->offsets[0]) + ".." +
             grouped(covered) + " and " + grouped(row->offsets[0]) + ".." + grouped(row->offsets[1]));
    covered = row->offsets[1];
    last = row;
  }
  if (covered != data_bytes)
    defect("bytes " + grouped(covered) + ".." + grouped(data_bytes) + " of the data, at its end, belong to no tensor");
}

}  // namespace

string in_quotes(string_view text) { return "'" + shortened(text, 100) + "'"; }

std::size_t first_invalid_utf8(string_view text) {
  auto byte = [&](std::size_t i) -> unsigned { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0; };
  for (std::size_t i = 0; i < text.size();) {
    unsigned lead = byte(i);
    unsigned length = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    unsigned second = byte(i + 1);
    if (length == 0 || (lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) || (lead == 0xF0 && second < 0x90) ||
        (lead == 0xF4 && second > 0x8F))
      return i;
    for (unsigned k = 1; k < length; ++k)
      if ((byte(i + k) & 0xC0) != 0x80) return i;
    i += length;
  }
  return string_view::npos;
}

uint64_t bits_of(string_view dtype, const Shape& shape, string& defect) {
  const DtypeRow* row = std::find_if(std::begin(kDtypes), std::end(kDtypes), [&](const DtypeRow& r) { return r.name == dtype; });
  if (row == std::end(kDtypes)) {
    defect = "has the unknown dtype " + in_quotes(dtype) + "; expected F32, U8, I32 or another of the format's types";
    return 0;
  }
  uint64_t bits = row->bits;
  bool empty = false;
  for (std::int64_t dim : shape) {  // dimensions of 0 are left out: the others must be multipliable in any order
    if (dim < 0) defect = "has the negative dimension " + std::to_string(dim);
    if (dim <= 0) {
      empty = true;
    } else if (bits > std::numeric_limits<uint64_t>::max() / static_cast<uint64_t>(dim)) {
      defect = "is " + string(dtype) + " " + to_text(shape) + ": that many elements overflow 64 bits";
      return 0;
    } else {
      bits *= static_cast<uint64_t>(dim);
    }
  }
  if (empty) return 0;
  if (bits % 8 != 0) defect = "is " + string(dtype) + " " + to_text(shape) + ", which does not fill whole bytes";
  return bits;
}

std::uint64_t header_length(const std::string& file, std::span<const std::byte, kLengthBytes> first, std::uint64_t file_bytes) {
  auto defect = [&](const string& what) { throw Error(ErrorCode::bad_file, file + ": " + what); };
  uint64_t length = 0;
  std::memcpy(&length, first.data(), kLengthBytes);
  if (length > kMaxHeaderBytes)
    defect("says that its header is " + grouped(length) + " bytes long; the format allows " + grouped(kMaxHeaderBytes) +
           " (is it a safetensors file?)");
  if (length > file_bytes - kLengthBytes)
    defect("says that its header is " + grouped(length) + " bytes long, but " + grouped(file_bytes - kLengthBytes) +
           " bytes follow (file truncated?)");
  return length;
}

Header parse_header(const std::string& file, std::string_view json, std::uint64_t data_bytes) {
  auto defect = [&](const string& what) { throw Error(ErrorCode::bad_file, file + ": header: " + what); };
  if (json.empty() || json[0] != '{') defect("must begin with '{' (is it a safetensors file?)");
  std::size_t wrong = first_invalid_utf8(json);
  if (wrong != string_view::npos) defect("is not UTF-8 from its byte " + grouped(wrong));
  wrong = json.find('\0');  // the JSON reader would take it for the end
  if (wrong != string_view::npos) defect("holds a NUL at its byte " + grouped(wrong));
  HeaderReader reader(file);
  nlohmann::json::sax_parse(json.begin(), json.end(), &reader);
  check_layout(file, reader.header.rows, data_bytes);
  return std::move(reader.header);
}

}  // namespace gouache
