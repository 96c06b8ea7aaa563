// Where are the bytes of the model file that a host names?
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "gouache/gouache.h"

namespace gouache {

/// The checked GouModelSource with its file read; borrows what the host holds in memory.
struct ModelSource {
  explicit ModelSource(const GouModelSource* source);
  ModelSource(const ModelSource&) = delete;
  ModelSource& operator=(const ModelSource&) = delete;

  std::string name;  ///< for messages
  std::span<const std::byte> bytes;
  std::int64_t batch = 0;

 private:
  std::vector<std::byte> file_;
};

}  // namespace gouache
