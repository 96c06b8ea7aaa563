// Are safetensors files read strictly and written byte for byte as the format says?
#include "host/runtime/safetensors.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <filesystem>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "host/graph/error.h"
#include "host/runtime/platform.h"

namespace gouache {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::byte>;

template <class T>
std::span<const std::byte> bytes_of(const std::vector<T>& values) {
  return std::as_bytes(std::span(values));
}

Bytes bytes_of(const std::string& text) {
  auto bytes = std::as_bytes(std::span(text.data(), text.size()));
  return Bytes(bytes.begin(), bytes.end());
}

/// A file image by hand: the header's length (unless given), the header, `data_bytes` bytes 0, 1, 2 ...
Bytes image(const std::string& header, std::size_t data_bytes, std::uint64_t length = std::numeric_limits<std::uint64_t>::max()) {
  if (length == std::numeric_limits<std::uint64_t>::max()) length = header.size();
  std::string text;
  for (int i = 0; i < 8; ++i) text += static_cast<char>(length >> (8 * i) & 0xFF);
  text += header;
  for (std::size_t i = 0; i < data_bytes; ++i) text += static_cast<char>(i);
  return bytes_of(text);
}

/// The message of the Error that `act` throws, after checking its code.
std::string message_of(const std::function<void()>& act, ErrorCode code) {
  try {
    act();
  } catch (const Error& error) {
    EXPECT_EQ(static_cast<int>(error.code()), static_cast<int>(code)) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "an Error was expected";
  return "";
}

void expect_refused(const Bytes& bytes, const std::string& part) {
  std::string message = message_of([&] { parse_safetensors("bad.safetensors", bytes); }, ErrorCode::bad_file);
  EXPECT_EQ(message.find("bad.safetensors: "), 0u) << message;
  EXPECT_NE(message.find(part), std::string::npos) << "got:      " << message << "\nexpected: " << part;
}

struct Small {
  std::vector<float> weight{1.5f, -2.0f, 0.0f, std::numeric_limits<float>::quiet_NaN(), 3.25f, -0.0f};
  std::vector<std::uint8_t> mask{1, 2, 255};
  std::vector<std::int64_t> step{-7'000'000'000};
  TensorMetadata metadata{{"gouache.format", "1"}, {"gouache.recipe", "{\"size\": 32}"}};
  std::vector<TensorEntry> tensors() const {
    return {{"mask", "U8", {3}, bytes_of(mask)},
            {"G/8/weight \"\xC3\xA4\"", "F32", {2, 3}, bytes_of(weight)},
            {"step", "I64", {}, bytes_of(step)},
            {"nothing", "F32", {4, 0}, {}}};
  }
};

/// Any part of any tensor is what the whole has there; what reaches past its end is refused.
void expect_parts(const TensorFile& file) {
  for (const StoredTensor& tensor : file.tensors()) {
    const std::vector<std::byte> whole = file.bytes(tensor);
    ASSERT_EQ(whole.size(), tensor.bytes) << tensor.name;
    for (std::size_t from = whole.size() + 1; from-- > 0;)
      for (std::size_t count = 0; from + count <= whole.size(); ++count) {
        std::vector<std::byte> part(count, std::byte{0xa5});
        file.read(tensor, from, part);
        EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + static_cast<std::ptrdiff_t>(from))) << tensor.name << " " << from;
      }
    std::vector<std::byte> beyond(whole.size() + 1);
    EXPECT_THROW(file.read(tensor, 0, beyond), Error) << tensor.name;
    EXPECT_THROW(file.read(tensor, whole.size() + 1, {}), Error) << tensor.name;
  }
}

TEST(Safetensors, RoundTripKeepsBitsOrderAndMetadata) {
  Small small;
  static std::random_device device;
  fs::path path = fs::temp_directory_path() / ("gouache-" + std::to_string(device()) + ".safetensors");
  write_safetensors(path, small.tensors(), small.metadata);
  TensorFile moved = read_safetensors(path);
  TensorFile file = std::move(moved);  // what it reads from must survive a move
  ASSERT_EQ(file.tensors().size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(file.tensors()[i].name, small.tensors()[i].name);
  std::vector<float> weight = file.f32("G/8/weight \"\xC3\xA4\"", {2, 3});
  EXPECT_EQ(std::memcmp(weight.data(), small.weight.data(), 24), 0);
  EXPECT_EQ(file.values<std::uint8_t>("mask", {3}), small.mask);
  EXPECT_EQ(file.values<std::int64_t>("step", {}), small.step);
  EXPECT_TRUE(file.f32("nothing", {4, 0}).empty());
  EXPECT_EQ(file.metadata(), small.metadata);
  EXPECT_NO_THROW(check_format(file));
  EXPECT_EQ(recipe_text(file), "{\"size\": 32}");
  EXPECT_EQ(file.name(), path_text(path));
  EXPECT_EQ(file.find("Mask"), nullptr);
  const std::vector<std::byte> image = read_file(path, 1 << 20);
  EXPECT_EQ(image, to_safetensors(small.tensors(), small.metadata));
  expect_parts(file);
  expect_parts(parse_safetensors("in memory", image));
  fs::remove(path);
}

TEST(Safetensors, WritesTheBytesOfTheFormat) {
  std::vector<std::int32_t> values{1, -1};
  std::vector<TensorEntry> tensors{{"a", "I32", {2}, bytes_of(values)}};
  // 83 characters of JSON and 5 spaces: the header is 88 = 0x58 bytes long.
  std::string expected("\x58\0\0\0\0\0\0\0", 8);
  expected += "{\"__metadata__\":{\"k\":\"value\"},\"a\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
  expected.resize(8 + 88, ' ');
  expected += std::string("\x01\0\0\0\xFF\xFF\xFF\xFF", 8);
  EXPECT_EQ(to_safetensors(tensors, {{"k", "value"}}), bytes_of(expected));

  std::string empty("\x08\0\0\0\0\0\0\0{}      ", 16);
  EXPECT_EQ(to_safetensors({}, {}), bytes_of(empty));
  Bytes nothing = bytes_of(empty);
  EXPECT_TRUE(parse_safetensors("empty", nothing).tensors().empty());
}

TEST(Safetensors, ReadsAFileMadeByHand) {
  // Written by another program: data order differs from header order, keys in another order, data not aligned, escapes.
  Bytes bytes =
      image(R"({"late":{"shape":[2,1],"data_offsets":[3,5],"dtype":"BF16"},"e\u00e4":{"data_offsets":[0,3],"dtype":"U8","shape":[3]}})", 5);
  expect_refused(bytes, "tensor 'late' is BF16 [2,1] and needs 4 bytes, but spans bytes 3..5");
  bytes = image(
      R"({"late":{"shape":[2,1],"data_offsets":[3,7],"dtype":"BF16"},"e\u00e4":{"data_offsets":[0,3],"dtype":"U8","shape":[3]}} )", 7);
  TensorFile file = parse_safetensors("hand", bytes);
  EXPECT_EQ(file.bytes(file.at("late")), std::vector(bytes.end() - 4, bytes.end()));
  EXPECT_EQ(file.values<std::uint8_t>("e\xC3\xA4", {3}), (std::vector<std::uint8_t>{0, 1, 2}));
  EXPECT_EQ(file.tensors()[0].name, "late");
  bytes = image(R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 4);  // 54 bytes of header: data at an odd place
  const float expected = std::bit_cast<float>(0x03020100u);
  EXPECT_EQ(parse_safetensors("hand", bytes).f32("x", {1})[0], expected);
}

TEST(Safetensors, KnowsEveryDtypeOfTheFormat) {
  const std::pair<const char*, int> bits[] = {
      {"BOOL", 8},    {"F4", 4},          {"F6_E2M3", 6},     {"F6_E3M2", 6}, {"U8", 8},   {"I8", 8},   {"F8_E5M2", 8}, {"F8_E4M3", 8},
      {"F8_E8M0", 8}, {"F8_E4M3FNUZ", 8}, {"F8_E5M2FNUZ", 8}, {"I16", 16},    {"U16", 16}, {"F16", 16}, {"BF16", 16},   {"I32", 32},
      {"U32", 32},    {"F32", 32},        {"C64", 64},        {"F64", 64},    {"I64", 64}, {"U64", 64}};
  for (auto [dtype, width] : bits) {
    Bytes data(static_cast<std::size_t>(width));  // 8 elements
    std::vector<TensorEntry> tensors{{"t", dtype, {2, 4}, data}};
    Bytes bytes = to_safetensors(tensors, {});
    EXPECT_EQ(parse_safetensors("t", bytes).at("t").bytes, data.size()) << dtype;
  }
}

std::string one(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return "{\"w\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}}";
}

std::string two(const std::string& first, const std::string& second) {
  return "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":" + first +
         "},\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":" + second + "}}";
}

