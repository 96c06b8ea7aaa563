// What goes into the leaves of a graph that is only tried out, where do its variables lie, and how do arrays become bytes?
#include "host/plan/feeds.h"

#include <cmath>
#include <cstring>
#include <set>

#include "shaders/shared/interface.h"

namespace gouache {
namespace {

/// SplitMix64 (Steele, Lea, Flood 2014) of a counter.
std::uint64_t word(std::uint64_t counter) {
  std::uint64_t z = (counter + 1) * 0x9e3779b97f4a7c15ull;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

/// About normal: four uniform numbers, of variance 1 and within +-3.5.
float normal(std::uint64_t counter) {
  float sum = 0;
  for (std::uint64_t i = 0; i < 4; ++i) sum += static_cast<float>(word(counter * 4 + i) >> 40) * 0x1p-24f - 0.5f;
  return sum * 1.7320508f;
}

Array fill(const std::string& name, const TensorType& type) {
  Array array{type, std::vector<double>(static_cast<std::size_t>(type.count()))};
  if (type.dtype == DType::u32 && name.ends_with("control")) {
    array.values[CONTROL_SEED_LOW] = 5;
    array.values[CONTROL_STEP] = 2;
    array.values[CONTROL_RATE] = 0x3f800000;  // 1.0f
    return array;
  }
  std::uint64_t key = 1469598103934665603ull;  // FNV-1a of the name
  for (char c : name) key = (key ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  const std::uint64_t below = name.starts_with("indices/") ? std::stoull(name.substr(8)) : 16;
  for (std::size_t i = 0; i < array.values.size(); ++i) {
    const std::uint64_t counter = (key & 0xffffffffu) * 0x100000000ull + i;
    if (type.dtype == DType::u8)
      array.values[i] = static_cast<double>(word(counter) >> 56);
    else if (type.dtype == DType::u32)
      array.values[i] = static_cast<double>(word(counter) % below);
    else
      array.values[i] = name.starts_with("adam_v/") ? std::abs(normal(counter)) : normal(counter);
  }
  return array;
}

/// Every leaf of the table row called `row`.
template <class Visit>
void each_leaf(const Graph& graph, const char* row, Visit&& visit) {
  for (std::int32_t i = 0; i < graph.size(); ++i) {
    const Node& node = graph.node(i);
    if (std::strcmp(node.op->name, row) == 0) visit(node.as<LeafAttributes>().name, node.outputs[0]);
  }
}

template <class T>
void put(const Array& array, std::vector<std::byte>& bytes) {
  for (std::size_t i = 0; i < array.values.size(); ++i) {
    const T value = static_cast<T>(array.values[i]);
    std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof(T));
  }
}

template <class T>
void get(std::span<const std::byte> bytes, Array& array) {
  for (std::size_t i = 0; i < array.values.size(); ++i) {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    array.values[i] = static_cast<double>(value);
  }
}

}  // namespace

std::map<std::string, Array> feeds(const Graph& graph) {
  std::map<std::string, Array> all;
  for (const char* row : {"input", "variable"})
    each_leaf(graph, row, [&](const std::string& name, const TensorType& type) { all[name] = fill(name, type); });
  return all;
}

StateLayout layout_of(const Graph& graph) {
  StateLayout layout;
  std::vector<std::pair<std::string, TensorType>> module;
  std::set<std::string> prefixes;
  each_leaf(graph, "variable", [&](const std::string& name, const TensorType& type) {
    if (name.starts_with("G/"))
      module.emplace_back(name, type);
    else if (const std::size_t at = name.find("/G/"); at != name.npos)
      prefixes.insert(name.substr(0, at + 1));
    else
      layout.add_block(name, {{name, type}});
  });
  std::vector<std::string> runs{""};
  for (const char* prefix : {"adam_m/", "adam_v/", "ema/"})
    if (prefixes.count(prefix)) runs.push_back(prefix);
  if (!module.empty()) layout.add_block("G", module, runs);
  return layout;
}

std::vector<std::byte> to_bytes(const Array& array) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(array.type.bytes()));
  if (array.type.dtype == DType::f32)
    put<float>(array, bytes);
  else if (array.type.dtype == DType::u32)
    put<std::uint32_t>(array, bytes);
  else
    put<std::uint8_t>(array, bytes);
  return bytes;
}

Array from_bytes(const TensorType& type, std::span<const std::byte> bytes) {
  Array array{type, std::vector<double>(static_cast<std::size_t>(type.count()))};
  if (type.dtype == DType::f32)
    get<float>(bytes, array);
  else if (type.dtype == DType::u32)
    get<std::uint32_t>(bytes, array);
  else
    get<std::uint8_t>(bytes, array);
  return array;
}

}  // namespace gouache
