// What is in a checkpoint and in a model file?
#include "host/runtime/checkpoint.h"

#include "host/nn/training.h"
#include "host/runtime/state.h"

namespace gouache {
namespace {

bool is_saved(const std::string& variable) { return !is_training_data(variable); }

const char* dtype_name(DType type) { return type == DType::f32 ? "F32" : type == DType::u32 ? "U32" : "U8"; }

std::vector<std::byte> download(State& state, const std::string& name, const TensorType& type) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(type.bytes()));
  state.download(name, bytes);
  return bytes;
}

const std::string& metadata(const TensorFile& file, const std::string& key) {
  const auto found = file.metadata().find(key);
  if (found == file.metadata().end())
    throw Error(ErrorCode::bad_file, file.name() + ": metadata '" + key + "' is missing, expected a Gouache checkpoint");
  return found->second;
}

void expect_same(const TensorFile& file, const char* what, const std::string& found, const std::string& expected) {
  if (found != expected) throw Error(file.name() + ": the checkpoint's " + what + " is " + found + ", this run's is " + expected);
}

void check_entry(const TensorFile& file, const std::string& name, const TensorType& type) {
  const StoredTensor& entry = file.at(name);
  if (entry.dtype != dtype_name(type.dtype) || entry.shape != type.shape)
    throw Error(ErrorCode::bad_file, file.name() + ": tensor '" + name + "' is " + entry.dtype + " " + to_text(entry.shape) +
                                         ", expected " + dtype_name(type.dtype) + " " + to_text(type.shape));
}

/// Of a checked file.
void upload(const TensorFile& file, const std::string& name, State& state) {
  const StoredTensor& entry = file.at(name);
  state.upload(name, [&](std::int64_t from, std::span<std::byte> into) { file.read(entry, static_cast<std::uint64_t>(from), into); });
}

}  // namespace

std::string fingerprint(std::span<const std::byte> bytes) {
  std::uint64_t hash = 14695981039346656037ull;
  for (std::byte b : bytes) hash = (hash ^ static_cast<std::uint64_t>(b)) * 1099511628211ull;
  std::string text(16, '0');
  for (std::size_t i = 0; i < 16; ++i) text[i] = "0123456789abcdef"[hash >> (60 - 4 * i) & 15];
  return text;
}

void write_checkpoint(const std::string& path, State& state, const RunRecord& record) {
  std::vector<std::vector<std::byte>> bytes;
  std::vector<TensorEntry> tensors;
  for (const auto& [name, slot] : state.layout().slots) {
    if (!is_saved(name)) continue;
    bytes.push_back(download(state, name, slot.type));
    tensors.push_back({name, dtype_name(slot.type.dtype), slot.type.shape, bytes.back()});
  }
  write_safetensors(path, tensors,
                    {{std::string(kFormatKey), "1"},
                     {std::string(kRecipeKey), record.recipe.to_json()},
                     {"gouache.step", std::to_string(record.step)},
                     {"gouache.seed", std::to_string(record.seed)},
                     {"gouache.batch", std::to_string(record.batch)},
                     {"gouache.data", record.data},
                     {"gouache.kernels", record.kernels}});
}

RunRecord read_checkpoint(const std::string& path, State& state, const RunRecord& expected) {
  const TensorFile file = read_safetensors(path);
  check_format(file);
  expect_same(file, "recipe", Recipe::from_json(std::string(recipe_text(file))).to_json(), expected.recipe.to_json());
  expect_same(file, "batch", metadata(file, "gouache.batch"), std::to_string(expected.batch));
  expect_same(file, "seed", metadata(file, "gouache.seed"), std::to_string(expected.seed));
  expect_same(file, "training data", metadata(file, "gouache.data"), expected.data);
  for (const auto& [name, slot] : state.layout().slots)
    if (is_saved(name)) check_entry(file, name, slot.type);
  const auto control = file.values<std::uint32_t>(kControl, {CONTROL_WORDS});
  if (control[CONTROL_NOT_FINITE] != 0)
    throw Error(ErrorCode::bad_file, file.name() + ": the run had met NaN or Inf, expected a good checkpoint");
  for (const auto& [name, slot] : state.layout().slots)
    if (is_saved(name)) upload(file, name, state);
  RunRecord found = expected;
  found.step = control[CONTROL_STEP];
  found.kernels = metadata(file, "gouache.kernels");
  return found;
}

void write_model(const std::string& path, State& state, const std::vector<ParameterSpec>& generator, const std::string& prefix,
                 const Recipe& recipe) {
  std::vector<std::vector<std::byte>> bytes;
  std::vector<TensorEntry> tensors;
  for (const ParameterSpec& spec : generator) {
    bytes.push_back(download(state, spec.trained ? prefix + spec.name : spec.name, spec.type));
    tensors.push_back({spec.name, "F32", spec.type.shape, bytes.back()});
  }
  write_safetensors(path, tensors, {{std::string(kFormatKey), "1"}, {std::string(kRecipeKey), recipe.to_json()}});
}

void check_model(const TensorFile& file, const std::vector<ParameterSpec>& specs) {
  for (const ParameterSpec& spec : specs) check_entry(file, spec.name, spec.type);
}

void load_model(const TensorFile& file, State& state, const std::vector<ParameterSpec>& specs) {
  for (const ParameterSpec& spec : specs) upload(file, spec.name, state);
}

}  // namespace gouache