TEST(Safetensors, NamesEveryDefect) {
  struct Case {
    std::string header;
    std::size_t data;
    std::string part;
  };
  const std::string ok = R"({"dtype":"U8","shape":[4],"data_offsets":[0,4]})";
  const Case cases[] = {
      {"", 0, "header: must begin with '{'"},
      {" {}", 0, "header: must begin with '{'"},
      {"\xEF\xBB\xBF{}", 0, "header: must begin with '{'"},
      {"[]", 0, "header: must begin with '{'"},
      {"{", 0, "header: is not JSON at byte"},
      {"{}x", 0, "header: is not JSON at byte"},
      {"{\"a\" 1}", 0, "header: is not JSON at byte"},
      {std::string("{}\0more", 7), 0, "header: holds a NUL at its byte 2"},
      {"{\"\xFF\":" + ok + "}", 4, "header: is not UTF-8 from its byte 2"},
      {"{\"\xC0\xAF\":" + ok + "}", 4, "header: is not UTF-8 from its byte 2"},
      {"{\"w\xED\xA0\x80\":" + ok + "}", 4, "header: is not UTF-8 from its byte 3"},
      {"{\"__metadata__\":{\"k\":\"\xF5\x80\x80\x80\"}}", 0, "header: is not UTF-8 from its byte 22"},
      {"{\"\\ud800\":" + ok + "}", 4, "header: is not JSON at byte"},
      {"{\"w\":" + ok + ",\"w\":" + ok + "}", 4, "the name 'w' occurs twice"},
      {R"({"__metadata__":{},"__metadata__":{}})", 0, "the name '__metadata__' occurs twice"},
      {R"({"__metadata__":{"k":"1","k":"2"}})", 0, "the metadata key 'k' occurs twice"},
      {R"({"__metadata__":{"k":1}})", 0, "metadata 'k' must be a string, got the number 1"},
      {R"({"__metadata__":{"k":{"l":"m"}}})", 0, "metadata 'k' must be a string, got an object"},
      {R"({"__metadata__":null})", 0, "'__metadata__' must be an object, got null"},
      {R"({"w":[1]})", 0, "'w' must be an object, got a list"},
      {R"({"w":true})", 0, "'w' must be an object, got true"},
      {R"({"w":{}})", 0, "tensor 'w' lacks dtype"},
      {R"({"w":{"dtype":"U8","data_offsets":[0,0]}})", 0, "tensor 'w' lacks shape"},
      {R"({"w":{"dtype":"U8","shape":[0]}})", 0, "tensor 'w' lacks data_offsets"},
      {R"({"w":{"dtype":"U8","dtype":"U8"}})", 0, "tensor 'w': the key 'dtype' occurs twice"},
      {R"({"w":{"stride":[1]}})", 0, "tensor 'w' has the unknown key 'stride'; expected dtype, shape and data_offsets"},
      {R"({"w":{"dtype":8}})", 0, "tensor 'w': dtype must be a string, got the number 8"},
      {R"({"w":{"shape":"4"}})", 0, "tensor 'w': shape must be a list of whole numbers, got the string '4'"},
      {one("U8", "[[4]]", "[0,4]"), 4, "tensor 'w': shape must hold whole numbers from 0 to 9,223,372,036,854,775,807, got a list"},
      {one("U8", "[-4]", "[0,4]"), 4, "got the negative number -4"},
      {one("U8", "[4.5]", "[0,4]"), 4, "got the number 4.5"},
      {one("U8", "[4e0]", "[0,4]"), 4, "got the number 4e0"},
      {one("U8", "[9223372036854775808]", "[0,4]"), 4, "got the number 9,223,372,036,854,775,808"},
      {one("U8", "[99999999999999999999]", "[0,4]"), 4, "got the number 99999999999999999999"},
      {one("F32", "[4294967296,4294967296]", "[0,4]"), 4, "overflow 64 bits"},
      {one("F32", "[9223372036854775807]", "[0,4]"), 4, "overflow 64 bits"},
      {one("F32", "[4294967296,4294967296,0]", "[0,0]"), 0, "overflow 64 bits"},
      {one("U8", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[0,1]"), 1, "has more than 32 dimensions"},
      {one("F33", "[1]", "[0,4]"), 4, "tensor 'w' has the unknown dtype 'F33'; expected F32, U8, I32"},
      {one("f32", "[1]", "[0,4]"), 4, "has the unknown dtype 'f32'"},
      {one("F4", "[3]", "[0,1]"), 1, "does not fill whole bytes"},
      {one("F32", "[2,2]", "[0,12]"), 12, "tensor 'w' is F32 [2,2] and needs 16 bytes, but spans bytes 0..12"},
      {one("F32", "[]", "[0,8]"), 8, "tensor 'w' is F32 [] and needs 4 bytes, but spans bytes 0..8"},
      {one("F32", "[2048]", "[1024,9216]"), 8000, "tensor 'w' spans bytes 1,024..9,216 but the data ends at 8,000 (file truncated?)"},
      {one("U8", "[4]", "[4,0]"), 4, "tensor 'w' spans bytes 4..0: its end lies before its beginning"},
      {one("U8", "[4]", "[-4,0]"), 4, "data_offsets must be two whole numbers from 0, got the negative number -4"},
      {one("U8", "[4]", "[0]"), 4, "data_offsets must be two numbers, got 1"},
      {one("U8", "[4]", "[0,4,8]"), 4, "data_offsets must be two numbers, got more"},
      {one("U8", "[4]", "[18446744073709551612,18446744073709551615]"), 4, "but the data ends at 4"},
      {two("[0,4]", "[2,6]"), 6, "tensors 'a' and 'b' overlap: bytes 0..4 and 2..6"},
      {two("[0,4]", "[0,4]"), 4, "overlap: bytes 0..4 and 0..4"},
      {two("[0,4]", "[6,10]"), 10, "bytes 4..6 of the data, before tensor 'b', belong to no tensor; the format allows no holes"},
      {two("[5,9]", "[1,5]"), 9, "bytes 0..1 of the data, before tensor 'b', belong to no tensor"},
      {two("[0,4]", "[4,8]"), 9, "bytes 8..9 of the data, at its end, belong to no tensor"},
      {"{}", 1, "bytes 0..1 of the data, at its end, belong to no tensor"},
      {one(std::string(5000, 'x'), "[4]", "[0,4]"), 4, "'xxxxxxxxxx"},
  };
  for (const Case& c : cases) expect_refused(image(c.header, c.data), c.part);
}

TEST(Safetensors, RefusesImpossibleHeaderLengths) {
  expect_refused({}, "is empty; a safetensors file was expected");
  expect_refused(Bytes(7), "is 7 bytes long; a safetensors file has at least 10");
  expect_refused(image("{}", 0, 3), "says that its header is 3 bytes long, but 2 bytes follow (file truncated?)");
  expect_refused(image("{}", 0, 100'000'001), "header is 100,000,001 bytes long; the format allows 100,000,000");
  expect_refused(image("{}", 0, std::uint64_t{1} << 63), "header is 9,223,372,036,854,775,808 bytes long");
  expect_refused(image("{}", 0, std::numeric_limits<std::uint64_t>::max() - 1), "header is 18,446,744,073,709,551,614 bytes long");
}

TEST(Safetensors, DeepNestingEndsAtOnce) {
  const std::size_t deep = 5'000'000;
  expect_refused(image("{\"w\":" + std::string(deep, '['), 0), "'w' must be an object, got a list");
  std::string objects;
  for (std::size_t i = 0; i < deep / 5; ++i) objects += "{\"w\":";
  expect_refused(image(objects, 0), "tensor 'w' has the unknown key 'w'");
  expect_refused(image("{\"" + std::string(deep, 'n') + "\":1}", 0), "n...' must be an object, got the number 1");
  expect_refused(image("{\"" + std::string(deep, 'n'), 0), "is not JSON at byte 5,000,003");
}

TEST(Safetensors, EveryTruncationIsAnError) {
  Small small;
  Bytes whole = to_safetensors(small.tensors(), small.metadata);
  EXPECT_NO_THROW(parse_safetensors("whole", whole));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    Bytes prefix(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));  // its own allocation, so that sanitizers see the end
    EXPECT_THROW(parse_safetensors("prefix", prefix), Error) << length << " of " << whole.size() << " bytes";
  }
}

