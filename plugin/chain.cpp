// What is chained to the struct that makes a context?
#include "plugin/chain.h"

namespace gouache {
namespace {

/// Takes the struct at `at` if it is one of `place`'s, and moves on to the next.
template <class T>
bool take(const void*& at, const T*& place) {
  if (type_of(at) != StructRow<T>::type) return false;
  if (place) throw Refusal(GOU_ERROR_WRONG_STRUCT, std::string(StructRow<T>::name) + " is chained twice");
  place = &checked_head(static_cast<const T*>(at));
  at = place->next;
  return true;
}

}  // namespace

ContextChain context_chain(const void* next, const char* after) {
  ContextChain chain;
  while (next)
    if (!take(next, chain.log) && !take(next, chain.memory) && !take(next, chain.pipeline_cache))
      throw Refusal(GOU_ERROR_WRONG_STRUCT, std::string(after) + ": " + struct_name(type_of(next)) +
                                                " is chained, expected a GouLog, a GouMemory, a GouPipelineCacheData or NULL");
  if (chain.log && !chain.log->write) throw Refusal(GOU_ERROR_INVALID_ARGUMENT, "GouLog: write is NULL");
  if (chain.memory) check_pair(chain.memory->allocate, chain.memory->release, "GouMemory: allocate and release");
  if (chain.pipeline_cache && chain.pipeline_cache->bytes) required(chain.pipeline_cache->data, "GouPipelineCacheData: data");
  return chain;
}

}  // namespace gouache
