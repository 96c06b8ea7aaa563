// How does a strided walk over tensors of any rank become one over at most six axes?  Axes that run on in every operand merge.
#include "host/kernels/box.h"

#include <algorithm>
#include <numeric>

#include "host/kernels/streaming.h"

namespace gouache {

Shape strides_of(const Shape& shape) {
  Shape strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

Shape broadcast_strides(const Shape& shape, const Shape& result) {
  if (shape.size() > result.size()) return {};
  Shape own = strides_of(shape), strides(result.size(), 0);
  std::size_t missing = result.size() - shape.size();
  for (std::size_t i = 0; i < shape.size(); i++) {
    if (shape[i] != result[missing + i] && shape[i] != 1) return {};
    strides[missing + i] = shape[i] == 1 ? 0 : own[i];
  }
  return strides;
}

void Box::collapse() {
  if (kind.empty()) kind.assign(extent.size(), 0);
  Box out;
  out.strides.resize(strides.size());
  for (std::size_t i = 0; i < extent.size(); i++) {
    if (extent[i] == 1) continue;
    bool merges = !out.extent.empty() && out.kind.back() == kind[i];
    for (std::size_t k = 0; merges && k < strides.size(); k++) merges = out.strides[k].back() == strides[k][i] * extent[i];
    if (merges) {
      out.extent.back() *= extent[i];
      for (std::size_t k = 0; k < strides.size(); k++) out.strides[k].back() = strides[k][i];
    } else {
      out.extent.push_back(extent[i]);
      out.kind.push_back(kind[i]);
      for (std::size_t k = 0; k < strides.size(); k++) out.strides[k].push_back(strides[k][i]);
    }
  }
  if (out.extent.empty()) {
    out.extent = {1};
    out.kind = {0};
    for (Shape& s : out.strides) s = {1};
  }
  *this = std::move(out);
}

bool Box::takes_vec4(bool may_repeat) const {
  std::size_t last = rank() - 1;
  if (extent[last] % 4 != 0) return false;
  for (const Shape& s : strides) {
    if (s[last] == 0 && may_repeat) continue;
    if (s[last] != 1) return false;
    if (!std::all_of(s.begin(), s.end() - 1, [](std::int64_t v) { return v % 4 == 0; })) return false;
  }
  return true;
}

void Box::walk_along(std::size_t k) {
  std::vector<std::size_t> order(rank());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end() - 1, [&](std::size_t a, std::size_t b) { return strides[k][a] > strides[k][b]; });
  const Box old = *this;
  for (std::size_t i = 0; i < rank(); i++) {
    extent[i] = old.extent[order[i]];
    if (!kind.empty()) kind[i] = old.kind[order[i]];
    for (std::size_t s = 0; s < strides.size(); s++) strides[s][i] = old.strides[s][order[i]];
  }
}

void Box::divide_by_4() {
  extent.back() /= 4;
  for (Shape& s : strides)
    for (std::size_t i = 0; i + 1 < s.size(); i++) s[i] /= 4;
}

void push_box(Dispatch& dispatch, const Box& box) {
  std::vector<std::uint32_t> extents, multipliers;
  std::uint32_t shifts = 0;
  for (std::size_t d = 1; d < kBoxRank; d++) {
    std::uint32_t extent = d < box.rank() ? streaming::word(box.extent[d]) : 1;
    streaming::Divisor divisor(extent);
    extents.push_back(extent);
    multipliers.push_back(divisor.multiplier);
    shifts |= divisor.shift << (5 * (d - 1));
  }
  streaming::set_powers_of_two(dispatch, extents);
  auto& push = dispatch.push;
  push.insert(push.end(), extents.begin(), extents.end());
  push.insert(push.end(), multipliers.begin(), multipliers.end());
  push.insert(push.end(), {shifts, streaming::word(element_count(box.extent)), streaming::dispatch_fold(dispatch)});
}

void push_axes(Dispatch& dispatch, const Shape& values) {
  for (std::size_t d = 0; d < kBoxRank; d++) dispatch.push.push_back(d < values.size() ? streaming::word(values[d]) : 0);
}

}  // namespace gouache
