// What did it take, when one of several runs may have been held up?
#pragma once

#include <algorithm>
#include <vector>

namespace gouache {

/// The middle of `values`, between the two in the middle of an even number; at least one value.
inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace gouache
