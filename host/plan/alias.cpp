// Which tensors may share memory?  One after another, each at the lowest place that no tensor living at the same time covers: the largest
// first (greedy by size: Pisarchyk and Lee 2020, arXiv:2001.03288), or in whichever other order needs less.
#include <algorithm>
#include <numeric>

#include "host/plan/draft.h"

namespace gouache {
namespace {

bool live_together(const DraftValue& a, const DraftValue& b, const PlanOptions& options) {
  if (!options.alias || a.forever || b.forever) return true;
  return a.first <= b.last && b.first <= a.last;
}

/// Orders in which values are placed: whether `a` comes before `b`.
using Order = bool (*)(const DraftValue& a, const DraftValue& b);
double area(const DraftValue& v) { return static_cast<double>(v.bytes) * (v.last - v.first + 1); }
constexpr Order kOrders[] = {
    [](const DraftValue& a, const DraftValue& b) { return a.bytes > b.bytes; },
    [](const DraftValue& a, const DraftValue& b) { return a.forever != b.forever ? a.forever : a.bytes > b.bytes; },
    [](const DraftValue& a, const DraftValue& b) { return a.forever != b.forever ? a.forever : area(a) > area(b); },
    [](const DraftValue& a, const DraftValue& b) { return a.forever != b.forever ? a.forever : a.last - a.first > b.last - b.first; },
};

std::int64_t align(std::int64_t bytes, std::int64_t alignment) { return (bytes + alignment - 1) / alignment * alignment; }

/// What a value takes up: whole alignments, and one more where a view of it may show what lies behind it (Executable::viewed).
std::int64_t room(std::int64_t bytes, std::int64_t alignment) {
  return align(bytes, alignment) + (bytes % kViewedFurther == 0 ? alignment : 0);
}

/// Places values in their order; gives the blocks' sizes.
std::vector<std::int64_t> place(const std::vector<DraftValue*>& order, std::int64_t alignment, const PlanOptions& options) {
  std::vector<std::int64_t> blocks;
  std::vector<DraftValue*> placed;
  for (DraftValue* value : order) {
    const std::int64_t bytes = room(value->bytes, alignment);
    for (std::int32_t block = 0;; ++block) {
      std::vector<const DraftValue*> in_the_way;
      for (const DraftValue* other : placed)
        if (other->block == block && live_together(*value, *other, options)) in_the_way.push_back(other);
      std::sort(in_the_way.begin(), in_the_way.end(), [](const auto* a, const auto* b) { return a->offset < b->offset; });
      std::int64_t offset = 0;
      for (const DraftValue* other : in_the_way) {
        if (offset + bytes <= other->offset) break;
        offset = std::max(offset, other->offset + room(other->bytes, alignment));
      }
      if (offset > 0 && offset + bytes > options.max_block_bytes) continue;
      if (static_cast<std::size_t>(block) == blocks.size()) blocks.push_back(0);
      value->block = block;
      value->offset = offset;
      blocks[static_cast<std::size_t>(block)] = std::max(blocks[static_cast<std::size_t>(block)], offset + bytes);
      break;
    }
    placed.push_back(value);
  }
  return blocks;
}

}  // namespace

std::vector<std::int64_t> alias(Draft& draft, std::int64_t alignment, const PlanOptions& options) {
  std::vector<DraftValue*> values;
  for (DraftValue& value : draft.values)
    if (value.storage == Storage::arena && value.bundle < 0 && value.first >= 0) values.push_back(&value);
  std::vector<DraftValue*> best;
  std::int64_t least = -1;
  for (const Order order : kOrders) {
    std::vector<DraftValue*> sorted = values;
    std::stable_sort(sorted.begin(), sorted.end(), [&](const DraftValue* a, const DraftValue* b) { return order(*a, *b); });
    const std::vector<std::int64_t> blocks = place(sorted, alignment, options);
    const std::int64_t bytes = std::accumulate(blocks.begin(), blocks.end(), std::int64_t{0});
    if (least >= 0 && bytes >= least) continue;
    least = bytes;
    best = std::move(sorted);
  }
  return place(best, alignment, options);
}

}  // namespace gouache
