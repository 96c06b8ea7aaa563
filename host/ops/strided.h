// In which order does the reference visit elements of several views of one shape?  Row-major, with an offset a view.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "host/graph/tensor_type.h"

namespace gouache {

/// Elements between neighbours along each axis of a dense tensor.
inline Shape strides_of(const Shape& shape) {
  Shape strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

/// Strides that show a dense tensor of shape `from` as `to`, repeating along axes of extent 1 and missing leading axes.
inline Shape broadcast_strides(const Shape& from, const Shape& to) {
  const Shape own = strides_of(from);
  Shape strides(to.size(), 0);
  const std::size_t lead = to.size() - from.size();
  for (std::size_t i = 0; i < from.size(); i++) strides[lead + i] = from[i] == 1 ? 0 : own[i];
  return strides;
}

/// Calls f(offsets) for each element of `shape` in row-major order; offsets[v] = sum over axes of index * strides[v].
template <std::size_t Views, class F>
void visit_elements(const Shape& shape, const std::array<Shape, Views>& strides, F f) {
  std::array<std::int64_t, Views> offsets{};
  if (shape.empty()) return f(offsets);
  const std::size_t last = shape.size() - 1;
  Shape index(shape.size(), 0);
  std::array<std::int64_t, Views> inner;
  for (std::size_t v = 0; v < Views; v++) inner[v] = strides[v][last];
  for (;;) {
    std::array<std::int64_t, Views> at = offsets;
    for (std::int64_t i = 0; i < shape[last]; i++) {
      f(at);
      for (std::size_t v = 0; v < Views; v++) at[v] += inner[v];
    }
    std::size_t axis = last;
    for (;;) {  // advance the outer axes like an odometer
      if (axis == 0) return;
      axis--;
      for (std::size_t v = 0; v < Views; v++) offsets[v] += strides[v][axis];
      if (++index[axis] < shape[axis]) break;
      for (std::size_t v = 0; v < Views; v++) offsets[v] -= strides[v][axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

}  // namespace gouache
