// Which model file does a host name?
#pragma once

#include <cstdint>

#include "gouache/gouache.h"
#include "host/runtime/safetensors.h"

namespace gouache {

/// The checked GouModelSource; borrows what the host holds in memory.
struct ModelSource {
  TensorFile file;
  std::int64_t batch = 0;
};

/// Throws Error naming the member or the file that is wrong.
ModelSource open_model(const GouModelSource* source);

}  // namespace gouache
