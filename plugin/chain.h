// What is chained to the struct that makes a context?
#pragma once

#include "plugin/checks.h"

namespace gouache {

/// Null where the host chained none.
struct ContextChain {
  const GouLog* log = nullptr;
  const GouMemory* memory = nullptr;
  const GouPipelineCacheData* pipeline_cache = nullptr;
};

/// Checked; a struct that is unknown here or comes twice is refused. `after` names the struct that `next` belongs to.
ContextChain context_chain(const void* next, const char* after);

}  // namespace gouache
