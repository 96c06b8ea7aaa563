// How large is an element, and how does a shape read?
#include "host/graph/tensor_type.h"

namespace gouache {

std::int64_t size_of(DType type) { return type == DType::u8 ? 1 : 4; }

const char* name_of(DType type) {
  switch (type) {
    case DType::f32: return "f32";
    case DType::u32: return "u32";
    case DType::u8: return "u8";
  }
  return "?";
}

std::int64_t element_count(const Shape& shape) {
  std::int64_t count = 1;
  for (std::int64_t extent : shape) count *= extent;
  return count;
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

std::string to_text(const Shape& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); i++) {
    if (i) text += ",";
    text += std::to_string(shape[i]);
  }
  return text + "]";
}

}  // namespace gouache
