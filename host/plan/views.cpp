// Which slices and joins are no work at all?  Those of the outermost axis: a slice shows a range of its input's bytes, the parts of a
// concat are written where they belong.
#include <algorithm>

#include "host/plan/draft.h"

namespace gouache {
namespace {

/// The first axis that is longer than 1.
std::size_t outermost(const Shape& shape) {
  const auto found = std::ranges::find_if(shape, [](std::int64_t extent) { return extent != 1; });
  return static_cast<std::size_t>(found - shape.begin());
}

}  // namespace

std::int64_t slice_offset(const Node& slice) {
  const auto& [begin, extent] = slice.as<SliceAttributes>();
  const TensorType& from = slice.inputs[0].type();
  const std::size_t axis = outermost(from.shape);
  std::int64_t below = size_of(from.dtype);  // bytes of one step along `axis`
  for (std::size_t i = axis + 1; i < from.shape.size(); ++i) {
    if (extent[i] != from.shape[i]) return -1;
    below *= extent[i];
  }
  return axis < begin.size() ? begin[axis] * below : 0;
}

std::vector<std::int64_t> concat_offsets(const Node& concat) {
  const Shape& shape = concat.outputs[0].shape;
  if (static_cast<std::size_t>(concat.as<ConcatAttributes>().axis) > outermost(shape)) return {};
  std::vector<std::int64_t> offsets;
  std::int64_t at = 0;
  for (Tensor part : concat.inputs) {
    offsets.push_back(at);
    at += part.type().bytes();
  }
  return offsets;
}

}  // namespace gouache
