// What is in a checkpoint and in a model file?  Safetensors; the recipe and what else a continuation needs are in the metadata.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "host/models/recipe.h"
#include "host/runtime/plans.h"
#include "host/runtime/safetensors.h"

namespace gouache {

class State;

/// What a checkpoint says of its run besides the tensors.
struct RunRecord {
  Recipe recipe;
  std::uint64_t step = 0, seed = 0;
  std::int64_t batch = 0;
  std::string data;     ///< shape and fingerprint of the training images and their labels
  std::string kernels;  ///< device, driver and a fingerprint of the kernel rows: where they agree a continuation is bit-identical
};

/// Writes every variable but the images and the sampling control.
void write_checkpoint(const std::string& path, State& state, const RunRecord& record);
/// Reads `path` into the state. Throws Error naming the file and the first difference to `expected` (recipe, seed, batch, data) before
/// anything is changed; gives the record found.
RunRecord read_checkpoint(const std::string& path, State& state, const RunRecord& expected);

/// Writes the generator: trained parameters from `prefix` + name (kAverage or "") under their plain names, and running statistics.
void write_model(const std::string& path, State& state, const std::vector<ParameterSpec>& generator, const std::string& prefix,
                 const Recipe& recipe);

/// Throws Error naming a tensor of `specs` that the file has not, or in another shape.
void check_model(const TensorFile& file, const std::vector<ParameterSpec>& specs);
/// Copies the tensors of a checked file into the variables of `specs`.
void load_model(const TensorFile& file, State& state, const std::vector<ParameterSpec>& specs);

/// 16 hexadecimal digits of FNV-1a, for fingerprints.
std::string fingerprint(std::span<const std::byte> bytes);

}  // namespace gouache
