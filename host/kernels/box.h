// How does a strided walk over tensors of any rank become one over at most six axes?  Axes that run on in every operand merge.
#pragma once

#include <cstdint>
#include <vector>

#include "host/graph/tensor_type.h"
#include "host/plan/catalog.h"

namespace gouache {

/// Row-major strides of `shape`, in elements.
Shape strides_of(const Shape& shape);
/// Strides with which a tensor of `shape` is read as `result`: right-aligned numpy broadcasting, stride 0 where it repeats.
/// Empty when it does not fit.
Shape broadcast_strides(const Shape& shape, const Shape& result);

/// A walk over `extent`; operand k moves by strides[k][axis].
struct Box {
  Shape extent;
  std::vector<Shape> strides;
  std::vector<int> kind;  ///< axes of different kind do not merge (reduced and kept ones); empty: all alike

  std::size_t rank() const { return extent.size(); }
  /// Drops axes of extent 1 and merges neighbours; at least one axis is left.
  void collapse();
  /// Whether the innermost axis can be walked four elements at a time: it runs on (or, where `may_repeat`, stands still) in every
  /// operand, and every other stride is a multiple of 4.
  bool takes_vec4(bool may_repeat) const;
  /// Walks operand `k` in the order in which it lies, but for the innermost axis, which stays that.
  void walk_along(std::size_t k);
  /// The same box with extents and strides in vec4s.
  void divide_by_4();
};

constexpr std::size_t kBoxRank = 6;

/// Appends BOX_WORDS of shaders/include/box.glsl for `box` walked whole.
void push_box(Dispatch& dispatch, const Box& box);
/// Appends six words: `values`, then zeros.
void push_axes(Dispatch& dispatch, const Shape& values);

}  // namespace gouache
