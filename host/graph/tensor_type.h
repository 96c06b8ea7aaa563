// What are a tensor's shape and element type?
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gouache {

/// Extents of a dense row-major tensor, outermost first; images are [N, H, W, C]. An empty shape is a scalar.
using Shape = std::vector<std::int64_t>;

enum class DType : std::uint8_t { f32, u32, u8 };

/// Bytes of one element.
std::int64_t size_of(DType type);
const char* name_of(DType type);

/// Number of elements; 1 for a scalar.
std::int64_t element_count(const Shape& shape);

/// 1234567 as "1,234,567": for messages.
std::string grouped(std::uint64_t number);

/// "[64,16,16,64]".
std::string to_text(const Shape& shape);

struct TensorType {
  Shape shape;
  DType dtype = DType::f32;
  std::int64_t count() const { return element_count(shape); }
  std::int64_t bytes() const { return count() * size_of(dtype); }
  bool operator==(const TensorType&) const = default;
};

}  // namespace gouache
