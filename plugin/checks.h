// Is what crossed the boundary what gouache.h says it must be?
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "gouache/gouache.h"
#include "host/graph/error.h"

namespace gouache {

/// A call that breaks a rule of gouache.h; the guard puts the function's name before the text.
class Refusal : public Error {
 public:
  Refusal(GouResult result, const std::string& text) : Error(text), result_(result) {}
  GouResult result() const noexcept { return result_; }

 private:
  GouResult result_;
};

// Rows: X(struct, its GouStructType).
#define GOUACHE_STRUCTS(X)                              \
  X(GouVulkanHost, GOU_TYPE_VULKAN_HOST)                \
  X(GouOwnDevice, GOU_TYPE_OWN_DEVICE)                  \
  X(GouLog, GOU_TYPE_LOG)                               \
  X(GouModelSource, GOU_TYPE_MODEL_SOURCE)              \
  X(GouShape, GOU_TYPE_SHAPE)                           \
  X(GouGenerate, GOU_TYPE_GENERATE)                     \
  X(GouPixels, GOU_TYPE_PIXELS)                         \
  X(GouTrain, GOU_TYPE_TRAIN)                           \
  X(GouApi, GOU_TYPE_API)                               \
  X(GouRequirements, GOU_TYPE_REQUIREMENTS)             \
  X(GouMemory, GOU_TYPE_MEMORY)                         \
  X(GouPipelineCacheData, GOU_TYPE_PIPELINE_CACHE_DATA) \
  X(GouBudget, GOU_TYPE_BUDGET)                         \
  X(GouTick, GOU_TYPE_TICK)                             \
  X(GouFrame, GOU_TYPE_FRAME)                           \
  X(GouImageTarget, GOU_TYPE_IMAGE_TARGET)              \
  X(GouBufferTarget, GOU_TYPE_BUFFER_TARGET)            \
  X(GouImageDescription, GOU_TYPE_IMAGE_DESCRIPTION)    \
  X(GouPrewarm, GOU_TYPE_PREWARM)                       \
  X(GouEstimate, GOU_TYPE_ESTIMATE)

/// The type number and name of each struct of the interface.
template <class T>
struct StructRow;
#define GOUACHE_ROW(Struct, number)               \
  template <>                                     \
  struct StructRow<Struct> {                      \
    static constexpr std::uint32_t type = number; \
    static constexpr const char* name = #Struct;  \
  };
GOUACHE_STRUCTS(GOUACHE_ROW)
#undef GOUACHE_ROW

/// "GouShape", or "a struct of type 77" where that is none of ours.
std::string struct_name(std::uint32_t type);

/// Refuses a null handle or pointer; `name` is the parameter's.
template <class T>
T* required(T* pointer, const char* name) {
  if (!pointer) throw Refusal(GOU_ERROR_INVALID_ARGUMENT, std::string(name) + " is NULL");
  return pointer;
}

/// Refuses a struct whose type or size is not that of `name`, or that is null.
void check_struct(std::uint32_t type, std::uint32_t size, std::uint32_t expected_type, std::uint32_t expected_size, const char* name);
/// Refuses a table that is larger than ours, ends within a function or has none.
void check_table(const GouApi* api);
/// Refuses anything chained.
void check_end(const void* next, const char* after);

/// The struct with its type and size checked, whatever is chained.
template <class T>
T& checked_head(T* given) {
  using Row = StructRow<std::remove_const_t<T>>;
  required(given, Row::name);
  check_struct(given->type, given->size, Row::type, sizeof(T), Row::name);
  return *given;
}

/// The struct with its type and size checked and nothing chained.
template <class T>
T& checked(T* given) {
  T& head = checked_head(given);
  check_end(head.next, StructRow<std::remove_const_t<T>>::name);
  return head;
}

/// The type of any struct of the interface.
inline std::uint32_t type_of(const void* given) { return *static_cast<const std::uint32_t*>(given); }

/// Refuses one callback without the other.
void check_pair(bool first, bool second, const char* names);

/// Images of a request, or a side in pixels.
inline constexpr std::uint32_t kMostImages = 65536;

/// Refuses a number out of range.
void check_range(std::uint64_t value, std::uint64_t least, std::uint64_t most, const char* name);

/// Hands out text, or `what` in bytes, by the rule of gouache.h.
void give_text(const std::string& text, std::size_t* size, char* out);
void give_bytes(std::span<const std::byte> bytes, std::size_t* size, void* out, const char* what);

}  // namespace gouache