TEST(Safetensors, RandomDamageParsesOrThrowsAnError) {
  Small small;
  const Bytes whole = to_safetensors(small.tensors(), small.metadata);
  const unsigned seed = 20'240;
  std::mt19937 random(seed);
  int refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    Bytes bytes = whole;
    for (unsigned flips = 1 + random() % 4; flips > 0; --flips) bytes[random() % bytes.size()] ^= std::byte(1u << random() % 8);
    try {
      TensorFile file = parse_safetensors("damaged", bytes);
      std::size_t sum = 0, covered = 0;
      for (const StoredTensor& tensor : file.tensors()) {
        covered += static_cast<std::size_t>(tensor.bytes);
        for (std::byte b : file.bytes(tensor)) sum += std::to_integer<std::size_t>(b);
      }
      EXPECT_LE(sum, covered * 255) << "seed " << seed << ", round " << round;
      EXPECT_EQ(covered, 35u) << "seed " << seed << ", round " << round;
    } catch (const Error& error) {
      ++refused;
      EXPECT_EQ(std::string(error.what()).find("damaged: "), 0u) << "seed " << seed << ", round " << round;
    }
  }
  EXPECT_GT(refused, 5'000) << "seed " << seed;   // most of the file is header
  EXPECT_LT(refused, 20'000) << "seed " << seed;  // flips in the data are no defect
}

TEST(Safetensors, TypedAccessNamesWhatItFound) {
  Small small;
  std::vector<float> weights(4 * 4);
  std::vector<TensorEntry> tensors = small.tensors();
  tensors.push_back({"G/8/weight", "F32", {4, 4}, bytes_of(weights)});
  Bytes bytes = to_safetensors(tensors, {});
  TensorFile file = parse_safetensors("characters.safetensors", bytes);
  auto message = [](auto act) { return message_of(act, ErrorCode::bad_file); };
  EXPECT_EQ(message([&] { file.f32("G/8/weight", {4, 2, 2}); }), "characters.safetensors: tensor 'G/8/weight' is [4,4], expected [4,2,2]");
  EXPECT_EQ(message([&] { file.f32("mask", {3}); }), "characters.safetensors: tensor 'mask' is U8, expected F32");
  EXPECT_EQ(message([&] { file.f32("D", {3}); }), "characters.safetensors: has no tensor 'D' (it has 5 others)");
  EXPECT_EQ(message([&] { check_format(file); }), "characters.safetensors: is not a Gouache model: its metadata has no gouache.format");
  EXPECT_EQ(message([&] { recipe_text(file); }), "characters.safetensors: has no recipe: its metadata lacks gouache.recipe");
}

TEST(Safetensors, NewerFormatsAreRefusedByName) {
  auto check = [](const std::string& format) {
    Bytes bytes = to_safetensors({}, {{"gouache.format", format}});
    check_format(parse_safetensors("x.safetensors", bytes));
  };
  EXPECT_NO_THROW(check("1"));
  EXPECT_NO_THROW(check("1.3"));
  auto message = [&](const std::string& format) { return message_of([&] { check(format); }, ErrorCode::bad_file); };
  EXPECT_EQ(message("2"), "x.safetensors: gouache.format is 2, this build reads 1");
  EXPECT_EQ(message("11"), "x.safetensors: gouache.format is 11, this build reads 1");
  EXPECT_EQ(message("soon\n"), "x.safetensors: gouache.format is 'soon?', this build reads 1");
  EXPECT_EQ(message(""), "x.safetensors: gouache.format is '', this build reads 1");
}

TEST(Safetensors, RefusesToWriteWhatItCouldNotRead) {
  std::vector<float> four(4);
  auto refused = [&](const TensorEntry& tensor, const std::string& part, const TensorMetadata& metadata = {}) {
    std::vector<TensorEntry> tensors{{"first", "F32", {4}, bytes_of(four)}, tensor};
    std::string message = message_of([&] { to_safetensors(tensors, metadata); }, ErrorCode::invalid_argument);
    EXPECT_NE(message.find(part), std::string::npos) << message;
  };
  refused({"first", "F32", {4}, bytes_of(four)}, "two tensors are named 'first'");
  refused({"__metadata__", "F32", {4}, bytes_of(four)}, "cannot be named '__metadata__'");
  refused({"n\xFF", "F32", {4}, bytes_of(four)}, "a tensor's name is not UTF-8 from byte 1");
  refused({"n", "F32", {5}, bytes_of(four)}, "tensor 'n' is F32 [5] and needs 20 bytes, but has 16");
  refused({"n", "F32", {-4}, bytes_of(four)}, "tensor 'n' has the negative dimension -4");
  refused({"n", "float", {4}, bytes_of(four)}, "tensor 'n' has the unknown dtype 'float'");
  refused({"n", "F32", Shape(33, 1), bytes_of(four)}, "tensor 'n' has more than 32 dimensions");
  refused({"n", "F32", {4}, bytes_of(four)}, "a metadata value is not UTF-8 from byte 0", {{"k", "\x80"}});
  refused({"n", "F32", {4}, bytes_of(four)}, "a metadata key is not UTF-8 from byte 0", {{"\x80", "v"}});
}

}  // namespace
}  // namespace gouache
