// Is what crossed the boundary what gouache.h says it must be?
#include "plugin/checks.h"

#include <cstddef>
#include <cstring>

namespace gouache {

std::string struct_name(std::uint32_t type) {
#define GOUACHE_NAME(Struct, number) \
  if (type == number) return #Struct;
  GOUACHE_STRUCTS(GOUACHE_NAME)
#undef GOUACHE_NAME
  return "a struct of type " + std::to_string(type);
}

void check_struct(std::uint32_t type, std::uint32_t size, std::uint32_t expected_type, std::uint32_t expected_size, const char* name) {
  const std::string begin = std::string(name) + ": ";
  if (type != expected_type)
    throw Refusal(GOU_ERROR_WRONG_STRUCT, begin + "type is " + std::to_string(type) + ", expected " + std::to_string(expected_type));
  if (size != expected_size)
    throw Refusal(GOU_ERROR_WRONG_STRUCT,
                  begin + "size is " + std::to_string(size) + ", expected " + std::to_string(expected_size) +
                      (size > expected_size ? " (a header newer than the library?)" : " (a header older than the library?)"));
}

void check_table(const GouApi* api) {
  constexpr std::size_t kBegin = offsetof(GouApi, gouGetApi), kFunction = sizeof(PFN_gouGetApi);
  if (api->type != GOU_TYPE_API || api->size > sizeof(GouApi)) check_struct(api->type, api->size, GOU_TYPE_API, sizeof(GouApi), "GouApi");
  check_end(api->next, "GouApi");
  if (api->size < kBegin + kFunction || (api->size - kBegin) % kFunction != 0)
    throw Refusal(GOU_ERROR_WRONG_STRUCT, "GouApi: size is " + std::to_string(api->size) + ", expected " + std::to_string(kBegin) +
                                              " and " + std::to_string(kFunction) + " for each function, one at least");
}

void check_end(const void* next, const char* after) {
  if (next)
    throw Refusal(GOU_ERROR_WRONG_STRUCT, std::string(after) + ": " + struct_name(type_of(next)) + " is chained, expected next to be NULL");
}

void check_pair(bool first, bool second, const char* names) {
  if (first != second) throw Refusal(GOU_ERROR_INVALID_ARGUMENT, std::string(names) + ": one is NULL, expected both or neither");
}

void check_range(std::uint64_t value, std::uint64_t least, std::uint64_t most, const char* name) {
  if (value < least || value > most)
    throw Refusal(GOU_ERROR_INVALID_ARGUMENT,
                  std::string(name) + " is " + std::to_string(value) + ", expected " + std::to_string(least) + ".." + std::to_string(most));
}

void give_text(const std::string& text, std::size_t* size, char* out) {
  give_bytes(std::as_bytes(std::span(text.c_str(), text.size() + 1)), size, out, "text");
}

void give_bytes(std::span<const std::byte> bytes, std::size_t* size, void* out, const char* what) {
  required(size, "size");
  const std::size_t room = *size;
  *size = bytes.size();
  if (!out) return;
  if (room < bytes.size())
    throw Refusal(GOU_ERROR_TOO_SMALL, "the " + std::string(what) + " needs " + std::to_string(bytes.size()) +
                                           " bytes, there is room for " + std::to_string(room));
  std::memcpy(out, bytes.data(), bytes.size());
}

}  // namespace gouache
